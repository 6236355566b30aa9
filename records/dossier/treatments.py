"""Reading medicines: what pharmacies gave over 24 months, where each stands, what is said of it.

Everything comes through the gate first: a treatment is made of visible boxes alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation

from access import policy
from access.binding import note, today
from access.journal import Action
from access.naming import the
from access.policy import NotVisible
from records import reference
from records.care.treatments import Status, Treatment, treatments
from records.care.words import phrase
from records.dossier import telling
from records.dossier.care import is_arriving, is_told, read_lines, why_empty
from records.dossier.care_views import mark_words, named
from records.dossier.entrance import Dossier, enter
from records.dossier.entries import EntryView, entry_view, may_write
from records.dossier.medicine_names import name_of, what_for
from records.models import Entry, EntryKind


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from access.viewer import Viewer
    from records.dossier.care_views import ReadLine

LATELY = "lately"  # not a regular treatment, and what was given may still be taken
GROUPS = (Status.IN_PROGRESS.value, LATELY, Status.MAYBE_STOPPED.value, Status.PAST.value)
_TOLD_ONE_BY_ONE = 3  # what is fetched every week would otherwise fill the page


@dataclass(frozen=True, slots=True)
class TreatmentRow:
    """One medicine over time, in words."""

    key: str
    elements: str
    last: uuid.UUID
    name: str
    why: str
    given: str
    prescribers: tuple[str, ...]
    days: tuple[str, ...]
    gaps: tuple[str, ...]
    overlaps: tuple[str, ...]
    replaced: str
    stopped: str
    entry: uuid.UUID | None
    may_stop: bool
    marks: tuple[str, ...]
    marks_attr: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """The medicines that stand alike, the latest given first."""

    status: str
    title: str
    rows: tuple[TreatmentRow, ...]


@dataclass(frozen=True, slots=True)
class TreatmentsView:
    """The medicines page: groups that hold something, and what the holder says of treatments."""

    dossier: Dossier
    groups: tuple[StatusView, ...]
    said: tuple[EntryView, ...]
    may_write: bool
    arriving: bool
    empty: str
    made_on: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One medicine of the travel sheet: its generic name, and the last time it was given."""

    name: str
    last: str
    prescriber: str


@dataclass(frozen=True, slots=True)
class TravelSheet:
    """What a traveller shows abroad, in English; what people wrote stays as they wrote it."""

    dossier: Dossier
    born_on: str
    made_on: str
    medicines: tuple[SheetRow, ...]
    said: tuple[str, ...]
    allergies: tuple[str, ...]


def treatments_of(
    dossier: Dossier, lines: Iterable[ReadLine] | None = None
) -> tuple[Treatment, ...]:
    """Return the treatments that visible lines tell of, in progress first."""
    read = read_lines(dossier) if lines is None else lines
    cares = [named(line.care) for line in read]
    return treatments(cares, reference, on=today(), lang=telling.language())


def stopped_of(found: Iterable[Treatment], entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """Return what was said of a medicine that hasn't been given since, by the medicine's key."""
    last = {one.key: one.last_on for one in found}
    stopped: dict[str, Entry] = {}
    for entry in entries:
        key = entry.content.get("treatment", "")
        if key in last and entry.occurred_on >= last[key]:
            stopped[key] = entry
    return stopped


def _group(one: Treatment) -> str:
    """Return where a treatment stands on the page: one box given lately is nothing of the past."""
    return LATELY if one.lately else one.status.value


def taken_now(found: Iterable[Treatment], entries: Iterable[Entry]) -> tuple[Treatment, ...]:
    """Return what may be taken today: in progress or given lately, and not said to be stopped."""
    found = tuple(found)
    stopped = stopped_of(found, entries)
    return tuple(one for one in found if one.current and one.key not in stopped)


def read_treatments(*, by: Viewer, record_id: uuid.UUID) -> TreatmentsView:
    """Return the medicines page, as one event; groups and numbers come after the gate."""
    dossier = enter(by=by, record_id=record_id)
    lines = read_lines(dossier)
    found = treatments_of(dossier, lines)
    said = list(
        policy.visible_entries(dossier.standing)
        .filter(kind=EntryKind.TREATMENT)
        .order_by("created_at", "id")
    )
    stopped = stopped_of(found, said)
    author = may_write(dossier)
    marks = {line.care.id: line.marks for line in lines}
    names = {one.key: one.substance for one in found}
    rows = [
        (
            _group(one),
            _row(
                one,
                stopped.get(one.key),
                marks,
                names,
                why=what_for(one, plainly=dossier.by_family),
                writes=author is not None,
            ),
        )
        for one in found
    ]
    groups = (
        StatusView(
            name, telling.tell(phrase(f"treatment.{name}")),
            tuple(row for group, row in rows if group == name),
        )
        for name in GROUPS
    )  # fmt: skip
    told = {entry.id for entry in stopped.values()}
    others = tuple(
        entry_view(entry, by_holder=dossier.by_holder) for entry in said if entry.id not in told
    )
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line",
        shown=len(rows) + len(others),
    )  # fmt: skip
    return TreatmentsView(
        dossier=dossier,
        groups=tuple(group for group in groups if group.rows),
        said=others,
        may_write=author is not None,
        arriving=is_arriving(dossier),
        # Whoever reads that no medicine was seen must know that nothing at all was sent.
        empty=why_empty(dossier) if not lines and is_told(dossier) else "",
        made_on=telling.day_and_month(today()),
    )


def _row(
    one: Treatment,
    stopped: Entry | None,
    marks: Mapping[uuid.UUID, tuple[str, ...]],
    names: Mapping[str, str],
    *,
    why: str,
    writes: bool,
) -> TreatmentRow:
    shown = {mark for line in one.line_ids for mark in marks[line]}
    if stopped is not None:
        shown |= set(policy.marks_of(stopped))
    found = sorted(shown)
    return TreatmentRow(
        key=one.key,
        elements=" ".join(str(line) for line in one.line_ids),
        last=one.line_ids[-1],
        name=name_of(one),
        why=why,
        given=_given(one),
        prescribers=tuple(the(party.name) for party in one.prescribers if party.name),
        days=tuple(telling.day_and_month(given.on) for given in reversed(one.dispensings)),
        gaps=tuple(
            telling.tell(phrase("treatment.gap", after=gap.after, before=gap.before))
            for gap in reversed(one.gaps)
        ),
        overlaps=_overlaps(one),
        replaced=(
            telling.tell(phrase("treatment.replaced_by", name=names[one.replaced_by]))
            if one.replaced_by
            else ""
        ),
        stopped=telling.day_and_month(stopped.occurred_on) if stopped else "",
        entry=stopped.id if stopped else None,
        may_stop=writes and stopped is None and _group(one) != Status.PAST,
        marks=mark_words(found),
        marks_attr="+".join(found),
    )


def _given(one: Treatment) -> str:
    if one.in_12_months:
        said = phrase("treatment.given_times", count=one.in_12_months, last=one.last_on)
    else:
        said = phrase("treatment.last_given", last=one.last_on)
    return telling.tell(said)


def _overlaps(one: Treatment) -> tuple[str, ...]:
    """Return the boxes given long before the one before could be used: each, or how many."""
    if len(one.overlaps) > _TOLD_ONE_BY_ONE:
        last = one.overlaps[-1].second
        said = phrase("treatment.overlaps", count=len(one.overlaps), last=last)
        return (telling.tell(said),)
    return tuple(
        telling.tell(phrase("treatment.overlap", first=each.first, second=each.second))
        for each in reversed(one.overlaps)
    )


def read_travel_sheet(*, by: Viewer, record_id: uuid.UUID) -> TravelSheet:
    """Return the medicines in progress or given lately, in English: the family's alone."""
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_family:
        raise NotVisible
    entries = list(
        policy.visible_entries(dossier.standing)
        .filter(kind__in=[EntryKind.TREATMENT, EntryKind.ALLERGY])
        .order_by("created_at", "id")
    )
    with translation.override("en"):
        medicines = tuple(
            SheetRow(
                name=one.substance,
                last=telling.day_and_month(one.last_on),
                prescriber=next((party.name for party in one.prescribers if party.name), ""),
            )
            for one in taken_now(treatments_of(dossier), entries)
        )
        texts = {
            entry.id: entry_view(entry, by_holder=dossier.by_holder).text for entry in entries
        }
        sheet = TravelSheet(
            dossier=dossier,
            born_on=telling.day_and_month(dossier.born_on),
            made_on=telling.day_and_month(today()),
            medicines=medicines,
            said=tuple(
                texts[entry.id]
                for entry in entries
                if entry.kind == EntryKind.TREATMENT and "treatment" not in entry.content
            ),
            allergies=tuple(
                texts[entry.id] for entry in entries if entry.kind == EntryKind.ALLERGY
            ),
        )
    shown = len(sheet.medicines) + len(sheet.said) + len(sheet.allergies)
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line", shown=shown,
    )  # fmt: skip
    return sheet
