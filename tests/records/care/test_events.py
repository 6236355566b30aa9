"""One event for each thing a person would name."""

from __future__ import annotations

import pytest

from records.care.events import care_events
from records.care.kinds import EventKind
from tests.records.care.making import (
    CLINIC,
    HOSPITAL,
    MARTIN,
    PETIT,
    a_line,
    a_medicine,
    a_stay,
    a_test,
    a_transport,
    a_visit,
    by_garnier,
    by_petit,
    day,
)


def kinds_of(lines):
    return [event.kind.value for event in care_events(lines)]


def test_a_visit_and_what_it_ordered_within_three_days_is_one_event():
    visit = a_visit("2026-05-12", reimbursed_cents=1855)
    medicine = a_medicine("2026-05-12", **by_petit("2026-05-12"), reimbursed_cents=1000)
    other = a_medicine(
        "2026-05-13", code="3400900000024", **by_petit("2026-05-12"), reimbursed_cents=200
    )
    blood = a_test("2026-05-15", **by_petit("2026-05-12"), reimbursed_cents=65)

    (event,) = care_events([blood, other, visit, medicine])

    assert event.kind is EventKind.VISIT
    assert event.occurred_on == event.until == day("2026-05-12")
    assert event.headline.form == "consultation"
    assert (event.headline.who, event.headline.where) == ("Dr Petit", "")
    assert [(item.kind.value, item.count) for item in event.items] == [
        ("visit", 1),
        ("laboratory", 1),
        ("pharmacy", 1),
        ("pharmacy", 1),
    ]
    assert event.reimbursed_cents == 3120
    assert event.kinds == {EventKind.VISIT, EventKind.LABORATORY, EventKind.PHARMACY}
    assert [party.name for party in event.people] == [
        "Dr Petit",
        "Laboratoire du Port",
        "Pharmacie du Port",
    ]


def test_an_event_says_who_ordered_what_follows_and_its_categories():
    blood = a_test("2026-05-20", **by_petit("2026-05-12"), categories=2)
    other = a_test("2026-05-20", code="552", label="Glycémie", categories=4)

    (event,) = care_events([blood, other])

    (item,) = event.items
    assert item.prescriber is not None
    assert (item.prescriber.name, item.labels, item.count) == ("Dr Petit", ("TSH", "Glycémie"), 2)
    assert [party.name for party in event.people] == ["Laboratoire du Port", "Dr Petit"]
    assert event.categories == 6


def test_the_same_name_with_another_number_is_another_doctor():
    visit = a_visit("2026-05-12")
    medicine = a_medicine("2026-05-12", **{**by_petit("2026-05-12"), "prescriber_key": MARTIN})

    assert len(care_events([visit, medicine])) == 2


def test_a_renewal_and_a_later_blood_test_are_events_of_their_own():
    visit = a_visit("2026-05-12")
    renewal = a_medicine("2026-06-12", **by_petit("2026-05-12"))
    blood = a_test("2026-05-16", **by_petit("2026-05-12"))

    assert kinds_of([visit, renewal, blood]) == ["pharmacy", "laboratory", "visit"]


def test_the_same_prescription_reference_ties_what_names_no_prescriber():
    visit = a_visit("2026-05-12", prescription_ref="R1")
    medicine = a_medicine("2026-05-14", prescription_ref="R1")

    assert len(care_events([visit, medicine])) == 1


def test_a_reference_used_by_two_prescribers_does_not_tie_them():
    visit = a_visit("2026-05-12", prescription_ref="1")
    medicine = a_medicine("2026-05-12", prescription_ref="1", **by_garnier("2026-05-12"))

    assert kinds_of([visit, medicine]) == ["visit", "pharmacy"]


def test_a_prescriber_known_by_name_only_is_the_one_who_was_visited_that_day():
    visit = a_visit("2026-05-12")
    medicine = a_medicine("2026-05-12", prescriber_name="DR  PETIT", prescribed_on="2026-05-12")

    assert len(care_events([visit, medicine])) == 1


def test_one_trip_to_the_pharmacy_is_one_event_whoever_prescribed():
    one = a_medicine("2026-05-12", **by_petit("2026-02-01"))
    other = a_medicine("2026-05-12", code="3400900000024", **by_garnier("2026-03-01"))

    (event,) = care_events([one, other])

    assert event.headline.form == "pharmacy"
    assert event.headline.where == "Pharmacie du Port"
    assert event.headline.count == 2


def test_several_acts_of_one_doctor_on_one_day_are_one_visit_named_after_the_consultation():
    tracing = a_visit("2026-05-12", code_system="CCAM", code="DEQP003", label="Tracé du cœur")
    visit = a_visit("2026-05-12")
    echo = a_visit("2026-05-12", section="RADIO", code_system="CCAM", code="DZQM006")

    (event,) = care_events([tracing, visit, echo])

    assert event.headline.form == "consultation"
    assert set(event.line_ids) == {tracing.id, visit.id, echo.id}


def test_two_doctors_of_one_day_are_two_visits():
    assert kinds_of(
        [
            a_visit("2026-05-12", performer_finess=CLINIC),
            a_visit(
                "2026-05-12",
                performer_key=MARTIN,
                performer_name="Dr Martin",
                performer_finess=CLINIC,
            ),
        ]
    ) == ["visit", "visit"]


class TestHospital:
    def test_a_stay_takes_in_what_falls_inside_it(self):
        stay = a_stay("2026-03-02", "2026-03-06")
        inside = [
            a_visit("2026-03-04", performer_key=MARTIN, performer_name="Dr Martin"),
            a_test("2026-03-03"),
            a_transport("2026-03-02"),
            a_transport("2026-03-06"),
            a_line(
                "2026-03-02",
                code_system="CCAM",
                code="NEKA010",
                performer_name="Dr Roux",
                performer_finess=HOSPITAL,
            ),
            a_medicine(
                "2026-03-08",
                prescriber_finess=HOSPITAL,
                prescribed_on="2026-03-06",
            ),
        ]

        (event,) = care_events([*inside, stay])

        assert event.kind is EventKind.STAY
        assert (event.occurred_on, event.until) == (day("2026-03-02"), day("2026-03-06"))
        assert event.headline.where == "Hôpital"

    @pytest.mark.parametrize(
        "outside",
        [
            # the doctor in town who sends to hospital, on the day of entry
            a_visit("2026-03-02"),
            # the renewal on the day of leaving, prescribed elsewhere
            a_medicine("2026-03-06", **by_petit("2026-01-10")),
            # fetched too late
            a_medicine("2026-03-10", prescriber_finess=HOSPITAL, prescribed_on="2026-03-06"),
            a_test("2026-03-01"),
        ],
        ids=["visit in town", "renewal", "too late", "the day before"],
    )
    def test_what_is_outside_stays_outside(self, outside):
        assert len(care_events([a_stay("2026-03-02", "2026-03-06"), outside])) == 2

    def test_what_a_visit_ordered_goes_with_the_visit_whose_reference_it_carries(self):
        stay = a_stay("2026-06-29", "2026-07-04")
        visit = a_visit("2026-06-29", code="VG", prescription_ref="P20")
        ordered = {"prescription_ref": "P20", **by_petit("2026-06-29")}
        medicine, blood = a_medicine("2026-06-30", **ordered), a_test("2026-06-30", **ordered)
        at_the_hospital = a_test("2026-06-30", code="552")

        found = care_events([stay, visit, medicine, blood, at_the_hospital])

        assert {event.kind.value: set(event.line_ids) for event in found} == {
            "stay": {stay.id, at_the_hospital.id},
            "visit": {visit.id, medicine.id, blood.id},
        }

    def test_a_visit_on_the_ward_brings_what_it_ordered_into_the_stay(self):
        visit = a_visit("2026-07-01", prescription_ref="P21")
        test = a_test("2026-07-01", prescription_ref="P21", **by_petit("2026-07-01"))

        assert len(care_events([a_stay("2026-06-29", "2026-07-04"), visit, test])) == 1

    def test_the_care_at_home_that_was_ordered_before_goes_on_beside_the_stay(self):
        before = {**by_petit("2026-06-20"), "prescriber_finess": CLINIC}
        at_home = a_medicine("2026-07-01", **before)
        on_the_ward = a_test("2026-07-01", performer_finess=HOSPITAL, **before)

        found = care_events([a_stay("2026-06-29", "2026-07-04"), at_home, on_the_ward])

        assert [at_home.id] in [list(event.line_ids) for event in found]
        assert len(found) == 2

    def test_two_lines_of_a_stay_that_touch_are_one_stay(self):
        (event,) = care_events(
            [a_stay("2026-03-02", "2026-03-06"), a_stay("2026-03-06", "2026-03-20", code="3333")]
        )

        assert (event.occurred_on, event.until) == (day("2026-03-02"), day("2026-03-20"))

    def test_the_sessions_of_a_month_are_one_event_with_their_number_and_transports(self):
        days = ["2026-03-02", "2026-03-04", "2026-03-06"]
        sessions = [a_stay(on, on, code="9605", label="Hémodialyse") for on in days]
        later = a_stay("2026-04-01", "2026-04-01", code="9605", label="Hémodialyse")

        first, second = care_events([*sessions, later, *(a_transport(on) for on in days)])

        assert (first.headline.form, second.headline.form) == ("day_stay", "sessions")
        assert second.headline.count == 3
        assert {item.kind.value for item in second.items} == {"stay", "transport"}

    def test_an_emergency_room_is_no_day_in_hospital(self):
        came = a_stay("2026-03-02", "2026-03-02", code="ATU 1", label="Urgences")
        stayed = a_stay("2026-05-02", "2026-05-02", code="9605", label="Hémodialyse")
        again = a_stay("2026-05-02", "2026-05-02", code="ATU", label="Urgences")

        both, alone = care_events([came, stayed, again])

        assert alone.headline.form == "emergency_visit"
        assert both.headline.form == "day_stay"

    def test_two_emergency_visits_of_a_month_are_no_sessions(self):
        days = ["2026-03-02", "2026-03-09"]
        (event,) = care_events([a_stay(on, on, code="ATU", label="Urgences") for on in days])

        assert (event.headline.form, event.headline.count) == ("emergency_visits", 2)


class TestTransport:
    def test_a_transport_goes_with_the_only_care_of_its_day(self):
        (event,) = care_events([a_visit("2026-05-12"), a_transport("2026-05-12")])

        assert event.kind is EventKind.VISIT

    def test_with_two_visits_it_goes_with_its_prescriber(self):
        other = a_visit("2026-05-12", performer_key=MARTIN, performer_name="Dr Martin")
        transport = a_transport("2026-05-12", **by_petit("2026-05-01"))
        visit = a_visit("2026-05-12")

        events = care_events([other, visit, transport])

        assert {frozenset(event.line_ids) for event in events} == {
            frozenset({other.id}),
            frozenset({visit.id, transport.id}),
        }

    def test_with_two_visits_and_no_prescriber_it_is_not_attributed(self):
        other = a_visit("2026-05-12", performer_key=MARTIN, performer_name="Dr Martin")

        assert sorted(kinds_of([other, a_visit("2026-05-12"), a_transport("2026-05-12")])) == [
            "transport",
            "visit",
            "visit",
        ]

    def test_the_way_there_and_back_is_one_event(self):
        assert kinds_of([a_transport("2026-05-12"), a_transport("2026-05-12")]) == ["transport"]


class TestSeries:
    def test_nursing_is_told_by_the_month_with_its_number_of_days(self):
        acts = [
            a_line(on, code="AMI 4", performer_name="Mme Leroy", performer_specialty="Infirmier")
            for on in ("2026-05-02", "2026-05-03", "2026-05-03", "2026-06-01")
        ]
        allowance = a_line("2026-05-03", code="IK", performer_name="Mme Leroy")

        june, may = care_events([*acts, allowance])

        assert (june.kind, june.headline.count) == (EventKind.NURSING, 1)
        assert (may.kind, may.headline.count) == (EventKind.NURSING, 2)
        assert (may.occurred_on, may.until) == (day("2026-05-02"), day("2026-05-03"))
        (item,) = may.items
        assert len(item.line_ids) == 4

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("AMK", "physiotherapy"), ("AMO 12", "auxiliary"), ("BSA", "nursing")],
    )
    def test_the_letters_of_an_act_tell_the_trade(self, code, kind):
        assert kinds_of([a_line("2026-05-02", code=code, performer_name="X")]) == [kind]

    def test_a_rented_device_is_one_event_a_month(self):
        rents = [
            a_line(on, section="DM", code_system="LPP", code="1136581", performer_name="Oxygène")
            for on in ("2026-05-04", "2026-05-11", "2026-05-18", "2026-06-01")
        ]

        assert kinds_of(rents) == ["device", "device"]


@pytest.mark.parametrize(
    ("facts", "kind", "form"),
    [
        ({"code": "G"}, "visit", "consultation"),
        ({"code": "VG"}, "visit", "home_visit"),
        ({"code": "TCG"}, "visit", "remote_visit"),
        ({"code_system": "CCAM", "code": "QZFA031"}, "visit", "procedure"),
        ({"code_system": "CCAM", "code": "HBMD053"}, "dental", "dental"),
        ({"code": "C", "performer_specialty": "Chirurgien-dentiste"}, "dental", "dental"),
        ({"section": "VAC"}, "vaccine", "vaccine"),
        ({"section": "RADIO"}, "imaging", "imaging"),
        ({"section": "DM"}, "device", "device"),
        ({"section": "TRANSP"}, "transport", "transport"),
        ({"section": "never seen"}, "visit", "procedure"),
    ],
)
def test_what_a_line_is_called(facts, kind, form):
    (event,) = care_events([a_line("2026-05-12", **facts)])

    assert (event.kind.value, event.headline.form) == (kind, form)


class TestEuros:
    def test_a_total_is_told_only_when_every_amount_is_known(self):
        known = a_visit("2026-05-12", reimbursed_cents=1855)
        unknown = a_medicine("2026-05-12", **by_petit("2026-05-12"))

        (event,) = care_events([known, unknown])

        assert event.reimbursed_cents is None

    def test_a_reader_without_euros_gets_none(self):
        (event,) = care_events([a_visit("2026-05-12")])

        assert event.reimbursed_cents is None


class TestIdentifier:
    def test_it_stays_when_a_line_joins_late_or_is_hidden(self):
        visit = a_visit("2026-05-12")
        medicine = a_medicine("2026-05-12", **by_petit("2026-05-12"))
        supplement = a_visit("2026-05-12", code="MEG")

        (alone,) = care_events([visit])
        (joined,) = care_events([visit, medicine, supplement])

        assert alone.id == joined.id

    def test_it_differs_from_record_to_record(self):
        visit = a_visit("2026-05-12")
        (one,) = care_events([visit], record=PETIT)
        (other,) = care_events([visit], record=MARTIN)

        assert one.id != other.id


def test_events_are_the_latest_first():
    events = care_events(
        [a_visit("2026-05-12"), a_visit("2026-05-20"), a_stay("2026-01-02", "2026-01-09")]
    )

    assert [event.occurred_on.isoformat() for event in events] == [
        "2026-05-20",
        "2026-05-12",
        "2026-01-02",
    ]


def test_no_line_no_event():
    assert care_events([]) == ()
