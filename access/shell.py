"""What every page has around its content: the navigation of a capacity and who is signed in.

A template context processor. Knows no element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access.binding import bound
from access.emergency import strip_on
from access.people import chosen_record
from access.standing import DOCTOR
from access.viewer import ANONYMOUS, Role


if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest

    from access.emergency import Strip
    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    key: str
    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as the top of the page says it."""

    name: str
    capacity: str
    practice: str = ""


def _family_nav(request: HttpRequest, viewer: Viewer) -> list[NavItem]:
    record = chosen_record(request)
    own = viewer.role is Role.PATIENT
    # Another's places, away from the pages that say whose they are, would seem one's own.
    if record is None or not (own or _record_of(request)):
        return []
    about = [record]
    care, doctors = (_("Mes soins"), _("Mes soignants")) if own else (_("Soins"), _("Soignants"))
    reading = [
        NavItem("home", _("Accueil"), reverse("records:home", args=about), "house"),
        NavItem("care", care, reverse("records:care", args=about), "calendar-days"),
        NavItem(
            "documents", _("Documents"), reverse("records:documents", args=about), "file-text"
        ),
        NavItem("profile", _("Profil médical"), reverse("records:entries", args=about), "id-card"),
    ]
    if viewer.role is Role.DELEGATE:  # decides nothing, and isn't told who looked (line 6)
        return reading
    return [
        *reading,
        NavItem("doctors", doctors, reverse("access:doctors", args=about), "stethoscope"),
        NavItem("who", _("Qui peut voir"), reverse("access:who_can_see", args=about), "eye"),
        NavItem("looked", _("Qui a regardé"), reverse("access:who_looked", args=about), "history"),
    ]


def _professional_nav(viewer: Viewer) -> list[NavItem]:
    items = [
        NavItem("patients", _("Mes patients"), reverse("access:patients"), "users"),
        NavItem(
            "presence", _("Le patient est avec moi"), reverse("records:presence"), "user-check"
        ),
        NavItem("deposit", _("Déposer"), reverse("records:deposit_by_number"), "upload"),
        NavItem("counter", _("Ouvrir un dossier"), reverse("records:counter"), "folder-heart"),
    ]
    if viewer.profession == DOCTOR:
        page = "records:regulation" if viewer.at_samu else "records:emergency"
        items.append(NavItem("emergency", _("Urgence"), reverse(page), "siren"))
    return items


def _record_nav(request: HttpRequest, viewer: Viewer) -> list[NavItem]:
    """Return the places of the record a professional has come into: beside whose it is."""
    record = _record_of(request)
    # "Page not found" about a record is one and the same page, whatever was asked.
    if viewer.role is not Role.PROFESSIONAL or not viewer.admitted:
        return []
    if record is None or record not in bound().entered:
        return []
    about = [record]
    return [
        NavItem("home", _("Synthèse"), reverse("records:home", args=about)),
        NavItem("care", _("Soins"), reverse("records:care", args=about)),
        NavItem("documents", _("Documents"), reverse("records:documents", args=about)),
        NavItem("profile", _("Profil"), reverse("records:entries", args=about)),
    ]


def _record_of(request: HttpRequest) -> uuid.UUID | None:
    match = request.resolver_match
    return match.kwargs.get("record_id") if match else None


def _strip(request: HttpRequest, viewer: Viewer) -> Strip | None:
    """Return what a page says all along an opening, once its doctor has come to the record."""
    record = _record_of(request)
    if record is None or not viewer.is_professional:
        return None
    return strip_on(by=viewer, record_id=record)


_NAV_ROLES = {
    Role.PROFESSIONAL: "professional",
    Role.FUND_AGENT: "counter",
    Role.FUND_ADMINISTRATOR: "fund",
}


def _navigation(request: HttpRequest, viewer: Viewer) -> list[NavItem]:
    if not viewer.admitted:
        return []
    if viewer.role in {Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE}:
        return _family_nav(request, viewer)
    if viewer.role is Role.PROFESSIONAL:
        return _professional_nav(viewer)
    if viewer.role is Role.FUND_AGENT:
        return [
            NavItem("counter", _("Ouvrir un dossier"), reverse("records:counter"), "folder-heart"),
            NavItem("cases", _("Signalements"), reverse("access:cases_desk"), "flag"),
            NavItem(
                "decision", _("Décision de justice"), reverse("records:decision"), "shield-check"
            ),
            NavItem(
                "renumber", _("Changement de numéro"), reverse("records:renumber"), "refresh-cw"
            ),
        ]
    if viewer.role is Role.FUND_ADMINISTRATOR:
        return [NavItem("loads", _("Chargements"), reverse("imports:loads"), "upload")]
    return []


def _capacity_words(viewer: Viewer) -> str:
    words = {
        Role.PATIENT: _("Mon dossier"),
        Role.REPRESENTATIVE: _("Représentation légale"),
        Role.DELEGATE: _("Aide à un proche"),
        Role.PROFESSIONAL: _("Mon travail"),
        Role.FUND_AGENT: _("Accueil de la caisse"),
        Role.FUND_ADMINISTRATOR: _("Chargements de la caisse"),
    }
    return words.get(viewer.role, "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the page around every page needs, in the capacity of this request."""
    viewer: Viewer = getattr(request, "viewer", ANONYMOUS)
    match = request.resolver_match
    door = getattr(match.func, "door", None) if match else None
    who = None
    if viewer.user_id is not None:
        practice = viewer.practice.structure_name if viewer.practice else ""
        who = SignedIn(viewer.name, _capacity_words(viewer), practice)
    return {
        "viewer": viewer,
        "who": who,
        "nav_items": _navigation(request, viewer),
        "record_items": _record_nav(request, viewer),
        "nav_role": _NAV_ROLES.get(viewer.role, "patient"),
        "nav_current": door.nav if door else "",
        "see_as": getattr(request, "see_as", None),
        "emergency": _strip(request, viewer),
    }
