"""The list « à regarder »: each opening until the one who reads it has said that they looked.

And those that run, looked at or not: whoever decides reads who has access, and may end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import CharField, Exists, OuterRef, Subquery
from django.db.models.functions import Cast

from access import naming
from access.binding import PARIS, bound, now
from access.circle.directory import trade_of
from access.emergency.known import live_openings_known_to, openings_known_to
from access.emergency.wording import CALL, kept, said
from access.journal import Action
from access.models import JournalEvent, Opening, OpeningKind


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.models import QuerySet

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


MOST: Final = 20


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """One opening: who, where, when, why, and whether it still runs."""

    opening_id: uuid.UUID
    professional_id: uuid.UUID
    name: str
    # As the journal names them, where it is read beside.
    full_name: str
    trade: str
    place: str
    call: bool
    since: dt.datetime
    until: dt.datetime
    live: bool
    why: str
    # Its event in the journal: what « je ne reconnais pas cette personne » is said of.
    event_id: uuid.UUID | None

    @property
    def on(self) -> dt.date:
        """The day in Paris."""
        return self.since.astimezone(PARIS).date()


def to_look_at(*, by: Viewer, dossier: Dossier) -> tuple[ToLookAt, ...]:
    """Return what somebody who decides has still to look at, the latest first."""
    return _rows(_waiting(by, dossier), dossier)


def still_open(*, dossier: Dossier) -> tuple[ToLookAt, ...]:
    """Return the openings that run, to who decides; none through somebody's eyes."""
    if not dossier.may_decide or bound().lens is not None:
        return ()
    return _rows(live_openings_known_to(dossier.standing), dossier)


def _rows(openings: QuerySet[Opening], dossier: Dossier) -> tuple[ToLookAt, ...]:
    opened = JournalEvent.objects.filter(
        record_id=dossier.record_id, act=Action.EMERGENCY_OPENED.value,
        actor_professional_id=OuterRef("professional_id"), at=OuterRef("since"),
    )  # fmt: skip
    found = (
        openings.annotate(event=Subquery(opened.order_by("seq").values("id")[:1]))
        .select_related("professional", "structure")
        .order_by("-since", "-id")[:MOST]
    )
    return tuple(_row(opening, dossier) for opening in found)


def count_to_look_at(*, by: Viewer, dossier: Dossier) -> int:
    """Return how many rows that list has."""
    return _waiting(by, dossier)[:MOST].count()


def _waiting(by: Viewer, dossier: Dossier) -> QuerySet[Opening]:
    """The openings nobody has looked at yet, for who decides.

    None for anybody else, nor through somebody's eyes: the list is its reader's own.
    """
    if not dossier.may_decide or bound().lens is not None or by.person_id is None:
        return Opening.objects.none()
    seen = JournalEvent.objects.filter(
        record_id=dossier.record_id, act=Action.EMERGENCY_SEEN.value,
        actor_person_id=by.person_id, reason=Cast(OuterRef("id"), CharField()),
    )  # fmt: skip
    return openings_known_to(dossier.standing).exclude(Exists(seen))


def _row(opening: Opening, dossier: Dossier) -> ToLookAt:
    # What a doctor typed may speak of what a minor keeps from who represents them.
    whole = dossier.by_holder or dossier.standing.holder_is_adult
    call = opening.kind == OpeningKind.REGULATION
    reason = (CALL, opening.call_reference) if call else (opening.reason, opening.reason_text)
    end: dt.datetime | None = opening.known_end  # type: ignore[attr-defined]  # annotated
    return ToLookAt(
        opening_id=opening.id,
        professional_id=opening.professional_id,
        name=naming.sentence_start(opening.professional.display_name),
        full_name=naming.sentence_start(opening.professional.full_name),
        trade=trade_of(opening.professional),
        place=opening.structure.name if opening.structure else "",
        call=call,
        since=opening.since,
        until=end or opening.until,
        live=opening.until > now() and (end is None or end > now()),
        why=said(kept(*reason), whole=whole, you=dossier.by_holder),
        event_id=opening.event,  # type: ignore[attr-defined]  # annotated
    )
