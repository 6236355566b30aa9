"""The same with a real worker: woken by name, killed while a message leaves, never twice."""

from __future__ import annotations

import datetime as dt
import time
from email import message_from_string

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from access import notices
from access.binding import binding
from access.models import Notice
from access.viewer import WORKER
from tests.access.told import person, record_of


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SOON = 60.0


@pytest.fixture
def mails(monkeypatch):
    """The demonstration's mail is files: what a worker started after this one sends."""
    folder = settings.DMP_FILES_DIR.parent / "mail"
    monkeypatch.setenv("DMP_DEMO", "1")
    before = set(folder.glob("*"))

    def found():
        # Messages of one second may share a file: the backend parts them by a line.
        kept = "".join(path.read_text() for path in set(folder.glob("*")) - before)
        return [part.lstrip() for part in kept.split("-" * 79 + "\n") if part.strip()]

    return found


@pytest.fixture
def texts(monkeypatch, tmp_path):
    """What a sender of SMS handed over, that dies with its process after the first one."""
    kept = tmp_path / "texts"
    monkeypatch.setenv("DMP_SMS_SENDER", "tests.access.told.deadly_sms")
    monkeypatch.setenv("TEST_SMS_FILE", str(kept))
    return lambda: kept.read_text().splitlines() if kept.exists() else []


def wait_for(fact):
    deadline = time.monotonic() + SOON
    while not (found := fact()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def tell(record):
    with binding(WORKER):
        notices.tell_erasure_asked(record)


def states():
    return sorted(Notice.objects.values_list("state", flat=True))


def test_what_is_committed_wakes_the_worker_which_sends_it(mails, worker):
    tell(record_of(person(email="jeanne@exemple.test")))
    wait_for(lambda: states() == ["sent"])

    [sent] = mails()
    message = message_from_string(sent)
    assert message["To"] == "jeanne@exemple.test"
    assert message["Message-ID"].startswith(f"<{Notice.objects.get().id}@")


def test_what_nobody_woke_is_found_by_the_round(mails, worker, monkeypatch):
    monkeypatch.setattr("access.notices.telling.current_app.send_task", lambda *_a, **_k: None)
    tell(record_of(person(email="jeanne@exemple.test")))
    monkeypatch.undo()
    current_app.send_task("access.send_waiting")
    wait_for(lambda: states() == ["sent"])

    assert len(mails()) == 1


def test_a_worker_killed_while_a_message_leaves_sends_it_once(texts, worker):
    """The guarantee: at most once. What was under way stays on the site; the rest leaves."""
    tell(record_of(person(mobile="+33639980001"), notify_by="sms"))
    wait_for(texts)
    assert states() == ["sending"]
    tell(record_of(person(mobile="+33639980002"), notify_by="sms"))
    current_app.send_task("access.send_waiting")
    wait_for(lambda: states() == ["sending", "sent"])
    late = timezone.now() - dt.timedelta(minutes=11)
    Notice.objects.filter(state="sending").update(taken_at=late)
    current_app.send_task("access.send_waiting")
    wait_for(lambda: states() == ["failed", "sent"])

    assert [line.split()[0] for line in texts()] == ["+33639980001", "+33639980002"]


def test_workers_killed_at_random_send_nothing_twice(mails, worker):
    people = [f"p{number}@exemple.test" for number in range(40)]
    for address in people:
        tell(record_of(person(email=address)))
    for kill in range(3):
        wait_for(lambda kill=kill: Notice.objects.filter(state="sent").count() > 8 * kill)
        worker.kill()
        worker.start()
        current_app.send_task("access.send_waiting")
    wait_for(lambda: not Notice.objects.filter(state="waiting").exists())
    worker.stop()

    to = [message_from_string(sent)["To"] for sent in mails()]
    assert len(to) == len(set(to))
    assert set(to) <= set(people)
    assert Notice.objects.filter(state="sent").count() <= len(to)
    assert len(to) + Notice.objects.filter(state__in=["sending", "failed"]).count() >= len(people)
