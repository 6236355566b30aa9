"""A court's decision about a parent, recorded by the fund's agent: suspended, or restored.

The agent types two numbers and learns nothing: whether a record exists, or whether this parent
represents anybody, the answer is the same. Must not know screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import note, now, use_case
from access.circle.deciding import lock
from access.circle.invitations import end_invitations_of
from access.journal import SYSTEM, Action
from access.notices import tell_representation
from access.policy import Refused
from access.viewer import Role
from records.models import Representation
from records.odd_letters import has_odd_letters, odd_letters_said
from records.opening.checking import person_under, record_under


if TYPE_CHECKING:
    import datetime as dt

    from access.viewer import Viewer


MAX_REFERENCE: Final = 100


@use_case
def record_decision(
    *, by: Viewer, child_nir: str, born_on: dt.date, parent_nir: str, suspends: bool,
    reference: str,
) -> None:  # fmt: skip
    """Suspend what a parent may do on a child's record, or restore it, from now on.

    Where there is nothing to suspend, nothing is written but that it was asked. Recorded twice,
    it is recorded once. Raises ``Refused`` for anybody but the fund's agent.
    """
    if by.role is not Role.FUND_AGENT or not by.admitted:
        raise Refused(_("Seul un agent de la caisse note une décision de justice."))
    reference = " ".join(reference.split())
    if has_odd_letters(reference):
        raise Refused(odd_letters_said())
    if not reference or len(reference) > MAX_REFERENCE or not reference.isprintable():
        raise Refused(_("Écrivez la référence de la décision, en 100 caractères au plus."))
    record = record_under(child_nir)
    parent = person_under(parent_nir)
    if record is None or parent is None or record.holder.born_on != born_on:
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    lock(record.id)
    held = Representation.objects.filter(
        Q(until=None) | Q(until__gt=now()), record_id=record.id, person_id=parent.id
    )
    if suspends:
        changed = held.filter(suspended_at=None).update(suspended_at=now())
    else:
        changed = held.exclude(suspended_at=None).update(suspended_at=None)
    if not changed:
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    if suspends:
        end_invitations_of(record_id=record.id, person_id=parent.id)
    action = Action.REPRESENTATION_SUSPENDED if suspends else Action.REPRESENTATION_RESTORED
    note(
        action, record.id, by=by, door="counter", reason=f"{reference}|representative:{parent.id}"
    )
    tell_representation(record.id)
