"""Who the treating GP of a record is, by name, for whoever decides for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.binding import now
from access.circle.periods import live
from access.models import Authorisation, AuthorisationKind


if TYPE_CHECKING:
    from records.dossier.entrance import Dossier


def treating_gp_of(dossier: Dossier) -> str:
    """Return the treating GP's name, for who decides; nothing where there is none."""
    if not dossier.may_decide:
        return ""
    held = (
        Authorisation.objects.filter(
            live(now()),
            record_id=dossier.record_id,
            kind=AuthorisationKind.TREATING_GP,
            confirmed_at__lte=now(),
        )
        .select_related("professional")
        .order_by("since")
        .last()
    )
    return held.professional.full_name if held and held.professional else ""
