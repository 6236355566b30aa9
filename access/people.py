"""Users and their capacities: which viewer a request is, which capacities a user may choose.

Knows sessions; knows no element and no screen.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access import naming
from access.binding import moment_of
from access.circle.family import helped_by, represented_by
from access.models import FundRole, Practice, User
from access.tokens import find_token
from access.viewer import ANONYMOUS, PracticeFacts, Role, Viewer
from dmp.templatetags.wording import day
from records.models import Person, Record, RecordStatus


if TYPE_CHECKING:
    from django.http import HttpRequest

    from access.circle.delegates import Scope


SESSION_CAPACITY = "capacity"
SESSION_SECOND_FACTOR = "second_factor"
DEMO_FACTOR = "demo"
APPLICATION = "totp"
PASSKEY = "passkey"
# A code sent by message: a second factor for patients (policy line 1), not for who works here.
SENT_CODES = frozenset({"email", "mobile"})
AT_WORK = frozenset({Role.PROFESSIONAL, Role.FUND_AGENT, Role.FUND_ADMINISTRATOR})
MACHINE_PATHS = "/fhir/"


@dataclass(frozen=True, slots=True)
class Capacity:
    """One capacity a user may take: the role, the practice if any, and the record it is about."""

    role: Role
    practice: PracticeFacts | None = None
    record_id: uuid.UUID | None = None
    person_name: str = ""
    scope: Scope | None = None

    @property
    def label(self) -> str:
        """What the choice says: one's own record, somebody's, or a place of work."""
        if self.practice is not None:
            return self.practice.structure_name or _("Mon activité")
        labels = {
            Role.PATIENT: _("Mon dossier"),
            Role.REPRESENTATIVE: _("Le dossier %(of_name)s, que je représente"),
            Role.DELEGATE: _("Le dossier %(of_name)s, que j'aide"),
            Role.FUND_ADMINISTRATOR: _("Chargements de la caisse"),
            Role.FUND_AGENT: _("Accueil de la caisse"),
        }
        return labels.get(self.role, "") % {"of_name": naming.of(self.person_name)}

    @property
    def what(self) -> str:
        """The capacity in words, where the label names a place or a person."""
        if self.practice is not None:
            return _("Mon travail")
        if self.scope is not None:
            return _as_delegate(self.scope)
        words = {
            Role.REPRESENTATIVE: _("Représentation légale"),
            Role.FUND_ADMINISTRATOR: _("Assurance maladie"),
            Role.FUND_AGENT: _("Assurance maladie"),
        }
        return words.get(self.role, "")

    @property
    def icon(self) -> str:
        """The icon beside the label."""
        return {
            Role.PATIENT: "folder-heart",
            Role.REPRESENTATIVE: "users",
            Role.DELEGATE: "hand-heart",
            Role.PROFESSIONAL: "stethoscope",
            Role.FUND_AGENT: "store",
        }.get(self.role, "database")

    @property
    def key(self) -> str:
        """What a form posts to choose it."""
        about = self.practice.id if self.practice else self.record_id
        return f"{self.role.value}:{about or ''}"


def _as_delegate(scope: Scope) -> str:
    """Say what a delegate may see, and until when."""
    what = ", ".join(scope.in_words) or _("tout, sauf ce qui est gardé pour soi")
    until = day(scope.last_day)
    if scope.can_write:
        return _("Aide : %(what)s, lire et ajouter, jusqu'au %(day)s") % {
            "what": what, "day": until,
        }  # fmt: skip
    return _("Aide : %(what)s, lire seulement, jusqu'au %(day)s") % {"what": what, "day": until}


def practice_facts(practice: Practice) -> PracticeFacts:
    """Return the frozen facts of a practice."""
    structure = practice.structure
    return PracticeFacts(
        id=practice.id,
        professional_id=practice.professional_id,
        profession=practice.profession,
        structure_id=practice.structure_id,
        structure_name=structure.name if structure else "",
        structure_kind=structure.kind if structure else "",
        unit=practice.unit,
    )


def live_practices(user: User) -> list[Practice]:
    """Return the practices a user may work in now, oldest first; none once off the register."""
    if user.professional_id is None:
        return []
    at = timezone.now()
    return list(
        Practice.objects.filter(
            Q(until__isnull=True) | Q(until__gt=at),
            professional_id=user.professional_id,
            since__lte=at,
        )
        .exclude(professional__registration_ended_at__lte=at)
        .select_related("structure")
        .order_by("since", "id")
    )


def capacities_of(user: User) -> list[Capacity]:
    """Return what a user may choose between at sign-in: their own record first."""
    found: list[Capacity] = []
    if user.person_id is not None:
        found += _family_capacities(user.person_id)
    found += [
        Capacity(role=Role.PROFESSIONAL, practice=practice_facts(practice))
        for practice in live_practices(user)
    ]
    if user.fund_role == FundRole.ADMINISTRATOR:
        found.append(Capacity(role=Role.FUND_ADMINISTRATOR))
    if user.fund_role == FundRole.AGENT:
        found.append(Capacity(role=Role.FUND_AGENT))
    return found


def _family_capacities(person_id: uuid.UUID) -> list[Capacity]:
    own = Record.objects.filter(holder_id=person_id, merged_into=None).order_by("opened_at").last()
    found = [Capacity(role=Role.PATIENT, record_id=own.id if own else None)]
    moment = moment_of(timezone.now())
    found += [
        Capacity(role=Role.REPRESENTATIVE, record_id=record_id, person_name=name)
        for record_id, name in represented_by(person_id, moment)
    ]
    found += [
        Capacity(role=Role.DELEGATE, record_id=record_id, person_name=name, scope=scope)
        for (record_id, name), scope in helped_by(person_id, moment)
    ]
    return found


def capacities_for(request: HttpRequest) -> list[Capacity]:
    """Return the capacities the signed-in user of a request may choose between."""
    return capacities_of(request.user) if isinstance(request.user, User) else []


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from, our own proxies left out: for limits only."""
    address: str = get_adapter().get_client_ip(request)
    return address


def choose_capacity(request: HttpRequest, key: str) -> Capacity | None:
    """Take a capacity for this session; None when the user has no such capacity."""
    for capacity in capacities_for(request):
        if capacity.key == key:
            request.session[SESSION_CAPACITY] = key
            return capacity
    return None


def chosen_record(request: HttpRequest) -> uuid.UUID | None:
    """Return the record the chosen family capacity is about, if any."""
    role, _, about = str(request.session.get(SESSION_CAPACITY, "")).partition(":")
    family = role in {Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE}
    return uuid.UUID(about) if family and about else None


def is_closed(record_id: uuid.UUID) -> bool:
    """Tell whether a record is closed: whoever may leave it comes to what is left to do."""
    return Record.objects.filter(id=record_id, status=RecordStatus.CLOSED).exists()


def is_gone(record_id: uuid.UUID) -> bool:
    """Tell whether a record was destroyed under a session that lasts."""
    return not Record.objects.filter(id=record_id).exists()


def viewer_of(request: HttpRequest) -> Viewer:
    """Return the viewer of a request: the user, the capacity kept in the session, the factor used.

    The link between user and practice is checked at every request, not only when chosen.
    """
    header = request.headers.get("Authorization", "")
    if header and request.path.startswith(MACHINE_PATHS):
        return _viewer_of_token(header)
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return ANONYMOUS
    session: Any = request.session
    role, practice = _capacity(user, str(session.get(SESSION_CAPACITY, "")))
    return Viewer(
        user_id=user.id,
        person_id=user.person_id,
        role=role,
        active=user.is_active,
        second_factor=_second_factor(request, user, role),
        practice=practice,
        name=_name_of(user, practice),
    )


def _viewer_of_token(header: str) -> Viewer:
    """Return the viewer a machine's token is bound to; the token is itself the second factor."""
    token = find_token(header)
    if token is None:
        return ANONYMOUS
    role, practice = _capacity(token.user, token.capacity)
    return Viewer(
        user_id=token.user_id,
        person_id=token.user.person_id,
        role=role,
        active=token.user.is_active,
        second_factor="token",
        practice=practice,
        name=_name_of(token.user, practice),
    )


def _second_factor(request: HttpRequest, user: User, role: Role) -> str:
    """The kind used in this session; *demo* counts only where the demonstration is on.

    An authenticator application or a passkey is asked for by allauth at sign-in, which keeps its
    own trace. A passkey that opened without a password was both: the device, and who holds it.
    """
    proofs = [r for r in get_authentication_records(request, user) if r.get("method") == "mfa"]
    if proofs:
        return PASSKEY if proofs[-1].get("type") == "webauthn" else APPLICATION
    kind = str(request.session.get(SESSION_SECOND_FACTOR, ""))
    if kind == DEMO_FACTOR and not settings.DMP_DEMO:
        return ""
    return "" if kind in SENT_CODES and role in AT_WORK else kind


def code_came_back(request: HttpRequest) -> bool:
    """Tell whether a code sent to this user came back in this session, whatever it opens."""
    return request.session.get(SESSION_SECOND_FACTOR) in SENT_CODES


def _capacity(user: User, key: str) -> tuple[Role, PracticeFacts | None]:
    role, _, about = key.partition(":")
    if role == Role.PROFESSIONAL:
        chosen = next((p for p in live_practices(user) if str(p.id) == about), None)
        return (Role.PROFESSIONAL, practice_facts(chosen)) if chosen else (Role.NOBODY, None)
    if role in {Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE} and user.person_id:
        return Role(role), None
    if role == Role.FUND_ADMINISTRATOR and user.fund_role == FundRole.ADMINISTRATOR:
        return Role.FUND_ADMINISTRATOR, None
    if role == Role.FUND_AGENT and user.fund_role == FundRole.AGENT:
        return Role.FUND_AGENT, None
    return Role.NOBODY, None


def _name_of(user: User, practice: PracticeFacts | None) -> str:
    if practice is not None and user.professional is not None:
        return user.professional.full_name
    if user.person_id is not None:
        person = Person.objects.filter(id=user.person_id).first()
        return person.full_name if person else ""
    return user.professional.full_name if user.professional else ""
