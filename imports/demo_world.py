"""The demonstration's world: people of the stories, their accounts, records, doors and documents.

Built through the use cases, as the people themselves would; the directory alone is written as
rows, as an installation's own directory would be. Nothing here runs with real people.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from access import circle, people
from access.binding import PARIS, binding
from access.demo import DOMAIN
from access.models import FundRole, Practice, Professional, Structure, StructureKind, User
from access.viewer import Role, Viewer
from imports.generating import stories
from records import deposits, entries, reference
from records.identifiers import identifier_digest, professional_key, structure_key
from records.models import Person, Record, RecordIdentifier
from records.opening.facts import Contact, Document, Identity
from records.opening.opening import open_record
from records.traits import Traits


if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "demonstration"  # noqa: S105  # the demonstration's, documented
KINDS = {
    "practice": StructureKind.PRACTICE,
    "pharmacy": StructureKind.PHARMACY,
    "hospital": StructureKind.HOSPITAL,
    "laboratory": StructureKind.LABORATORY,
    "samu": StructureKind.SAMU,
}
ACCOUNTS = ("petit", "martin", "garnier", "roux", "quere", "salaun", "morvan", "delmas", "benali")
# Who each person has let in, beside their treating GP: professionals, then structures.
CIRCLES = {
    "jeanne": (("martin", "roux", "quere"), ("pharmacie_port",)),
    "salome": (("morvan",), ()),
    "thomas": (("martin",), ("pharmacie_port",)),
    "marcel": (("roux", "quere"), ()),
    "nadia": (("martin",), ()),
}
PROFILES: dict[str, tuple[tuple[str, dict[str, str], bool], ...]] = {
    "jeanne": (
        ("blood_group", {"value": "A+"}, True),
        ("allergy", {"answer": "known", "text": "Pénicilline"}, True),
        (
            "trusted_person",
            {"name": "Luc Morel", "relation": "Fils", "phone": "01 99 00 01 11"},
            True,
        ),
    ),
    "thomas": (("allergy", {"answer": "none"}, False),),
}
SINCE = dt.timedelta(days=900)
HOUR = dt.timedelta(hours=1)
OF_AGE_TO_DECIDE = 16


def is_there() -> bool:
    """Tell whether the world was built already: building it twice changes nothing."""
    return User.objects.filter(email=f"jeanne{DOMAIN}").exists()


@transaction.atomic
def build_directory() -> None:
    """Write the structures, the professionals and the accounts that are nobody's record."""
    since = timezone.now() - SINCE
    for place in stories.STRUCTURES:
        key = structure_key(place.finess)
        group, _made = Group.objects.get_or_create(name=f"structure {place.finess}")
        Structure.objects.get_or_create(
            id=key,
            defaults={
                "finess": place.finess,
                "name": place.name,
                "kind": KINDS.get(place.kind, StructureKind.PRACTICE),
                "group": group,
            },
        )
    for it in stories.PROFESSIONALS:
        key = professional_key(it.rpps)
        Professional.objects.get_or_create(
            id=key,
            defaults={
                "rpps": it.rpps,
                "title": it.title,
                "given_name": it.given,
                "family_name": it.family,
                "profession": it.profession,
                "specialty": reference.specialty_label(it.specialty, "fr"),
            },
        )
        for place_key in it.structures:
            place_id = structure_key(stories.structure(place_key).finess)
            Practice.objects.get_or_create(
                professional_id=key, structure_id=place_id,
                defaults={"profession": it.profession, "since": since},
            )  # fmt: skip
        if it.key in ACCOUNTS:
            User.objects.create_user(f"{it.key}{DOMAIN}", PASSWORD, professional_id=key)
    User.objects.create_user(f"chargements{DOMAIN}", PASSWORD, fund_role=FundRole.ADMINISTRATOR)
    User.objects.create_user(f"accueil{DOMAIN}", PASSWORD, fund_role=FundRole.AGENT)


def professional_viewer(key: str, structure: str = "") -> Viewer:
    """Return a professional of the stories as the viewer they are at work."""
    it = stories.professional(key)
    practices = Practice.objects.select_related("structure", "professional").filter(
        professional_id=professional_key(it.rpps)
    )
    if structure:
        practices = practices.filter(
            structure_id=structure_key(stories.structure(structure).finess)
        )
    practice = practices.order_by("since", "id")[0]
    user = User.objects.filter(professional_id=practice.professional_id).first()
    return Viewer(
        user_id=user.id if user else uuid.uuid5(practice.professional_id, "no account"),
        role=Role.PROFESSIONAL,
        active=True,
        second_factor=people.DEMO_FACTOR,
        practice=people.practice_facts(practice),
        name=practice.professional.full_name,
    )


def _identity(person: stories.Person) -> Identity:
    traits = Traits(
        birth_name=person.family,
        given_names=" ".join(person.given),
        sex=person.sex,
        born_on=person.born,
        birthplace=person.birthplace,
        used_name=person.used_family,
    )
    return Identity(nir=person.ins, traits=traits, document=Document.IDENTITY_CARD)


def _parent_of(key: str) -> stories.Person | None:
    found = (r.representative for r in stories.REPRESENTATIONS if r.minor == key)
    return next((stories.person(parent) for parent in found), None)


def opened_at(key: str, until: dt.date) -> dt.datetime:
    """Return when a person's record was opened: the morning before their first document."""
    days = [one.written_on(until) for one in stories.DOCUMENTS if one.person == key]
    day = min(days, default=until) - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(10), tzinfo=PARIS)


def open_records(until: dt.date) -> None:
    """Open the records the demonstration starts with, at the pharmacy's counter."""
    pharmacist = professional_viewer("delmas")
    for person in stories.PEOPLE:
        if not person.opened:
            continue
        parent = _parent_of(person.key)
        at = opened_at(person.key, until)
        with binding(pharmacist, at=at):
            opened = open_record(
                by=pharmacist,
                attempt=uuid.uuid4(),
                identity=_identity(person),
                representative=_identity(parent) if parent else None,
                contact=Contact(mobile=person.phone, email=person.email),
                language=person.language,
            )
        Record.objects.filter(id=opened.record_id).update(activated_at=at)
        holder_id = Record.objects.values_list("holder_id", flat=True).get(id=opened.record_id)
        if person.born.year <= timezone.now().year - 15:
            email = f"{person.key}{DOMAIN}"
            if not User.objects.filter(email=email).exists():
                User.objects.create_user(email, PASSWORD, person_id=holder_id)


def holder_viewer(key: str) -> tuple[Viewer, uuid.UUID]:
    """Return the viewer who decides for a person's record (themselves, else a parent), and it."""
    person = stories.person(key)
    record_id = (
        RecordIdentifier.objects.filter(digest=identifier_digest(person.system, person.ins))
        .values_list("record_id", flat=True)
        .get()
    )
    holder = Record.objects.select_related("holder").get(id=record_id).holder
    decider, role = holder, Role.PATIENT
    parent = _parent_of(key)
    user = User.objects.filter(person=holder).first()
    if user is None and parent is not None:
        decider = Person.objects.get(birth_name=parent.family, born_on=parent.born)
        user, role = User.objects.get(person=decider), Role.REPRESENTATIVE
    if user is None:
        raise LookupError(key)
    viewer = Viewer(
        user_id=user.id, person_id=decider.id, role=role, active=True,
        second_factor=people.DEMO_FACTOR, name=decider.full_name,
    )  # fmt: skip
    return viewer, record_id


def give_doors(until: dt.date) -> None:
    """Each person declares their treating GP and lets their professionals in, that same day.

    A minor who decides alone does it once they may: from sixteen.
    """
    for person in stories.PEOPLE:
        if not person.opened:
            continue
        by, record_id = holder_viewer(person.key)
        professionals, structures = CIRCLES.get(person.key, ((), ()))
        at = opened_at(person.key, until) + HOUR
        if by.role == Role.PATIENT:
            old_enough = person.born.replace(year=person.born.year + OF_AGE_TO_DECIDE)
            at = max(at, dt.datetime.combine(old_enough, dt.time(11), tzinfo=PARIS))
        with binding(by, at=at):
            if person.treating_gp:
                gp = professional_key(stories.professional(person.treating_gp).rpps)
                circle.declare_treating_gp(by=by, record_id=record_id, professional_id=gp)
            for key in professionals:
                doctor = professional_key(stories.professional(key).rpps)
                circle.authorise(by=by, record_id=record_id, professional_id=doctor)
            for key in structures:
                place = structure_key(stories.structure(key).finess)
                circle.authorise(by=by, record_id=record_id, structure_id=place)


def deposit_documents(until: dt.date) -> None:
    """Each document is deposited by who wrote it, at noon of its day; then what holders say."""
    for document in stories.DOCUMENTS:
        day = document.written_on(until)
        owner, record_id = holder_viewer(document.person)
        by = owner
        if document.author != "holder":
            by = professional_viewer(document.author, document.structure)
        flags = deposits.Flags(unannounced=document.unannounced, secret=document.secret)
        with binding(by, at=dt.datetime.combine(day, dt.time(12), tzinfo=PARIS)):
            deposits.deposit(
                by=by,
                record_id=record_id,
                title=document.title,
                type_code=document.type_code,
                occurred_on=day,
                data=stories.body(document, until).encode(),
                flags=flags,
            )
    for key, written in PROFILES.items():
        by, record_id = holder_viewer(key)
        with binding(by, at=opened_at(key, until) + 2 * HOUR):
            for kind, content, on_card in written:
                entries.write(
                    by=by, record_id=record_id, kind=kind, content=dict(content),
                    seen=None, on_emergency_card=on_card,
                )  # fmt: skip


def build(until: dt.date) -> Iterator[str]:
    """Build the world, saying each step; the claims were loaded before, by the worker."""
    if not settings.DMP_DEMO:
        message = "The demonstration is off (DMP_DEMO): nothing was written."
        raise RuntimeError(message)
    build_directory()
    yield "directory and accounts"
    open_records(until)
    yield "records"
    give_doors(until)
    yield "doors"
    deposit_documents(until)
    yield "documents"
