"""Ending an opening before its hour, by the holder or the doctor; and saying one has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access import policy
from access.binding import note, use_case
from access.circle.deciding import decide
from access.circle.openings import close_openings
from access.journal import Action
from access.models import JournalEvent, Opening
from access.policy import NotVisible


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


@use_case
def end_opening(*, by: Viewer, record_id: uuid.UUID, opening_id: uuid.UUID) -> None:
    """Close an opening now: it opens nothing from the next request on. Twice is once.

    By the doctor it is for, or by whoever decides for the record. Raises ``NotVisible`` for one
    that isn't theirs as for one that isn't there.
    """
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    mine = _of(record_id, opening_id) if by.is_professional else None
    if mine is not None and mine.professional_id == by.professional_id:
        close_openings(by=by, record_id=record_id, id=opening_id, door=mine.kind, secret=False)
        return
    decider = decide(by=by, record_id=record_id)
    if _of(record_id, opening_id) is None:
        raise NotVisible
    close_openings(
        by=by, record_id=record_id, id=opening_id, door=decider.dossier.door,
        secret=decider.minor_alone,
    )  # fmt: skip


def _of(record_id: uuid.UUID, opening_id: uuid.UUID) -> Opening | None:
    return Opening.objects.filter(record_id=record_id, id=opening_id).first()


@use_case
def say_seen(*, by: Viewer, record_id: uuid.UUID, opening_id: uuid.UUID) -> None:
    """Write down that somebody who decides has looked at an opening: it leaves their list.

    Each has a list of their own: what a minor has looked at is nobody else's to know.
    """
    decider = decide(by=by, record_id=record_id)
    opening = _of(record_id, opening_id)
    if opening is None:
        raise NotVisible
    seen = JournalEvent.objects.filter(
        record_id=record_id, act=Action.EMERGENCY_SEEN.value, reason=str(opening_id),
        actor_person_id=by.person_id,
    )  # fmt: skip
    if not seen.exists():
        note(
            Action.EMERGENCY_SEEN, record_id, by=by, door=decider.dossier.door,
            element_kind="professional", element_id=opening.professional_id,
            reason=str(opening_id), rests_on_secret=decider.minor_alone,
        )  # fmt: skip
