"""Professionals the holder blocked: line 7 of the policy, whatever follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from access import naming
from access.binding import note, now, use_case
from access.circle import directory
from access.circle.deciding import ENDED, Decider, decide, given_by_minor, note_period
from access.circle.periods import close_periods, live
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, Block, JournalEvent
from access.policy import Refused


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.models import Professional
    from access.standing import Standing
    from access.viewer import Viewer


def live_blocks(record_id: uuid.UUID) -> QuerySet[Block]:
    """Return the blocks in force on a record."""
    at = now()
    return Block.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), record_id=record_id, since__lte=at
    )


def blocks_known_to(decider: Decider) -> QuerySet[Block]:
    """Leave out, for a representative, whom a minor blocked alone: they never know (line 5)."""
    return blocks_known_as(decider.dossier.standing)


def blocks_known_as(asker: Standing) -> QuerySet[Block]:
    """Return the blocks in force that somebody who decides for a record may know of."""
    blocks = live_blocks(asker.record_id)
    if asker.is_holder or asker.holder_is_adult:
        return blocks
    by_minor = JournalEvent.objects.filter(
        record_id=asker.record_id, act=Action.BLOCKED.value, rests_on_secret=True,
        element_id=OuterRef("professional_id"), at=OuterRef("since"),
    )  # fmt: skip
    return blocks.exclude(Exists(by_minor))


def refuse_if_blocked(decider: Decider, professional: Professional) -> None:
    """Raise ``Refused`` where the professional is blocked: the holder unblocks first.

    Whom a minor blocked alone is given what a representative gives them, in the same words as
    anybody; line 7 keeps them out all the same.
    """
    if blocks_known_to(decider).filter(professional_id=professional.id).exists():
        raise Refused(
            _("Vous avez bloqué %(name)s. Débloquez-le d'abord, puis recommencez.")
            % {"name": naming.the(professional.display_name)}
        )


@use_case
def block(*, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID) -> None:
    """Remove a professional and block them, in one step: they see nothing, whatever follows.

    Ends their doors, the treating GP's right and the shares made with them. Doors of a structure
    they work in stay, and don't serve them. Blocked twice, they are blocked once.
    """
    decider = decide(by=by, record_id=record_id)
    professional = directory.professional(professional_id)
    held = Authorisation.objects.filter(
        live(now()), record_id=record_id, professional_id=professional.id
    ).order_by("kind", "id")
    unknown = set(given_by_minor(record_id)) if decider.by_representative else set()
    for period in close_periods(held, by=by, removed_by_holder=True):
        note_period(
            ENDED[AuthorisationKind(period.kind)], period, by=by, door=decider.dossier.door,
            secret=decider.minor_alone or period.id in unknown,
        )  # fmt: skip
    if blocks_known_to(decider).filter(professional_id=professional.id).exists():
        return
    Block.objects.create(record_id=record_id, professional_id=professional.id, since=now())
    note(
        Action.BLOCKED, record_id, by=by, door=decider.dossier.door, element_kind="professional",
        element_id=professional.id, rests_on_secret=decider.minor_alone,
    )  # fmt: skip


@use_case
def unblock(*, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID) -> None:
    """Lift a block. No door comes back with it. Lifted twice, it is lifted once."""
    decider = decide(by=by, record_id=record_id)
    blocks = blocks_known_to(decider).filter(professional_id=professional_id)
    if blocks.update(ended_at=now()):
        note(
            Action.UNBLOCKED, record_id, by=by, door=decider.dossier.door,
            element_kind="professional", element_id=professional_id,
            rests_on_secret=decider.minor_alone,
        )  # fmt: skip
