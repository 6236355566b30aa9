"""Class 16: what runs in the background or exports in bulk runs as nobody, and so asks nobody.

HAPI's bulk export gave whole servers past the consent rules that single reads obeyed (#6854).
"""

from __future__ import annotations

import inspect
import uuid

import pytest
from celery import current_app
from django.core import mail
from django.core.management import call_command, get_commands

from access import policy, tokens
from access.binding import binding
from access.models import Notice
from access.viewer import WORKER
from tests.access.cast import NOON
from tests.classes.hidden import WORD, add_hidden
from tests.interference.facts import KINDS
from tests.roles import role


OURS = ("access.", "records.", "imports.", "dmp.")
#: Every command of ours: none prints care. Those that make a copy of a record don't exist.
COMMANDS = {
    "check_policy", "make_token", "end_tokens", "verify_journal", "dev", "health", "migrate",
    "reset", "fill_waiting", "load_claims", "make_claims", "seed_demo", "destroy_record",
    "load_reference", "load_directory", "make_account", "demo_accounts",
}  # fmt: skip


def tasks():
    current_app.loader.import_default_modules()
    found = {name: task for name, task in current_app.tasks.items() if name.startswith(OURS)}
    assert len(found) > 5
    return found


def test_a_task_takes_keys_and_never_who_it_is_done_for():
    """Its right is the worker's role; a viewer that came with a message could be anybody."""
    for name, task in tasks().items():
        parameters = inspect.signature(task.run).parameters
        assert all(each.endswith("_id") for each in parameters), name
        assert inspect.signature(task.run).return_annotation in {None, "None"}, name


def test_the_worker_is_shown_nothing_by_the_gate(scene):
    for record in scene.records.values():
        with binding(WORKER, at=NOON):
            standing = policy.standing_on(record.id)
            for model in KINDS.values():
                assert not policy.visible(model, standing).exists()


def test_no_task_says_anything_of_care_to_anybody(scene, as_owner, caplog):
    """Each is run with a right key; messages, notices and log lines hold no word of an element."""
    with as_owner():
        added = add_hidden(scene)
        titles = [
            *(each.title for each in KINDS["document"].objects.all()), WORD,
            *(str(each.id) for each in added.values()),
        ]  # fmt: skip
        waiting = str(Notice.objects.order_by("id").values_list("id", flat=True).first())
    keys = {"record_id": str(scene.records["jeanne"].id), "notice_id": waiting,
            "load_id": str(uuid.uuid4())}  # fmt: skip
    run = 0
    with role("dmp_worker"):
        for name, task in sorted(tasks().items()):
            if name in {"records.destroy", "imports.roll", "imports.tidy", "imports.sweep"}:
                continue  # they go round every record, in transactions of their own
            asked = [keys[each] for each in inspect.signature(task.run).parameters]
            assert task.run(*asked) is None
            run += 1
    assert run >= 5
    told = [f"{m.subject} {m.body}" for m in mail.outbox]
    told += [r.getMessage() for r in caplog.records]
    with as_owner():
        told += Notice.objects.values_list("body", flat=True)
    for title in titles:
        assert not [each for each in told if title and title in each], title


def test_every_command_is_thought_of():
    ours = {
        name for name, app in get_commands().items() if app in {"dmp", "access", "records",
                                                               "imports"}
    }  # fmt: skip
    assert ours == COMMANDS


def test_a_token_is_made_for_a_capacity_that_the_account_has(scene, capsys, as_owner):
    user = scene.world.users["martin"]
    jeanne = f"patient:{scene.records['jeanne'].id}"
    with as_owner():
        with pytest.raises(tokens.NoToken):
            tokens.make_for(email=user.email, capacity=jeanne)
        call_command("make_token", user.email)
    assert "psychiatre" not in capsys.readouterr().out
