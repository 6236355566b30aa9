"""What holds of events whatever the history."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, strategies as st

from records.care.events import care_events
from tests.records.care.making import a_visit
from tests.records.care.worlds import HISTORIES


@given(HISTORIES)
def test_every_line_is_in_exactly_one_event(lines):
    told = [line_id for event in care_events(lines) for line_id in event.line_ids]

    assert sorted(told) == sorted(line.id for line in lines)


@given(HISTORIES)
def test_every_line_of_an_event_is_in_exactly_one_of_its_items(lines):
    for event in care_events(lines):
        told = [line_id for item in event.items for line_id in item.line_ids]
        assert sorted(told) == sorted(event.line_ids)


@given(HISTORIES)
def test_no_two_events_share_an_identifier(lines):
    events = care_events(lines)

    assert len({event.id for event in events}) == len(events)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)

    assert care_events(shuffled) == care_events(lines)


@given(HISTORIES, st.data())
def test_events_of_the_visible_lines_say_nothing_of_the_others(lines, data):
    hidden = {line.id for line in lines if data.draw(st.booleans())}
    events = care_events([line for line in lines if line.id not in hidden])
    visible = [line for line in lines if line.id not in hidden]

    told = repr(events)
    for line in lines:
        if line.id in hidden:
            # Labels are unique to their line, so that any trace of it would show.
            assert line.label not in told
            assert repr(line.id) not in told
    days = {line.care_start for line in visible} | {line.care_end for line in visible}
    assert {event.occurred_on for event in events} <= days
    assert {event.until for event in events} <= days
    names = {line.performer_name for line in visible} | {line.prescriber_name for line in visible}
    assert {party.name for event in events for party in event.people} <= names


@given(HISTORIES)
def test_an_unrelated_line_leaves_the_other_events_as_they_were(lines):
    stranger = a_visit(
        "2027-12-01", id=UUID(int=2**70), performer_name="Dr Nul Autre", performer_key=None
    )

    before = care_events(lines)
    after = care_events([*lines, stranger])

    assert [event for event in after if stranger.id not in event.line_ids] == list(before)


@given(HISTORIES)
def test_a_total_is_the_sum_of_its_lines_or_nothing(lines):
    cents = {line.id: line.reimbursed_cents for line in lines}
    for event in care_events(lines):
        amounts = [cents[line_id] for line_id in event.line_ids]
        expected = None if None in amounts else sum(amounts)
        assert event.reimbursed_cents == expected
