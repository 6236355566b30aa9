"""Which episodes an element belongs to: the published rules, one worked example each."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from records.care.episodes import assign_episodes
from tests.records.care.making import (
    CLINIC,
    GARNIER,
    HOSPITAL,
    MARTIN,
    PETIT,
    a_document,
    a_garnier_visit,
    a_line,
    a_medicine,
    a_stay,
    a_test,
    a_transport,
    a_visit,
    by_garnier,
    by_petit,
)
from tests.records.care.worlds import DOCUMENTS, HISTORIES, with_episodes


RECORD = UUID(int=0xD0)


def rule_between(one, other, *, documents=()):
    """The rule by which the second element is in the first one's own episode, or None."""
    lines = [element for element in (one, other) if element not in documents]
    found = assign_episodes(RECORD, lines, documents)
    rule = dict(found[other.id].rules).get(found[one.id].own)
    return rule.value if rule else None


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        (
            a_garnier_visit("2026-10-09"),
            a_medicine("2026-10-09", **by_garnier("2026-10-09")),
            "same_prescriber_and_date",
        ),
        (
            a_garnier_visit("2026-10-09"),
            a_medicine("2027-02-09", **by_garnier("2026-10-09")),
            "same_prescriber_and_date",
        ),
        (
            a_garnier_visit("2026-10-09"),
            a_medicine("2026-11-06", **by_garnier("2026-11-06")),
            None,
        ),
        (
            a_garnier_visit("2026-10-09", prescription_ref="R9"),
            a_medicine("2026-11-06", prescription_ref="R9"),
            "same_prescription",
        ),
        (
            a_garnier_visit("2026-10-09", prescription_ref="1"),
            a_medicine("2026-10-09", prescription_ref="1", **by_petit("2026-10-09")),
            None,
        ),
        (
            a_garnier_visit("2026-10-09"),
            a_medicine("2026-10-10", prescriber_name="dr garnier", prescribed_on="2026-10-09"),
            "same_prescriber_and_date",
        ),
        (a_garnier_visit("2026-10-09"), a_transport("2026-10-09"), "transport_of_the_day"),
        (a_garnier_visit("2026-10-09"), a_transport("2026-10-10"), None),
        (a_stay("2026-03-02", "2026-03-09"), a_visit("2026-03-05"), "during_stay"),
        (a_stay("2026-03-02", "2026-03-09"), a_transport("2026-03-09"), "during_stay"),
        (a_stay("2026-03-02", "2026-03-09"), a_visit("2026-03-09"), None),
        (
            a_stay("2026-03-02", "2026-03-09"),
            a_medicine("2026-03-10", prescriber_finess=HOSPITAL, prescribed_on="2026-03-09"),
            "during_stay",
        ),
        # given a month after leaving, on what the hospital prescribed
        (
            a_stay("2026-03-02", "2026-03-09"),
            a_line("2026-04-20", code="AMK", prescriber_finess=HOSPITAL,
                   prescribed_on="2026-03-09"),
            "during_stay",
        ),
        # the operation itself, on the day of entry, of a surgeon who says no place
        (
            a_stay("2026-03-02", "2026-03-09"),
            a_line("2026-03-02", code_system="CCAM", code="NFKA007", performer_key=MARTIN),
            "during_stay",
        ),
        # the dentist's own X-ray
        (
            a_visit("2026-05-12"),
            a_line("2026-05-12", section="RADIO", code_system="CCAM", performer_key=PETIT),
            "same_performer_and_date",
        ),
        # a smear read by a laboratory
        (
            a_visit("2026-05-12"),
            a_line("2026-05-15", code_system="CCAM", code="JKQX347", performer_kind="structure",
                   performer_name="Laboratoire du Port", **by_petit("2026-05-12")),
            "same_prescriber_and_date",
        ),
        (
            a_visit("2026-05-12", performer_finess=CLINIC),
            a_line(
                "2026-05-12",
                section="RADIO",
                code_system="CCAM",
                performer_key=MARTIN,
                performer_finess=CLINIC,
            ),
            "same_place_and_day",
        ),
        (a_garnier_visit("2026-10-09"), a_garnier_visit("2026-10-12"), "within_three_days"),
        (a_garnier_visit("2026-10-09"), a_garnier_visit("2026-10-13"), None),
        (
            a_visit("2026-05-12", code="VG"),
            a_visit("2026-05-12", code="IK"),
            "same_performer_and_date",
        ),
        (
            a_visit("2026-05-12"),
            a_test("2026-06-20", **by_petit("2026-05-12")),
            "same_prescriber_and_date",
        ),
    ],
)  # fmt: skip
def test_a_line_is_in_the_episode_of_another_by_a_named_rule(one, other, rule):
    assert rule_between(one, other) == rule


@pytest.mark.parametrize(
    ("line", "facts", "rule"),
    [
        (a_garnier_visit("2026-10-09"), {"on": "2026-10-09"}, "same_prescriber_and_date"),
        (a_garnier_visit("2026-10-09"), {"on": "2026-10-11"}, "within_three_days"),
        (a_garnier_visit("2026-10-09"), {"on": "2026-10-20"}, None),
        (
            a_test("2026-10-10", **by_garnier("2026-10-09")),
            {
                "on": "2026-10-11",
                "type_code": "11502-2",
                "author_key": None,
                "author_name": "Laboratoire du Port",
            },
            "within_three_days",
        ),
        (
            a_stay("2026-03-02", "2026-03-09"),
            {
                "on": "2026-03-10",
                "author_key": None,
                "author_name": "Dr Roux",
                "author_finess": HOSPITAL,
            },
            "during_stay",
        ),
        (a_garnier_visit("2026-10-09"), {"on": "2026-10-09", "by_professional": False}, None),
    ],
    ids=["same day", "letter later", "too late", "result", "discharge", "the patient's own"],
)
def test_a_document_is_in_the_episode_of_what_it_reports(line, facts, rule):
    document = a_document(facts.pop("on"), **facts)

    assert rule_between(line, document, documents=(document,)) == rule


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_garnier_visit("2026-10-13"), a_garnier_visit("2026-10-09")),
        # one reference, one prescriber, two days: two prescriptions
        (
            a_medicine("2026-10-09", prescription_ref="7", **by_garnier("2026-10-09")),
            a_medicine("2026-12-09", prescription_ref="7", **by_garnier("2026-12-09")),
        ),
        # nobody said where: two doctors of one day
        (a_garnier_visit("2026-10-09"), a_visit("2026-10-09")),
        # the hospital prescribed; that a doctor works there doesn't make it theirs
        (
            a_garnier_visit("2026-10-09", performer_finess=HOSPITAL),
            a_medicine("2026-10-20", prescriber_finess=HOSPITAL, prescribed_on="2026-10-09"),
        ),
        # one name, two numbers: two people
        (
            a_garnier_visit("2026-10-09"),
            a_medicine(
                "2026-10-09",
                **{**by_garnier("2026-10-09"), "prescriber_key": MARTIN},
            ),
        ),
        # an X-ray that somebody else's patient had that day
        (
            a_visit("2026-05-12"),
            a_line("2026-05-12", section="RADIO", code_system="CCAM", performer_key=MARTIN),
        ),
        # prescribed by the hospital after the stay, or by another during it
        (
            a_stay("2026-03-02", "2026-03-09"),
            a_line(
                "2026-04-20", code="AMK", prescriber_finess=HOSPITAL, prescribed_on="2026-03-10"
            ),
        ),
        (
            a_stay("2026-03-02", "2026-03-09"),
            a_line("2026-04-20", code="AMK", prescriber_finess=CLINIC, prescribed_on="2026-03-09"),
        ),
        # the blood tests of one morning at one laboratory, asked for by two doctors
        (
            a_test("2026-10-12", **by_garnier("2026-10-09")),
            a_test("2026-10-12", **by_petit("2026-10-01")),
        ),
    ],
)
def test_what_is_not_of_one_care_is_not_tied_either_way(one, other):
    assert rule_between(one, other) is None
    assert rule_between(other, one) is None


@pytest.mark.parametrize(
    ("line", "on", "tied"),
    [
        (a_medicine("2026-10-09"), "2026-10-09", True),
        (a_medicine("2026-10-09"), "2026-10-10", False),
        (a_test("2026-10-09"), "2026-10-06", True),
        (a_test("2026-10-09"), "2026-10-12", True),
        (a_test("2026-10-09"), "2026-10-13", False),
        (a_test("2026-10-09"), "2026-10-05", False),
    ],
)
def test_a_report_is_tied_to_what_its_author_did_a_delivery_on_the_very_day(line, on, tied):
    document = a_document(on, author_key=None, author_name=line.performer_name)

    rule = rule_between(line, document, documents=(document,))

    assert rule == ("within_three_days" if tied else None)


@pytest.mark.parametrize(
    ("facts", "tied"),
    [({}, True), ({"by_professional": False}, False), ({"type_code": "57833-6"}, False)],
    ids=["a report", "the patient's own", "a prescription"],
)
def test_a_transport_goes_with_the_report_of_a_visit_nobody_claimed(facts, tied):
    transport = a_transport("2026-10-09")
    report = a_document("2026-10-09", **facts)

    found = assign_episodes(RECORD, [transport], [report])

    assert (found[report.id].own in found[transport.id].episodes) == tied


def test_what_a_document_names_is_of_its_care():
    visit = a_visit("2026-01-02")
    document = a_document("2026-10-09", related=(visit.id,))

    assert rule_between(document, visit, documents=(document,)) == "named_by_document"


def test_a_letter_written_two_days_later_takes_in_what_was_prescribed_at_the_visit():
    letter = a_document("2026-10-11")
    visit = a_garnier_visit("2026-10-09")
    medicine = a_medicine("2026-10-09", **by_garnier("2026-10-09"))

    found = assign_episodes(RECORD, [visit, medicine], [letter])

    assert found[letter.id].own in found[medicine.id].episodes
    assert found[letter.id].own in found[visit.id].episodes


def test_a_transport_enters_the_care_of_its_day_and_not_the_reverse():
    transport = a_transport("2026-10-09", **by_petit("2026-10-01"))
    visit = a_garnier_visit("2026-10-09")
    at_petit = a_visit("2026-10-01")

    found = assign_episodes(RECORD, [visit, transport, at_petit], [])

    assert found[visit.id].own in found[transport.id].episodes
    # Hiding the transport's own episode doesn't hide the visit, nor the reverse the GP's.
    assert found[transport.id].own not in found[visit.id].episodes
    assert found[visit.id].own not in found[at_petit.id].episodes


def test_keys_are_of_one_record():
    visit = a_visit("2026-05-12")

    here = assign_episodes(RECORD, [visit], [])
    there = assign_episodes(UUID(int=0xD1), [visit], [])

    assert here[visit.id].own != there[visit.id].own


def test_an_element_alone_has_an_episode_of_its_own():
    line = a_line("2026-05-12", section="DM")

    (rules,) = [membership.rules for membership in assign_episodes(RECORD, [line], []).values()]

    assert [rule.value for _, rule in rules] == ["alone"]


def test_a_late_claim_joins_the_episode_that_was_hidden():
    visit = a_garnier_visit("2026-10-09")
    first = assign_episodes(RECORD, [visit], [])
    stored = with_episodes([visit], first)
    late = a_medicine("2026-11-06", **by_garnier("2026-10-09"))

    then = assign_episodes(RECORD, [*stored, late], [])

    assert first[visit.id].own in then[late.id].episodes


def test_a_prescriber_who_gets_a_number_keeps_the_episode():
    nameless = {"prescriber_name": "Dr Garnier", "prescribed_on": "2026-10-09"}
    old = a_medicine("2026-10-09", **nameless)
    stored = with_episodes([old], assign_episodes(RECORD, [old], []))
    numbered = stored[0]._replace(prescriber_key=GARNIER)
    later = a_medicine("2026-11-06", **by_garnier("2026-10-09"))

    found = assign_episodes(RECORD, [numbered, later], [])

    assert found[later.id].own == stored[0].episodes[0]


def test_two_openings_of_one_care_are_both_kept_and_both_joined():
    numbered = a_medicine("2026-10-10", **by_garnier("2026-10-09"))
    nameless = a_medicine("2026-10-09", prescriber_name="G.", prescribed_on="2026-10-09")
    opened = assign_episodes(RECORD, [numbered, nameless], [])
    stored = with_episodes([numbered, nameless], opened)
    corrected = stored[1]._replace(prescriber_key=GARNIER, prescriber_name="Dr Garnier")
    later = a_medicine("2026-11-06", **by_garnier("2026-10-09"))

    found = assign_episodes(RECORD, [stored[0], corrected, later], [])

    assert {stored[0].episodes[0], stored[1].episodes[0]} <= set(found[later.id].episodes)


def test_a_corrected_line_does_not_take_its_former_care_along():
    wrong = a_medicine("2026-10-09", **by_garnier("2026-10-09"))
    garnier = a_garnier_visit("2026-10-09")
    petit = a_visit("2026-10-09")
    stored = with_episodes(
        [wrong, garnier, petit], assign_episodes(RECORD, [wrong, garnier, petit], [])
    )
    right = stored[0]._replace(**{**by_petit("2026-10-09"), "prescribed_on": petit.care_start})
    renewal = a_medicine("2026-11-06", **by_petit("2026-10-09"))

    found = assign_episodes(RECORD, [right, *stored[1:], renewal], [])

    assert found[petit.id].own in found[right.id].episodes
    assert found[garnier.id].own in found[right.id].episodes
    assert found[garnier.id].own not in found[renewal.id].episodes
    assert dict(found[right.id].rules)[found[garnier.id].own].value == "kept"


@given(HISTORIES, DOCUMENTS, st.randoms(use_true_random=False))
def test_episodes_do_not_depend_on_the_order_of_arrival(lines, documents, random):
    at_once = assign_episodes(RECORD, lines, documents)
    waiting = [*lines, *documents]
    random.shuffle(waiting)
    arrived_lines, arrived_documents = [], []
    while waiting:
        batch, waiting = waiting[:4], waiting[4:]
        arrived_lines += [one for one in batch if one in lines]
        arrived_documents += [one for one in batch if one in documents]
        found = assign_episodes(RECORD, arrived_lines, arrived_documents)
        arrived_lines = with_episodes(arrived_lines, found)
        arrived_documents = with_episodes(arrived_documents, found)

    stored = {one.id: one.episodes for one in (*arrived_lines, *arrived_documents)}
    assert stored == {element: found.episodes for element, found in at_once.items()}


@given(HISTORIES, DOCUMENTS, st.data())
def test_nothing_that_arrives_takes_an_element_out_of_an_episode(lines, documents, data):
    early = [line for line in lines if data.draw(st.booleans())]
    before = assign_episodes(RECORD, early, [])

    after = assign_episodes(
        RECORD,
        with_episodes(early, before) + [line for line in lines if line not in early],
        documents,
    )

    for element, found in before.items():
        assert after[element].own == found.own
        assert set(found.episodes) <= set(after[element].episodes)


@given(HISTORIES, DOCUMENTS)
def test_assigning_twice_changes_nothing(lines, documents):
    once = assign_episodes(RECORD, lines, documents)

    twice = assign_episodes(RECORD, with_episodes(lines, once), with_episodes(documents, once))

    assert {element: found.episodes for element, found in once.items()} == {
        element: found.episodes for element, found in twice.items()
    }
    assert set(once) == {element.id for element in (*lines, *documents)}
    assert all(found.rules for found in once.values())
