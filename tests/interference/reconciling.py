"""The journal against what was answered: one event for each clinical answer, none for the others.

What is clinical is said door by door, and held against the words of the scene: a door that isn't
said to be and shows one of them is told.
"""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from records.models import Document, ReimbursementLine, SynthesisLine


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.interference.scene import Scene
    from tests.interference.walking import Ask, Heard


#: Searches: an event where the record is there for who asks, found or not.
SEARCHES: Final = frozenset(
    {"fhir:document_search", "fhir:document_search_post", "fhir:patient_search",
     "fhir:patient_search_post"}
)  # fmt: skip
#: Doors that show something of what is in a record, or of who came to it.
CLINICAL: Final = frozenset(
    {
        "access:hidden", "access:shown", "access:hide", "access:unknown_visitor",
        "access:who_can_see", "access:who_looked", "access:rule_new", "access:share_new",
        "access:question", "access:see_as_missing",
        "records:home", "records:care", "records:care_months", "records:care_sections",
        "records:care_event",
        "records:treatments",
        "records:travel_sheet", "records:documents", "records:document", "records:document_file",
        "records:document_preview", "records:deposit_version", "records:withdraw",
        "records:entries", "records:entry", "records:entry_edit", "records:entry_withdraw",
        "records:synthesis", "records:synthesis_version", "records:synthesis_line",
        "records:synthesis_draft", "records:synthesis_review", "records:take_away",
        "records:emergency_card",
        "imports:load_refusals",  # rows of people's care: an export (policy section 6)
        *SEARCHES, "fhir:document", "fhir:binary", "fhir:patient",
    }
)  # fmt: skip
#: Screens of the counter: who is checked there may have a record, and each check is journalled.
CHECKING: Final = ("records:counter", "records:presence", "records:decision", "records:renumber")
#: Openings without authorisation: each refusal leaves an event too (policy section 6).
REFUSING: Final = frozenset({"records:emergency", "records:regulation"})
#: Clinical doors whose form holds nothing of the record until it is sent.
_ASKED_FIRST: Final = frozenset({"records:take_away"})
#: A form that says what was written while it was filled in.
_SINCE: Final = b'id="entre-temps"'
_SHOWN: Final = frozenset({200, 206, 422})
_READING: Final = frozenset({"GET", "HEAD"})
FEWEST_LETTERS: Final = 8
#: The example beside the field of a title.
_SAID_TO_ALL: Final = {"Radio du genou droit"}


def unreconciled(scene: Scene, answers: Iterable[tuple[Ask, Heard]]) -> list[str]:
    """Say of which answers the journal says too little or too much."""
    words = list(_words(scene))
    found = []
    for ask, heard in answers:
        hops = zip(heard.hops, heard.journalled, strict=True)
        for (status, _headers, body), (door, method, acts) in hops:
            said = len(acts)
            shown = status in _SHOWN and method != "OPTIONS"
            page = unescape(body.decode(errors="replace"))
            shows = [one for one in words if one in page] if shown else []
            if method not in _READING and not shown and status in {302, 303}:
                continue  # an act: its own tests say what it leaves
            expected = _expected(door, method, shown=shown, body=body)
            if said not in expected:
                found.append(f"{ask}\n    {door} {status}: {said} events {[a[1] for a in acts]}")
            if door not in CLINICAL:
                found += [f"{ask}\n    {door} shows « {one} »" for one in shows]
    return found


def _expected(door: str, method: str, *, shown: bool, body: bytes) -> set[int]:
    """How many events an answer that is no act may leave."""
    either = {0, 1}
    if door.startswith(CHECKING) or (method == "POST" and door in REFUSING):
        return either
    if not shown:
        return {0}
    if door == "records:entry_new":
        return {int(_SINCE in body)}
    if door in SEARCHES and not _found(body):
        return either
    return {int(door in CLINICAL and (door not in _ASKED_FIRST or method == "POST"))}


def _found(body: bytes) -> int:
    """How many a search found; none where nothing but headers was asked."""
    return int(json.loads(body).get("total", 0)) if body else 0


def _words(scene: Scene) -> Iterator[str]:
    """Titles, labels and lines that are said nowhere but in a record."""
    keys = [record.id for record in scene.records.values()]
    columns: list[tuple[Any, str]] = [
        (Document, "title"), (ReimbursementLine, "label"), (SynthesisLine, "text"),
    ]  # fmt: skip
    said = {
        str(word)
        for model, column in columns
        for word in model.objects.filter(record_id__in=keys).values_list(column, flat=True)
    }
    return (word for word in sorted(said - _SAID_TO_ALL) if len(word) >= FEWEST_LETTERS)
