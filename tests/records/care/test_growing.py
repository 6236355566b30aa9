"""New lines, asked of what is around them alone, come to what asking all elements would say."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given, settings, strategies as st

from records.care.episodes import assign_episodes
from records.care.growing import asked_for, assign_new
from tests.records.care.making import (
    GARNIER,
    a_garnier_visit,
    a_medicine,
    a_stay,
    a_transport,
    a_visit,
    by_garnier,
    by_petit,
)
from tests.records.care.worlds import DOCUMENTS, FIRST_DAY, HISTORIES, PEOPLE, with_episodes


RECORD = UUID(int=0xD0)
DAY = date(2026, 9, 20)


def settled(lines, documents=()):
    """Elements as they are once all were asked."""
    found = assign_episodes(RECORD, lines, documents)
    return with_episodes(lines, found), with_episodes(documents, found)


def episodes_of(elements, found):
    kept = {one.id: one.episodes for one in elements}
    return kept | {key: membership.episodes for key, membership in found.items()}


def asked_of(lines, new, documents):
    """Those of all lines that are asked for, and what says the same: as the worker reads them."""
    asked = asked_for(RECORD, new, documents)

    def near(line, first, last, said):
        days = [day for day in (line.care_start, line.prescribed_on) if day]
        return line.prescription_ref in said or any(first <= day <= last for day in days)

    first = [
        line
        for line in lines
        if line.section != "HOSP" and near(line, asked.first, asked.last, asked.said)
    ]
    days = [day for line in first for day in (line.care_start, line.prescribed_on) if day]
    said = {line.prescription_ref for line in first} - {""}
    return [
        line
        for line in lines
        if near(line, asked.first, asked.last, asked.said)
        or (days and near(line, min(days), max(days), said))
        or not asked.told.isdisjoint({line.care_start, line.prescribed_on})
        or not line.episodes
        or line.episodes[0] in asked.opened
        or line.section in {"HOSP", "TRANSP"}
    ]


@settings(max_examples=200)
@given(HISTORIES, DOCUMENTS, st.data())
def test_what_is_around_says_as_much_as_everything(lines, documents, data):
    """Whatever came first, was corrected and came since."""
    wide = data.draw(st.sampled_from([0, 3]))
    lines = [
        line._replace(
            care_start=line.care_start + (line.care_start - FIRST_DAY) * wide,
            care_end=line.care_end + (line.care_start - FIRST_DAY) * wide,
        )
        for line in lines
        if line.section != "TRANSP" and (line.section != "HOSP" or data.draw(st.booleans()))
    ]
    assume(lines)
    count = data.draw(st.integers(0, len(lines) - 1))
    had, new = lines[:count], lines[count : count + data.draw(st.integers(1, 3))]
    had, documents = settled(had, documents)
    for place in data.draw(st.sets(st.integers(0, count - 1), max_size=2)) if count else ():
        key, name, _ = data.draw(PEOPLE)
        had[place] = had[place]._replace(prescriber_key=key, prescriber_name=name)
    had, documents = settled(had, documents)

    found = assign_new(RECORD, new, had, documents)

    assert assign_new(RECORD, new, asked_of(had, new, documents), documents) == found
    if found is not None:
        everything = assign_episodes(RECORD, [*had, *new], documents)
        assert episodes_of([*had, *documents], found) == episodes_of([], everything)


def test_what_is_far_is_not_asked():
    (far, near), _ = settled([a_garnier_visit("2026-01-09"), a_garnier_visit("2026-10-09")])
    medicine = a_medicine("2026-10-10", **by_garnier("2026-10-09"))

    found = assign_new(RECORD, [medicine], [far, near], [])

    assert set(found) == {near.id, medicine.id}
    assert found[medicine.id].episodes == near.episodes


def test_what_is_far_and_says_nothing_of_the_kind_is_not_read():
    """Where it says the same day as something near, it is."""
    had, _ = settled([
        a_garnier_visit("2026-01-09"),
        a_garnier_visit("2026-10-09"),
        a_medicine("2026-10-11", prescription_ref="R1", **by_petit("2026-09-20")),
        a_visit("2026-09-20"),
        a_stay("2026-03-01", "2026-03-04"),
    ])  # fmt: skip
    new = a_medicine("2026-10-10", **by_garnier("2026-10-09"))

    assert asked_of(had, [new], []) == had[1:]


def test_what_is_near_is_asked_by_day_by_prescription_and_by_stay():
    """One new line each, and what it must be told with however far the rest is."""
    visit = a_garnier_visit("2026-10-09")
    nameless = {"prescriber_name": "Dr Garnier", "prescribed_on": "2026-10-09"}
    pairs = [
        (visit, a_garnier_visit("2026-10-11")),
        (a_medicine("2026-11-20", **nameless), visit),
        (visit, a_medicine("2026-11-20", **nameless)),
        (
            a_medicine("2026-10-09", prescription_ref="R1", **by_petit("2026-10-09")),
            a_medicine("2026-11-20", prescription_ref="R1"),
        ),
        (a_stay("2026-09-01", "2026-10-20"), visit),
    ]
    for had, new in pairs:
        (stored,), _ = settled([had])
        everything = assign_episodes(RECORD, [stored, new], [])
        assert everything[had.id].own in everything[new.id].episodes

        found = assign_new(RECORD, [new], [stored], [])

        assert episodes_of([stored], found) == episodes_of([], everything)


def test_what_shares_an_opening_with_what_is_near_is_asked_too():
    """A key it carries from elsewhere goes with the new line, however far it is itself."""
    ordered = by_petit("2026-09-20")
    near = a_medicine("2026-09-21", prescription_ref="R1", **ordered)
    wrong = a_medicine("2026-11-20", **by_garnier("2026-11-20"))
    (near, far), _ = settled([near, wrong])
    (near, far), _ = settled([near, far._replace(**ordered | {"prescribed_on": DAY})])
    new = a_medicine("2026-10-08", prescription_ref="R1")
    assert far.episodes[0] in assign_episodes(RECORD, [near, far, new], [])[new.id].episodes

    assert assign_new(RECORD, [new], [near, far], []) is None


@pytest.mark.parametrize("reference", ["", "R1"])
def test_an_episode_opened_by_what_was_corrected_is_asked_of_all(reference):
    """Its key goes with the others that are now told with it, however far."""
    wrong = a_medicine("2026-10-09", prescription_ref=reference, **by_garnier("2026-10-09"))
    (stored,), _ = settled([wrong])
    right = stored._replace(**{**by_petit("2026-10-01"), "prescribed_on": stored.care_start})
    (right, petit), _ = settled([right, a_visit("2026-10-09")])

    for new in (a_garnier_visit("2026-10-09"), a_medicine("2026-10-12", **by_petit("2026-10-09"))):
        assert assign_new(RECORD, [new], [right, petit], []) is None


def test_a_key_that_another_care_carries_far_off_is_asked_of_all():
    wrong = a_medicine("2026-10-09", **by_garnier("2026-10-09"))
    (stored,), _ = settled([wrong])
    moved = {"care_start": stored.care_start - timedelta(days=90)}
    moved["prescribed_on"] = moved["care_end"] = moved["care_start"]
    (corrected,), _ = settled([stored._replace(**moved)])
    came = a_garnier_visit("2026-10-09")

    assert corrected.prescriber_key == GARNIER
    assert assign_new(RECORD, [came], [corrected], []) is None


def test_stays_that_come_and_transports_are_asked_of_all():
    (visit,), _ = settled([a_garnier_visit("2026-10-09")])
    (taxi,), _ = settled([a_transport("2026-03-01")])

    assert assign_new(RECORD, [a_stay("2026-10-09", "2026-10-11")], [visit], []) is None
    assert assign_new(RECORD, [a_transport("2026-10-09")], [visit], []) is None
    assert assign_new(RECORD, [a_medicine("2026-10-09")], [visit, taxi], []) is None
    assert assign_new(RECORD, [a_medicine("2026-10-09")], [visit], []) is not None


def test_what_was_never_told_with_the_rest_is_asked_of_all():
    assert assign_new(RECORD, [a_medicine("2026-10-09")], [a_visit("2026-10-09")], []) is None
