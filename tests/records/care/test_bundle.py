"""What goes with an element being hidden, and what stays guessable."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, strategies as st

from records.care.bundle import SynthesisFact, bundle_of, still_guessable
from records.care.episodes import assign_episodes
from tests.records.care.making import (
    CLINIC,
    HOSPITAL,
    a_document,
    a_garnier_visit,
    a_medicine,
    a_stay,
    a_test,
    a_transport,
    a_visit,
    by_garnier,
    by_petit,
    day,
)
from tests.records.care.worlds import DOCUMENTS, HISTORIES, with_episodes


MENTAL_HEALTH = 1

LETTER = a_document("2026-10-10", categories=MENTAL_HEALTH)
VISIT = a_garnier_visit("2026-10-09", categories=MENTAL_HEALTH)
SERTRALINE = {"atc": "N06AB06", "label": "Sertraline 50 mg", "categories": MENTAL_HEALTH}
FIRST_BOX = a_medicine("2026-10-09", **SERTRALINE, **by_garnier("2026-10-09"))
SECOND_BOX = a_medicine("2026-11-06", **SERTRALINE, **by_garnier("2026-10-09"))
BLOOD = a_test("2026-10-12", **by_garnier("2026-10-09"))
TAXI = a_transport("2026-10-09")
ORDONNANCE = a_document("2026-10-09", type_code="57833-6")
AT_PETIT = a_visit("2026-10-20")
FROM_PETIT = a_medicine("2026-10-20", **by_petit("2026-10-20"))
STORY = [VISIT, FIRST_BOX, SECOND_BOX, BLOOD, TAXI, AT_PETIT, FROM_PETIT]


def test_a_psychiatric_letter_takes_its_visit_boxes_blood_test_and_taxi_along():
    found = bundle_of(LETTER.id, STORY, [LETTER, ORDONNANCE])

    assert {item.id: item.reason.value for item in found} == {
        VISIT.id: "claim_line",
        FIRST_BOX.id: "dispensing",
        SECOND_BOX.id: "dispensing",
        BLOOD.id: "laboratory",
        TAXI.id: "transport",
        ORDONNANCE.id: "prescription",
    }


def test_any_element_of_the_care_finds_the_same_care():
    everything = {VISIT.id, FIRST_BOX.id, SECOND_BOX.id, BLOOD.id, TAXI.id, LETTER.id}

    for chosen in everything:
        found = bundle_of(chosen, STORY, [LETTER])
        assert {item.id for item in found} | {chosen} == everything


def test_the_bundle_is_told_from_the_earliest_and_says_who_prescribed():
    found = bundle_of(VISIT.id, [VISIT, SECOND_BOX, FIRST_BOX], [])

    assert [item.id for item in found] == [FIRST_BOX.id, SECOND_BOX.id]
    assert dict(found[0].phrase.values) == {"on": day("2026-10-09"), "name": "Dr Garnier"}


def test_hiding_a_stay_leaves_what_the_doctor_in_town_had_ordered():
    stay = a_stay("2026-06-29", "2026-07-04")
    ordered = {"prescription_ref": "P20", **by_petit("2026-06-29"), "prescriber_finess": CLINIC}
    visit = a_visit("2026-06-29", code="VG", prescription_ref="P20")
    medicine, blood = a_medicine("2026-06-30", **ordered), a_test("2026-06-30", **ordered)
    on_the_ward = a_test("2026-07-01", prescriber_finess=HOSPITAL, prescribed_on="2026-07-01")
    lines = [stay, visit, medicine, blood, on_the_ward]

    assert {item.id for item in bundle_of(stay.id, lines, [])} == {on_the_ward.id}
    assert {item.id for item in bundle_of(visit.id, lines, [])} == {medicine.id, blood.id}


def test_lines_of_the_synthesis_that_cite_the_care_go_with_it():
    citing = SynthesisFact(UUID(int=2**80 + 1), frozenset({SECOND_BOX.id}))
    other = SynthesisFact(UUID(int=2**80 + 2), frozenset({FROM_PETIT.id}))

    found = bundle_of(LETTER.id, STORY, [LETTER], [other, citing])

    assert found[-1].id == citing.id
    assert found[-1].reason.value == "synthesis"
    assert other.id not in {item.id for item in found}


def test_the_record_of_a_delivery_is_told_as_one():
    given_out = a_document("2026-10-09", type_code="60593-1", author_name="Dr Garnier")

    (found,) = bundle_of(VISIT.id, [VISIT], [given_out])

    assert found.reason.value == "dispensing"


def test_what_the_person_may_not_see_has_no_bundle():
    assert bundle_of(UUID(int=404), STORY, [LETTER]) == ()


def test_an_element_alone_has_nothing_with_it():
    assert bundle_of(AT_PETIT.id, [AT_PETIT], []) == ()


class TestGuesses:
    def test_the_same_substance_from_someone_else(self):
        renewal = a_medicine("2026-12-01", **SERTRALINE, **by_petit("2026-12-01"))

        (found,) = still_guessable({FIRST_BOX.id}, [FIRST_BOX, renewal, FROM_PETIT], [])

        assert (found.reason.value, found.atc, found.ids) == (
            "same_substance",
            "N06AB06",
            (renewal.id,),
        )
        assert dict(found.phrase.values) == {"count": 1, "name": "Sertraline 50 mg"}

    def test_the_same_sensitive_category(self):
        other = a_medicine("2026-12-01", atc="N05BA12", categories=MENTAL_HEALTH | 8)

        (found,) = still_guessable({LETTER.id}, [other, FROM_PETIT], [LETTER])

        assert (found.reason.value, found.category, found.ids) == (
            "same_category",
            MENTAL_HEALTH,
            (other.id,),
        )

    def test_every_category_of_what_is_hidden_counts(self):
        methadone = a_medicine("2026-10-09", atc="N07BC02", categories=1 | 8)
        letter = a_document("2026-12-01", categories=8)
        genetics = a_test("2026-12-01", categories=16)

        (found,) = still_guessable({methadone.id}, [methadone, genetics], [letter])

        assert (found.category, found.atc, found.ids) == (8, "", (letter.id,))

    def test_each_element_is_told_once(self):
        renewal = a_medicine("2026-12-01", **SERTRALINE)

        found = still_guessable({FIRST_BOX.id}, [FIRST_BOX, renewal], [])

        assert [guess.ids for guess in found] == [(renewal.id,)]

    def test_nothing_is_left_when_all_is_hidden(self):
        assert still_guessable({FIRST_BOX.id, VISIT.id}, [FIRST_BOX, VISIT, AT_PETIT], []) == ()

    def test_what_is_neither_sensitive_nor_alike_gives_nothing_away(self):
        assert still_guessable({AT_PETIT.id}, [AT_PETIT, FROM_PETIT, FIRST_BOX], []) == ()


@given(HISTORIES, DOCUMENTS, st.data())
def test_a_bundle_rests_on_nothing_the_person_may_not_see(lines, documents, data):
    """Stored episodes know hidden elements; the bundle must not tell what they tied together."""
    stored = assign_episodes(UUID(int=1), lines, documents)
    lines = with_episodes(lines, stored)
    documents = with_episodes(documents, stored)
    seen = [line for line in lines if data.draw(st.booleans())]
    if not seen:
        return
    chosen = data.draw(st.sampled_from(seen)).id

    with_trace = bundle_of(chosen, seen, documents[:1])
    without = bundle_of(
        chosen, [_fresh(one) for one in seen], [_fresh(one) for one in documents[:1]]
    )

    assert with_trace == without
    assert {item.id for item in with_trace} <= {one.id for one in (*seen, *documents[:1])}


def _fresh(element):
    return element._replace(episodes=())
