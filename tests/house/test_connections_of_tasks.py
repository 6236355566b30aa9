"""A process of the worker keeps its connection from one filling to the next, and no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import connections

from dmp.celery import app


KEEPING = {"imports.fill", "imports.sweep"}


class Connection:
    """What is asked of a connection, in order."""

    def __init__(self):
        self.asked = []

    def close(self):
        self.asked.append("close")

    def close_if_unusable_or_obsolete(self):
        self.asked.append("look")


@pytest.fixture
def one(monkeypatch):
    found = Connection()
    monkeypatch.setattr(connections, "all", lambda **_: [found])
    return found


def ours():
    app.loader.import_default_modules()
    return [task for name, task in app.tasks.items() if not name.startswith("celery.")]


def run(task, *, is_eager=False):
    for signal in (task_prerun, task_postrun):
        request = SimpleNamespace(is_eager=is_eager)
        kept = SimpleNamespace(
            request=request, keeps_connection=getattr(task, "keeps_connection", False)
        )
        signal.send(sender=task, task=kept)


def test_fillings_keep_the_connection_and_whoever_takes_a_lock_leaves_it(one):
    """A load's locks end with its connection."""
    kept = set()
    for task in ours():
        one.asked.clear()
        run(task)
        assert one.asked[0] == "look"
        if one.asked == ["look"]:
            kept.add(task.name)
    assert kept == KEEPING


def test_a_task_within_a_transaction_of_ours_touches_no_connection(one):
    for task in ours():
        run(task, is_eager=True)
    assert one.asked == []


def test_celery_itself_closes_none(one):
    fixup = DjangoWorkerFixup(app)
    for _ in range(3):
        fixup.close_database()
    assert one.asked == []


def test_a_connection_is_asked_whether_it_is_there():
    assert connections["default"].settings_dict["CONN_HEALTH_CHECKS"]
