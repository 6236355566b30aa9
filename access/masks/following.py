"""A mask on one element goes with what it says to the element that takes its place.

Each version of a synthesis has lines of its own, and the fund sends care it regularises under
another number: without this, signing again or a night's claims would show what the holder hid.
Must not know how either comes about.
"""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import Q

from access.binding import now
from access.conditions import ended_alone
from access.journal import Action
from access.models import Mask, MaskTarget
from access.models.periods import live
from records.dossier.facts import ILLNESS_SECTION
from records.models import ReimbursementLine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator, Mapping

    from django.db.models import QuerySet

    _What = tuple[object, ...]
    _Said = tuple[object, ...]


# Two masks that differ in one of these hide otherwise, or end otherwise: each is followed.
SAID = (
    "record_id", "audience", "audience_id", "audience_profession", "opens_in_emergency",
    "gesture", "set_by", "set_by_kind", "secret", "since", "until", "ended_at",
)  # fmt: skip


def cover_line(*, record_id: uuid.UUID, like: uuid.UUID, line_id: uuid.UUID) -> None:
    """Hide a line from whomever the masks on another one hide that from, as long as they do.

    It keeps the gesture of the first: what is shown again is shown in all its versions.
    """
    if like == line_id:
        return
    of_one = _of_one([record_id])
    held = of_one.filter(target_id=line_id)
    said = attrgetter(*SAID)
    known = {said(mask) for mask in held}
    for mask in of_one.filter(target_id=like):
        if said(mask) not in known:
            put_under(mask, line_id)


def cover_new_claims(came: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> None:
    """Hide claim lines that just came to records like the single one they say again, or replace.

    ``came``: the new lines of each record, at whose filling nothing else is asked where no single
    line is hidden. The fund may cancel a line and send the care under another number, before or
    after. What says the same of the same day (of an illness: whenever it began) tells what was
    hidden; what the same professional gave that day in its stead, of a line taken back, replaces
    it. A neighbour that came with them may be hidden too: the holder sees that, and nobody else
    learns it.
    """
    if not came:
        return
    hidden: defaultdict[tuple[uuid.UUID, uuid.UUID], list[Mask]] = defaultdict(list)
    for mask in _of_one(came):
        if mask.target_id is not None:
            hidden[mask.record_id, mask.target_id].append(mask)
    if not hidden:
        return
    records = {record_id for record_id, _ in hidden}
    named = {key for _, key in hidden}.union(*(came[record_id] for record_id in records))
    lines = ReimbursementLine.objects.filter(record_id__in=records, id__in=named)
    new = {(record_id, key) for record_id in records for key in came[record_id]}
    said = attrgetter(*SAID)
    under: defaultdict[_What, dict[_Said, Mask]] = defaultdict(dict)
    arrived = []
    for line in lines:
        if (line.record_id, line.id) in new:
            arrived.append(line)
            continue
        for what in _says(line, gone=line.withdrawn_at is not None):
            under[what] |= {said(mask): mask for mask in hidden[line.record_id, line.id]}
    copies = []
    for line in arrived:
        masks: dict[_Said, Mask] = {}
        for what in _says(line, gone=True):
            masks |= under.get(what, {})
        copies += [_over(line.id, like=mask) for mask in masks.values()]
    Mask.objects.bulk_create(copies)


def _says(line: ReimbursementLine, *, gone: bool) -> Iterator[_What]:
    """Give what a line tells; and, of one that is gone, who gave what another may replace."""
    day = None if line.section == ILLNESS_SECTION else line.occurred_on
    yield line.record_id, line.section, day, line.code_system, line.code
    if gone and day is not None:
        given = line.performer_id, line.performer_finess, line.performer_name
        yield line.record_id, line.section, day, given


def _of_one(record_ids: Collection[uuid.UUID]) -> QuerySet[Mask]:
    """Return the masks on single elements, and those that go on for the family alone (line 5).

    Those hide from nobody: without them, what follows would tell that a minor lifted the first.
    """
    on = live(now()) | Q(ended_alone(Action.UNMASKED))
    return Mask.objects.filter(on, target=MaskTarget.ELEMENT, record_id__in=record_ids)


def put_under(mask: Mask, element_id: uuid.UUID) -> None:
    """Put another element under a mask: a mask of its own that says the same, of one gesture."""
    _over(element_id, like=mask).save()


def _over(element_id: uuid.UUID, *, like: Mask) -> Mask:
    same = {name: getattr(like, name) for name in SAID}
    return Mask(target=MaskTarget.ELEMENT, target_id=element_id, **same)
