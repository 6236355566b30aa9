"""What is hidden, or shown again, while a filling is under way comes before it or after."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access import masks
from access.binding import binding
from access.masks import Audience
from access.models import MaskAudience
from access.policy import NotVisible
from access.viewer import Role, Viewer
from imports import filling
from records.models import Record, ReimbursementLine
from records.turns import EPISODES, take_turn
from tests.imports.persons import ask, claim, make_record
from tests.imports.test_masks_follow_claims import GESTURE, hidden, hide, mask, take_back
from tests.records.test_joining import until_somebody_waits
from tests.roles import role


pytestmark = pytest.mark.django_db(transaction=True)
EVERYONE = Audience(MaskAudience.EVERYONE)


@pytest.fixture
def record(as_owner):
    """A record that holds one claim, A, and waits for B, which the fund sends in its stead."""
    with as_owner():
        record_id = make_record()
    with role("dmp_worker"):
        claim("A")
        filling.fill(record_id)
        take_back("A")
        claim("B")
    with as_owner():
        ask(record_id)
    return record_id


@pytest.fixture
def holder(record):
    person = Record.objects.values_list("holder_id", flat=True).get(id=record)
    return Viewer(
        user_id=uuid.uuid4(), person_id=person, role=Role.PATIENT, active=True,
        second_factor="totp",
    )  # fmt: skip


class Beside(threading.Thread):
    """Does something on a connection of its own, and keeps what it raised."""

    def __init__(self, act):
        super().__init__()
        self.act, self.raised = act, None

    def run(self):
        try:
            self.act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.raised = error
        finally:
            connection.close()


def fill(record):
    with role("dmp_worker"):
        assert filling.fill(record)


def test_a_claim_hidden_while_a_filling_waits_stays_hidden_under_its_new_number(record, as_owner):
    with transaction.atomic():
        take_turn(record, EPISODES)
        beside = Beside(lambda: fill(record))
        beside.start()
        until_somebody_waits()
        hide("A", as_owner, since=timezone.now())
    beside.join(30)

    assert beside.raised is None
    assert [line for line, *_ in hidden()] == ["A", "B"]


def test_a_claim_that_a_filling_is_replacing_is_not_said_to_be_hidden(record, holder):
    """Its number would be gone, and the care in sight under the other one."""
    element = ReimbursementLine.objects.get(line_key="A").id

    def press():
        with binding(holder):
            masks.hide(by=holder, record_id=record, element_ids=[element], audience=EVERYONE,
                       gesture=GESTURE)  # fmt: skip

    with transaction.atomic():
        take_turn(record, EPISODES)
        beside = Beside(press)
        beside.start()
        until_somebody_waits()
        with role("dmp_worker"):
            ReimbursementLine.objects.filter(id=element).update(withdrawn_at=timezone.now())
    beside.join(30)

    assert isinstance(beside.raised, NotVisible)
    assert hidden() == []


def test_what_a_filling_is_hiding_is_shown_again_with_the_rest(record, holder, as_owner):
    hide("A", as_owner, audience="everyone", audience_id=None)

    def press():
        with binding(holder):
            masks.show(by=holder, record_id=record, gesture=GESTURE)

    with transaction.atomic():
        take_turn(record, EPISODES)
        beside = Beside(press)
        beside.start()
        until_somebody_waits()
        with as_owner():
            line = ReimbursementLine.objects.get(line_key="A")
            ReimbursementLine.objects.filter(id=line.id).update(line_key="B")
            mask(line, audience="everyone", audience_id=None)
    beside.join(30)

    assert beside.raised is None
    assert hidden() == []
