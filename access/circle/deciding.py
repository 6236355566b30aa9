"""Who may decide about a record's doors and masks, and the lock under which it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.binding import bound, catch_up, note
from access.journal import Action
from access.models import Authorisation, AuthorisationKind
from access.policy import Refused
from records.dossier.entrance import Dossier, enter
from records.models import Record
from records.turns import EPISODES, take_turn


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


CHOOSES_ALONE_FROM = 16  # years: policy section 4, who confirms a treating GP


@dataclass(frozen=True, slots=True)
class Decider:
    """The holder or a live representative, about to decide on a record that is locked for it."""

    dossier: Dossier

    @property
    def minor_alone(self) -> bool:
        """A minor decides for themselves: no representative may know of it (line 5)."""
        return self.dossier.by_holder and not self.dossier.standing.holder_is_adult

    @property
    def of_an_adult(self) -> bool:
        """What a parent chose has ended; a guardian's choice is the adult's."""
        return self.dossier.standing.holder_is_adult

    @property
    def by_representative(self) -> bool:
        """Someone speaks for the holder."""
        return not self.dossier.by_holder

    @property
    def old_enough(self) -> bool:
        """The holder chooses their treating GP themselves."""
        return self.dossier.age >= CHOOSES_ALONE_FROM

    @property
    def confirms_gp(self) -> bool:
        """A declaration that waits is theirs to confirm: the holder's, a parent's before 16."""
        return self.old_enough != self.by_representative

    @property
    def too_young(self) -> bool:
        """A child, whose treating GP a parent chooses."""
        return self.dossier.by_holder and not self.old_enough


def may_decide(*, by: Viewer, record_id: uuid.UUID) -> Decider:
    """Return the decider. Raises ``Refused`` for whoever reads the record and may not decide.

    A delegate never masks, shares, closes or names anybody (line 6); a professional neither.
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.may_decide:
        raise Refused(
            _(
                "Seule la personne à qui est ce dossier, ou son représentant légal, décide de qui"
                " peut voir."
            )
        )
    return Decider(dossier)


def decide(*, by: Viewer, record_id: uuid.UUID) -> Decider:
    """Return the decider, the record being locked: two decisions on one record never cross."""
    lock(record_id)
    return may_decide(by=by, record_id=record_id)


def decide_what_is_seen(*, by: Viewer, record_id: uuid.UUID) -> Decider:
    """Return the decider as above, a filling under way being over: nothing crosses it either.

    It puts care that the fund sends under another number under the masks it finds: one that it
    didn't find would be over a number that is gone, and one lifted meanwhile would go on.
    """
    may_decide(by=by, record_id=record_id)  # who only waits learns nothing
    # Before the record is held: a doctor who opens it in an emergency waits for no filling.
    take_turn(record_id, EPISODES)
    return decide(by=by, record_id=record_id)


def lock(record_id: uuid.UUID) -> Record | None:
    """Return a record, locked, if there is one; what the viewer is to it is read again after.

    For what rests on what the holder decided: what is decided at this instant counts. Its key is
    left free: whoever adds a row has it checked at commit, holding the journal this one waits for.
    """
    rows = Record.objects.select_for_update(of=("self",), no_key=True).select_related("holder")
    bound().standings.pop(record_id, None)
    found = rows.filter(id=record_id).first()
    catch_up()
    return found


ENDED = {
    AuthorisationKind.CIRCLE: Action.CIRCLE_ENDED,
    AuthorisationKind.TREATING_GP: Action.GP_ENDED,
    AuthorisationKind.SHARE: Action.SHARE_ENDED,
}


def note_period(
    action: Action, period: Authorisation, *, by: Viewer, door: str, secret: bool,
    refused: bool = False,
) -> None:  # fmt: skip
    """Write down an act on a period: whom it is about, never which element but for a share.

    ``secret`` keeps it from representatives. ``refused``: the period stays as it is, and only the
    event says which one was refused.
    """
    grantee = period.professional_id or period.structure_id
    kind = "professional" if period.professional_id else "structure"
    if period.element_id is not None:
        # What was shared is the element; the reason says with whom.
        note(
            action, period.record_id, by=by, door=door, element_id=period.element_id,
            element_kind="element", reason=f"{kind}:{grantee}", rests_on_secret=secret,
        )  # fmt: skip
        return
    note(
        action, period.record_id, by=by, door=door, element_id=grantee, element_kind=kind,
        reason=str(period.id) if refused else "", rests_on_secret=secret,
    )  # fmt: skip
