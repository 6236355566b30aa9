"""Who sees what: the only place that is asked, one body per rule. Knows no HTTP.

The decision is a ladder of fifteen lines taken in order (``access.ladder``), built for one viewer
and one record (``Standing``) as database conditions on elements; the list, the single object, the
yes/no form and the explanation below are all derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from access import compiled, conditions, narrow_ways
from access.binding import bound, turn_to
from access.compiled import MARKS, Reading, mark_names
from access.ladder import Kind, Purpose, with_marks
from access.standing import Standing, read_standing, read_standings
from access.viewer import NO_CLINICAL_ROLE, Viewer
from records.models import Document, Element, Entry, ReimbursementLine, SynthesisLine


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from access.models import Mask
    from access.narrow_ways import Deposit


__all__ = ["MARKS", "NO_CLINICAL_ROLE", "Purpose", "Reading", "mark_names"]
AT_ONCE = 64


class NotVisible(Http404):
    """Hidden and missing are one answer."""


class Refused(PermissionDenied):
    """You see it but may not do this; ``reason`` is meant for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer on one element: does the viewer see it, with which marks, by which line."""

    element_id: uuid.UUID
    sees: bool
    marks: tuple[str, ...]
    rule: str


def standing_on(record_id: uuid.UUID) -> Standing:
    """Return what the bound viewer is to a record, read once per binding and use case.

    Through somebody's eyes: what that person is to it. Raises ``NotVisible`` for another record.
    """
    state = bound()
    if state.lens is not None:
        if record_id != state.lens.record_id:
            raise NotVisible
        turn_to(record_id)
        return state.lens.shown
    turn_to(record_id)
    if record_id not in state.standings:
        state.standings[record_id] = read_standing(state.viewer, record_id, state.moment)
    return state.standings[record_id]


def _turn_to(standing: Standing, purpose: Purpose = Purpose.READ) -> None:
    """Let the database show the elements of the record that is asked about, and of no other."""
    turn_to(standing.record_id, "" if purpose is Purpose.READ else purpose.value)


def visible(
    model: type[Kind], standing: Standing, *, purpose: Purpose = Purpose.READ
) -> QuerySet[Kind]:
    """Return the elements of one kind that a viewer sees on a record, with their marks.

    Through somebody's eyes: those that who looks sees too.
    """
    _turn_to(standing, purpose)
    elements: QuerySet[Any] = model._default_manager.all()  # noqa: SLF001
    made = compiled.conditions_for(model, standing, purpose)
    lens = bound().lens
    if lens is not None:
        own = compiled.conditions_for(model, lens.own, purpose)
        elements = elements.none() if own is None else elements.filter(own[0])
    if made is None:
        return with_marks(elements.none(), standing)
    shown, marks = made
    return elements.filter(shown).annotate(**marks)  # type: ignore[no-any-return]  # the stubs'


def visible_documents(standing: Standing) -> QuerySet[Document]:
    """Return the documents a viewer sees on a record."""
    return visible(Document, standing)


def visible_lines(standing: Standing) -> QuerySet[ReimbursementLine]:
    """Return the reimbursement lines a viewer sees on a record."""
    return visible(ReimbursementLine, standing)


def visible_entries(standing: Standing) -> QuerySet[Entry]:
    """Return the holder's own entries that a viewer sees on a record."""
    return visible(Entry, standing)


def visible_synthesis_lines(standing: Standing) -> QuerySet[SynthesisLine]:
    """Return the lines of the synthesis a viewer sees on a record, all versions."""
    return visible(SynthesisLine, standing)


def listed(reading: Reading, standing: Standing, *, purpose: Purpose = Purpose.READ) -> list[Any]:
    """Return what a page lists of one kind: plain rows, with the marks, in the reading's order.

    The answer of ``visible``, several times faster: its SQL is made once.
    """
    _turn_to(standing, purpose)
    if bound().lens is not None:
        elements: Any = visible(reading.model, standing, purpose=purpose)
        rows = elements.filter(reading.where).order_by(*reading.order)
        names = (*reading.columns, *MARKS)
        return [*map(reading.row._make, rows.values_list(*names)[: reading.most])]
    return compiled.read(reading, standing, purpose)


def get_visible(model: type[Kind], standing: Standing, element_id: uuid.UUID) -> Kind:
    """Return one element the viewer sees. Raises ``NotVisible`` for hidden and missing alike."""
    elements: QuerySet[Any] = visible(model, standing)
    if elements.query.is_empty():
        # Asked all the same: no door, no record and no such element take as long as a hidden one.
        elements = model._default_manager.filter(record_id=standing.record_id, pk__isnull=True)  # noqa: SLF001
    element: Kind | None = elements.filter(id=element_id).first()
    if element is None:
        raise NotVisible
    return element


def can_see(model: type[Element], standing: Standing, element_id: uuid.UUID) -> bool:
    """Tell whether the viewer sees one element."""
    elements: QuerySet[Any] = visible(model, standing)
    return elements.filter(id=element_id).exists()


def marks_of(element: Any) -> tuple[str, ...]:
    """Return the marks of an element given out by this module, in the order of the screen."""
    return mark_names(getattr(element, mark) for mark in MARKS)


def decisions(
    model: type[Element],
    standing: Standing,
    *,
    purpose: Purpose = Purpose.READ,
    element_id: uuid.UUID | None = None,
    among: Collection[uuid.UUID] | None = None,
    database: str | None = None,
) -> list[Decision]:
    """Return the answer, the marks and the line for every element of a kind the asker sees.

    An auditor names the owner's ``database``, whom row security doesn't hold: the answer then
    names elements the viewer doesn't see, and is never shown to anybody as it is.
    """
    _turn_to(standing, purpose)
    line, marks = compiled.lines_for(model, standing, purpose)
    known = model._default_manager.using(database)  # noqa: SLF001
    elements: Any = known.filter(record_id=standing.record_id)
    if element_id is not None:
        elements = elements.filter(id=element_id)
    if among is not None:
        elements = elements.filter(id__in=among)
    rows = elements.annotate(line=line, **marks).order_by("id")
    return [
        Decision(
            element_id=row.id,
            sees=row.line.startswith("+"),
            marks=marks_of(row) if row.line.startswith("+") else (),
            rule=row.line[1:],
        )
        for row in rows
    ]


def decisions_of(
    model: type[Element], standings: Sequence[Standing], element_id: uuid.UUID
) -> list[tuple[bool, str]]:
    """Return for each standing on one record whether it shows an element, and by which line.

    One statement for as many as a row holds with ease; the element is one the asker sees. Raises
    ``NotVisible`` where it went in the meantime.
    """
    found: list[tuple[bool, str]] = []
    for first in range(0, len(standings), AT_ONCE):
        some = standings[first : first + AT_ONCE]
        _turn_to(some[0])
        made = (compiled.lines_for(model, one, Purpose.READ)[0] for one in some)
        lines = {f"line{number}": one for number, one in enumerate(made)}
        known: Any = model._default_manager.filter(record_id=some[0].record_id)  # noqa: SLF001
        decided = known.filter(id=element_id).annotate(**lines).values_list(*lines).first()
        if decided is None:
            raise NotVisible
        found += [(line.startswith("+"), line[1:]) for line in decided]
    return found


def shares_given_at(
    standing: Standing, among: Collection[uuid.UUID]
) -> dict[uuid.UUID, dt.datetime]:
    """Return when the viewer's last live share of each was given: later versions aren't in it."""
    given = conditions.live_shares(standing).filter(element_id__in=among).order_by("given_at")
    return {one.element_id: one.given_at for one in given if one.element_id is not None}


def lines_taken_back(
    standing: Standing, after: dt.datetime, columns: Collection[str]
) -> list[tuple[Any, ...]]:
    """Return the lines the fund took back since, that the viewer would see if it hadn't.

    Their marks follow the columns. Through somebody's eyes: those that who looks would see too.
    """
    _turn_to(standing)
    lens = bound().lens
    asked = []
    for one in (standing,) if lens is None else (standing, lens.own):
        made = compiled.conditions_for(ReimbursementLine, one, Purpose.READ)
        if made is None:
            return []
        asked.append(made)
    return narrow_ways.lines_taken_back(
        after,
        columns,
        [asked[0][1][mark].on("line") for mark in MARKS],
        [shown.on("line") for shown, _marks in asked],
    )


def under_a_mask(model: type[Kind], standing: Standing) -> QuerySet[Kind]:
    """Return the elements the viewer sees that a live mask covers, whoever it is aimed at."""
    masks = conditions.masks_in_force(standing)
    return reached_by(model, standing, masks)


def reached_by(model: type[Kind], standing: Standing, masks: QuerySet[Mask]) -> QuerySet[Kind]:
    """Return the elements the viewer sees that one of these masks covers, in force or not."""
    return visible(model, standing).filter(conditions.covered_by(masks))


def under_a_mask_though_withdrawn(
    standing: Standing, ids: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Return which elements a live mask covers, those taken back by their author included.

    For the treating GP's synthesis alone, which must not say again what a mask still hides.
    """
    if not ids or not standing.treating_gp:
        return set()
    _turn_to(standing)
    return narrow_ways.under_a_mask(ids)


def not_announced(standing: Standing, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which elements still wait to be announced: for the journal, which stays silent."""
    _turn_to(standing)
    return narrow_ways.not_announced(ids)


def written_by(viewer: Viewer, *, limit: int) -> list[Deposit]:
    """Return what a professional deposited and still sees, the latest first; no content of it.

    What somebody wrote and didn't withdraw is mostly theirs to see, or not, by what they are to
    the record: no element is then read.
    """
    if viewer.professional_id is None:
        return []
    found = narrow_ways.deposited_by_me(limit)
    records = {one.record_id for one in found}
    standings = read_standings(viewer, records, bound().moment)
    return [
        one for one in found
        # A record may have been destroyed meanwhile.
        if (standing := standings.get(one.record_id)) and _sees_own(standing, one)
    ]  # fmt: skip


def _sees_own(standing: Standing, deposit: Deposit) -> bool:
    sees = compiled.sees_own(Document, standing)
    return can_see(Document, standing, deposit.document_id) if sees is None else sees
