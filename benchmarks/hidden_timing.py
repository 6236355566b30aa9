"""`hidden_timing`: whether time tells what is hidden from what never was, as more is hidden.

A doctor of the circle asks records that show as many documents beside 1 to 5,000 hidden ones, by
the use cases of their doors: a hidden document, one that doesn't exist, the list; then the page of
the list, as it leaves the house. The floor of a hidden one is a missing one; that of a list or a
page, the one beside the fewest; all asked turn by turn. With it `revocation`: how many requests,
and how long, until a mask just saved holds.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from django.urls import reverse

from access import masks
from access.binding import binding
from access.masks import Audience
from access.models import MaskAudience, User
from access.policy import NotVisible
from benchmarks import population
from benchmarks.asking import subjects
from benchmarks.figures import turn_by_turn
from benchmarks.results import Row, percentile, row
from records.dossier.documents import read_document, read_documents
from records.keys import new_wrapped_key
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from benchmarks.asking import Subject
    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


HIDDEN = (1, 50, 500, 5_000)
_HIDDEN_PER_RECORD = 5
"""No more are hidden than five for each record of the small size: a tiny run is quick."""
_PERCENTS = (50, 95)
_RECORDS = 16
_OF_A_PAGE = (5, *_PERCENTS)
"""Of a page the least too: it shows how much the time of one page varies by itself."""
# The pages' own files go by their plain names: nothing has collected them here.
_PLAIN_FILES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_MOST_MASKS_SAVED = 40

# Hidden by one rule on a category, as a person hides: not by a rule for each.
_HIDE_ALL = """
insert into access_mask
  (id, record_id, target, target_categories, audience, audience_profession, opens_in_emergency,
   set_by_kind, secret, since)
values (gen_random_uuid(), %(record)s, 'category', 64, 'everyone', '', false, 'holder', false,
  now() - interval '1 day')
"""
_MORE = """
insert into records_document
  (id, record_id, occurred_on, type_code, class_code, categories, episodes, author_id, secret,
   about_another, withdrawn_reason, created_at, title, author_kind, author_name,
   author_profession, author_specialty, author_structure_name)
select gen_random_uuid(), %(record)s, date '2025-01-10' + (n %% 400), '11488-4', '10', 64, '{}',
  gen_random_uuid(), false, false, '', now(), 'Lettre ' || n, 'professional', 'Dr Alix Exemple',
  '10', '', ''
from generate_series(1, %(count)s) n
returning id
"""


@dataclass(frozen=True)
class Asked:
    """One key to ask for, hidden or nobody's, on the record of one viewer."""

    subject: Subject
    document: uuid.UUID


def _open(asked: Asked) -> bool:
    """Ask for one document, as its page does; tell whether it is shown."""
    with contextlib.suppress(NotVisible), binding(asked.subject.viewer):
        read_document(
            by=asked.subject.viewer,
            record_id=asked.subject.record_id,
            document_id=asked.document,
        )
        return True
    return False


def _list(subject: Subject) -> int:
    with binding(subject.viewer):
        view = read_documents(by=subject.viewer, record_id=subject.record_id)
        return view.total


def measure(here: Machine, sizes: Sizes) -> list[Row]:  # noqa: ARG001  # every figure's signature
    """Return the figures, after laying a few records down where there are none."""
    if not _sql("select 1 from access_professional limit 1", {}):
        population.people()
        population.grow(1, _RECORDS, documents=sizes.documents)
    counts = sorted({min(each, _HIDDEN_PER_RECORD * sizes.small) for each in HIDDEN})
    asked = _alike(len(counts))
    visible = _list(asked[0])
    rows: list[Row] = []
    for count, subject in zip(counts, asked, strict=True):
        of = {"record": subject.record_id}
        _sql(_HIDE_ALL, of)
        hidden = [key for (key,) in _sql(_MORE, of | {"count": count})]
        assert _list(subject) == visible, "what is hidden is counted"
        on = {"hidden": count, "visible": visible}
        rows += _one(subject, hidden, sizes, on)
    _sql("analyze records_document", {})
    rows += _beside("list", [(_list, one) for one in asked], counts, sizes)
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with override_settings(STORAGES=settings.STORAGES | _PLAIN_FILES):
        rows += _beside("page", [(_page_of(one), one) for one in asked], counts, sizes)
    return [*rows, *_revocation(sizes)]


def _alike(count: int) -> list[Subject]:
    """Return whom to ask, of as many records that show them as many documents."""
    records = _sql("select count(*) from records_record", {})[0][0]
    several = subjects("circle", records=records, count=records)
    by_visible: dict[int, list[Subject]] = {}
    for subject in several:
        found = by_visible.setdefault(_list(subject), [])
        found.append(subject)
        if len(found) == count:
            return found
    raise AssertionError("too few records are alike: there is nothing to compare")


def _page_of(subject: Subject) -> Callable[[Subject], object]:
    """Return what asks for the page of the list in the subject's own browser, signed in."""
    browser = Client(HTTP_HOST="localhost")
    viewer = subject.viewer
    assert viewer.user_id is not None
    assert viewer.practice is not None
    browser.force_login(User.objects.get(pk=viewer.user_id))
    session = browser.session
    session["second_factor"] = viewer.second_factor
    session["capacity"] = f"{viewer.role.value}:{viewer.practice.id}"
    session.save()
    address = reverse("records:documents", args=[subject.record_id])
    assert browser.get(address).status_code == HTTPStatus.OK
    return lambda _subject: browser.get(address)


def _beside(
    what: str,
    questions: list[tuple[Callable[[Subject], object], Subject]],
    counts: list[int],
    sizes: Sizes,
) -> list[Row]:
    """Ask the same of every record in turn; the floor is the one with the fewest hidden."""
    work = [lambda _turn, ask=ask, of=of: ask(of) for ask, of in questions]
    times = turn_by_turn(work, range(sizes.repeat))
    return [
        row(
            f"hidden_timing.{what}.{count}.p{percent}",
            percentile(took, percent),
            percentile(times[0], percent),
            n=len(took),
            sizes={"hidden": count},
        )
        for count, took in zip(counts, times, strict=True)
        for percent in (_OF_A_PAGE if what == "page" else _PERCENTS)
    ]


def _one(subject: Subject, hidden: list[uuid.UUID], sizes: Sizes, on: dict[str, int]) -> list[Row]:
    """Ask for a hidden document and for a missing one in turn."""
    there = [Asked(subject, hidden[n % len(hidden)]) for n in range(sizes.repeat)]
    nowhere = iter([Asked(subject, uuid7()) for _ in range(2 * sizes.repeat)])
    assert not _open(there[0])
    of_hidden, of_missing = turn_by_turn([_open, lambda _asked: _open(next(nowhere))], there)
    return [
        row(
            f"hidden_timing.hidden.{on['hidden']}.p{percent}",
            percentile(of_hidden, percent),
            percentile(of_missing, percent),
            n=len(of_hidden),
            sizes=on,
        )
        for percent in _PERCENTS
    ]


def _revocation(sizes: Sizes) -> list[Row]:
    """Save a mask as the holder; count the requests of who saw it until it is hidden."""
    records = _sql("select count(*) from records_record", {})[0][0]
    holder = subjects("holder", records=records, count=4)[0]
    [reader] = [
        one
        for one in subjects("circle", records=records, count=records)
        if one.record_id == holder.record_id
    ]
    requests, after, before = [], [], []
    # A receipt is sealed with the record's key, which the population hasn't.
    key = {"key": new_wrapped_key(holder.record_id.bytes), "record": holder.record_id}
    _sql("update records_record set key_wrapped = %(key)s where id = %(record)s", key)
    audience = Audience(MaskAudience.PROFESSIONAL, reader.viewer.professional_id)
    for document in _seen_by_both(reader, holder)[: min(sizes.repeat, _MOST_MASKS_SAVED)]:
        asked = Asked(reader, document)
        before.append(_timed(asked)[1])
        with binding(holder.viewer):
            masks.hide(
                by=holder.viewer, record_id=holder.record_id, element_ids=[document],
                audience=audience, gesture=uuid7(),
            )  # fmt: skip
        shown, took = _timed(asked)
        after.append(took)
        requests.append(1)
        while shown:
            shown, _took = _timed(asked)
            requests[-1] += 1
    on = {"masks": len(after)}
    value, floor = percentile(after, 95), percentile(before, 95)
    most = max(requests)
    return [
        row("revocation.requests", most, 1, unit="requests", n=len(after), sizes=on),
        row("revocation.next_request.p95", value, floor, n=len(after), sizes=on),
    ]


def _timed(asked: Asked) -> tuple[bool, float]:
    begins = time.perf_counter()
    shown = _open(asked)
    return shown, (time.perf_counter() - begins) * 1000


def _seen_by_both(reader: Subject, holder: Subject) -> list[uuid.UUID]:
    found = []
    keys = _sql(
        "select id from records_document where record_id = %(record)s"
        " and author_id is distinct from %(author)s order by id",
        {"record": holder.record_id, "author": reader.viewer.professional_id},
    )
    for (key,) in keys:
        if _open(Asked(reader, key)) and _open(Asked(holder, key)):
            found.append(key)
    return found


def _sql(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement as the owner, whom row security doesn't hold."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
