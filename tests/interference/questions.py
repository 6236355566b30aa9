"""From the resolver to questions: every address, with every name its door declares, each value.

A door that is shut to a viewer's capacity is asked once for each way to ask; the others with one
value changed at a time, the rest being right.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from access.see_as import SHOWN
from access.viewer import ANONYMOUS
from tests.interference.declared import DOORS, Declared
from tests.interference.scene import THROUGH
from tests.interference.values import MISSING, Keys
from tests.interference.walking import Ask


if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.interference.scene import Scene

#: Without these a door answers nothing else than that they are missing.
NEEDED: Final = frozenset({"e", "from", "patient", "status", "identifier", "family", "birthdate"})
#: Who asks everything a door declares; the others ask each door, and the lists in full.
LEADS: Final = frozenset({"martin", "jeanne", "mother", "agent", "administrator", "anonymous"})
LISTS: Final = frozenset({"records:documents", "records:care", "access:patients",
                          "fhir:patient_search"})  # fmt: skip
#: What a list is asked by everybody: words and names of what is hidden among them.
BY_ALL: Final = frozenset({"q", "who", "kind", *NEEDED})
#: The whole walk, of every viewer at every door: ten times as long.
WHOLE: Final = "DMP_WHOLE_WALK" in os.environ
_NOTHING: Final = object()


def addresses(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the resolver with its whole name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}" if namespace else str(entry.name), entry


def door_of(pattern: URLPattern) -> Any:
    """The rule that a view declares."""
    view: Any = pattern.callback
    return getattr(view, "door", None) or getattr(getattr(view, "cls", None), "door", None)


def questions(scene: Scene, who: str, only: frozenset[str] | None = None) -> list[Ask]:
    """Every question this viewer asks, in the order of the resolver."""
    keys = Keys(scene, who)
    found: list[Ask] = []
    if who in THROUGH:  # every other page is refused while the frame is open
        only = SHOWN | {"access:see_as", "access:see_as_missing"}
    for name, pattern in addresses():
        if (only is None or name in only) and name in DOORS:
            found += _of_door(name, pattern, keys, DOORS[name])
    return found


def _of_door(name: str, pattern: URLPattern, keys: Keys, declared: Declared) -> Iterator[Ask]:
    door = door_of(pattern)
    viewer = keys.scene.viewers.get(keys.who, ANONYMOUS)
    is_open = door is None or viewer.role in door.roles
    paths = [reverse(name, kwargs=words) for words in _words(name, pattern, keys)]
    if not is_open:
        yield Ask(name, paths[0], "GET" if declared.gets else "POST")
        return
    # Screens of the account know no record: who has none asks them in full, once for all.
    of_account = ":" not in name or (door is not None and door.public)
    leads = WHOLE or (keys.who in LEADS and (keys.who == "anonymous" or not of_account))
    if not leads:
        paths = _fewer(paths, keys)
        declared = replace(declared, before="", posts=declared.posts and not of_account)
    for number, path in enumerate(paths):
        yield from _bare(name, path, declared, keys, whole=leads and not number)
    if name in LISTS or (leads and (WHOLE or not declared.twin)):
        words = None if leads else BY_ALL
        yield from _with_parameters(name, paths[0], declared, keys, words)


def _fewer(paths: list[str], keys: Keys) -> list[str]:
    """One seen, two hidden, and nobody's: enough for who isn't the first to ask."""
    return [*paths[:3], *(path for path in paths[3:] if str(MISSING) in path)][:4]


def _words(name: str, pattern: URLPattern, keys: Keys) -> Iterator[dict[str, str]]:
    """The words of a path: everything in one's own record, then another's and nobody's."""
    names = list(pattern.pattern.converters)
    if isinstance(pattern.pattern, RegexPattern):
        names = list(pattern.pattern.regex.groupindex)
    own, foreign = str(keys.own.id), str(keys.foreign.id)
    inner = [word for word in names if word != "record_id"]
    if inner == ["document_id", "file_id"]:
        pairs = [*keys.files, (keys.files[0][0], keys.files[1][1]),
                 (keys.files[0][0], str(MISSING)), (str(MISSING), keys.files[0][1])]  # fmt: skip
        inside = [dict(zip(inner, pair, strict=True)) for pair in pairs]
    elif inner == ["file_id"]:
        inside = [{"file_id": file} for _document, file in keys.files]
        inside.append({"file_id": str(MISSING)})
    else:
        choices = [keys.path(word, name) for word in inner]
        inside = [dict(zip(inner, one, strict=True)) for one in itertools.product(*choices)]
    if "record_id" not in names:
        yield from inside
        return
    for words in inside:
        yield {"record_id": own, **words}
    for record in (foreign, str(MISSING)):
        yield {"record_id": record, **inside[0]}


def _bare(name: str, path: str, declared: Declared, keys: Keys, *, whole: bool) -> Iterator[Ask]:
    """Each way to ask, with all that a door needs and nothing more."""
    right = {word: keys.values(kind)[0] for word, kind in declared.query.items()}
    query = tuple((word, value) for word, value in right.items() if word in NEEDED)
    good = {word: keys.values(kind)[0] for word, kind in declared.form.items()}
    methods = ["GET"] if declared.gets else []
    if whole:
        methods += ["HEAD", "OPTIONS", "PUT"]
    for method in methods:
        yield Ask(name, path, method, query, before=declared.before)
    if declared.posts:
        yield Ask(name, path, "POST", query, tuple(good.items()), before=declared.before)
    if whole:
        for headers in declared.headers:
            sent = tuple(headers.items())
            yield Ask(name, path, "GET", query, headers=sent, before=declared.before)


def _with_parameters(
    name: str, path: str, declared: Declared, keys: Keys, words: frozenset[str] | None
) -> Iterator[Ask]:
    """Each value of each parameter and field, one at a time."""
    before = declared.before
    asked = {word: keys.values(kind) for word, kind in declared.query.items()}
    needed = {word: values[0] for word, values in asked.items() if word in NEEDED}
    sent = {word: keys.values(kind) for word, kind in declared.form.items()}
    good = {word: values[0] for word, values in sent.items()}
    method = "GET" if declared.gets else "POST"
    for query in _one_at_a_time(asked, needed):
        if words is None or query[-1][0] in words:
            yield Ask(name, path, method, query, tuple(good.items()), before=before)
    if declared.posts and words is None:
        for form in _one_at_a_time(sent, good):
            yield Ask(name, path, "POST", tuple(needed.items()), form, before=before)
        # Where what is posted is about what is in the address, each address is posted to.
        for query in _one_at_a_time(asked, needed) if needed and declared.gets else ():
            yield Ask(name, path, "POST", query, tuple(good.items()), before=before)


def _one_at_a_time(
    values: dict[str, list[Any]], right: dict[str, Any]
) -> Iterator[tuple[tuple[str, Any], ...]]:
    for word, each in values.items():
        for value in each:
            if value is not right.get(word, _NOTHING):
                others = {name: kept for name, kept in right.items() if name != word}
                yield tuple((others | {word: value}).items())
