"""A record holds what the store says of its person for 24 months, however often it is filled."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access.journal import chain_is_whole
from imports import filling
from records.identifiers import professional_key
from records.models import (
    Document,
    Filling,
    ReimbursementLine,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from tests.imports.persons import (
    BORN,
    LONG_AGO,
    OTHER_NIR,
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


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


@pytest.fixture
def record(as_owner):
    with as_owner():
        return make_record()


def again(record, as_owner):
    with as_owner():
        ask(record)
    assert filling.fill(record)


def events(record):
    return rows(
        "SELECT act, actor_name, shown FROM access_journalevent WHERE record_id = %s", record
    )


def test_lines_of_the_last_24_months_arrive_and_one_event_says_how_many(record):
    claim("A")
    claim("B", care_start=days_ago(700))
    claim("C", care_start=days_ago(800))

    assert filling.fill(record)

    assert set(lines_of(record)) == {"A", "B"}
    assert events(record) == [("filled", "worker", 2)]
    assert chain_is_whole(record)
    done = Filling.objects.get(record_id=record)
    assert (done.state, done.lines, done.older_lines) == ("done", 2, 1)


TOLD = {
    "care_end": days_ago(29), "section": "RADIO", "code_system": "CCAM", "code": "ZBQK002",
    "label": 'Dit "radio" \\ été', "quantity": 7, "unpacked": True, "prescribed_on": days_ago(40),
    "prescription_ref": "O{1},2", "prescriber_name": "NULL", "prescriber_specialty": "01",
    "prescriber_finess": "750000001", "performer_kind": "person", "performer_name": "Dr Petit",
    "performer_specialty": "06", "performer_finess": "750000002", "atc": "V08", "paid_cents": 11,
    "base_cents": 12, "reimbursed_cents": 13, "rate_pct": 14, "flow_date": days_ago(4),
    "digest": bytes(range(32)),
}  # fmt: skip


def test_each_column_of_a_line_says_what_was_sent_under_its_name(record):
    numbers = {"prescriber_rpps": "10001234565", "performer_rpps": "10100997245"}
    claim("A", **TOLD, **numbers, scheme="rural")

    filling.fill(record)

    line = ReimbursementLine.objects.get(record_id=record)
    kept = {name: getattr(line, name) for name in TOLD} | {"digest": bytes(line.digest)}
    assert kept == TOLD
    assert (line.scheme, line.line_key, line.occurred_on) == ("rural", "A", days_ago(30))
    assert line.prescriber_id == professional_key("10001234565")
    assert line.performer_id == professional_key("10100997245")


def test_the_first_day_of_the_window_is_the_same_day_two_years_before(record):
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=1))).date()
    first = today.replace(year=today.year - 2, day=min(today.day, 28))
    claim("in", care_start=first)
    claim("out", care_start=first - dt.timedelta(days=3))

    filling.fill(record)

    assert set(lines_of(record)) == {"in"}


def test_a_second_filling_changes_nothing_and_is_not_told(record, as_owner):
    claim("A")
    claim("B")
    filling.fill(record)
    before = rows("SELECT xmin, ctid, id FROM records_reimbursementline ORDER BY id")

    again(record, as_owner)

    assert rows("SELECT xmin, ctid, id FROM records_reimbursementline ORDER BY id") == before
    assert len(events(record)) == 1


def test_what_is_worked_out_again_is_no_news_from_the_fund(record, as_owner):
    """New tables of codes, a letter of the same care: the journal says nothing of it."""
    claim("A")
    filling.fill(record)
    changed = "UPDATE records_reimbursementline SET categories = 64, pays_for = '' RETURNING 1"
    rows(changed)

    again(record, as_owner)

    line = ReimbursementLine.objects.get()
    assert (line.categories, line.pays_for) == (0, "60593-1")
    assert len(events(record)) == 1


def test_nothing_waits_nothing_is_done(record):
    assert filling.fill(record)
    assert not filling.fill(record)


def test_an_empty_history_is_filled_too_and_told_once(record):
    filling.fill(record)

    assert events(record) == [("filled", "worker", 0)]
    assert Filling.objects.get().older_lines == 0


def test_another_person_s_lines_stay_where_they_are(record):
    claim("mine")
    claim("theirs", key(OTHER_NIR))

    filling.fill(record)

    assert set(lines_of(record)) == {"mine"}


def test_a_birth_date_that_does_not_match_is_set_aside(record):
    claim("A")
    claim("B", birth_date=BORN.replace(day=15))
    claim("C", birth_date=BORN.replace(day=15), care_start=days_ago(800))

    filling.fill(record)

    assert set(lines_of(record)) == {"A"}
    done = Filling.objects.get()
    assert (done.set_aside, done.older_lines) == (1, 0)  # their care from before isn't hers either


def test_every_live_identifier_counts_and_a_line_known_under_two_counts_once(record, as_owner):
    with as_owner():
        identify(record, f"{OTHER_NIR}:1", "nir:rank")
    claim("A", flow_date=days_ago(9), label="old")
    child = key(f"{OTHER_NIR}:1", "nir:rank")
    claim("A", child, flow_date=days_ago(2), label="new")
    claim("B", child)

    filling.fill(record)

    assert set(lines_of(record)) == {"A", "B"}
    assert ReimbursementLine.objects.get(line_key="A").label == "new"


def test_a_cancelled_line_leaves_and_comes_back_as_the_same_element(record, as_owner):
    line = claim("A")
    filling.fill(record)
    first = ReimbursementLine.objects.get(line_key="A").id
    rows("UPDATE imports_claimline SET cancelled = true RETURNING 1")

    again(record, as_owner)
    assert lines_of(record) == {"A": (1, 1000, "cancelled")}

    rows("UPDATE imports_claimline SET cancelled = false RETURNING 1")
    again(record, as_owner)
    back = ReimbursementLine.objects.get(line_key="A")
    assert (back.id, back.withdrawn_at, back.withdrawn_reason) == (first, None, "")
    assert back.corrected_at is not None  # whoever saw it go is told that it is there
    assert [event[2] for event in events(record)] == [1, 0, 1]
    assert line.line_id == "A"


def test_a_correction_says_when_and_whether_it_is_of_the_price_alone(record, as_owner):
    for number in ("same", "price", "care", "late"):
        claim(number)
    filling.fill(record)
    change = (
        "UPDATE imports_claimline SET digest = sha256(digest), {} WHERE line_id = %s RETURNING 1"
    )
    rows(change.format("reimbursed_cents = 1"), "price")
    rows(change.format("label = 'Doliprane 500 mg'"), "care")
    rows(change.format("flow_date = flow_date + 1"), "late")

    again(record, as_owner)

    found = rows(
        "SELECT line_key, corrected_at IS NOT NULL, price_corrected_at IS NOT NULL"
        " FROM records_reimbursementline ORDER BY 1"
    )
    assert found == [
        ("care", True, False), ("late", False, False), ("price", False, True),
        ("same", False, False),
    ]  # fmt: skip


def cite(record, element):
    synthesis = Synthesis.objects.create(
        record_id=record, number=1, author_id=uuid.uuid4(), author_name="Dr Exemple",
        signed_at=LONG_AGO,
    )  # fmt: skip
    line = SynthesisLine.objects.create(
        record_id=record, synthesis=synthesis, section="treatments", position=1, text="-",
        occurred_on=LONG_AGO.date(), type_code="SYNTH", created_at=LONG_AGO,
    )  # fmt: skip
    SynthesisSource.objects.create(record_id=record, line=line, kind="line", element_id=element.id)


def test_a_cancelled_line_that_a_synthesis_rests_on_is_withdrawn(record, as_owner):
    claim("A")
    filling.fill(record)
    element = ReimbursementLine.objects.get()
    with as_owner():
        cite(record, element)
    rows("UPDATE imports_claimline SET cancelled = true RETURNING 1")

    again(record, as_owner)

    element.refresh_from_db()
    assert element.withdrawn_at is not None
    assert element.withdrawn_reason == "cancelled"

    rows("UPDATE imports_claimline SET cancelled = false RETURNING 1")
    again(record, as_owner)
    element.refresh_from_db()
    assert (element.withdrawn_at, element.withdrawn_reason) == (None, "")


def test_a_line_that_grows_older_than_the_window_leaves_unless_a_synthesis_rests_on_it(
    record, as_owner
):
    claim("A", care_start=days_ago(720))
    claim("B", care_start=days_ago(720))
    filling.fill(record)
    with as_owner():
        cite(record, ReimbursementLine.objects.get(line_key="B"))
        long_ago = days_ago(800)
        rows("UPDATE records_reimbursementline SET occurred_on = %s RETURNING 1", long_ago)
        rows("UPDATE imports_claimline SET care_start = %s RETURNING 1", long_ago)

    again(record, as_owner)

    assert lines_of(record) == {"B": (1, 1000, "")}


def test_a_long_term_illness_is_a_line_of_its_own_section(record):
    illness("E11.9", dt.date(2009, 5, 1), label="Diabète de type 2")
    illness("C50", dt.date(2001, 1, 1), until=dt.date(2006, 1, 1))

    filling.fill(record)

    line = ReimbursementLine.objects.get()
    assert (line.section, line.code_system, line.code) == ("ALD", "CIM10", "E11.9")
    assert (line.type_code, line.pays_for) == ("REMB", "PROT_ALD")
    assert (line.occurred_on, line.label) == (dt.date(2009, 5, 1), "Diabète de type 2")
    assert (line.author_id, line.categories) == (None, 0)
    assert len(line.episodes) == 1


def test_an_illness_that_ended_longer_ago_than_the_window_goes_by_itself_and_untold(
    record, as_owner
):
    """Nobody took it back: it grew old, as care does; one the fund takes back is told."""
    illness("C50", dt.date(2001, 1, 1), until=days_ago(700))
    illness("E11.9", dt.date(2009, 5, 1))
    illness("I10", dt.date(2010, 5, 1))
    filling.fill(record)
    assert filling.roll() == 0
    aged = "UPDATE imports_claimillness SET until = %s WHERE icd10 = 'C50' RETURNING 1"
    rows(aged, days_ago(740))
    rows(
        "UPDATE records_filling SET finished_at = %s RETURNING 1",
        dt.datetime.now(dt.UTC) - dt.timedelta(days=30),
    )

    assert filling.roll() == 1
    rows("DELETE FROM imports_claimillness WHERE icd10 = 'I10' RETURNING 1")
    assert filling.fill(record)

    told = "SELECT code, withdrawn_reason FROM records_reimbursementline ORDER BY 1"
    assert rows(told) == [("E11.9", ""), ("I10", "cancelled")]
    assert filling.roll() == 0


def test_the_newest_word_on_an_illness_counts_also_where_it_says_that_it_is_over(record, as_owner):
    with as_owner():
        identify(record, OTHER_NIR)
    illness("C50", dt.date(2001, 1, 1), flow_date=days_ago(60))
    illness("C50", dt.date(2001, 1, 1), key(OTHER_NIR), until=dt.date(2006, 1, 1))

    filling.fill(record)

    assert ReimbursementLine.objects.count() == 0


def test_a_psychiatric_illness_is_of_psychiatry_before_any_other(record):
    illness("F20", dt.date(2020, 5, 1), label="Schizophrénie")

    filling.fill(record)

    line = ReimbursementLine.objects.get()
    assert (line.pays_for, line.categories) == ("68599-0", 1)


def test_a_declared_doctor_is_proposed_and_what_was_answered_stays(record, as_owner):
    declared_doctor("10001234565", dt.date(2019, 1, 1))
    filling.fill(record)
    rows("UPDATE records_doctorproposal SET dismissed_at = now() RETURNING 1")
    rows("UPDATE imports_claimdoctor SET until = %s RETURNING 1", days_ago(1))

    again(record, as_owner)

    found = rows("SELECT rpps, until, dismissed_at IS NULL FROM records_doctorproposal")
    assert found == [("10001234565", days_ago(1), False)]


def test_a_line_says_who_what_and_which_care_it_pays_for(record):
    claim(
        "A", section="CARE", code_system="NGAP", code="CS", atc="", label="Consultation",
        performer_kind="person", performer_rpps="10001234565", performer_name="Dr Ferrand",
        performer_specialty="33", prescriber_rpps="",
    )  # fmt: skip

    filling.fill(record)

    line = ReimbursementLine.objects.get()
    # uuid5 of the directory's namespace: the same key wherever the number is met.
    directory = uuid.UUID("5b0a1c38-8f55-5d0e-9f3a-6f0c4f2f7e11")
    assert line.performer_id == uuid.uuid5(directory, "rpps:10001234565")
    assert line.prescriber_id is None
    assert line.author_id is None
    assert (line.type_code, line.pays_for, line.categories) == ("REMB", "68599-0", 1)
    assert line.secret is False
    assert line.withdrawn_at is None


def test_a_medicine_sent_without_its_class_has_that_of_the_tables(record):
    claim("A", atc="")

    assert filling.fill(record)

    assert ReimbursementLine.objects.get().atc == "N02BE01"


def test_a_class_the_tables_learn_is_written_later_and_is_no_correction_of_the_fund(
    record, as_owner
):
    claim("A", atc="")
    claim("B", atc="N02BA01", code="")
    filling.fill(record)
    rows("UPDATE records_reimbursementline SET atc = '' WHERE line_key = 'A' RETURNING 1")
    again(record, as_owner)
    told = (
        "SELECT line_key, atc, corrected_at IS NOT NULL FROM records_reimbursementline ORDER BY 1"
    )
    assert rows(told) == [("A", "N02BE01", False), ("B", "N02BA01", False)]
    assert len(events(record)) == 1

    sent = "UPDATE imports_claimline SET atc = %s, digest = sha256(digest) WHERE line_id = 'B'"
    rows(f"{sent} RETURNING 1", "N02BE01")
    again(record, as_owner)

    assert rows(told) == [("A", "N02BE01", False), ("B", "N02BE01", True)]


def test_a_transport_is_as_sensitive_as_the_care_it_goes_to(record):
    visit = {
        "section": "CARE", "code_system": "NGAP", "code": "CS", "atc": "",
        "performer_kind": "person", "performer_name": "Dr Ferrand", "performer_specialty": "33",
    }  # fmt: skip
    taxi = {
        "section": "TRANSP", "code_system": "LPP", "code": "1102257", "atc": "",
        "performer_name": "Taxi Bleu",
    }  # fmt: skip
    claim("visit", **visit)
    claim("taxi", **taxi)
    claim("other", **taxi, care_start=days_ago(90))

    filling.fill(record)

    found = {line.line_key: line for line in ReimbursementLine.objects.all()}
    assert (found["taxi"].pays_for, found["taxi"].categories) == ("68599-0", 1)
    assert (found["other"].pays_for, found["other"].categories) == ("11488-4", 0)


def test_episodes_are_set_and_a_letter_enters_the_care_whose_claims_come_after_it(
    record, as_owner
):
    doctor = uuid.uuid5(uuid.UUID("5b0a1c38-8f55-5d0e-9f3a-6f0c4f2f7e11"), "rpps:10001234565")
    with as_owner():
        letter = Document.objects.create(
            record_id=record, occurred_on=days_ago(30), type_code="11488-4", title="-",
            class_code="10", author_kind="professional", author_id=doctor,
            author_name="Dr Ferrand", created_at=LONG_AGO,
        )  # fmt: skip
    facts = {"prescriber_rpps": "10001234565", "prescriber_name": "Dr Ferrand"}
    claim(
        "visit", section="CARE", code_system="NGAP", code="G", atc="", performer_kind="person",
        performer_rpps="10001234565", performer_name="Dr Ferrand",
    )  # fmt: skip
    claim("box", **facts)

    filling.fill(record)

    found = {line.line_key: set(line.episodes) for line in ReimbursementLine.objects.all()}
    letter.refresh_from_db()
    assert found["visit"] & found["box"] & set(letter.episodes)


def test_a_failing_record_waits_for_its_next_turn_and_nothing_is_half_written(record, monkeypatch):
    claim("A")
    monkeypatch.setattr("imports.filling.proposing.propose_doctors", lambda _declared: 1 / 0)

    assert not filling.fill(record)

    row = Filling.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert lines_of(record) == {}
    assert events(record) == []
    monkeypatch.undo()
    assert filling.fill(record)
    assert set(lines_of(record)) == {"A"}


def test_a_record_that_ends_the_worker_every_time_is_put_aside(record):
    rows("UPDATE records_filling SET attempts = 30, state = 'running' RETURNING 1")

    assert not filling.fill(record)

    assert Filling.objects.get().state == "failed"


def test_what_waits_is_drained_the_untried_first(as_owner):
    with as_owner():
        records = [make_record(f"28503751150{n:04d}") for n in range(3)]

    assert not filling.fill_waiting()

    assert {row.state for row in Filling.objects.all()} == {"done"}
    assert {row.record_id for row in Filling.objects.all()} == set(records)


def test_the_night_asks_for_records_with_lines_past_the_window(record, as_owner):
    claim("A", care_start=days_ago(720))
    illness("E11.9", dt.date(2009, 5, 1))
    filling.fill(record)
    assert filling.roll() == 0  # an illness is no care that grows old

    with as_owner():
        rows(
            "UPDATE records_reimbursementline SET occurred_on = %s"
            " WHERE section <> 'ALD' RETURNING 1",
            days_ago(800),
        )
    assert filling.roll() == 1
    assert Filling.objects.filter(state="waiting").count() == 1
    assert filling.roll() == 1  # it waits already: still one row
    assert Filling.objects.filter(state="waiting").count() == 1


def test_a_closed_record_is_not_asked_for(record, as_owner):
    filling.fill(record)
    with as_owner():
        rows("UPDATE records_record SET status = 'closed' RETURNING 1")

    assert filling.ask_again([key()]) == 0
