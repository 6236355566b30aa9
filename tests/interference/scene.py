"""The world of the walk: Jeanne's, with everybody a rule speaks of, and a minor's beside it.

Rows only, laid out by the owner. Says nothing of who sees what: ``facts`` tells the oracle.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from access import journal
from access.journal import Act, Action
from access.models import Block, Opening, User
from access.viewer import Role, Viewer
from imports.models import ControlTotal, Load, RefusedRow
from records.files import record_key
from records.identifiers import INS_TEST, identifier_digest
from records.keys import seal_with_master
from records.models import (
    DocumentVersion,
    Record,
    RecordIdentifier,
    ReimbursementLine,
    SynthesisDraft,
)
from records.synthesis.choices import Choices, seal_choices
from records.uuid7 import uuid7
from tests import jeanne as adult
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.interference.minor import add_minor
from tests.interference.traces import (
    INVITATION,
    YESTERDAY,
    around,
    consent,
    days_ago,
    enrol,
    event,
    give_door,
    invite,
    name_at_a_counter,
    question,
    receipt,
    report,
    rush,
)
from tests.jeanne import add_document, add_entry, add_file, add_synthesis, circle_period, hide


if TYPE_CHECKING:
    import uuid

    from tests.clients import StrictClient
    from tests.jeanne import World


#: The words of a file that only those who see the service's report have.
ONLY_HIDDEN = "Le texte que seul le service a déposé."
#: Of the record that is nobody's business: its holder refuses every opening.
FOREIGN_NIR = "290017511500121"
#: Who walks, and in whose record.
OWN_RECORD = {
    "martin": "jeanne", "petit": "jeanne", "pharmacist": "jeanne", "nurse": "jeanne",
    "stranger": "jeanne", "blocked": "jeanne", "garnier": "jeanne", "colleague": "jeanne",
    "shared": "jeanne", "emergency": "jeanne", "samu": "jeanne", "jeanne": "jeanne",
    "guardian": "jeanne", "delegate": "jeanne", "helper": "jeanne", "mother": "leo",
    "leo": "leo", "father": "leo", "agent": "jeanne", "administrator": "jeanne",
    "nobody": "jeanne",
    "half": "jeanne", "anonymous": "jeanne", "mother_as_garnier": "leo",
    "jeanne_as_petit": "jeanne",
}  # fmt: skip


#: Who looks through whose eyes: they learn no more by it than they may know themselves.
THROUGH = {"mother_as_garnier": ("mother", "garnier"), "jeanne_as_petit": ("jeanne", "petit")}


@dataclass
class Scene:
    """Two records and a third that is nobody's business, everybody around them, by short names."""

    world: World
    records: dict[str, Record]
    elements: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def viewers(self) -> dict[str, Viewer]:
        """Everybody who may walk."""
        return self.world.viewers

    def record_of(self, who: str) -> Record:
        """The record this viewer walks in."""
        return self.records[OWN_RECORD[who]]

    def browser(self, who: str) -> StrictClient:
        """A browser in which this person is signed in, in their capacity and their record."""
        who, eyes = THROUGH.get(who, (who, ""))
        client = self.world.browser(who)
        if eyes:
            session = client.session
            key = f"professional:{self.world.professionals[eyes].id}"
            session["see_as"] = {"record": str(self.record_of(who).id), "key": key}
            session.save()
        if who in {"mother", "father", "leo"}:
            session = client.session
            session["capacity"] = f"{self.viewers[who].role.value}:{self.records['leo'].id}"
            session.save()
        return client


def build() -> Scene:
    """Lay everything out. To be called as the owner."""
    world = adult.build()
    scene = Scene(world, {"jeanne": world.record})
    scene.elements["jeanne"] = dict(world.elements)
    _around_jeanne(scene)
    add_minor(scene)
    _somebody_else(scene)
    for name, (asker, _eyes) in THROUGH.items():
        world.viewers[name] = world.viewers[asker]
    _desk(scene)
    _since_last_visits(scene)
    return scene


def _since_last_visits(scene: Scene) -> None:
    """Whoever reads care came before, and claims were added and corrected since, hidden or not."""
    for who in ("jeanne", "petit", "martin", "delegate", "helper", "guardian", "nurse", "mother"):
        event(
            scene.record_of(who), scene.viewers[who], Action.LIST_READ, "line", None, "", days=25
        )
    for name in ("jeanne", "leo"):
        lines = ReimbursementLine.objects.filter(record=scene.records[name]).order_by("id")
        for number, line in enumerate(lines):
            lately = {"created_at": YESTERDAY} if number % 2 else {"corrected_at": YESTERDAY}
            ReimbursementLine.objects.filter(id=line.id).update(**lately)


def _around_jeanne(scene: Scene) -> None:
    world, record = scene.world, scene.world.record
    held = scene.elements["jeanne"]
    ward = cast.structure("Service de cardiologie", kind="hospital")
    chief = enrol(scene, "chief", cast.pro("Vasseur", place=ward))
    nurse = enrol(scene, "nurse", cast.pro("Leroy", profession="60", title=""))
    blocked = enrol(scene, "blocked", cast.pro("Blanc"))
    colleague = enrol(scene, "colleague", cast.pro("Simon", place=ward))
    shared = enrol(scene, "shared", cast.pro("Faure"))
    doctor = enrol(scene, "emergency", cast.pro("Denis", place=cast.structure("Urgences")))
    samu = enrol(scene, "samu", cast.pro("Colin", place=cast.structure("SAMU 75", "samu")))
    for one in (nurse, blocked, colleague):
        give_door(record, one)
    Block.objects.create(record=record, professional=blocked.professional, since=LONG_AGO)
    _openings(record, doctor, samu)
    report = add_document(
        record, title="Compte rendu du service", text=ONLY_HIDDEN, by=chief,
        author_structure_id=ward.id,
        author_structure_name=ward.name, occurred_on=dt.date(2026, 2, 2),
    )  # fmt: skip
    hide(record, report)
    family = add_document(
        record, title="Antécédents de sa sœur", by=world.professionals["petit"],
        about_another=True, occurred_on=dt.date(2026, 1, 20),
    )  # fmt: skip
    life = add_document(
        record, title="Protocole de l'allergie", by=world.professionals["petit"],
        occurred_on=dt.date(2026, 1, 21),
    )  # fmt: skip
    hide(record, life, opens_in_emergency=True)
    hide(record, world.allergy)
    kept = adult.add_entry(record, world.holder, "history", content={"text": "Un secret"})
    for element in (world.mine, kept):
        hide(
            record, element, audience="delegate",
            audience_id=world.viewers["delegate"].person_id,
        )  # fmt: skip
    held |= {"report": report, "family": family, "life": life, "kept": kept}
    _share(scene, shared)
    helper = cast.person("Anne", "Colas")
    cast.delegate(record, helper, everything=False, kinds=["medicines", "entries"])
    scene.viewers["helper"] = cast.family_viewer(helper, Role.DELEGATE)
    world.users["helper"] = User.objects.get(id=scene.viewers["helper"].user_id)
    _traces(scene)


def _openings(record: Record, doctor: cast.Pro, samu: cast.Pro) -> None:
    for one, kind in ((doctor, "emergency"), (samu, "regulation")):
        Opening.objects.create(
            record=record, professional=one.professional, kind=kind, reason="life",
            since=NOON - dt.timedelta(minutes=30), until=NOON + dt.timedelta(minutes=30),
        )  # fmt: skip


def _share(scene: Scene, shared: cast.Pro) -> None:
    """A share of the scan, and a version of it that came after: not in the share."""
    world = scene.world
    circle_period(
        world.record, "share", professional=shared.professional, user=shared.user,
        element_id=world.scan.id, given_at=NOON - dt.timedelta(days=20),
        confirmed_at=NOON - dt.timedelta(days=20), since=NOON - dt.timedelta(days=20),
    )  # fmt: skip
    DocumentVersion.objects.create(
        record_id=world.record.id, document=world.scan, number=2,
        deposited_at=NOON - dt.timedelta(days=2),
    )  # fmt: skip
    add_file(world.scan, b"Une version plus recente.", "text/plain")


def _traces(scene: Scene) -> None:
    """What grows around a record: journal, notices, receipts, drafts, proposals, fillings."""
    world, record = scene.world, scene.world.record
    viewers = scene.viewers
    opened = [
        ("martin", Action.ELEMENT_READ, "document", world.letter, "circle"),
        ("petit", Action.ELEMENT_READ, "document", world.waits, "treating_gp"),
        ("petit", Action.DEPOSITED, "document", world.waits, "treating_gp"),
        ("garnier", Action.DOWNLOADED, "document", world.hidden, "author"),
        ("delegate", Action.ELEMENT_READ, "line", world.medicine, "delegate"),
        ("guardian", Action.LIST_READ, "document", None, "representative"),
        ("jeanne", Action.MASKED, "document", world.hidden, "holder"),
        ("petit", Action.ELEMENT_READ, "document", scene.elements["jeanne"]["family"],
         "treating_gp"),
    ]  # fmt: skip
    for number, (who, act, kind, element, door) in enumerate(opened):
        event(record, viewers[who], act, kind, element, door, days=20 - number)
    refused = Act(record.id, Action.EMERGENCY_REFUSED, viewers["stranger"], door="emergency")
    journal.write([refused], days_ago(3))
    question(record, viewers["martin"])
    consent(record, world.professionals["petit"], world.hidden)
    around(record, world.holder.id)
    report(record, world.professionals["martin"], days=20, answer="Il venait pour vous.")
    report(record, world.professionals["petit"], days=19)
    rush(world.professionals["petit"], days=19)
    name_at_a_counter(record, world.professionals["stranger"], world.professionals["pharmacist"])
    key = uuid7()
    decided = Choices(allergies="none", despite=True, attention="Un mot du brouillon")
    SynthesisDraft.objects.create(
        id=key, record=record, author_id=world.professionals["petit"].id, opened_at=YESTERDAY,
        updated_at=YESTERDAY, base_number=2,
        body_sealed=seal_choices(decided, record_key(record), key.bytes),
    )  # fmt: skip


def _somebody_else(scene: Scene) -> None:
    """A record that none of the walkers comes to: its keys are the foreign ones."""
    zoe = cast.person("Zoé", "Lambert", dt.date(1990, 1, 2))
    record = cast.record(
        zoe, activated_at=LONG_AGO, emergency_refused=True, regulation_refused=True
    )
    key = uuid7()
    RecordIdentifier.objects.create(
        id=key, record=record, system=INS_TEST, digest=identifier_digest(INS_TEST, FOREIGN_NIR),
        value_sealed=seal_with_master(FOREIGN_NIR.encode(), about=key.bytes),
        status="qualified", since=LONG_AGO,
    )  # fmt: skip
    scene.records["foreign"] = record
    far = cast.pro("Lointain")
    document = add_document(record, title="À quelqu'un d'autre", by=far)
    line = adult.a_visit(record, dt.date(2026, 5, 5), far)
    entry = add_entry(record, zoe, "history", content={"text": "Ailleurs"})
    synthesis = add_synthesis(record, far, 1, LONG_AGO, [("Ailleurs", document)])
    gesture = uuid7()
    hide(record, document, audience="everyone", gesture=gesture)
    receipt(record, zoe.id, gesture)
    question(record, far.viewer)
    consent(record, far, document)
    scene.elements["foreign"] = {
        "document": document, "line": line, "entry": entry, "synthesis": synthesis,
    }  # fmt: skip
    give_door(record, far)
    invite(record, INVITATION)


def _recognised(*columns: str) -> dict[str, Any]:
    return {
        "encoding": "utf-8", "byte_order_mark": False, "line_end": "unix", "delimiter": ";",
        "compression": "", "columns": list(columns),
    }  # fmt: skip


def _desk(scene: Scene) -> None:
    """A file of the fund whose refused rows name Jeanne's number, masked, and a slip."""
    load = Load.objects.create(
        file_name="octobre.csv", stored_as="x", file_sha256="0" * 64, file_size=1200,
        file_kind="lines", delimiter=";", uploaded_by=scene.viewers["administrator"].user_id,
        uploaded_at=YESTERDAY, state="done", rows_read=3, rows_created=2, rows_refused=1,
        encoding="utf-8", compression="",
        recognised=_recognised("line_id", "person_value"),
        started_at=YESTERDAY,
        finished_at=YESTERDAY,
        refusal_groups=[{"code": "date_not_real", "column": "care_start", "count": 1}],
        totals=[{"scheme": "general", "period": "2026-03", "lines": 2, "paid_cents": 900,
                 "reimbursed_cents": 600}],
    )  # fmt: skip
    RefusedRow.objects.create(
        load=load, line=2, column="care_start", code="date_not_real", found="31/02/2026"
    )
    ControlTotal.objects.create(
        load_id=load.id, scheme="general", period="2026-03", lines=2, paid_cents=900,
        reimbursed_cents=600,
    )  # fmt: skip
    scene.keys["load"] = load.id
    checked = Load.objects.create(
        file_name="a_verifier.csv", stored_as="y", file_sha256="1" * 64, file_size=10,
        file_kind="lines", only_check=True, uploaded_at=YESTERDAY, state="checked",
        uploaded_by=scene.viewers["administrator"].user_id, finished_at=YESTERDAY,
        started_at=YESTERDAY, encoding="utf-8",
        recognised=_recognised("line_id"),
    )  # fmt: skip
    scene.keys["checked"] = checked.id
