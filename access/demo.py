"""The demonstration's one-click sign-in: exists only where the demonstration is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.utils.translation import gettext as _

from access import people
from access.models import User
from access.policy import NotVisible
from access.viewer import Role
from records.traits import folded


if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest


DOMAIN = "@demo.test"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account of the list: who it is and what they come for."""

    user_id: uuid.UUID
    name: str
    email: str
    group: str
    capacity: str


def _groups() -> dict[str, str]:
    return {
        "patient": _("Patients"),
        "gp": _("Médecins"),
        "professional": _("Autres professionnels"),
        "fund": _("Assurance maladie"),
    }


def _account(user: User) -> DemoAccount:
    groups = _groups()
    practices = people.live_practices(user)
    if practices and user.professional is not None:
        doctor = practices[0].profession == "10"
        structure = practices[0].structure
        return DemoAccount(
            user_id=user.id,
            name=user.professional.full_name,
            email=user.email,
            group=groups["gp" if doctor else "professional"],
            capacity=structure.name if structure else "",
        )
    if user.fund_role:
        return DemoAccount(user.id, user.get_fund_role_display(), user.email, groups["fund"], "")
    name = user.person.full_name if user.person else user.email
    return DemoAccount(user.id, name, user.email, groups["patient"], "")


def accounts() -> list[DemoAccount]:
    """Return the demonstration's accounts, patients first. Empty outside the demonstration."""
    if not settings.DMP_DEMO:
        return []
    users = (
        User.objects.filter(email__endswith=DOMAIN, is_active=True)
        .select_related("person", "professional")
        .order_by("email")
    )
    order = list(_groups().values())
    return sorted(
        (_account(user) for user in users),
        key=lambda account: (order.index(account.group), folded(account.name)),
    )


def sign_in(request: HttpRequest, user_id: uuid.UUID) -> None:
    """Sign a demonstration account in, with a second factor of kind *demo*.

    Raises ``NotVisible`` outside the demonstration and for any other account.
    """
    if not settings.DMP_DEMO:
        raise NotVisible
    user = User.objects.filter(id=user_id, email__endswith=DOMAIN, is_active=True).first()
    if user is None:
        raise NotVisible
    login(request, user, backend=BACKEND)
    request.session[people.SESSION_SECOND_FACTOR] = people.DEMO_FACTOR
    found = people.capacities_of(user)
    working = [
        c for c in found if c.role not in {Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE}
    ]
    chosen = (working or found)[:1]
    if chosen:
        request.session[people.SESSION_CAPACITY] = chosen[0].key
