"""Leaving is as easy as coming: close, take away, come back, have everything destroyed."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import circle
from access.binding import binding, frozen_clock
from access.models import (
    ActivationCode,
    Authorisation,
    Block,
    Delegation,
    JournalEvent,
    Mask,
    Opening,
    Receipt,
    RecordUserGrant,
    User,
)
from access.policy import NotVisible, Refused, standing_on
from access.viewer import Role, Viewer
from records import archive, files
from records.dossier.entrance import door_of
from records.models import (
    Document,
    DocumentFile,
    DocumentVersion,
    Entry,
    Filling,
    Person,
    Record,
    ReimbursementLine,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from records.opening import (
    Identity,
    ask_erasure,
    close_record,
    read_receipt,
    reopen_record,
    take_back_erasure,
)
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JULES,
    JULES_NIR,
    NOON,
    as_patient,
    professional,
    sign_in,
    viewer_at,
)


pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(hours=2)


@pytest.fixture
def jeanne(opening):
    """Jeanne's open record, and Jeanne as its reader."""
    made = opening()
    record = Record.objects.get(id=made.record_id)
    user = User.objects.create(email="jeanne@exemple.test", person=record.holder)
    return record, as_patient(record.holder, user), user


@pytest.fixture
def browser(jeanne):
    record, _viewer, user = jeanne
    return sign_in(user, f"patient:{record.id}")


def act(use_case, viewer, record, **told):
    with binding(viewer):
        return use_case(by=viewer, record_id=record.id, **told)


def document(record, title="Lettre du Dr Garnier", content=b"%PDF-1.4 bonjour", **facts):
    made = Document.objects.create(
        record=record, title=title, class_code="11", type_code="11488-4",
        occurred_on=NOON.date(), created_at=NOON, author_kind="professional",
        author_name="Dr Garnier", **facts,
    )  # fmt: skip
    version = DocumentVersion.objects.create(
        record_id=record.id, document=made, number=1, deposited_at=NOON
    )
    DocumentFile.objects.create(
        record_id=record.id, version=version, media_type="application/pdf", size=len(content),
        sha1=b"\0" * 20, stored_as=files.store(record, content),
    )  # fmt: skip
    return made


def line(record, label="Sertraline 50 mg", **facts):
    return ReimbursementLine.objects.create(
        record=record, occurred_on=NOON.date(), care_end=NOON.date(), created_at=NOON,
        type_code="REMB", pays_for="60593-1", scheme="general", line_key=uuid.uuid4().hex,
        section="MED", code_system="CIP13", code="3400930000000", label=label,
        reimbursed_cents=650, flow_date=NOON.date(), digest=b"\0" * 32, **facts,
    )  # fmt: skip


# --- Closing ------------------------------------------------------------------------------------


def test_closing_ends_every_door_share_delegate_and_opening(jeanne, as_owner):
    record, viewer, _user = jeanne
    user, practice = professional("10", "practice", "Maison de santé")
    doctor = viewer_at(user, practice)
    helper = Person.objects.create(
        birth_name="AMIE", given_names="Ada", first_given="Ada", sex="F",
        born_on=dt.date(1980, 1, 1), birthplace="29155",
    )  # fmt: skip
    with binding(viewer):
        circle.authorise(by=viewer, record_id=record.id, professional_id=practice.professional_id)
    Delegation.objects.create(
        record=record, person=helper, everything=True, since=NOON,
        until=NOON + dt.timedelta(days=90),
    )  # fmt: skip
    Opening.objects.create(
        record=record, professional_id=practice.professional_id, kind="emergency", since=NOON,
        until=NOON + dt.timedelta(hours=8),
    )  # fmt: skip
    assert RecordUserGrant.objects.exists()

    with frozen_clock(LATER):
        act(close_record, viewer, record)
        with binding(doctor):
            assert door_of(standing_on(record.id)) == ""
        act(reopen_record, viewer, record)
        with binding(doctor):
            assert door_of(standing_on(record.id)) == ""
    assert not RecordUserGrant.objects.exists()
    for model in (Authorisation, Delegation, Opening):
        assert model.objects.get().ended_at == LATER
    assert not Authorisation.objects.get().removed_by_holder


def test_reopening_restores_masks_blocks_and_refusals(jeanne):
    record, viewer, _user = jeanne
    _other, practice = professional("10")
    Record.objects.update(emergency_refused=True)
    Mask.objects.create(record=record, target="everything", audience="everyone", since=NOON)
    Block.objects.create(record=record, professional_id=practice.professional_id, since=NOON)
    act(close_record, viewer, record)
    act(reopen_record, viewer, record)

    record.refresh_from_db()
    assert (record.status, record.emergency_refused, record.closed_at) == ("open", True, None)
    assert Mask.objects.get().ended_at is None
    assert Block.objects.get().ended_at is None


def test_closing_and_reopening_leave_one_event_and_one_receipt_each_however_often_pressed(jeanne):
    record, viewer, _user = jeanne
    closed = [act(close_record, viewer, record) for _press in range(2)]
    opened = [act(reopen_record, viewer, record) for _press in range(2)]

    assert closed[0] == closed[1] != opened[0] == opened[1]
    acts = JournalEvent.objects.order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["opened", "closed", "reopened"]
    assert Receipt.objects.count() == 3


def test_a_code_not_yet_used_stops_at_closing(jeanne):
    record, viewer, _user = jeanne
    act(close_record, viewer, record)

    assert not ActivationCode.objects.filter(replaced_at=None).exists()


def test_the_worker_is_asked_again_after_reopening(jeanne):
    record, viewer, _user = jeanne
    Filling.objects.update(state="done")
    act(close_record, viewer, record)
    act(reopen_record, viewer, record)

    assert Filling.objects.filter(state="waiting").count() == 1


def test_a_suspended_record_is_not_closed_by_its_holder(jeanne):
    record, viewer, _user = jeanne
    Record.objects.update(status="suspended")

    with pytest.raises(Refused) as refused:
        act(close_record, viewer, record)
    assert "caisse" in refused.value.reason


@pytest.mark.parametrize(
    "use_case",
    [close_record, reopen_record, archive.take_away, ask_erasure, take_back_erasure],
)
@pytest.mark.parametrize("who", ["pharmacist", "stranger", "anonymous", "delegate", "half"])
def test_nobody_else_leaves_with_or_from_a_record(jeanne, pharmacist, use_case, who):
    record, _viewer, _user = jeanne
    other = Person.objects.create(
        birth_name="AUTRE", given_names="Ada", first_given="Ada", sex="F",
        born_on=dt.date(1980, 1, 1), birthplace="29155",
    )  # fmt: skip
    Delegation.objects.create(
        record=record, person=other, everything=True, since=NOON - dt.timedelta(days=1),
        until=NOON + dt.timedelta(days=90),
    )  # fmt: skip
    facts = {"user_id": uuid.uuid4(), "active": True, "second_factor": "totp"}
    viewers = {
        "pharmacist": pharmacist,
        "stranger": Viewer(person_id=uuid.uuid4(), role=Role.PATIENT, **facts),
        "anonymous": Viewer(),
        "delegate": Viewer(person_id=other.id, role=Role.DELEGATE, **facts),
        "half": Viewer(
            user_id=uuid.uuid4(), person_id=record.holder_id, role=Role.PATIENT, active=True
        ),
    }

    for status in ("open", "closed"):
        Record.objects.update(status=status)
        with pytest.raises(NotVisible):
            act(use_case, viewers[who], record)


@pytest.mark.parametrize("use_case", [close_record, reopen_record, archive.take_away])
def test_the_record_of_a_dead_person_is_nobodys_to_leave(jeanne, use_case):
    record, viewer, _user = jeanne
    Record.objects.update(died_on=dt.date(2026, 11, 1))

    with pytest.raises(NotVisible):
        act(use_case, viewer, record)


def test_erasure_is_asked_once_of_a_closed_record_and_undone_by_reopening(jeanne):
    record, viewer, _user = jeanne
    with pytest.raises(Refused):
        act(ask_erasure, viewer, record)
    act(close_record, viewer, record)
    act(ask_erasure, viewer, record)
    with frozen_clock(LATER):
        act(ask_erasure, viewer, record)

    record.refresh_from_db()
    assert record.erasure_asked_at == NOON
    assert JournalEvent.objects.filter(act="erasure_asked").count() == 1
    act(reopen_record, viewer, record)
    record.refresh_from_db()
    assert record.erasure_asked_at is None


def test_a_representative_closes_and_reopens(opening):
    made = opening(
        identity=Identity(JULES_NIR, JULES, "none"),
        representative=Identity(ELODIE_NIR, ELODIE),
    )
    record = Record.objects.get(id=made.record_id)
    mother = Person.objects.get(first_given="Élodie")
    user = User.objects.create(email="elodie@exemple.test", person=mother)
    viewer = Viewer(
        user_id=user.id, person_id=mother.id, role=Role.REPRESENTATIVE, active=True,
        second_factor="totp", name="Élodie",
    )  # fmt: skip
    act(close_record, viewer, record)

    assert JournalEvent.objects.get(act="closed").door == "representative"
    act(reopen_record, viewer, record)


# --- Taking away ------------------------------------------------------------------------------


def unzipped(made):
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(made)))) as whole:
        assert whole.testzip() is None
        return {name: whole.read(name) for name in whole.namelist()}


@pytest.mark.parametrize("status", ["open", "closed", "suspended"])
def test_the_archive_holds_what_the_holder_sees_also_once_closed(jeanne, as_owner, status):
    record, viewer, _user = jeanne
    document(record)
    Entry.objects.create(
        record=record, kind="allergy", type_code="EXPPAT_2", occurred_on=NOON.date(),
        created_at=NOON, author_kind="holder", content={"answer": "known", "text": "Pollens"},
    )  # fmt: skip
    with as_owner():
        line(record)
    Record.objects.update(status=status)
    held = unzipped(act(archive.take_away, viewer, record))

    data = json.loads(held["dossier.json"])
    assert data["holder"]["birth_name"] == "MOREL"
    assert [found["label"] for found in data["reimbursements"]] == ["Sertraline 50 mg"]
    assert data["entries"][0]["content"]["text"] == "Pollens"
    path = data["documents"][0]["files"][0]["path"]
    assert path == "documents/2026-11-23-001-lettre-du-dr-garnier.pdf"
    assert held[path] == b"%PDF-1.4 bonjour"
    page = held["dossier.html"].decode()
    assert all(word in page for word in ("Sertraline", "Pollens", "Lettre du Dr Garnier", path))
    assert not re.search(r"<script|https?://|\sstyle=", page)
    assert b"main" in held["dossier.css"]


def test_the_archive_leaves_one_event_with_the_number_given(jeanne, as_owner):
    record, viewer, _user = jeanne
    document(record)
    with as_owner():
        line(record)
        line(record)
    act(archive.take_away, viewer, record)

    event = JournalEvent.objects.exclude(act="opened").get()
    assert (event.act, event.shown, event.door) == ("archive_taken", 3, "holder")


def test_what_is_not_announced_or_withdrawn_is_not_in_the_archive(jeanne, as_owner):
    record, viewer, _user = jeanne
    told = document(record, "Compte rendu")
    waits = document(
        record, "Diagnostic grave", b"%PDF grave", unannounced_until=dt.date(2026, 12, 23)
    )
    document(record, "Erreur", b"%PDF erreur", withdrawn_at=NOON)
    with as_owner():
        synthesis = Synthesis.objects.create(
            record=record, number=1, author_id=uuid.uuid4(), author_name="Dr Petit",
            signed_at=NOON,
        )  # fmt: skip
        for position, (words, source) in enumerate([("Suivi", told), ("Grave", waits)]):
            made = SynthesisLine.objects.create(
                record=record, synthesis=synthesis, section="problems", position=position,
                text=words, occurred_on=NOON.date(), created_at=NOON, type_code="60591-5",
            )  # fmt: skip
            SynthesisSource.objects.create(
                record_id=record.id, line=made, kind="document", element_id=source.id
            )
    held = unzipped(act(archive.take_away, viewer, record))

    everything = b"".join(held.values()).decode()
    assert "Suivi" in everything
    assert "rave" not in everything
    assert "rreur" not in everything


def test_a_representative_never_takes_what_is_secret(opening, as_owner):
    made = opening(
        identity=Identity(JULES_NIR, JULES, "none"),
        representative=Identity(ELODIE_NIR, ELODIE),
    )
    record = Record.objects.get(id=made.record_id)
    document(record, "Visible")
    document(record, "Confidence", b"%PDF secret", secret=True)
    mother = Person.objects.get(first_given="Élodie")
    viewer = Viewer(
        user_id=uuid.uuid4(), person_id=mother.id, role=Role.REPRESENTATIVE, active=True,
        second_factor="totp", name="Élodie",
    )  # fmt: skip
    held = unzipped(act(archive.take_away, viewer, record))

    assert len(held) == 4
    assert "onfidence" not in b"".join(held.values()).decode()
    assert JournalEvent.objects.get(act="archive_taken").shown == 1


def test_the_stream_asks_no_database(jeanne):
    record, viewer, _user = jeanne
    document(record)
    made = act(archive.take_away, viewer, record)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        unzipped(made)
    assert len(asked) == 0


def test_a_file_that_cannot_be_read_is_named_and_spoils_nothing(jeanne, settings, tmp_path):
    settings.DMP_FILES_DIR = tmp_path
    record, viewer, _user = jeanne
    document(record, "Perdu", b"%PDF perdu")
    document(record, "Gardé", b"%PDF garde ici")
    lost = DocumentFile.objects.get(size=len(b"%PDF perdu"))
    next(tmp_path.rglob(lost.stored_as)).write_bytes(b"x" * 40)
    held = unzipped(act(archive.take_away, viewer, record))

    assert "perdu.pdf" in held["manquants.txt"].decode()
    assert any(name.endswith("garde.pdf") for name in held)


def test_two_documents_of_one_name_are_two_files(jeanne):
    record, viewer, _user = jeanne
    for content in (b"%PDF un", b"%PDF deux"):
        document(record, "Résultat/../../etc\n", content)
    held = unzipped(act(archive.take_away, viewer, record))

    names = [name for name in held if name.startswith("documents/")]
    assert len(names) == 2
    assert not any(".." in name or "\n" in name for name in names)


# --- The pages --------------------------------------------------------------------------------


def test_the_pages_of_leaving_from_the_warning_to_the_way_back(browser, jeanne):
    record, _viewer, _user = jeanne
    where = f"/dossiers/{record.id}/"
    asked = browser.get(f"{where}fermer/").content.decode()
    assert "10 ans" in asked
    assert "trois mois" in asked
    closed = browser.post(f"{where}fermer/", follow=True)
    assert closed.redirect_chain[-1][0] == f"{where}rouvrir/"
    assert "Votre dossier est fermé" in closed.content.decode()
    number = re.search(r"Reçu n° ([\w-]+)", closed.content.decode()).group(1)
    sheet = browser.get(f"{where}recus/{number}/").content.decode()
    assert "Reçu de fermeture" in sheet
    assert browser.get(f"{where}fermer/").url == f"{where}rouvrir/"
    assert browser.get("/").url == f"{where}rouvrir/"
    assert "30 jours pour changer d'avis" in browser.get(f"{where}effacer/").content.decode()
    asked = browser.post(f"{where}effacer/", follow=True).content.decode()
    assert "vous avez demandé que tout soit détruit" in asked
    kept = browser.post(f"{where}effacer/annuler/", follow=True).content.decode()
    assert "rien ne sera détruit" in kept
    assert "vous avez demandé que tout" not in kept
    zipped = browser.post(f"{where}emporter/")
    assert zipped["Accept-Ranges"] == "none"
    assert "no-store" in zipped["Cache-Control"]
    assert re.fullmatch(
        r'attachment; filename="dossier-\d{4}-\d\d-\d\d.zip"', zipped["Content-Disposition"]
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped.streaming_content))) as whole:
        assert "dossier.html" in whole.namelist()
    assert browser.post(f"{where}rouvrir/").url == where
    assert Record.objects.get().status == "open"


def test_nothing_leaves_on_a_mere_look(browser, jeanne):
    record, _viewer, _user = jeanne
    for page in ("emporter", "fermer", "rouvrir"):
        browser.get(f"/dossiers/{record.id}/{page}/")

    assert Record.objects.get().status == "open"
    assert not JournalEvent.objects.exclude(act="opened").exists()
    assert browser.get(f"/dossiers/{record.id}/effacer/").url.endswith("/fermer/")
    assert browser.get(f"/dossiers/{record.id}/effacer/annuler/").status_code == 405


def test_the_receipt_of_another_or_of_a_mask_is_not_found(browser, jeanne):
    record, viewer, _user = jeanne
    Receipt.objects.create(
        record=record, number="AAAA-BBBB-CCCC", kind="mask", body_sealed=b"x", made_at=NOON
    )

    answers = [
        browser.get(f"/dossiers/{record.id}/recus/{number}/")
        for number in ("AAAA-BBBB-CCCC", "AAAA-BBBB-DDDD")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    with pytest.raises(NotVisible):
        act(read_receipt, viewer, record, number="AAAA-BBBB-CCCC")


@pytest.mark.parametrize("page", ["emporter", "fermer", "rouvrir", "recus/AAAA-BBBB-CCCC"])
def test_a_stranger_finds_the_same_nothing_for_a_record_and_for_none(jeanne, page):
    record, _viewer, _user = jeanne
    user = User.objects.create(email="autre@exemple.test")
    other = sign_in(user, "patient:")
    person = Person.objects.create(
        birth_name="AUTRE", given_names="Ada", first_given="Ada", sex="F",
        born_on=dt.date(1980, 1, 1), birthplace="29155",
    )  # fmt: skip
    User.objects.filter(id=user.id).update(person=person)

    answers = [other.get(f"/dossiers/{key}/{page}/") for key in (record.id, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [re.sub(r'(name="\w+" value=")[\w-]+"', r'\1"', a.content.decode()) for a in answers]
    assert bodies[0] == bodies[1]
