"""What is unusual in the journal: by which rule, told once, to whom, without a word of health."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from access import circle, watching
from access.binding import binding, note
from access.journal import Action
from access.models import Notice, Rush
from access.reading_journal import read_journal, rules
from access.viewer import WORKER, Role
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import circle_period
from tests.roles import role


NIGHT = NOON.replace(hour=23)
LATER = NOON + dt.timedelta(days=2)
FIRST, RUSH = "unusual_first", "unusual_rush"


def look(viewer, record, *, at=NOON, door="circle", **about):
    with binding(viewer, at=at):
        note(Action.LIST_READ, record.id, by=viewer, door=door, **about)


def watch(at):
    with role("dmp_worker"), binding(WORKER, at=at):
        return watching.look_out(by=WORKER)


def told(person_id=None):
    rows = Notice.objects.filter(kind__startswith="unusual").order_by("kind", "id")
    if person_id:
        rows = rows.filter(person_id=person_id)
    return list(rows.values_list("kind", flat=True))


def marks(world, who="jeanne", at=LATER):
    with world.as_(who, at) as by:
        view = read_journal(by=by, record_id=world.record.id)
    return [visit.unusual for visit in (*view.emergencies, *view.visits)]


def test_each_rule_is_told_once_a_visit_and_marked(jeanne):
    martin = jeanne.viewers["martin"]
    look(martin, jeanne.record)
    look(martin, jeanne.record, at=NIGHT)
    for at in (NOON, NIGHT, NIGHT, NIGHT + dt.timedelta(minutes=5)):
        watch(at + dt.timedelta(minutes=1))

    assert told(jeanne.holder.id) == [FIRST, "unusual_night"]
    assert told(jeanne.viewers["guardian"].person_id) == [FIRST, "unusual_night"]
    assert len(told()) == 4
    assert marks(jeanne) == [("Première lecture depuis cet établissement", "La nuit")]
    look(martin, jeanne.record, at=NOON + dt.timedelta(days=1))
    watch(NOON + dt.timedelta(days=1, minutes=1))
    assert len(told()) == 4
    assert marks(jeanne)[0] == ()


def test_notices_name_nobody_and_leave_in_a_round(jeanne):
    with jeanne.as_("jeanne"):
        jeanne.record.notify_by = "email"
        jeanne.record.save()
    look(jeanne.viewers["martin"], jeanne.record, at=NIGHT)
    watch(NIGHT + dt.timedelta(minutes=1))

    rows = Notice.objects.filter(kind__startswith="unusual")
    assert {row.due_at.astimezone(cast.PARIS).time() for row in rows} == {dt.time(9)}
    for row in rows:
        assert not any(word in row.body for word in ("Martin", "Cabinet", "23", "médecin"))


@pytest.fixture
def twenty(jeanne, as_owner):
    """Twenty other records, whose journals are nobody's here."""
    with as_owner():
        others = [cast.record(cast.person(f"Ana{number}")) for number in range(20)]
    return jeanne, others


def test_more_than_twenty_records_in_an_hour_are_told_to_each_holder(twenty):
    jeanne, others = twenty
    martin = jeanne.viewers["martin"]
    for number, record in enumerate(others):
        look(martin, record, at=NOON + dt.timedelta(minutes=number))
    watch(NOON + dt.timedelta(minutes=30))
    assert RUSH not in told()

    look(martin, jeanne.record, at=NOON + dt.timedelta(minutes=59))
    watch(NOON + dt.timedelta(minutes=60))
    watch(NOON + dt.timedelta(minutes=61))

    assert told().count(RUSH) == 22  # the holders, and Jeanne's guardian
    assert told(jeanne.holder.id).count(RUSH) == 1
    assert Rush.objects.count() == 1
    assert "Plus de 20 dossiers en une heure" in marks(jeanne)[0]


def test_twenty_records_or_longer_than_an_hour_are_no_rush(twenty):
    jeanne, others = twenty
    martin = jeanne.viewers["martin"]
    for number, record in enumerate([*others[1:], jeanne.record, jeanne.record]):
        look(martin, record, at=NOON + dt.timedelta(minutes=number))
    look(martin, others[0], at=NOON + dt.timedelta(minutes=61))
    watch(NOON + dt.timedelta(minutes=62))

    assert RUSH not in told()


def test_a_round_takes_as_many_statements_for_one_visit_as_for_twenty(twenty):
    jeanne, others = twenty
    martin = jeanne.viewers["martin"]
    counts = []
    for records in (others[:1], others[1:]):
        at = NOON + dt.timedelta(days=len(counts))
        while watch(at - dt.timedelta(minutes=1)):
            pass
        for record in records:
            look(martin, record, at=at)
        with CaptureQueriesContext(connection) as asked:
            watch(at + dt.timedelta(minutes=1))
        counts.append(len(asked))
    assert len(told()) == 20
    assert counts[0] == counts[1]


def test_the_page_takes_as_many_statements_for_one_visit_as_for_many(jeanne):
    counts = []
    for days in (range(1), range(1, 12)):
        for day in days:
            for who in ("martin", "pharmacist"):
                look(jeanne.viewers[who], jeanne.record, at=NOON - dt.timedelta(days=day))
        with jeanne.as_("jeanne") as by, CaptureQueriesContext(connection) as asked:
            view = read_journal(by=by, record_id=jeanne.record.id)
        counts.append((len(view.visits), len(asked)))

    assert [visits for visits, _asked in counts] == [2, 24]
    assert counts[0][1] == counts[1][1]


def test_a_late_round_goes_on_from_where_the_last_one_was(jeanne):
    watch(NOON)
    look(jeanne.viewers["martin"], jeanne.record, at=NOON + dt.timedelta(minutes=5))
    rounds = 1
    while watch(NOON + dt.timedelta(days=1)):
        rounds += 1

    assert (rounds, told(jeanne.holder.id)) == (4, [FIRST])
    # An act that reaches the journal after its own instant.
    look(jeanne.viewers["petit"], jeanne.record, door="treating_gp",
         at=NOON + dt.timedelta(days=1, minutes=-5))  # fmt: skip
    watch(NOON + dt.timedelta(days=1, minutes=1))
    assert told(jeanne.holder.id) == [FIRST, FIRST]


@pytest.fixture
def minor(jeanne, as_owner):
    """Lou, 16, whom Marie stands for: Dr Martin's door is hers, Dr Garnier's is Lou's alone."""
    with as_owner():
        lou, marie = cast.person("Lou", born=dt.date(2010, 1, 5)), cast.person("Marie")
        jeanne.holder, jeanne.record = lou, cast.record(lou)
        cast.represent(jeanne.record, marie)
        jeanne.viewers["lou"] = cast.family_viewer(lou)
        jeanne.viewers["marie"] = cast.family_viewer(marie, Role.REPRESENTATIVE)
        jeanne.marie = marie
        martin = jeanne.professionals["martin"]
        circle_period(jeanne.record, "circle", professional=martin.professional, user=martin.user)
        jeanne.secret = cast.document(jeanne.record, title="Planning", secret=True)
    with binding(jeanne.viewers["lou"], at=NOON):
        circle.authorise(
            by=jeanne.viewers["lou"], record_id=jeanne.record.id,
            professional_id=jeanne.professionals["garnier"].id,
        )  # fmt: skip
    return jeanne


@pytest.mark.parametrize("who", ["martin", "garnier"])
@pytest.mark.parametrize("secret", [True, False])
def test_a_representative_is_told_of_nothing_that_rests_on_a_secret(minor, who, secret):
    about = {"element_kind": "document", "element_id": minor.secret.id} if secret else {}
    look(minor.viewers[who], minor.record, at=NIGHT, rests_on_secret=secret, **about)
    watch(NIGHT + dt.timedelta(minutes=1))

    known = who == "martin" and not secret
    assert told(minor.marie.id) == (told(minor.holder.id) if known else [])
    assert "unusual_night" in told(minor.holder.id)
    assert marks(minor, "marie") == (marks(minor, "lou") if known else [])


def test_a_doctor_on_their_own_record_is_no_visitor(jeanne):
    look(jeanne.viewers["martin"], jeanne.record, at=NIGHT, door="holder")
    watch(NIGHT + dt.timedelta(minutes=1))

    assert told() == []


KEYS = [uuid.UUID(int=number) for number in range(40)]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(KEYS)), max_size=120),
    st.randoms(use_true_random=False),
)
def test_a_rush_is_every_instant_of_an_hour_with_too_many_records(looks, chance):
    reads = [(NOON + dt.timedelta(minutes=minute), key) for minute, key in looks]
    expected = {
        minute
        for minute, _key in looks
        for start in range(minute - 60, minute + 1)
        if len({key for other, key in looks if start <= other <= start + 60}) > rules.MOST_RECORDS
    }
    chance.shuffle(reads)

    found = rules.rushes(reads)

    within = {
        minute
        for minute, _key in looks
        if any(since <= NOON + dt.timedelta(minutes=minute) <= until for since, until in found)
    }
    assert within == expected
