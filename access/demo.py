"""The demonstration's one-click sign-in: exists only where the demonstration is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.utils.text import capfirst
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
    story: str = ""


def _stories() -> dict[str, str]:
    """What each account is there to show, in a few words."""
    return {
        "jeanne": _("Plusieurs maladies, beaucoup de soignants"),
        "salome": _("Enceinte de sept mois"),
        "thomas": _("Un épisode psychiatrique à masquer"),
        "lina": _("16 ans, un soin tenu secret"),
        "nadia": _("Mère de Lina et de Noé"),
        "emile": _("Aucun remboursement : un dossier vide"),
        "marcel": _("Dialysé, deux mille remboursements"),
        "petit": _("Médecin traitante, des brouillons à signer"),
        "martin": _("Généraliste : trois patients lui donnent accès"),
        "garnier": _("Psychiatre : ne lit que ses courriers"),
        "roux": _("Cardiologue de Jeanne et Marcel"),
        "quere": _("Infirmière, à domicile"),
        "salaun": _("Chirurgien-dentiste, sans patient ici"),
        "morvan": _("Sage-femme de Salomé"),
        "delmas": _("Pharmacienne : ouvre des dossiers"),
        "benali": _("Urgentiste, et médecin du SAMU"),
        "chargements": _("Charge les fichiers de remboursements"),
        "accueil": _("Ouvre des dossiers au guichet"),
    }


def _groups() -> dict[str, str]:
    return {
        "patient": _("Patients"),
        "gp": _("Médecins"),
        "professional": _("Autres professionnels"),
        "fund": _("Assurance maladie"),
    }


def _account(user: User) -> DemoAccount:
    story = _stories().get(user.email.removesuffix(DOMAIN), "")
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
            story=story,
        )
    if user.fund_role:
        name = capfirst(user.get_fund_role_display())
        return DemoAccount(user.id, name, user.email, groups["fund"], "", story)
    name = user.person.full_name if user.person else user.email
    return DemoAccount(user.id, name, user.email, groups["patient"], "", story)


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
