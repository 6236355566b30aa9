"""What one decides while another waits for the record has happened when their turn comes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from access import circle, policy
from access.binding import binding
from access.circle.deciding import lock
from access.emergency import Outcome, open_in_emergency
from access.models import Authorisation, Opening
from access.policy import NotVisible
from records import deposits
from records.dossier import documents, files as dossier_files
from records.models import Document, DocumentVersion
from records.synthesis.choices import Choices
from records.synthesis.signing import save_choices
from tests.access.cast import NOON
from tests.access.test_emergency import SOUGHT, WHY
from tests.attack.test_at_the_same_instant import at_once, until_somebody_waits


pytestmark = pytest.mark.django_db(transaction=True)


def overtaken(first, act, second, meanwhile):
    """Come by a door, have somebody else come later and be done before; then go on.

    Each in a thread of their own, where the clock is nobody's to set.
    """
    there, done = threading.Event(), threading.Event()

    def come():
        try:
            with binding(first):
                there.set()
                assert done.wait(30)
                return act()
        finally:
            connection.close()

    def overtake():
        try:
            assert there.wait(30)
            with binding(second):
                meanwhile()
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        waiting, other = threads.submit(come), threads.submit(overtake)
        other.result(30)
        return waiting.result(30)


def test_the_treating_gp_declared_last_is_the_one_there_is(jeanne):
    by, record = jeanne.viewers["jeanne"], jeanne.record.id

    def declare(who):
        return lambda: circle.declare_treating_gp(
            by=by, record_id=record, professional_id=jeanne.professionals[who].id
        )

    overtaken(by, declare("garnier"), by, declare("martin"))

    live = Authorisation.objects.filter(record=record, kind="treating_gp", ended_at=None)
    assert [one.professional_id for one in live] == [jeanne.professionals["garnier"].id]


def test_who_is_removed_while_they_tick_waits_for_the_holder(jeanne):
    by, martin, record = jeanne.viewers["jeanne"], jeanne.viewers["martin"], jeanne.record.id
    door = Authorisation.objects.get(record=record, professional=martin.professional_id)

    overtaken(
        martin,
        lambda: circle.open_in_presence(by=martin, record_id=record, proved=True, year=False),
        by,
        lambda: circle.end_authorisation(by=by, record_id=record, authorisation_id=door.id),
    )

    with binding(martin, at=timezone.now()):
        assert not policy.standing_on(record).circle
    assert Authorisation.objects.get(record=record, ended_at=None, confirmed_at=None)


@pytest.mark.parametrize("meanwhile", ["opened", "blocked"])
def test_an_emergency_is_opened_once_and_not_for_who_was_just_blocked(jeanne, meanwhile):
    by, roche, record = jeanne.viewers["jeanne"], jeanne.viewers["stranger"], jeanne.record.id

    def open_it():
        return open_in_emergency(by=roche, sought=SOUGHT, **WHY)

    def block():
        circle.block(by=by, record_id=record, professional_id=roche.professional_id)

    other = (roche, open_it) if meanwhile == "opened" else (by, block)
    opened = overtaken(roche, open_it, *other)

    if meanwhile == "opened":
        assert opened.outcome is Outcome.OPEN_ALREADY
    else:
        assert opened is None
    assert Opening.objects.count() == (meanwhile == "opened")


def test_a_treating_gp_replaced_while_they_save_their_draft_writes_nothing(jeanne):
    by, petit, record = jeanne.viewers["jeanne"], jeanne.viewers["petit"], jeanne.record.id

    def save(text):
        return save_choices(by=petit, record_id=record, choices=Choices(added=text))

    def too_late():
        with pytest.raises(NotVisible):
            save("Appendicectomie en 1971")
        return True

    with binding(petit):
        save("Appendicectomie")
    with ThreadPoolExecutor(1) as threads:
        with binding(by), connection.cursor() as cursor:
            circle.declare_treating_gp(
                by=by, record_id=record, professional_id=jeanne.professionals["martin"].id
            )
            pressed = threads.submit(at_once, petit, NOON, too_late)
            until_somebody_waits(cursor)
        assert pressed.result(30) == [True]


def test_a_deposit_is_kept_while_somebody_else_decides_on_the_record(jeanne):
    """Keys are checked at the end, journal held: had they to wait for who decides, both would."""
    by, martin, record = jeanne.viewers["jeanne"], jeanne.viewers["martin"], jeanne.record.id

    def deposit():
        return deposits.deposit(
            by=martin, record_id=record, title="Lettre", type_code="11488-4",
            occurred_on=NOON.date(), data=b"Cher confrere",
        )  # fmt: skip

    with ThreadPoolExecutor(1) as threads, binding(by):
        lock(record)
        pressed = threads.submit(at_once, martin, NOON, deposit)
        [kept] = pressed.result(10)
        circle.block(by=by, record_id=record, professional_id=martin.professional_id)
    assert Document.objects.filter(id=kept.id).exists()


def found_then_withdrawn(find, jeanne, who, document_id):
    """Find a document's versions; its author takes it back before anything else is asked."""
    author = jeanne.viewers[who]

    def withdraw():
        deposits.withdraw(
            by=author, record_id=jeanne.record.id, document_id=document_id, reason="mistake"
        )

    def found(*args):
        versions = find(*args)
        with ThreadPoolExecutor(1) as threads:
            threads.submit(at_once, author, NOON, withdraw).result(30)
        return versions

    return found


def test_what_is_withdrawn_while_it_is_replaced_or_downloaded_is_missing(jeanne, monkeypatch):
    martin, about = jeanne.viewers["martin"], {"record_id": jeanne.record.id}
    file, scan = jeanne.file_of("scan"), jeanne.scan.id

    def replace():
        with pytest.raises(NotVisible):
            deposits.replace(
                by=martin, document_id=jeanne.letter.id, data=b"Lettre corrigee", **about
            )
        return True

    with ThreadPoolExecutor(1) as threads:
        with binding(martin), connection.cursor() as cursor:
            deposits.withdraw(by=martin, document_id=jeanne.letter.id, reason="mistake", **about)
            pressed = threads.submit(at_once, martin, NOON, replace)
            until_somebody_waits(cursor)
        assert pressed.result(30) == [True]
    assert DocumentVersion.objects.filter(document=jeanne.letter).count() == 1

    monkeypatch.setattr(
        dossier_files, "versions_of",
        found_then_withdrawn(dossier_files.versions_of, jeanne, "petit", scan),
    )  # fmt: skip
    with binding(martin), pytest.raises(NotVisible):
        dossier_files.read_file(by=martin, document_id=scan, file_id=file.id, **about)


def test_a_text_hidden_while_its_page_is_made_is_missing(jeanne, monkeypatch):
    """An error, in its place, would tell who reads that something is being hidden from them."""
    martin, petit = jeanne.viewers["martin"], jeanne.viewers["petit"]
    about = {"record_id": jeanne.record.id}
    with binding(martin):
        letter = deposits.deposit(
            by=martin, title="Lettre", type_code="11488-4", occurred_on=NOON.date(),
            data=b"Cher confrere", **about,
        )  # fmt: skip
    with binding(petit):
        read = documents.read_document(by=petit, document_id=letter.id, **about)
    assert read.passages

    monkeypatch.setattr(
        documents, "versions_of",
        found_then_withdrawn(documents.versions_of, jeanne, "martin", letter.id),
    )  # fmt: skip
    with binding(petit), pytest.raises(NotVisible):
        documents.read_document(by=petit, document_id=letter.id, **about)
