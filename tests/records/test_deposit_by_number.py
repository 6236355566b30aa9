"""By number, the answer is the same with or without a record; what is for none stays unread."""

from __future__ import annotations

import datetime as dt
import html
import re
import shutil
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from access.binding import binding, frozen_clock
from access.models import Block, JournalEvent, Notice
from access.policy import Refused
from access.viewer import WORKER
from records import tasks
from records.contents import WrongContent
from records.deposits import by_number
from records.identifiers import identifier_digest
from records.keys import seal_with_master
from records.models import Destruction, Document, RecordIdentifier
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import NIR
from tests.roles import role


NOBODY = "258031234567912"
TEXT = "Cher confrère, merci de recevoir Madame Morel.".encode()


@pytest.fixture(autouse=True)
def _nothing_unread():
    """What another test sealed isn't this one's."""
    shutil.rmtree(Path(settings.DMP_FILES_DIR) / "unread", ignore_errors=True)


@pytest.fixture
def known(jeanne, as_owner):
    """Jeanne, who is found by her number."""
    with as_owner():
        if not RecordIdentifier.objects.filter(record=jeanne.record).exists():
            key = uuid.uuid4()
            RecordIdentifier.objects.create(
                id=key, record=jeanne.record, system=settings.DMP_INS_SYSTEM,
                digest=identifier_digest(settings.DMP_INS_SYSTEM, NIR), status="qualified",
                value_sealed=seal_with_master(NIR.encode(), about=key.bytes), since=LONG_AGO,
            )  # fmt: skip
    return jeanne


def deposit(world, who="stranger", **facts):
    given = {
        "nir": NIR, "birth_name": "Morel", "born_on": dt.date(1958, 3, 4), "title": "Lettre",
        "type_code": "11488-4", "occurred_on": dt.date(2026, 6, 1), "data": TEXT,
    }  # fmt: skip
    with world.as_(who) as by:
        return by_number.deposit_by_number(by=by, **(given | facts))


def sealed():
    folder = Path(settings.DMP_FILES_DIR) / "unread"
    return sorted(folder.iterdir()) if folder.exists() else []


def mine(world, who="stranger"):
    author = world.viewers[who].professional_id
    return Document.objects.filter(record=world.record, author_id=author, title="Lettre").count()


def test_with_a_record_it_is_in_it_and_the_holder_is_told(known):
    assert deposit(known) is None

    assert mine(known) == 1
    assert sealed() == []
    assert Notice.objects.filter(person_id=known.holder.id, kind="new_document").count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"nir": NOBODY}, {"birth_name": "Lambert"}, {"born_on": dt.date(1958, 4, 3)},
    ],
    ids=["no record", "another name", "another day"],
)  # fmt: skip
def test_without_that_persons_record_it_is_sealed_unread_and_destroyed_after_a_month(known, facts):
    assert deposit(known, **facts) is None

    assert mine(known) == 0
    [file] = sealed()
    assert TEXT not in file.read_bytes()
    for days, left in ((29, 1), (31, 0)):
        with binding(WORKER, at=NOON + dt.timedelta(days=days)):
            by_number.destroy_unread(by=WORKER)
        assert len(sealed()) == left
    assert not JournalEvent.objects.filter(record_id=known.record.id, act="deposited",
                                           actor_name__contains="Inconnu").exists()  # fmt: skip


def test_whoever_is_blocked_deposits_all_the_same(known, as_owner):
    with as_owner():
        Block.objects.create(
            record=known.record, since=LONG_AGO,
            professional_id=known.viewers["martin"].professional_id,
        )  # fmt: skip
    deposit(known, "martin")

    assert mine(known, "martin") == 1


@pytest.mark.parametrize("nir", [NIR, NOBODY])
def test_what_is_wrong_is_told_before_anybody_is_looked_for(known, nir):
    for facts in ({"title": ""}, {"type_code": "SYNTH"}, {"occurred_on": dt.date(2030, 1, 1)}):
        with pytest.raises(Refused):
            deposit(known, nir=nir, **facts)
    with pytest.raises(WrongContent):
        deposit(known, nir=nir, data=b"\x00\x01")
    assert sealed() == []
    assert mine(known) == 0


def test_nobody_but_a_professional_deposits_so(known):
    for who in ("jeanne", "delegate", "agent"):
        with pytest.raises(Refused):
            deposit(known, who)


def send(client, **facts):
    return client.post("/deposer/", {
        "nir": NIR, "birth_name": "Morel", "born_on": "04/03/1958", "title": "Lettre",
        "type_code": "11488-4", "occurred_on": "01/06/2026",
        "file": SimpleUploadedFile("a.txt", TEXT, "text/plain"),
    } | facts)  # fmt: skip


@pytest.mark.parametrize(
    ("born_on", "sentence"),
    [
        ("04/03/1959", "Ce numéro et cette date de naissance ne vont pas ensemble."),
        ("04/03/2058", "cette date n'est pas possible"),
    ],
)
def test_a_number_of_another_birth_is_told_and_nothing_is_sealed(known, born_on, sentence):
    answer = send(known.browser("stranger"), born_on=born_on)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert sealed() == []


def test_what_cannot_be_removed_keeps_no_unread_file_nor_another_record(known, as_owner):
    deposit(known, nir=NOBODY)
    stuck, free = uuid.UUID(int=1), uuid.UUID(int=2)
    with as_owner():
        for day, key in enumerate((stuck, free)):
            at = NOON + dt.timedelta(days=day)
            Destruction.objects.create(record_id=key, ground="asked", destroyed_at=at)
    in_the_way = Path(settings.DMP_FILES_DIR) / "records" / stuck.hex
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_bytes(b"")  # no folder: it can't be removed as one
    with role("dmp_worker"), frozen_clock(NOON + dt.timedelta(days=31)):
        tasks.destroy()
    in_the_way.unlink()

    assert sealed() == []
    with as_owner():
        left = Destruction.objects.filter(files_gone_at=None)
        assert [one.record_id for one in left] == [stuck]


def test_the_page_says_the_same_of_both(known):
    client = known.browser("stranger")
    pages = []
    for nir in (NIR, NOBODY):
        answer = send(client, nir=nir)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/deposer/")
        page = html.unescape(client.get("/deposer/").content.decode())
        assert "C'est reçu." in page
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page))
    assert pages[0] == pages[1]
    assert len(sealed()) == 1
