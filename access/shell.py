"""What every page has around its content: the navigation of a capacity and who is signed in.

A template context processor. Knows no element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access.people import chosen_record
from access.viewer import ANONYMOUS, Role


if TYPE_CHECKING:
    from django.http import HttpRequest

    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    key: str
    label: str
    url: str


def _family_nav(request: HttpRequest) -> list[NavItem]:
    record = chosen_record(request)
    if record is None:
        return []
    about = [record]
    return [
        NavItem("home", _("Accueil"), reverse("records:home", args=about)),
        NavItem("care", _("Mes soins"), reverse("records:care", args=about)),
        NavItem("documents", _("Documents"), reverse("records:documents", args=about)),
        NavItem("profile", _("Mon profil médical"), reverse("records:entries", args=about)),
        NavItem("doctors", _("Mes soignants"), reverse("access:doctors", args=about)),
        NavItem("who", _("Qui peut voir"), reverse("access:who_can_see", args=about)),
        NavItem("looked", _("Qui a regardé"), reverse("access:who_looked", args=about)),
    ]


def _professional_nav(request: HttpRequest) -> list[NavItem]:
    items = [NavItem("patients", _("Mes patients"), reverse("access:patients"))]
    match = request.resolver_match
    record = match.kwargs.get("record_id") if match else None
    if record is not None:
        about = [record]
        items += [
            NavItem("synthesis", _("Synthèse"), reverse("records:home", args=about)),
            NavItem("care", _("Soins"), reverse("records:care", args=about)),
            NavItem("documents", _("Documents"), reverse("records:documents", args=about)),
            NavItem("profile", _("Profil médical"), reverse("records:entries", args=about)),
            NavItem("deposit", _("Déposer"), reverse("records:deposit", args=about)),
        ]
    items.append(NavItem("counter", _("Ouvrir un dossier"), reverse("records:counter")))
    return items


def _navigation(request: HttpRequest, viewer: Viewer) -> list[NavItem]:
    if not viewer.admitted:
        return []
    if viewer.role in {Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE}:
        return _family_nav(request)
    if viewer.role is Role.PROFESSIONAL:
        return _professional_nav(request)
    if viewer.role is Role.FUND_AGENT:
        return [NavItem("counter", _("Ouvrir un dossier"), reverse("records:counter"))]
    if viewer.role is Role.FUND_ADMINISTRATOR:
        return [NavItem("loads", _("Chargements"), reverse("imports:loads"))]
    return []


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return ``viewer``, ``nav_items`` and ``current`` (the key the view's door declares)."""
    viewer: Viewer = getattr(request, "viewer", ANONYMOUS)
    match = request.resolver_match
    door = getattr(match.func, "door", None) if match else None
    return {
        "viewer": viewer,
        "nav_items": _navigation(request, viewer),
        "current": door.nav if door else "",
    }
