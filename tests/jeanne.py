"""Jeanne Morel's record as rows, everybody around it, and a signed-in browser for each of them.

A small world to believe in: a treating GP, a doctor and a pharmacy of her circle, a stranger, a
guardian and a delegate; one document that waits to be announced, one that is hidden, care told as
events, a long-term illness. Laid out by the owner; says nothing of the rules.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission

from access.binding import binding
from access.models import (
    Authorisation,
    JournalEvent,
    Mask,
    RecordGroupGrant,
    RecordUserGrant,
    Structure,
    User,
)
from access.viewer import Role
from records import files
from records.identifiers import INS_TEST, identifier_digest
from records.keys import seal_with_master
from records.models import (
    Document,
    DocumentFile,
    DocumentVersion,
    Entry,
    Person,
    Record,
    RecordIdentifier,
    ReimbursementLine,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from records.uuid7 import uuid7
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.clients import StrictClient
from tests.records.contents.making import a_pdf, a_photo


if TYPE_CHECKING:
    from collections.abc import Iterator

    from access.viewer import Viewer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NIR = "258031234567813"
TODAY = NOON.date()
VIEWERS = (
    "jeanne", "guardian", "delegate", "petit", "martin", "pharmacist", "stranger", "garnier",
    "agent", "administrator", "nobody", "half", "anonymous",
)  # fmt: skip


@dataclass
class World:
    """The record, what is in it by short names, and who comes to it."""

    record: Record
    holder: Person
    viewers: dict[str, Viewer]
    users: dict[str, User]
    professionals: dict[str, cast.Pro]
    pharmacy: Structure
    elements: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["elements"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def events(self) -> list[tuple[str, str]]:
        """The acts of the journal, in order, with whom they name."""
        rows = JournalEvent.objects.filter(record_id=self.record.id).order_by("seq")
        return list(rows.values_list("act", "actor_role"))

    def file_of(self, name: str) -> DocumentFile:
        """The newest file of a document."""
        files_ = DocumentFile.objects.filter(version__document=self.elements[name])
        found = files_.order_by("-version__number", "id").first()
        assert found is not None
        return found

    @contextmanager
    def as_(self, who: str, at: dt.datetime = NOON) -> Iterator[Viewer]:
        """Bind a viewer, as a door does."""
        viewer = self.viewers[who]
        with binding(viewer, at=at):
            yield viewer

    def browser(self, who: str) -> StrictClient:
        """A browser in which this person is signed in, in their capacity."""
        client = StrictClient()
        if who == "anonymous":
            return client
        client.force_login(self.users[who], backend=BACKEND)
        session = client.session
        viewer = self.viewers[who]
        session["second_factor"] = "" if who == "half" else "totp"
        about = viewer.practice.id if viewer.practice else self.record.id
        if viewer.role is not Role.NOBODY:
            session["capacity"] = f"{viewer.role.value}:{about}"
        session.save()
        return client


def circle_period(record: Record, kind: str, **who: Any) -> Authorisation:
    """A period and guardian's row beside it."""
    codename = {
        "circle": "consult_record",
        "treating_gp": "treat_record",
        "share": "receive_share",
    }
    permission = Permission.objects.get(codename=codename[kind])
    user = who.pop("user", None)
    given = {"given_at": LONG_AGO, "confirmed_at": LONG_AGO, "since": LONG_AGO} | who
    period = Authorisation.objects.create(record=record, kind=kind, **given)
    if period.structure_id is not None:
        RecordGroupGrant.objects.get_or_create(
            permission=permission, content_object=record, group=period.structure.group
        )
    else:
        RecordUserGrant.objects.get_or_create(
            permission=permission, content_object=record, user=user
        )
    return period


def add_file(document: Document, data: bytes, media_type: str, *, preview: bytes = b"") -> None:
    """Keep bytes as the newest version's file."""
    record = document.record
    version = DocumentVersion.objects.filter(document=document).order_by("number").last()
    assert version is not None
    DocumentFile.objects.create(
        record_id=record.id,
        version=version,
        media_type=media_type,
        size=len(data),
        sha1=hashlib.sha1(data, usedforsecurity=False).digest(),
        stored_as=files.store(record, data),
        preview_stored_as=files.store(record, preview) if preview else "",
        pages=1,
    )


def add_document(
    record: Record, *, title: str, text: str = "Cher confrère, tout va bien.", **facts: Any
) -> Document:
    """A document with one version and one file of plain text."""
    made = cast.document(record, title=title, **facts)
    add_file(made, text.encode(), "text/plain")
    return made


def a_photo_preview() -> bytes:
    """The picture of a first page."""
    return a_photo(size=(60, 80))


def add_medicine(
    record: Record, on: dt.date, *, cip13: str, label: str, atc: str, by: cast.Pro, **facts: Any
) -> ReimbursementLine:
    """One delivery at the Pharmacie du Port."""
    given = {
        "label": label, "occurred_on": on, "section": "MED", "code_system": "CIP13",
        "code": cip13, "atc": atc, "pays_for": "60593-1", "performer_kind": "structure",
        "performer_name": "Pharmacie du Port", "performer_finess": "750000010",
        "prescribed_on": on, "prescriber_id": by.id,
        "prescriber_name": by.professional.full_name,
        "paid_cents": 448, "base_cents": 448, "reimbursed_cents": 291, "rate_pct": 65,
    }  # fmt: skip
    return cast.line(record, **(given | facts))


def metformin(record: Record, on: dt.date, by: cast.Pro, **facts: Any) -> ReimbursementLine:
    return add_medicine(
        record, on, cip13="3400939717449", label="Metformine", atc="A10BA02", by=by, **facts
    )


def sertraline(record: Record, on: dt.date, by: cast.Pro, **facts: Any) -> ReimbursementLine:
    return add_medicine(
        record, on, cip13="3400937016605", label="Sertraline", atc="N06AB06", by=by,
        pays_for="68599-0", categories=1, **facts,
    )  # fmt: skip


def a_visit(record: Record, on: dt.date, by: cast.Pro, **facts: Any) -> ReimbursementLine:
    given = {
        "occurred_on": on, "code": "G", "performer_id": by.id,
        "performer_name": by.professional.full_name, "paid_cents": 3000, "base_cents": 3000,
        "reimbursed_cents": 2000, "rate_pct": 70,
    }  # fmt: skip
    return cast.line(record, label="Consultation", **(given | facts))


def add_entry(record: Record, holder: Person, kind: str, **facts: Any) -> Entry:
    given: dict[str, Any] = {
        "content": {"text": "Quelques mots"}, "type_code": "EXPPAT_2",
        "occurred_on": dt.date(2026, 3, 1), "created_at": NOON - dt.timedelta(days=100),
        "author_kind": "holder", "author_person_id": holder.id,
    }  # fmt: skip
    return Entry.objects.create(record=record, kind=kind, **(given | facts))


def add_synthesis(
    record: Record, by: cast.Pro, number: int, signed: dt.datetime, lines: list[tuple[str, Any]]
) -> Synthesis:
    """A signed version: (text, source element or nothing) for each line."""
    made = Synthesis.objects.create(
        id=uuid7(), record=record, number=number, author_id=by.id,
        author_name=by.professional.full_name, author_structure_name="Maison de santé des Lices",
        signed_at=signed,
    )  # fmt: skip
    for position, (text, source) in enumerate(lines, start=1):
        line = SynthesisLine.objects.create(
            id=uuid7(), record=record, synthesis=made, section="problems", position=position,
            text=text, type_code="SYNTH", occurred_on=signed.date(), created_at=signed,
            author_id=by.id,
        )  # fmt: skip
        if source is not None:
            kind = {"Document": "document", "ReimbursementLine": "line", "Entry": "entry"}
            SynthesisSource.objects.create(
                record_id=record.id, line=line, kind=kind[type(source).__name__],
                element_id=source.id,
            )  # fmt: skip
    return made


def hide(record: Record, element: Any, **audience: Any) -> Mask:
    """A mask on one element."""
    given = {"audience": "everyone", "since": LONG_AGO} | audience
    return Mask.objects.create(record=record, target="element", target_id=element.id, **given)


def build() -> World:
    """Insert the whole world. To be called as the owner."""
    holder = cast.person()
    record = cast.record(holder, activated_at=LONG_AGO)
    _identifier(record)
    pros = _professionals()
    pharmacy = _pharmacy()
    pros["pharmacist"] = cast.pro("Benali", profession="21", title="", place=pharmacy)
    viewers = {name: one.viewer for name, one in pros.items()}
    guardian, delegate = cast.person("Luc", "Morel"), cast.person("Paul", "Roux")
    cast.represent(record, guardian, ground="guardian")
    cast.delegate(record, delegate, can_write=True)
    viewers["jeanne"] = cast.family_viewer(holder)
    viewers["guardian"] = cast.family_viewer(guardian, Role.REPRESENTATIVE)
    viewers["delegate"] = cast.family_viewer(delegate, Role.DELEGATE)
    viewers["half"] = viewers["petit"]
    viewers["agent"] = _fund_viewer("agent", Role.FUND_AGENT)
    viewers["administrator"] = _fund_viewer("administrator", Role.FUND_ADMINISTRATOR)
    viewers["nobody"] = _fund_viewer("", Role.NOBODY)
    users = {
        name: User.objects.get(id=viewer.user_id)
        for name, viewer in viewers.items()
        if viewer.user_id is not None
    }
    circle_period(
        record, "treating_gp", professional=pros["petit"].professional, user=pros["petit"].user
    )
    circle_period(
        record, "circle", professional=pros["martin"].professional, user=pros["martin"].user
    )
    circle_period(record, "circle", structure=pharmacy)
    world = World(record, holder, viewers, users, pros, pharmacy)
    _documents(world)
    _care(world)
    _entries(world)
    _synthesis(world)
    return world


def _identifier(record: Record) -> None:
    key = uuid7()
    RecordIdentifier.objects.create(
        id=key, record=record, system=INS_TEST, digest=identifier_digest(INS_TEST, NIR),
        value_sealed=seal_with_master(NIR.encode(), about=key.bytes), status="qualified",
        since=LONG_AGO,
    )  # fmt: skip


def _professionals() -> dict[str, cast.Pro]:
    return {
        "petit": cast.pro("Petit", place=cast.structure("Maison de santé des Lices")),
        "martin": cast.pro("Martin", place=cast.structure("Cabinet du Dr Martin"), specialty="3"),
        "garnier": cast.pro("Garnier", specialty="33"),
        "stranger": cast.pro("Roche", place=cast.structure("Clinique des Pins")),
    }


def _pharmacy() -> Structure:
    key = uuid.uuid4()
    return Structure.objects.create(
        id=key, finess=key.hex[:9], name="Pharmacie du Port", kind="pharmacy",
        group=Group.objects.create(name=f"structure {key}"),
    )  # fmt: skip


def _fund_viewer(fund_role: str, role: Role) -> Viewer:
    user = User.objects.create(email=f"{uuid.uuid4().hex}@exemple.test", fund_role=fund_role)
    return cast.Viewer(
        user_id=user.id, role=role, active=True, second_factor="totp", name="Camille Durand"
    )


def _documents(world: World) -> None:
    """An open letter, one hidden from Dr Martin, one that waits, and one of Jeanne's own."""
    record, pros = world.record, world.professionals
    letter = add_document(
        record, title="Lettre du cardiologue", by=pros["martin"], occurred_on=dt.date(2026, 5, 4)
    )
    scan = cast.document(
        record, title="Radio du genou droit", by=pros["petit"], type_code="18748-4",
        class_code="31", occurred_on=dt.date(2026, 4, 2),
    )  # fmt: skip
    add_file(scan, a_pdf(), "application/pdf", preview=a_photo_preview())
    hidden = add_document(
        record, title="Lettre du psychiatre", by=pros["garnier"], categories=1,
        occurred_on=dt.date(2026, 5, 20),
    )  # fmt: skip
    waits = add_document(
        record, title="Biopsie du sein", by=pros["petit"], type_code="60568-3",
        occurred_on=dt.date(2026, 6, 10), created_at=NOON - dt.timedelta(days=5),
        unannounced_until=dt.date(2026, 7, 10),
    )  # fmt: skip
    mine = add_document(
        record, title="Mon carnet de tension", type_code="DOCPAT03", author_kind="holder",
        author_id=None, author_person_id=world.holder.id, author_name="Jeanne Morel",
        occurred_on=dt.date(2026, 1, 5),
    )  # fmt: skip
    hide(record, hidden, audience="professional", audience_id=pros["martin"].id)
    hide(record, hidden, audience="structure", audience_id=world.pharmacy.id)
    world.elements |= {
        "letter": letter, "scan": scan, "hidden": hidden, "waits": waits, "mine": mine,
    }  # fmt: skip


def _care(world: World) -> None:
    """A visit with its medicines and tests, a treatment, an illness, hidden psychiatric care."""
    record, petit = world.record, world.professionals["petit"]
    garnier, martin = world.professionals["garnier"], world.professionals["martin"]
    day = dt.date(2026, 5, 12)
    visit = a_visit(record, day, petit)
    for on in (dt.date(2026, 3, 10), dt.date(2026, 4, 11), day):
        medicine = metformin(record, on, petit)
    test = cast.line(
        record, label="Hémogramme", occurred_on=dt.date(2026, 5, 13), section="BIO",
        code_system="NABM", code="1104", pays_for="11502-2", performer_kind="structure",
        performer_name="Laboratoire du Port", performer_finess="750000011",
        prescriber_id=petit.id, prescriber_name=petit.professional.full_name, prescribed_on=day,
        paid_cents=650, base_cents=650, reimbursed_cents=390, rate_pct=60,
    )  # fmt: skip
    illness = cast.line(
        record, label="Diabète", section="ALD", type_code="PROT_ALD", pays_for="11488-4",
        code_system="CIM10", code="E11", occurred_on=dt.date(2024, 3, 12),
    )  # fmt: skip
    therapy = a_visit(
        record, dt.date(2026, 5, 20), garnier, code="CNPSY", pays_for="68599-0", categories=1,
        performer_specialty="33",
    )  # fmt: skip
    for on in (dt.date(2026, 3, 22), dt.date(2026, 4, 21), dt.date(2026, 5, 21)):
        pill = sertraline(record, on, garnier)
        hide(record, pill, audience="professional", audience_id=martin.id)
        hide(record, pill, audience="structure", audience_id=world.pharmacy.id)
    for one in (therapy,):
        hide(record, one, audience="professional", audience_id=martin.id)
        hide(record, one, audience="structure", audience_id=world.pharmacy.id)
    world.elements |= {
        "visit": visit, "medicine": medicine, "test": test, "illness": illness,
        "therapy": therapy, "pill": pill,
    }  # fmt: skip


def _entries(world: World) -> None:
    record, holder = world.record, world.holder
    blood = add_entry(record, holder, "blood_group", content={"value": "A+"})
    allergy = add_entry(
        record, holder, "allergy", content={"answer": "known", "text": "Pénicilline"},
        on_emergency_card=True,
    )  # fmt: skip
    secret_wish = add_entry(record, holder, "wishes", content={"text": "Pas d'acharnement"})
    hide(
        record, secret_wish, audience="professional", audience_id=world.professionals["martin"].id
    )
    world.elements |= {"blood": blood, "allergy": allergy, "wish": secret_wish}


def _synthesis(world: World) -> None:
    """Two versions that differ only in a line resting on what Dr Martin doesn't see."""
    petit = world.professionals["petit"]
    first = add_synthesis(
        world.record, petit, 1, NOON - dt.timedelta(days=60),
        [("Diabète de type 2", world.illness)],
    )  # fmt: skip
    second = add_synthesis(
        world.record, petit, 2, NOON - dt.timedelta(days=10),
        [("Diabète de type 2", world.illness), ("Dépression suivie", world.hidden)],
    )  # fmt: skip
    lines = {
        line.text: line
        for line in SynthesisLine.objects.filter(synthesis=second).order_by("position")
    }
    world.elements |= {
        "first": first, "second": second, "said": lines["Diabète de type 2"],
        "withheld": lines["Dépression suivie"],
    }  # fmt: skip
