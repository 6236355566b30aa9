"""Opening a record: what is written, once, and what is refused with its sentence."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import TestCase

from access.binding import binding, frozen_clock
from access.journal import chain_is_whole
from access.models import ActivationCode, JournalEvent, Notice, Receipt
from access.policy import Refused, standing_on
from access.viewer import WORKER, Role, Viewer
from records.dossier.entrance import door_of
from records.models import (
    ConsentRefusals,
    ContactPoint,
    Filling,
    Person,
    Record,
    RecordIdentifier,
    Representation,
)
from records.opening import Contact, Identity, Known, Outcome, look_for_record, renew_code
from records.opening.checking import FUND_CODE, record_under
from records.opening.opening import by_oneself, count_refusal
from tests.records.opening.conftest import (
    ANGELE,
    ANGELE_NIR,
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_NIR,
    JULES,
    JULES_NIR,
    NOON,
    professional,
    viewer_at,
)


pytestmark = pytest.mark.django_db

TEST_OID = "1.2.250.1.213.1.4.10"


def test_opening_writes_the_person_the_record_its_number_the_consent_and_the_waiting_filling(
    opening,
):
    made = opening(emergency_refused=True)

    record = Record.objects.get(id=made.record_id)
    holder = record.holder
    number = RecordIdentifier.objects.get(record=record)
    assert made.outcome == "opened"
    assert (holder.birth_name, holder.first_given, holder.birthplace) == (
        "MOREL", "Jeanne", "29155",
    )  # fmt: skip
    assert (record.status, record.opened_by_kind) == ("open", "pharmacist")
    assert (record.consent_at, record.consent_given_by) == (NOON, "holder")
    assert (record.emergency_refused, record.regulation_refused) == (True, None)
    assert (number.system, number.status, number.until) == (TEST_OID, "qualified", None)
    assert JEANNE_NIR.encode() not in bytes(number.value_sealed)
    assert Filling.objects.get(record=record).state == "waiting"


def test_the_keys_say_nothing_of_when_it_was_opened(opening):
    """Whoever asks whether somebody has a record is given its key, and no date (section 4)."""
    record = Record.objects.get(id=opening().record_id)

    assert {record.id.version, record.holder_id.version} == {4}


def test_a_number_is_kept_and_found_under_the_system_of_the_installation(opening, settings):
    settings.DMP_INS_SYSTEM = "1.2.250.1.213.1.4.8"
    made = opening()
    assert opening().record_id == made.record_id
    assert RecordIdentifier.objects.get().system == "1.2.250.1.213.1.4.8"
    # One number under two systems is two people: an invented one is never found as a real one.
    settings.DMP_INS_SYSTEM = TEST_OID
    with binding(WORKER):
        assert record_under(JEANNE_NIR) is None


def test_the_worker_is_woken_by_name_once_the_record_can_be_read(opening, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "records.opening.opening.current_app.send_task",
        lambda name, **told: sent.append((name, told["args"])),
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        made = opening()

    assert sent == [("imports.fill", [str(made.record_id)])]


def test_opening_leaves_one_event_and_the_chain_is_whole(opening):
    made = opening()

    event = JournalEvent.objects.get(record_id=made.record_id)
    assert (event.act, event.door, event.actor_structure_name) == (
        "opened", "counter", "Pharmacie du Port",
    )  # fmt: skip
    assert chain_is_whole(made.record_id)


def test_opening_gives_the_pharmacist_no_right_to_read(opening, pharmacist):
    made = opening()

    with binding(pharmacist):
        assert door_of(standing_on(made.record_id)) == ""


def test_the_code_has_nine_letters_nobody_confuses_and_only_its_hash_is_kept(opening):
    made = opening()

    kept = ActivationCode.objects.get(record_id=made.record_id)
    assert len(made.code) == 9
    assert not set(made.code) & set("0O1I8B5S2Z")
    assert made.code.encode() not in bytes(kept.digest)
    assert kept.expires_at - NOON == dt.timedelta(days=14)
    assert kept.tries_left == 3


def test_a_receipt_has_a_random_number_and_a_sealed_body(opening):
    made = opening()

    receipt = Receipt.objects.get(record_id=made.record_id)
    assert receipt.number == made.receipt
    assert len(receipt.number) == 14
    assert b"Pharmacie" not in bytes(receipt.body_sealed)


def test_a_contact_typed_at_the_counter_waits_to_be_confirmed_and_is_told_nothing(opening):
    opening(contact=Contact(mobile="0639980001", email="jeanne@exemple.test"))

    contacts = ContactPoint.objects.order_by("kind")
    assert [(point.kind, point.confirmed_at) for point in contacts] == [
        ("email", None), ("mobile", None),
    ]  # fmt: skip
    assert all(b"exemple" not in bytes(point.value_sealed) for point in contacts)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("document", "from_card", "status"),
    [
        ("passport", True, "qualified"),
        ("none", True, "retrieved"),
        ("passport", False, "validated"),
        ("none", False, "provisional"),
    ],
    ids=["card and document", "card alone", "document alone", "neither"],
)
def test_without_a_document_or_a_card_the_identity_stays_unqualified(
    opening, document, from_card, status
):
    made = opening(identity=Identity(JEANNE_NIR, JEANNE, document, from_card=from_card))

    assert RecordIdentifier.objects.get(record_id=made.record_id).status == status


@pytest.mark.parametrize(
    ("profession", "kind"), [("21", "pharmacist"), ("10", "doctor"), ("60", "professional")]
)
def test_any_professional_opens(opening, profession, kind):
    made = opening(by=viewer_at(*professional(profession)))

    assert Record.objects.get(id=made.record_id).opened_by_kind == kind


def test_the_funds_agent_opens(opening):
    agent = Viewer(
        user_id=uuid.uuid4(), role=Role.FUND_AGENT, active=True, second_factor="totp", name="Agent"
    )

    assert Record.objects.get(id=opening(by=agent).record_id).opened_by_kind == "fund"


@pytest.mark.parametrize(
    "role", [Role.ANONYMOUS, Role.DELEGATE, Role.FUND_ADMINISTRATOR, Role.NOBODY, Role.PATIENT]
)
def test_nobody_else_opens(opening, role):
    stranger = Viewer(user_id=uuid.uuid4(), role=role, active=True, second_factor="totp")

    with pytest.raises(Refused):
        opening(by=stranger)
    assert not Record.objects.exists()


def test_a_professional_without_the_second_factor_opens_nothing(opening):
    user, practice = professional()
    half = viewer_at(user, practice).__class__(
        user_id=user.id, role=Role.PROFESSIONAL, active=True, second_factor=""
    )

    with pytest.raises(Refused):
        opening(by=half)


def test_somebody_alone_opens_their_own_and_the_journal_names_them(opening):
    made = opening(by=by_oneself(JEANNE))

    record = Record.objects.get(id=made.record_id)
    event = JournalEvent.objects.get(record_id=record.id)
    assert record.opened_by_kind == "holder"
    assert (event.actor_person_id, event.door) == (record.holder_id, "holder")
    assert by_oneself(JEANNE).second_factor == FUND_CODE
    assert not by_oneself(JEANNE).admitted


# --- Once -------------------------------------------------------------------------------------


def test_a_second_press_gives_the_same_confirmation(opening):
    attempt = uuid.uuid4()
    first = opening(attempt=attempt)

    assert opening(attempt=attempt) == first
    assert Record.objects.count() == 1
    assert Receipt.objects.count() == 1
    assert ActivationCode.objects.count() == 1
    assert JournalEvent.objects.filter(act="opened").count() == 1


def test_another_counter_learns_that_it_is_open_and_gets_no_code(opening):
    opening()
    again = opening(by=viewer_at(*professional()))

    assert (again.outcome, again.code, again.receipt) == (Outcome.ALREADY, "", "")
    assert Record.objects.count() == 1


def test_once_activated_even_the_same_press_prints_no_code(opening):
    attempt = uuid.uuid4()
    first = opening(attempt=attempt)
    Record.objects.update(activated_at=NOON)

    again = opening(attempt=attempt)
    assert (again.record_id, again.code) == (first.record_id, "")


# --- The right person ---------------------------------------------------------------------------


def test_a_number_of_corsica_opens(opening):
    assert opening(identity=Identity(ANGELE_NIR, ANGELE, "cni")).outcome == Outcome.OPENED


@pytest.mark.parametrize(
    "nir",
    ["255032915595185", "274082A04195906", "274082B04195905", "25503291559518", "x" * 15],
    ids=["key", "key in Corsica", "other Corsica", "short", "letters"],
)
def test_a_wrong_number_opens_nothing(opening, nir):
    with pytest.raises(Refused) as refused:
        opening(identity=Identity(nir, JEANNE, "cni"))

    assert "caisse" in refused.value.reason
    assert not Person.objects.exists()


def test_a_parents_number_with_a_childs_traits_opens_nothing(opening):
    with pytest.raises(Refused):
        opening(
            identity=Identity(ELODIE_NIR, JULES, "cni"),
            representative=Identity(ELODIE_NIR, ELODIE),
        )
    assert not Record.objects.exists()


def test_the_number_of_a_record_with_other_traits_opens_nothing_and_says_nothing(opening):
    opening()
    other = Identity(JEANNE_NIR, JEANNE.__class__(
        "AUTRE", "Jeanne Marie Louise", "F", JEANNE.born_on, "29155"
    ), "cni")  # fmt: skip

    with pytest.raises(Refused) as refused:
        opening(identity=other)
    assert "existe" not in refused.value.reason
    assert "déjà" not in refused.value.reason


def test_spelling_without_accents_is_the_same_person(opening):
    first = opening(identity=Identity(ANGELE_NIR, ANGELE, "cni"))
    plain = ANGELE.__class__("Paoletti", "ANGELE  MARIE", "F", ANGELE.born_on, "2a041")

    assert opening(identity=Identity(ANGELE_NIR, plain, "cni")).record_id == first.record_id


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"died_on": dt.date(2026, 1, 1)}])
def test_a_suspended_record_or_that_of_a_dead_person_sends_to_the_fund(opening, change):
    opening()
    Record.objects.update(**change)

    with pytest.raises(Refused) as refused:
        opening()
    assert "caisse" in refused.value.reason


# --- Children -----------------------------------------------------------------------------------


def test_a_parent_agrees_for_a_child_and_represents_them_from_now(opening):
    made = opening(
        identity=Identity(JULES_NIR, JULES, "family_book"),
        representative=Identity(ELODIE_NIR, ELODIE),
        contact=Contact(mobile="0639980001"),
    )

    record = Record.objects.get(id=made.record_id)
    parent = Person.objects.get(first_given="Élodie")
    rep = Representation.objects.get(record=record)
    assert record.consent_given_by == "representative"
    assert (rep.person, rep.ground, rep.since, rep.until) == (parent, "parent", NOON, None)
    assert ContactPoint.objects.get().person == parent


def test_a_child_alone_opens_nothing(opening):
    with pytest.raises(Refused) as refused:
        opening(identity=Identity(JULES_NIR, JULES, "none"))
    assert "parent" in refused.value.reason


def test_a_child_does_not_agree_for_a_child(opening):
    rose = JULES.__class__("TANGUY", "Rose Maï", "F", dt.date(2022, 12, 1), "29084")
    with pytest.raises(Refused):
        opening(
            identity=Identity(JULES_NIR, JULES, "none"),
            representative=Identity("222122908496284", rose),
        )


def test_nobody_agrees_for_an_adult(opening):
    with pytest.raises(Refused):
        opening(representative=Identity(ELODIE_NIR, ELODIE))


def test_on_the_day_of_eighteen_one_agrees_alone(opening):
    opening_day = dt.datetime(2036, 10, 12, 0, 1, tzinfo=NOON.tzinfo)
    with frozen_clock(opening_day):
        made = opening(identity=Identity(JULES_NIR, JULES, "cni"))
    assert made.outcome == Outcome.OPENED


def test_a_parent_and_the_holder_of_their_own_record_are_one_person(opening):
    opening(
        identity=Identity(JULES_NIR, JULES, "none"), representative=Identity(ELODIE_NIR, ELODIE)
    )
    made = opening(identity=Identity(ELODIE_NIR, ELODIE, "cni"))

    record = Record.objects.get(id=made.record_id)
    assert Representation.objects.get().person_id == record.holder_id
    assert Person.objects.filter(first_given="Élodie").count() == 1


# --- Asking whether there is one ----------------------------------------------------------------


def look(by, identity):
    with binding(by):
        return look_for_record(by=by, identity=identity)


def test_the_counter_learns_of_an_open_record_only_with_the_five_traits(opening, pharmacist):
    opening()
    stranger = JEANNE.__class__("MARTIN", "Jeanne Marie Louise", "F", JEANNE.born_on, "29155")

    assert look(pharmacist, Identity(JEANNE_NIR, JEANNE)) is Known.NEVER_ACTIVATED
    assert look(pharmacist, Identity(JEANNE_NIR, stranger)) is Known.NOTHING
    assert look(pharmacist, Identity(ANGELE_NIR, ANGELE)) is Known.NOTHING


@pytest.mark.parametrize(
    "change",
    [{"status": "closed"}, {"status": "suspended"}, {"died_on": dt.date(2026, 1, 1)}],
)
def test_closed_suspended_dead_and_missing_are_one_answer(opening, pharmacist, change):
    opening()
    Record.objects.update(**change)

    assert look(pharmacist, Identity(JEANNE_NIR, JEANNE)) is Known.NOTHING


def test_each_check_leaves_one_event_also_where_there_is_no_record(opening, pharmacist):
    made = opening()
    look(pharmacist, Identity(JEANNE_NIR, JEANNE))
    look(pharmacist, Identity(ANGELE_NIR, ANGELE))

    asked = JournalEvent.objects.filter(act="existence_asked").order_by("at", "id")
    assert {event.record_id for event in asked} == {made.record_id, uuid.UUID(int=0)}
    assert asked.count() == 2


def test_a_code_is_printed_again_only_for_a_record_never_activated(opening, pharmacist):
    made = opening()
    attempt = uuid.uuid4()
    identity = Identity(JEANNE_NIR, JEANNE)
    with binding(pharmacist):
        again = renew_code(by=pharmacist, identity=identity, attempt=attempt)
    with binding(pharmacist):
        twice = renew_code(by=pharmacist, identity=identity, attempt=attempt)

    live = ActivationCode.objects.filter(replaced_at=None)
    assert again == twice
    assert again.code != made.code
    assert live.count() == 1
    assert JournalEvent.objects.filter(act="code_renewed").count() == 1

    Record.objects.update(activated_at=NOON)
    with pytest.raises(Refused), binding(pharmacist):
        renew_code(by=pharmacist, identity=identity, attempt=uuid.uuid4())


def test_a_refusal_of_consent_is_a_number_and_nobodys_name(pharmacist, noon):
    for _time in range(2):
        with binding(pharmacist):
            count_refusal(by=pharmacist)

    refusals = ConsentRefusals.objects.get()
    assert (refusals.day, refusals.number) == (dt.date(2026, 11, 23), 2)
    assert not JournalEvent.objects.exists()
    assert not Person.objects.exists()


# --- A closed record ----------------------------------------------------------------------------


def test_a_closed_record_is_opened_again_under_its_own_key(opening):
    first = opening(emergency_refused=True)
    Record.objects.update(status="closed", closed_at=NOON)
    again = opening()

    record = Record.objects.get()
    assert (again.outcome, again.record_id) == (Outcome.REOPENED, first.record_id)
    assert (record.status, record.closed_at, record.emergency_refused) == ("open", None, True)
    assert again.code
    assert Filling.objects.count() == 1


def test_a_counter_never_replaces_how_to_reach_somebody_who_has_an_account(opening):
    opening(contact=Contact())
    Record.objects.update(status="closed", activated_at=NOON)
    again = opening(contact=Contact(mobile="0699999999"))

    assert again.code == ""
    assert not ContactPoint.objects.exists()
