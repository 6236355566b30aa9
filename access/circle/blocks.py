"""Professionals the holder blocked: line 7 of the policy, whatever follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from access import naming
from access.binding import note, now, use_case
from access.circle import directory
from access.circle.deciding import ENDED, Decider, decide, note_period
from access.circle.knowing import (
    comes_by_place,
    given_by_minor,
    live_periods_known_to,
    periods_to_end,
    unknown_to,
)
from access.circle.openings import close_openings
from access.circle.periods import close_periods
from access.circle.reports import reports_holding, reports_unknown_to, where_to_give_back
from access.conditions import ended_alone
from access.journal import Action
from access.models import AuthorisationKind, Block, Case, JournalEvent
from access.models.periods import in_force
from access.policy import Refused


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.models import Professional
    from access.standing import Standing
    from access.viewer import Viewer


def live_blocks(record_id: uuid.UUID) -> QuerySet[Block]:
    """Return the blocks in force on a record."""
    return Block.objects.filter(in_force(now()), record_id=record_id)


def blocks_known_to(decider: Decider) -> QuerySet[Block]:
    """Return the blocks in force, as far as the decider knows."""
    return blocks_known_as(decider.dossier.standing)


def blocks_known_as(asker: Standing) -> QuerySet[Block]:
    """Return the blocks in force that somebody who decides for a record may know of.

    A representative knows of none that a minor put alone, or that rests on a secret (line 5); and
    one that a minor lifted alone goes on, until they lift it too.
    """
    blocks = live_blocks(asker.record_id)
    if asker.is_holder:
        return blocks
    if asker.speaks_for_minor:
        told = JournalEvent.objects.filter(
            record_id=asker.record_id, act=Action.UNBLOCKED.value, rests_on_secret=False,
            element_id=OuterRef("professional_id"), at__gt=OuterRef("ended_at"),
        )  # fmt: skip
        lifted = Q(ended_alone(Action.UNBLOCKED)) & ~Exists(told)
        blocks = Block.objects.filter(in_force(now()) | lifted, record_id=asker.record_id)
    return blocks.exclude(_put_in_secret())


def _put_in_secret() -> Exists:
    """Tell whether a block was put by a minor alone, or rests on a secret."""
    return Exists(
        JournalEvent.objects.filter(
            record_id=OuterRef("record_id"), act=Action.BLOCKED.value, rests_on_secret=True,
            element_id=OuterRef("professional_id"), at=OuterRef("since"),
        )
    )  # fmt: skip


def blocks_rested_on(decider: Decider, professional_id: uuid.UUID) -> QuerySet[Block]:
    """Return the blocks of somebody that stand for what is decided now.

    The family's pause is theirs to lift, and they aren't told of what a minor decides: it stands
    beside it.
    """
    blocks = blocks_known_to(decider).filter(professional_id=professional_id)
    if not decider.minor_alone:
        return blocks
    theirs = Case.objects.filter(block__in=blocks, secret=False)
    return blocks.exclude(id__in=theirs.values("block_id"))


def blocks_reported_beside(
    decider: Decider, professional_id: uuid.UUID, *, secret: bool
) -> QuerySet[Block]:
    """Return the blocks of somebody that a report on them adds nothing to.

    An adult's report on a visit that is kept from their guardian has a pause of its own: the
    guardian, who takes back the one they know of, isn't told by a pause that goes on.
    """
    blocks = blocks_rested_on(decider, professional_id)
    if not (decider.dossier.by_holder and decider.of_an_adult):
        return blocks
    return blocks.filter(_put_in_secret()) if secret else blocks.exclude(_put_in_secret())


def refuse_if_blocked(decider: Decider, professional: Professional) -> None:
    """Raise ``Refused`` where the professional is blocked: the holder unblocks first.

    Whom a minor blocked alone is given what a representative gives them, in the same words as
    anybody; line 7 keeps them out all the same.
    """
    blocks = blocks_known_to(decider).filter(professional_id=professional.id)
    refuse_if_reported(decider, blocks)
    if blocks.exists():
        raise Refused(
            _("Vous avez bloqué %(name)s. Débloquez-le d'abord, puis recommencez.")
            % {"name": naming.the(professional.display_name)}
        )


def refuse_if_reported(decider: Decider, blocks: QuerySet[Block]) -> None:
    """Raise ``Refused`` where a report keeps a professional out: its page gives the access back.

    It says what comes back with it, and withdraws the report: one act, in one place.
    """
    for professional_id in reports_holding(decider, blocks):
        raise Refused(where_to_give_back(directory.professional(professional_id).display_name))


@use_case
def block(*, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID) -> None:
    """Remove a professional and block them, in one step: they see nothing, whatever follows.

    Ends their doors, the treating GP's right and the shares made with them. Doors of a structure
    they work in stay, as do those that a minor's family gave, and don't serve them. Blocked twice,
    they are blocked once; a pause that a case put is one for good from then on.
    """
    decider = decide(by=by, record_id=record_id)
    professional = directory.professional(professional_id)
    held = periods_to_end(decider.dossier.standing).filter(professional_id=professional.id)
    held = held.order_by("kind", "id")
    if decider.minor_alone:
        # What the family gave stays on their list, and opens nothing: they aren't told of this.
        own = Q(id__in=given_by_minor(record_id))
        held = held.filter(own | Q(kind=AuthorisationKind.TREATING_GP))
    unknown = unknown_to(decider.dossier.standing)
    for period in close_periods(held, by=by, removed_by_holder=True):
        note_period(
            ENDED[AuthorisationKind(period.kind)], period, by=by, door=decider.dossier.door,
            secret=decider.minor_alone or period.id in unknown,
        )  # fmt: skip
    # Unblocked within the hours, they don't come back by the opening they had.
    close_openings(
        by=by, record_id=record_id, professional_id=professional.id, door=decider.dossier.door,
        secret=decider.minor_alone,
    )  # fmt: skip
    blocks = list(blocks_rested_on(decider, professional.id))
    _set_apart(decider, blocks, by=by)
    # A pause becomes a block for good: no case taken back lifts it any more.
    Case.objects.filter(block__in=blocks).update(block=None)
    if blocks:
        return
    Block.objects.create(record_id=record_id, professional_id=professional.id, since=now())
    _note(Action.BLOCKED, decider, professional.id, by=by, secret=decider.minor_alone)


@use_case
def unblock(*, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID) -> bool:
    """Lift a block. No door comes back with it, but those it had left: returns whether any.

    Theirs, or of a structure they work in. Lifted twice, it is lifted once. Raises ``Refused``
    for whom a report keeps out.
    """
    decider = decide(by=by, record_id=record_id)
    blocks = blocks_known_to(decider).filter(professional_id=professional_id)
    refuse_if_reported(decider, blocks)
    if blocks.exists():
        # Of a block that a representative may not know of, they don't read the end either.
        told = not decider.minor_alone and blocks.exclude(_put_in_secret()).exists()
        found = list(blocks)
        _note(Action.UNBLOCKED, decider, professional_id, by=by, secret=not told)
        _set_apart(decider, found, by=by)
        _end(found)
    standing = decider.dossier.standing
    held = live_periods_known_to(standing).filter(
        professional_id=professional_id, confirmed_at__lte=now()
    )
    return held.exists() or comes_by_place(standing, professional_id)


def _end(blocks: list[Block]) -> None:
    """End those that are in force; one that a minor lifted alone keeps its end."""
    keys = [one.id for one in blocks]
    Block.objects.filter(in_force(now()), id__in=keys).update(ended_at=now())


def pause(
    decider: Decider, professional: Professional, *, by: Viewer, secret: bool
) -> Block | None:
    """Block a professional and leave their doors as they are: lifted, all is as it was.

    Returns the block, or None where they were blocked already.
    """
    if blocks_reported_beside(decider, professional.id, secret=secret).exists():
        return None
    record_id = decider.dossier.record_id
    made = Block.objects.create(record_id=record_id, professional=professional, since=now())
    _note(Action.BLOCKED, decider, professional.id, by=by, secret=secret)
    return made


def lift_pause(decider: Decider, block_id: uuid.UUID, *, by: Viewer, secret: bool) -> bool:
    """End a pause: the doors that are still live serve again. Lifted twice, it is lifted once.

    Returns whether it left them blocked by nothing else that the decider knows of.
    """
    known = live_blocks(decider.dossier.record_id) | blocks_known_to(decider)
    found = known.filter(id=block_id).first()
    if found is None:
        return False
    # Without itself, and before anything is done: the journal, which says what is known, is
    # written last, and to a family one that their minor lifted goes on until then.
    left = blocks_known_to(decider).filter(professional_id=found.professional_id)
    alone = not left.exclude(id=block_id).exists()
    _note(Action.UNBLOCKED, decider, found.professional_id, by=by, secret=secret)
    _set_apart(decider, [found], by=by)
    _end([found])
    return alone


def _set_apart(decider: Decider, blocks: list[Block], *, by: Viewer) -> None:
    """Give the reports on somebody that a representative no longer knows of a pause of their own.

    The visit they are about rests on a secret since: what is done to these blocks undoes nothing
    of them and tells nothing of them. They are the holder's from then on, as if kept at once.
    """
    # One that a minor lifted alone keeps nobody out any more: nothing of it goes on.
    live = live_blocks(decider.dossier.record_id).filter(id__in=[one.id for one in blocks])
    kept = reports_unknown_to(decider, live)
    if not kept:
        return
    record_id, professional_id = decider.dossier.record_id, blocks[0].professional_id
    made = Block.objects.create(record_id=record_id, professional_id=professional_id, since=now())
    Case.objects.filter(id__in=kept).update(block=made, secret=True)
    _note(Action.BLOCKED, decider, professional_id, by=by, secret=True)


def _note(
    action: Action, decider: Decider, professional_id: uuid.UUID, *, by: Viewer, secret: bool
) -> None:
    note(
        action, decider.dossier.record_id, by=by, door=decider.dossier.door,
        element_kind="professional", element_id=professional_id, rests_on_secret=secret,
    )  # fmt: skip
