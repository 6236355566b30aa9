"""A set of records is filled as each alone would be, at once, and no record holds others back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import HealthCheck, example, given, settings, strategies as st

from access.journal import chain_is_whole
from imports import filling
from imports.filling import growing, sets, settled
from imports.models import ClaimLine
from records.dossier.facts import care_line as read_line
from records.models import Document, Filling, ReimbursementLine
from tests.imports.persons import (
    LONG_AGO,
    ask,
    claim,
    days_ago,
    declared_doctor,
    identify,
    illness,
    key,
    lines_of,
    make_record,
    rows,
)
from tests.imports.test_filling import cite


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]

TWICE = "sent under another number too"
INSTANTS = ("created_at", "withdrawn_at", "corrected_at", "price_corrected_at")
DOCTORS = ("10001234565", "10100997245")
VISIT = {"section": "CARE", "code_system": "NGAP", "code": "CS", "atc": "", "label": "Visite"}
PSYCHIATRIST = {"performer_kind": "person", "performer_specialty": "33"}
CARE = [
    {},
    {"care_start": days_ago(10), "prescriber_rpps": DOCTORS[0], "prescription_ref": "O1"},
    {"performer_rpps": DOCTORS[0], "performer_name": "Dr Ferrand", **VISIT, **PSYCHIATRIST},
    {"section": "TRANSP", "code_system": "LPP", "code": "1102257", "atc": "", "label": "Taxi"},
    {"care_start": days_ago(900)},
    {"birth_date": dt.date(1985, 3, 15)},
    {"cancelled": True, "reverses_line_id": "0"},
    {"quantity": -1, "paid_cents": -1000, "reverses_line_id": "1"},
    {"quantity": None, "paid_cents": None},
    {"quantity": 0},
    {"quantity": 0, "code": "3400936277397", "atc": "J07AH07", "label": "Neisvac"},
    {"atc": ""},
]
# Of a line that is there already: what the next load says of it.
CHANGES = [
    {"quantity": 3},
    {"quantity": 0},
    {"quantity": 0, "paid_cents": 0, "base_cents": None, "reimbursed_cents": 0},
    # The class left out, as the tables have it; and another one.
    {"quantity": 3, "atc": ""},
    {"quantity": 4, "atc": "N05"},
    {"paid_cents": 1, "reimbursed_cents": None, "rate_pct": 30},
    {"flow_date": days_ago(1)},
    {"label": "Autre"},
    {"performer_rpps": DOCTORS[1]},
    {"care_start": days_ago(11)},
    {"care_start": days_ago(800)},
    {"cancelled": True},
]
HAPPENINGS = [
    *(("change", facts) for facts in CHANGES),
    *(("add", facts) for facts in CARE[:4]),
    *((kind, {}) for kind in ("letter", "illness", "doctor", "twice")),
]
PEOPLE = [f"28503751150{n:04d}" for n in range(len(HAPPENINGS))]
LINES = st.lists(st.sampled_from(CARE), max_size=4)
LATER = st.lists(st.sampled_from(HAPPENINGS), max_size=2)
# To each of these people one thing happens, and to their usual lines.
ONE_EACH = tuple((CARE[:4], [happening], []) for happening in HAPPENINGS)
# No taxi, and lines more: by themselves, then with one of the others.
MORE = [("add", facts) for facts in CARE[:3]]
GROWN = tuple((CARE[:3], MORE, [happening, *MORE[1:]]) for happening in HAPPENINGS)


@pytest.fixture
def people(as_owner):
    with as_owner():
        found = {nir: make_record(nir, waits=False) for nir in PEOPLE}
        for nir, record in found.items():
            identify(record, f"{nir}:1", "nir:rank")
    return found


def card(nir):
    """The key of somebody's rank on a parent's card."""
    return key(f"{nir}:1", "nir:rank")


def digested(**facts):
    return {"digest": uuid.uuid5(uuid.NAMESPACE_OID, repr(facts)).bytes * 2, **facts}


def happen(nir, record, later, step):
    """What the next load brings to somebody, and a letter that came meanwhile."""
    for number, (kind, facts) in enumerate(later, start=10 * step):
        if kind == "change":
            first = ClaimLine.objects.filter(person_key=key(nir), line_id="2")
            first.update(**digested(**facts))
        elif kind == "add":
            claim(f"N{number}", key(nir), **facts)
        elif kind == "twice" and not ClaimLine.objects.filter(person_key=card(nir)):
            claim("2", card(nir), **{**CARE[2], "quantity": 5, "flow_date": days_ago(2)})
        elif kind == "illness":
            illness("E11.9", days_ago(3000 + number), key(nir))
        elif kind == "doctor":
            declared_doctor(DOCTORS[0], days_ago(90 + number), key(nir))
        elif kind == "letter":
            letter_of(record, uuid.uuid5(record, str(number)))


def letter_of(record, document_id):
    doctor = uuid.uuid5(uuid.UUID("5b0a1c38-8f55-5d0e-9f3a-6f0c4f2f7e11"), f"rpps:{DOCTORS[0]}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE dmp_owner")
        Document.objects.create(
            id=document_id, record_id=record, occurred_on=days_ago(30), type_code="11488-4",
            title="-", class_code="10", author_kind="professional", author_id=doctor,
            author_name="Dr Ferrand", created_at=LONG_AGO,
        )  # fmt: skip
        cursor.execute("SET LOCAL ROLE dmp_worker")


def ask_all(people, as_owner):
    with as_owner():
        for record in people.values():
            ask(record)


def kept(people, as_owner):
    """Everything that a filling writes, but when and under which key it was written."""
    with as_owner():
        lines = sorted(
            ReimbursementLine.objects.values_list(
                *(
                    field.name
                    for field in ReimbursementLine._meta.concrete_fields
                    if field.name != "pk" and field.name not in INSTANTS
                ),
                *(Q(**{f"{name}__isnull": True}) for name in INSTANTS),
            ),
            key=repr,
        )
        return [
            [[bytes(x) if isinstance(x, memoryview) else x for x in line] for line in lines],
            rows("SELECT id, episodes FROM records_document ORDER BY id"),
            rows(
                "SELECT record_id, state, lines, set_aside, older_lines, worked_from::text"
                " FROM records_filling ORDER BY record_id, requested_at"
            ),
            rows("SELECT record_id, rpps, since, until FROM records_doctorproposal ORDER BY 1, 2"),
            rows("SELECT record_id, seq, act, shown FROM access_journalevent ORDER BY 1, 2"),
            all(chain_is_whole(record) for record in people.values()),
        ]


def undone(work):
    """What the work answers, in a world where it wasn't done."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives=st.tuples(*(st.tuples(LINES, LATER, LATER) for _ in PEOPLE)))
@example(lives=ONE_EACH)
@example(lives=GROWN)
@pytest.mark.usefixtures("row_security")
def test_filling_a_set_is_filling_each_alone(people, as_owner, lives):
    """Over every column but its instant; three times, the store having changed in between."""

    def live(fill_all):
        for nir, (lines, _, _) in zip(PEOPLE, lives, strict=True):
            for number, facts in enumerate(lines):
                claim(str(number), key(nir), **facts)
        for step in range(3):
            for nir, (_, *later) in zip(PEOPLE, lives, strict=True):
                happen(nir, people[nir], later[step - 1] if step else [], step)
            ask_all(people, as_owner)
            fill_all()
        return kept(people, as_owner)

    def alone():
        assert all(filling.fill(record) for record in people.values())

    def together():
        assert not filling.fill_waiting()

    by_itself = undone(lambda: live(alone))
    assert undone(lambda: live(together)) == by_itself


@pytest.mark.parametrize("said", ["N02BE01", "N02", ""])
def test_other_numbers_are_written_without_working_anything_out(
    people, as_owner, monkeypatch, said
):
    """Whether the fund says the class of a medicine or leaves it to the tables."""
    for nir in PEOPLE:
        claim("A", key(nir), atc=said)
    ask_all(people, as_owner)
    filling.fill_waiting()
    ClaimLine.objects.update(**digested(quantity=2, paid_cents=1999))
    ask_all(people, as_owner)
    monkeypatch.setattr(sets, "assign_episodes", lambda *_: pytest.fail("worked out again"))

    assert not filling.fill_waiting()

    assert {lines_of(record)["A"] for record in people.values()} == {(2, 1999, "")}
    events = rows("SELECT act, shown, count(*) FROM access_journalevent GROUP BY 1, 2")
    assert events == [("filled", 1, 2 * len(PEOPLE))]


def grown_old(people, as_owner, **facts):
    """Everybody has a line that grew older than 24 months since, kept for a synthesis."""
    for nir in PEOPLE:
        claim("old", key(nir), **{"care_start": days_ago(720), **facts})
        claim("A", key(nir))
    ask_all(people, as_owner)
    filling.fill_waiting()
    with as_owner():
        for record in people.values():
            cite(record, ReimbursementLine.objects.get(record_id=record, line_key="old"))
        rows("UPDATE records_reimbursementline SET occurred_on = %s WHERE line_key = 'old'"
             " RETURNING 1", days_ago(800))  # fmt: skip
    ClaimLine.objects.filter(line_id="old").update(care_start=days_ago(800))


def test_an_old_line_that_a_synthesis_keeps_is_no_reason_to_work_anything_out(
    people, as_owner, monkeypatch
):
    grown_old(people, as_owner)
    ClaimLine.objects.filter(line_id="A").update(**digested(quantity=2))
    ask_all(people, as_owner)
    monkeypatch.setattr(sets, "assign_episodes", lambda *_: pytest.fail("worked out again"))

    assert not filling.fill_waiting()

    for record in people.values():
        assert {name: line[0] for name, line in lines_of(record).items()} == {"old": 1, "A": 2}
    done = Filling.objects.filter(state="done").values_list("lines", "older_lines")
    assert set(done.order_by("-finished_at")[: len(PEOPLE)]) == {(1, 1)}


def test_an_old_line_that_is_dated_anew_is_still_of_the_care_it_was_of(people, as_owner):
    """A mask on that care covers it still."""
    grown_old(people, as_owner, **VISIT, prescribed_on=None)
    old = ReimbursementLine.objects.filter(line_key="old").order_by("id")
    care = [line.episodes[0] for line in old]
    ClaimLine.objects.filter(line_id="old").update(**digested(care_start=days_ago(40)))
    ask_all(people, as_owner)

    assert not filling.fill_waiting()

    assert {line.occurred_on for line in old.all()} == {days_ago(40)}
    assert [line.episodes[0] for line in old.all()] == care


def test_an_old_line_is_of_no_care_of_today(people, as_owner):
    """By one reference, or as if all were worked out: it is told with nothing that comes."""
    ordered = {"prescription_ref": "O1", "prescriber_name": "Dr Ferrand"}
    grown_old(people, as_owner, **ordered, prescribed_on=days_ago(721))
    old = ReimbursementLine.objects.filter(line_key="old").order_by("id")
    before = [line.episodes for line in old]
    for nir in PEOPLE:
        claim("more", key(nir), prescription_ref="O1", care_start=days_ago(10), prescribed_on=None)
    ask_all(people, as_owner)

    assert not filling.fill_waiting()

    assert [line.episodes for line in old.all()] == before
    more = ReimbursementLine.objects.filter(line_key="more")
    assert {len(line.episodes) for line in more} == {1}


def test_a_line_more_is_linked_without_working_the_others_out(people, as_owner, monkeypatch):
    """Beside other numbers; what it is told with is told with it."""
    dated = {"care_start": days_ago(10), "prescriber_name": "Dr Ferrand"}
    for nir in PEOPLE:
        claim("far", key(nir), care_start=days_ago(90))
        claim("near", key(nir), **dated)
    ask_all(people, as_owner)
    filling.fill_waiting()
    for nir in PEOPLE:
        more = {"performer_rpps": DOCTORS[0], "performer_name": "Dr Ferrand", **VISIT}
        claim("more", key(nir), care_start=days_ago(10), **more)
    ClaimLine.objects.filter(line_id="far").update(**digested(quantity=2))
    ask_all(people, as_owner)
    monkeypatch.setattr(sets, "assign_episodes", lambda *_: pytest.fail("worked out again"))
    read = read_again(monkeypatch)

    assert not filling.fill_waiting()

    assert read == [days_ago(10)] * len(PEOPLE)
    for record in people.values():
        assert {name: line[0] for name, line in lines_of(record).items()} == {
            "far": 2, "near": 1, "more": 1,
        }  # fmt: skip
        found = dict(ReimbursementLine.objects.filter(record_id=record).values_list(
            "line_key", "episodes"))  # fmt: skip
        assert set(found["near"]) == set(found["more"])
        assert len(found["near"]) == 2
        assert set(found["far"]).isdisjoint(found["more"])
    events = rows("SELECT act, shown, count(*) FROM access_journalevent GROUP BY 1, 2 ORDER BY 2")
    assert events == [("filled", 2, len(PEOPLE)), ("filled", 3, len(PEOPLE))]


def read_again(monkeypatch):
    """The days of care of the lines that records had, as they are read."""
    days = []

    def care_line(values, **how):
        line = read_line(values, **how)
        days.append(line.care_start)
        return line

    monkeypatch.setattr(growing, "care_line", care_line)
    return days


def test_what_says_the_same_as_what_is_near_is_read_too_and_every_stay(
    people, as_owner, monkeypatch
):
    stay = {"section": "HOSP", "code_system": "GHS", "code": "9605", "atc": ""}
    for nir in PEOPLE[:2]:
        claim("near", key(nir), care_start=days_ago(10), prescribed_on=days_ago(60))
        claim("same", key(nir), care_start=days_ago(60))
        claim("named", key(nir), care_start=days_ago(150), prescription_ref="O1")
        claim("stay", key(nir), care_start=days_ago(200), **stay)
        claim("far", key(nir), care_start=days_ago(300))
        claim("taken", key(nir), care_start=days_ago(10))
    ask_all(people, as_owner)
    filling.fill_waiting()
    ClaimLine.objects.filter(line_id="taken").update(**digested(cancelled=True))
    ask_all(people, as_owner)
    filling.fill_waiting()
    ClaimLine.objects.filter(line_id="taken").delete()
    for nir in PEOPLE[:2]:
        claim("new", key(nir), care_start=days_ago(10), prescription_ref="O1")
    ask_all(people, as_owner)
    read = read_again(monkeypatch)

    filling.fill_waiting()

    assert sorted(read, reverse=True) == [
        day for days in (10, 60, 150, 200) for day in [days_ago(days)] * 2
    ]


def test_a_line_that_was_taken_back_and_sent_again_is_there_once(people, as_owner):
    for nir in PEOPLE:
        claim("A", key(nir))
        claim("B", key(nir))
    for cancelled in (False, True, False):
        told = digested(cancelled=cancelled, quantity=1 + cancelled)
        ClaimLine.objects.filter(line_id="B").update(**told)
        ask_all(people, as_owner)
        assert not filling.fill_waiting()

        state = "cancelled" if cancelled else ""
        for record in people.values():
            assert lines_of(record)["B"][2] == state


def test_new_tables_work_everything_out_again(people, as_owner, monkeypatch):
    claim("A", key(PEOPLE[0]))
    ask_all(people, as_owner)
    filling.fill_waiting()
    rows("UPDATE records_reimbursementline SET categories = 64 RETURNING 1")
    ask_all(people, as_owner)
    monkeypatch.setattr(settled, "rules_digest", lambda: b"of another release")

    filling.fill_waiting()

    assert ReimbursementLine.objects.get().categories == 0


def test_one_that_goes_wrong_holds_nobody_back(people, as_owner, monkeypatch):
    for nir in PEOPLE:
        claim("A", key(nir))
    ask_all(people, as_owner)
    bad = people[PEOPLE[2]]
    work_out = sets.care_lines

    def failing(record_id, *rest):
        if record_id == bad:
            raise ZeroDivisionError
        return work_out(record_id, *rest)

    monkeypatch.setattr(sets, "care_lines", failing)

    # One by one: on a machine busy with other things, longer than a round lasts.
    assert not filling.fill_waiting(seconds=60)

    states = dict(Filling.objects.values_list("record_id", "state"))
    assert states.pop(bad) == "waiting"
    assert set(states.values()) == {"done"}
    assert len(rows("SELECT FROM access_journalevent")) == len(PEOPLE) - 1
    monkeypatch.undo()
    assert not filling.fill_waiting(seconds=60)
    assert set(lines_of(bad)) == {"A"}


def test_a_record_somebody_writes_on_is_left_for_later_and_nobody_waits(people, as_owner):
    ask_all(people, as_owner)
    busy = people[PEOPLE[1]]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            turn = [f"episodes {busy}"]
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", turn)
        assert filling.fill_waiting(seconds=0)
    finally:
        other.close()
    states = dict(Filling.objects.values_list("record_id", "state"))
    assert (states.pop(busy), set(states.values())) == ("waiting", {"done"})

    assert not filling.fill_waiting()
    assert {row.state for row in Filling.objects.all()} == {"done"}


def test_whoever_stands_at_a_counter_goes_before_the_rounds(settings):
    """The broker gives a round out only when nothing else waits."""
    queue = f"order {uuid.uuid4()}"
    rounds = settings.CELERY_BEAT_SCHEDULE["imports.sweep"]["options"]
    current_app.send_task("imports.sweep", queue=queue, **rounds)
    current_app.send_task("imports.fill", [str(uuid.uuid4())], queue=queue)

    with current_app.connection_for_read() as broker:
        given = [broker.default_channel.basic_get(queue, no_ack=True) for _ in range(2)]

    assert [each.headers["task"] for each in given] == ["imports.fill", "imports.sweep"]


def test_a_set_asks_as_often_as_one_record_does(people, as_owner):
    for nir in PEOPLE:
        claim("before", key(nir))
    ask_all(people, as_owner)
    filling.fill_waiting()
    counts = set()
    for records in (1, len(PEOPLE)):
        for nir in PEOPLE[:records]:
            claim(f"of {records}", key(nir))
        with as_owner():
            for nir in PEOPLE[:records]:
                ask(people[nir])
        counts.add(_counted(filling.fill_waiting))
    assert len(counts) == 1


def _counted(work):
    statements = []

    def count(execute, *rest):
        statements.append(1)
        return execute(*rest)

    with connection.execute_wrapper(count):
        work()
    return len(statements)
