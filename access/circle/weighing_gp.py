"""What declaring or confirming a treating GP would do, as it is read before. Writes nothing.

Counts are of what the asker sees and knows to be hidden.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import policy
from access.circle import directory
from access.circle.blocks import blocks_known_to
from access.circle.deciding import Decider, may_decide
from access.circle.knowing import comes_by_place
from access.circle.reports import reports_holding
from access.circle.treating_gp import (
    declarations,
    doctor_of,
    live_treating_gp,
    no_longer_practises,
)
from access.elements import KINDS
from access.models import User


if TYPE_CHECKING:
    import uuid

    from access.models import Professional
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class Declaration:
    """What declaring somebody would do, as it is said before: what they would see, who stops."""

    dossier: Dossier
    professional_id: uuid.UUID
    name: str
    trade: str
    hidden: int
    former: str
    former_stays: bool
    blocked: bool
    # The report that keeps them out, where one does: its page gives the access back.
    case_id: uuid.UUID | None
    already: bool
    waits: bool
    gone: bool
    named_themself: bool


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """The doctor whose declaration waits for whoever reads; they may have named themself."""

    name: str
    named_themself: bool


def weigh_declaration(
    *, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID
) -> Declaration:
    """Return what declaring a doctor would do: how many hidden elements they would see.

    Raises ``Refused`` for whoever can't be a treating GP.
    """
    decider = may_decide(by=by, record_id=record_id)
    return _weigh(decider, doctor_of(professional_id))


def weigh_waiting(*, by: Viewer, record_id: uuid.UUID) -> Declaration | None:
    """Return what confirming the declaration that waits would do; None for who can't confirm."""
    decider = may_decide(by=by, record_id=record_id)
    found = _waiting_for(decider)
    if found is None:
        return None
    doctor, themself = found
    return _weigh(decider, doctor, named_themself=themself)


def doctor_to_confirm(dossier: Dossier) -> ToConfirm | None:
    """Return the doctor whose declaration waits for whoever reads; None for none."""
    found = _waiting_for(Decider(dossier))
    if found is None:
        return None
    doctor, themself = found
    return ToConfirm(doctor.display_name, named_themself=themself)


def _waiting_for(decider: Decider) -> tuple[Professional, bool] | None:
    """The doctor who waits, and whether it was they who asked for it."""
    if not (decider.dossier.may_decide and decider.confirms_gp):
        return None
    waiting = declarations(decider.dossier.record_id).filter(confirmed_at=None)
    found = waiting.select_related("professional").order_by("given_at", "id").last()
    if found is None or found.professional is None:
        return None
    theirs = User.objects.filter(professional_id=found.professional.id)
    asked = found.given_by is not None and theirs.filter(id=found.given_by).exists()
    return found.professional, asked


def _weigh(decider: Decider, doctor: Professional, *, named_themself: bool = False) -> Declaration:
    standing = decider.dossier.standing
    if decider.by_representative:
        standing = dataclasses.replace(standing, secret_masks=False)
    current = live_treating_gp(decider.dossier.record_id)
    former = current.professional_id if current else None
    blocks = blocks_known_to(decider).filter(professional_id=doctor.id)
    return Declaration(
        dossier=decider.dossier,
        professional_id=doctor.id,
        name=doctor.display_name,
        trade=directory.trade_of(doctor),
        hidden=sum(policy.under_a_mask(model, standing).count() for model in KINDS.values()),
        former=directory.professional(former).display_name if former else "",
        former_stays=former is not None and comes_by_place(standing, former),
        blocked=blocks.exists(),
        case_id=reports_holding(decider, blocks).get(doctor.id),
        already=former == doctor.id,
        waits=decider.by_representative and decider.old_enough,
        gone=no_longer_practises(doctor),
        named_themself=named_themself,
    )
