"""The journal fails in the database: what it was to record is undone, and nothing is answered.

One test for each sort of door: a page, a file, the API, an act, a task of the worker.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from access.models import (
    Authorisation,
    Block,
    Case,
    JournalEvent,
    Mask,
    Notice,
    Receipt,
    RecordUserGrant,
)
from imports import filling
from records.models import Document, Entry, Filling, ReimbursementLine
from tests.roles import role


KEPT = (
    Authorisation, Block, Case, Document, Entry, JournalEvent, Mask, Notice, Receipt,
    RecordUserGrant, ReimbursementLine,
)  # fmt: skip
FAILS = """
create function a_test_fails() returns trigger language plpgsql as
  $$ begin raise exception 'the disk of the journal is full'; end $$;
create trigger a_test_fails before insert on access_journalevent
  for each row execute function a_test_fails();
"""


@contextmanager
def failing_journal():
    """Inside, the database refuses every line of the journal."""
    with role("dmp_owner"), connection.cursor() as cursor:
        cursor.execute(FAILS)
    yield
    with role("dmp_owner"), connection.cursor() as cursor:
        cursor.execute("drop trigger a_test_fails on access_journalevent")
        cursor.execute("drop function a_test_fails()")


def kept():
    return {model: model.objects.count() for model in KEPT}


def browser(world, who):
    client = world.browser(who)
    client.raise_request_exception = False
    return client


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


READ = {
    "home": ("jeanne", "/dossiers/{record}/", "Metformine"),
    "care": ("petit", "/dossiers/{record}/soins/", "Metformine"),
    "documents": ("martin", "/dossiers/{record}/documents/", "Lettre du cardiologue"),
    "document": ("delegate", "/dossiers/{record}/documents/{letter}/", "Lettre du cardiologue"),
    "entries": ("jeanne", "/dossiers/{record}/profil/", "Pénicilline"),
    "synthesis": ("petit", "/dossiers/{record}/synthese/", "Dépression suivie"),
    "who looked": ("guardian", "/dossiers/{record}/qui-a-regarde/", "parcouru la liste"),
    "file": ("petit", "/dossiers/{record}/documents/{scan}/fichiers/{file}/", "%PDF"),
    "archive": ("jeanne", "POST /dossiers/{record}/emporter/", "PK\x03\x04"),
    "API, a list": (
        "petit", "/fhir/DocumentReference?patient=Patient/{record}&status=current",
        "Lettre du cardiologue",
    ),
    "API, one": ("petit", "/fhir/DocumentReference/{letter}", "Lettre du cardiologue"),
    "API, a file": ("petit", "/fhir/Binary/{file}", "%PDF"),
}  # fmt: skip


def test_nothing_clinical_is_answered(jeanne):
    keys = {
        "record": jeanne.record.id, "letter": jeanne.letter.id, "scan": jeanne.scan.id,
        "file": jeanne.file_of("scan").id,
    }  # fmt: skip
    jeanne.browser("petit").get(f"/dossiers/{jeanne.record.id}/documents/")  # somebody looked

    def answer(door):
        who, address, _words = READ[door]
        method, _space, path = address.rpartition(" ")
        return getattr(browser(jeanne, who), method.lower() or "get")(path.format(**keys))

    for door, (_who, _address, words) in READ.items():
        assert words.encode() in content(answer(door)), door
    before = kept()
    with failing_journal():
        for door, (_who, _address, words) in READ.items():
            refused = answer(door)
            assert refused.status_code == 500, door
            assert words.encode() not in content(refused), door
    assert kept() == before


WRITTEN = {
    "hide": (
        "jeanne", "masquer/?e={letter}&from=everyone",
        {"e": "{letter}", "lasting": "always", "gesture": str(uuid.UUID(int=5))}, Mask,
    ),
    "give a door": ("jeanne", "soignants/{stranger}/acces/", {"lasting": "always"}, Authorisation),
    "block": ("jeanne", "soignants/{martin}/bloquer/", {}, Block),
    "write an entry": ("jeanne", "profil/ajouter/history/", {"text": "Appendicite"}, Entry),
    "deposit": (
        "petit", "documents/deposer/",
        {"file": "a file", "title": "Courrier", "type_code": "11488-4",
         "occurred_on": "01/06/2026"}, Document,
    ),
}  # fmt: skip


def test_nothing_is_written(jeanne, settings, tmp_path):
    settings.DMP_FILES_DIR = tmp_path
    keys = {
        "letter": jeanne.letter.id, "stranger": jeanne.professionals["stranger"].id,
        "martin": jeanne.professionals["martin"].id,
    }  # fmt: skip

    def press(door):
        who, path, form, _model = WRITTEN[door]
        file = SimpleUploadedFile("a.txt", b"Cher confrere", "text/plain")
        sent = {
            name: file if value == "a file" else value.format(**keys)
            for name, value in form.items()
        }
        path = f"/dossiers/{jeanne.record.id}/{path}".format(**keys)
        return browser(jeanne, who).post(path, sent)

    before = kept()
    with failing_journal():
        for door in WRITTEN:
            assert press(door).status_code == 500, door
            assert kept() == before, door

    for door, (_who, _path, _form, model) in WRITTEN.items():
        before = kept()
        assert press(door).status_code == 302, door
        assert kept()[model] == before[model] + 1, door


def test_a_task_of_the_worker_writes_nothing(jeanne, as_owner):
    with as_owner():
        Filling.objects.create(record=jeanne.record, requested_at="2026-06-15T10:00:00Z")
    before = kept()

    with role("dmp_worker"), failing_journal():
        assert not filling.fill(jeanne.record.id)
    assert kept() == before
    assert Filling.objects.get().state == "waiting"

    Filling.objects.update(heartbeat=None, attempts=0)
    with role("dmp_worker"):
        assert filling.fill(jeanne.record.id)
    assert kept() != before
