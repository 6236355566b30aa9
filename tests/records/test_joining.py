"""A letter is of its care from its first moment: what hides the care hides the letter at once."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from access import policy
from access.models import Mask
from records import deposits
from records.care.episodes import assign_episodes
from records.deposits import Flags
from records.deposits.joining import join_care
from records.dossier.facts import document_fact
from records.models import Document, ReimbursementLine
from records.turns import EPISODES, take_turn
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.records.care.worlds import DAYS, HISTORIES, PEOPLE, with_episodes
from tests.roles import role


DAY = dt.date(2026, 5, 20)  # Dr Garnier saw Jeanne
CARE = uuid.UUID(int=0xCA4E)
LETTERS = st.tuples(PEOPLE, DAYS, st.sampled_from(["11488-4", "57833-6"]))


def deposit(world, who="garnier", **facts):
    given_ = {
        "title": "Compte rendu", "type_code": "11488-4", "occurred_on": DAY,
        "data": b"Cher confrere, merci.",
    }  # fmt: skip
    with world.as_(who) as by:
        return deposits.deposit(by=by, record_id=world.record.id, **(given_ | facts))


def sees(world, who, element):
    with world.as_(who):
        standing = policy.standing_on(world.record.id)
        rows = policy.visible(type(element), standing)
        return rows.filter(id=element.id).exists()


@pytest.fixture
def cared(jeanne, as_owner):
    """Jeanne's visit is an episode; Dr Martin, of her circle, may not see it."""
    with as_owner():
        Mask.objects.filter(record=jeanne.record).delete()
        ReimbursementLine.objects.filter(id=jeanne.therapy.id).update(episodes=[CARE])
        Mask.objects.create(
            record=jeanne.record, target="episode", target_id=CARE, since=LONG_AGO,
            audience="professional", audience_id=jeanne.professionals["martin"].id,
        )  # fmt: skip
    return jeanne


def test_a_mask_on_the_care_covers_a_letter_that_comes_after_it_at_once(cared):
    letter = deposit(cared)

    assert not sees(cared, "martin", letter)
    assert sees(cared, "petit", letter)
    with cared.as_("petit"):
        seen = policy.get_visible(Document, policy.standing_on(cared.record.id), letter.id)
        assert "padlock" in policy.marks_of(seen)


def test_a_letter_of_another_day_or_of_somebody_else_is_other_care(cared):
    later = deposit(cared, occurred_on=DAY + dt.timedelta(days=5))
    other = deposit(cared, "stranger")

    assert sees(cared, "martin", later)
    assert sees(cared, "martin", other)


def test_what_went_to_the_care_enters_the_letter_s_own_episode_at_once(cared, as_owner):
    """A minor's secret letter hides the taxi of the day, which came before it."""
    on = DAY + dt.timedelta(days=10)
    with as_owner():
        taxi = cast.line(
            cared.record, label="Taxi", section="TRANSP", code="TXI", occurred_on=on,
            performer_kind="structure", performer_name="Taxi du Port", episodes=[CARE],
        )  # fmt: skip
    assert sees(cared, "guardian", taxi)

    letter = deposit(cared, occurred_on=on, flags=Flags(secret=True))

    assert not sees(cared, "guardian", letter)
    assert not sees(cared, "guardian", taxi)
    taxi.refresh_from_db()
    assert taxi.episodes[0] == CARE, "an episode is never renumbered"


def test_a_deposit_asks_the_database_the_same_whatever_is_near(cared):
    counts = []
    for day in (DAY, DAY - dt.timedelta(days=400)):
        with CaptureQueriesContext(connection) as asked:
            deposit(cared, occurred_on=day)
        counts.append(len(asked))

    assert counts[0] == counts[1]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=HISTORIES, letter=LETTERS)
def test_a_letter_joins_what_a_filling_that_knew_everything_would_say(
    jeanne, as_owner, lines, letter
):
    record = jeanne.record.id
    (key, name, _), day, kind = letter
    with as_owner(), transaction.atomic():
        Document.objects.filter(record_id=record).update(occurred_on=dt.date(2020, 1, 1))
        ReimbursementLine.objects.filter(record_id=record).delete()
        documents = [document_fact(one) for one in Document.objects.filter(record_id=record)]
        filled = with_episodes(lines, assign_episodes(record, lines, documents))
        for line in filled:
            store(jeanne.record, line)
        made = Document(
            record=jeanne.record, title="Lettre", type_code=kind, author_kind="professional",
            occurred_on=day, author_id=key, author_name=name, created_at=NOON,
        )  # fmt: skip
        fact = document_fact(made)

        with jeanne.as_("jeanne"):
            join_care(made)

        everything = assign_episodes(record, filled, [*documents, fact])
        assert set(made.episodes) == set(everything[made.id].episodes)
        for row in ReimbursementLine.objects.filter(record_id=record):
            assert tuple(row.episodes) == everything[row.id].episodes
        transaction.set_rollback(True)


def store(record, line):
    facts = {
        "occurred_on": line.care_start, "performer_id": line.performer_key,
        "prescriber_id": line.prescriber_key, "episodes": list(line.episodes),
    }  # fmt: skip
    same = (
        "id", "section", "care_end", "code_system", "code", "label", "quantity", "atc",
        "prescribed_on", "prescription_ref", "prescriber_name", "prescriber_finess",
        "performer_kind", "performer_name", "performer_finess",
    )  # fmt: skip
    cast.line(record, **facts, **{name: getattr(line, name) for name in same})


@pytest.mark.django_db(transaction=True)
def test_a_letter_waits_for_the_claims_that_are_being_filled(jeanne):
    """The filling has its turn: the letter comes after it, and sees what it wrote."""
    found = []

    def bring():
        try:
            found.append(deposit(jeanne))
        finally:
            connection.close()

    with transaction.atomic():
        take_turn(jeanne.record.id, EPISODES)
        with role("dmp_worker"):
            ReimbursementLine.objects.filter(id=jeanne.therapy.id).update(episodes=[CARE])
        bringing = threading.Thread(target=bring)
        bringing.start()
        until_somebody_waits()
    bringing.join(30)

    (letter,) = found
    assert CARE in letter.episodes


def until_somebody_waits():
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone():
                return
    pytest.fail("the deposit did not wait for its turn")
