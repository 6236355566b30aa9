"""What was decided, read back: the page of a receipt, and the list of rules and shares."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from access import masks
from access.masks import Audience
from access.models import Authorisation, JournalEvent, Mask, MaskAudience, Receipt
from access.policy import NotVisible
from access.receipts import give_receipt
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import circle_period


DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
# On the 14th in UTC, on the 15th in Paris.
LATE = dt.datetime(2026, 6, 14, 22, 30, tzinfo=dt.UTC)


@pytest.fixture
def clear(jeanne, as_owner):
    """Jeanne's world, with nothing hidden."""
    with as_owner():
        Mask.objects.all().delete()
    return jeanne


def row(record, **facts):
    """A mask as it may have been written; everything, from everyone, without a gesture."""
    given = {"target": "everything", "audience": "everyone", "since": LONG_AGO}
    return Mask.objects.create(record=record, **(given | facts))


def another_record():
    return cast.record(cast.person("Autre"))


def of_element(element, **facts):
    return {"target": "element", "target_id": element.id, **facts}


def given_for(jeanne, gesture, **body):
    """A receipt of a hiding, whose body may lack anything: it was sealed by an older version."""
    with jeanne.as_("jeanne", LATE):
        return give_receipt(jeanne.record, "hiding", body, gesture=gesture).id


def read(jeanne, receipt_id, by="jeanne"):
    with jeanne.as_(by) as viewer:
        return masks.read_receipt(by=viewer, record_id=jeanne.record.id, receipt_id=receipt_id)


def decided(jeanne, by="jeanne", at=NOON):
    with jeanne.as_(by, at) as viewer:
        return masks.read_decided(by=viewer, record_id=jeanne.record.id)


def last_event(jeanne):
    event = JournalEvent.objects.filter(record_id=jeanne.record.id).order_by("seq").last()
    return event.act, event.door, event.shown, event.rests_on_secret


# --- a receipt ---


def test_a_receipt_says_what_was_hidden_from_whom_by_whom_and_until_when(clear):
    martin = Audience(MaskAudience.PROFESSIONAL, clear.professionals["martin"].id)
    chosen = [clear.visit, clear.letter]
    with clear.as_("jeanne", LATE) as by:
        done = masks.hide(
            by=by, record_id=clear.record.id, element_ids=[one.id for one in chosen],
            audience=martin, until=dt.date(2026, 6, 20), opens_in_emergency=True,
            gesture=uuid.uuid4(),
        )  # fmt: skip
    found = read(clear, done.receipt_id)

    assert (found.id, found.gesture, found.number) == (done.receipt_id, done.gesture, done.number)
    assert (found.made_at, found.by, found.until) == (LATE, "Jeanne Morel", dt.date(2026, 6, 20))
    assert (found.name, found.subject, found.look_name) == (
        "Dr Martin", "Le Dr Martin", "le Dr Martin",
    )  # fmt: skip
    assert (found.from_whom, found.look_key) == ("au Dr Martin", martin.key)
    assert [one.id for one in found.elements] == [one.id for one in chosen]
    assert (found.words, found.count) == ((), 2)
    assert (found.opens_in_emergency, found.in_force, found.for_everyone) == (True, True, False)
    assert last_event(clear) == ("list_read", "holder", 2, False)


def test_a_receipt_of_wider_rules_says_them_in_words_and_looks_through_nobodys_eyes(
    clear, as_owner
):
    gesture = uuid.uuid4()
    with as_owner():
        for categories in (1, 2, 4, 8):
            row(clear.record, gesture=gesture, target="category", target_categories=categories)
        # A rule on somebody whose key happened to be an element's names no element.
        row(clear.record, gesture=gesture, target="professional", target_id=clear.letter.id)
    receipt = given_for(clear, gesture)
    found = read(clear, receipt)

    assert (found.elements, found.count, found.words) == ((), 5, read(clear, receipt).words)
    assert {"Addictions", "Santé mentale"} < set(found.words)
    assert (found.for_everyone, found.look_key, found.from_whom) == (
        True, "", "à tous les professionnels",
    )  # fmt: skip
    assert (found.by, found.until, found.opens_in_emergency) == ("", None, False)


def test_what_joined_a_gesture_later_comes_after_what_was_ticked(clear, as_owner):
    gesture = uuid.uuid4()
    ticked = [clear.visit, clear.letter]
    joined = [clear.illness, clear.mine, clear.scan]
    with as_owner():
        for element in (*joined, *ticked):
            row(clear.record, gesture=gesture, **of_element(element))
    receipt = given_for(clear, gesture, targets=[{"id": str(one.id)} for one in ticked])

    found = [one.id for one in read(clear, receipt).elements]
    # The rest by their days.
    assert found == [one.id for one in (*ticked, *joined)]


def test_a_receipt_is_in_force_while_anything_it_hid_is(clear, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        first, second = (
            row(clear.record, gesture=gesture, **of_element(one))
            for one in (clear.letter, clear.scan)
        )
        row(clear.record, **of_element(clear.letter))
    receipt = given_for(clear, gesture)
    for mask, still in ((None, True), (first, True), (second, False)):
        if mask is not None:
            with as_owner():
                Mask.objects.filter(id=mask.id).update(ended_at=NOON - MINUTE)
        assert read(clear, receipt).in_force is still
    assert read(clear, receipt).count == 2, "what it hid is said all the same"


def test_a_receipt_says_what_its_audience_sees_all_the_same(clear, as_owner):
    """It is a proof: not of what they wrote, were shown on purpose or are shown again."""
    martin = clear.professionals["martin"]
    one = {"audience": "professional", "audience_id": martin.id, "gesture": uuid.uuid4()}
    with as_owner():
        for element in (clear.letter, clear.scan, clear.mine):
            row(clear.record, **one, **of_element(element))
        again = row(clear.record, **one, **of_element(clear.visit))
        Mask.objects.filter(id=again.id).update(ended_at=NOON - MINUTE)
        circle_period(
            clear.record, "share", professional=martin.professional, user=martin.user,
            element_id=clear.scan.id,
        )  # fmt: skip
    receipt = given_for(clear, one["gesture"])
    found = read(clear, receipt)

    assert {seen.element.id: seen.why for seen in found.seen} == {
        clear.letter.id: "l'a écrit", clear.scan.id: "vous lui avez montré cet élément",
        clear.visit.id: "de nouveau montré",
    }  # fmt: skip
    assert (found.count, found.unseen, found.still_see, found.asleep) == (4, 1, (), False)
    page = clear.browser("jeanne").get(
        reverse("access:hidden", args=[clear.record.id, receipt])
    ).content.decode()  # fmt: skip
    assert "Le Dr Martin ne voit plus cet élément, ni qu" in page
    assert "Le Dr Martin voit encore" in page
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").delete()
    assert not read(clear, receipt).asleep
    with as_owner():
        circle_period(clear.record, "treating_gp", professional=martin.professional,
                      user=martin.user)  # fmt: skip
    assert read(clear, receipt).asleep


def test_a_receipt_of_what_is_hidden_from_many_says_who_sees_it_all_the_same(clear, as_owner):
    elements, rule, place, paul = (uuid.uuid4() for _gesture in range(4))
    with as_owner():
        row(clear.record, gesture=elements, **of_element(clear.letter))
        row(clear.record, gesture=rule, target="category", target_categories=1)
        row(clear.record, gesture=place, audience="structure", audience_id=clear.pharmacy.id,
            **of_element(clear.letter))  # fmt: skip
        row(clear.record, gesture=paul, audience="delegate",
            audience_id=clear.viewers["delegate"].person_id,
            **of_element(clear.letter))  # fmt: skip
    gp = "le Dr Petit, votre médecin traitant"
    author = "le Dr Martin, qui l'a écrit"
    assert read(clear, given_for(clear, elements)).still_see == (gp, author)
    assert read(clear, given_for(clear, place)).still_see == (gp, author)
    assert read(clear, given_for(clear, paul)).still_see == ()
    assert read(clear, given_for(clear, rule)).still_see == (
        gp, "chaque professionnel, pour ce qu'il a écrit lui-même",
    )  # fmt: skip


def test_a_receipt_tells_of_nothing_its_reader_does_not_see(clear, as_owner):
    gesture, other = uuid.uuid4(), uuid.uuid4()
    with as_owner():
        for element in (clear.letter, clear.waits):
            row(clear.record, gesture=gesture, **of_element(element))
        # Another record's, though its gesture had the same key.
        row(another_record(), gesture=gesture, target="category", target_categories=1)
        row(clear.record, gesture=other, target="everything", secret=True)
    found = read(clear, given_for(clear, gesture))
    assert ([one.id for one in found.elements], found.words) == ([clear.letter.id], ())
    assert read(clear, given_for(clear, other)).count == 1
    with pytest.raises(NotVisible):
        read(clear, given_for(clear, other), by="guardian")


def test_what_is_no_receipt_of_a_hiding_is_not_there(clear, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        row(clear.record, gesture=gesture)
        row(clear.record)  # a mask of no gesture is none of a receipt of none
        theirs = another_record()
        with clear.as_("jeanne"):
            wrong = [
                give_receipt(theirs, "hiding", {}, gesture=gesture),
                give_receipt(clear.record, "showing", {}, gesture=gesture),
                give_receipt(clear.record, "hiding", {}),
                give_receipt(clear.record, "hiding", {}, gesture=uuid.uuid4()),
            ]
    assert Receipt.objects.count() == len(wrong)
    for key in (*(one.id for one in wrong), uuid.uuid4()):
        with pytest.raises(NotVisible):
            read(clear, key)


# --- what was decided ---


def test_a_rule_says_since_and_until_when_whose_it_is_and_whether_it_sleeps(clear, as_owner):
    """Sleeping: it names the treating GP, of whom nothing is hidden."""
    petit, nobody = clear.professionals["petit"].id, uuid.uuid4()
    named = {"audience": "professional", "audience_id": petit}
    with as_owner():
        at_deposit = row(
            clear.record, **of_element(clear.letter), since=NOON - 2 * MINUTE,
            set_by_kind="professional",
        )  # fmt: skip
        asleep = row(clear.record, since=LATE, until=NOON + DAY, opens_in_emergency=True,
                     gesture=uuid.uuid4(), **named)  # fmt: skip
        gone = row(clear.record, audience="professional", audience_id=nobody)
        place = row(clear.record, since=LONG_AGO - DAY, audience="structure", audience_id=petit)
    rules = decided(clear).rules

    assert [one.mask_id for one in rules] == [at_deposit.id, asleep.id, gone.id, place.id]
    assert [one.gesture for one in rules] == [None, asleep.gesture, None, None]
    assert [one.by_professional for one in rules] == [True, False, False, False]
    assert [one.asleep for one in rules] == [False, True, False, False]
    assert [one.opens_in_emergency for one in rules] == [False, True, False, False]
    days = [(one.since.day, one.until and one.until.isoformat()) for one in rules[:2]]
    # Until noon of the 16th: that day counts, as far as it goes.
    assert days == [(15, None), (15, "2026-06-16")]
    assert [one.from_whom for one in rules] == [
        "à tous les professionnels", "au Dr Petit", "", "",
    ]  # fmt: skip
    assert [one.audience.id for one in rules] == [None, petit, nobody, petit]
    assert [(one.words, len(one.elements)) for one in rules[:2]] == [
        ((), 1), (("Tout le dossier",), 0),
    ]  # fmt: skip
    assert last_event(clear) == ("list_read", "holder", 1, False)


def test_gestures_of_one_instant_stay_apart_and_each_is_said_whole_by_its_days(clear, as_owner):
    first, second = uuid.UUID(int=1), uuid.UUID(int=2)
    by_day = [clear.illness, clear.mine, clear.scan, clear.letter]
    with as_owner():
        for element in (clear.scan, clear.letter, clear.mine, clear.illness):
            for gesture in (second, first):
                row(clear.record, gesture=gesture, **of_element(element))
        for category in (1, 2):
            row(clear.record, gesture=second, target="category", target_categories=category)
        # Whatever its key, a rule on somebody names no element.
        for element in (clear.visit, clear.scan):
            row(clear.record, gesture=second, target="professional", target_id=element.id)
        row(clear.record, **of_element(clear.waits))
    rules = decided(clear).rules

    assert [(one.gesture, one.count) for one in rules] == [(first, 4), (second, 8)]
    for rule in rules:
        assert [one.id for one in rule.elements] == [one.id for one in by_day]
    assert last_event(clear) == ("list_read", "holder", 4, False)


def test_what_a_rule_hides_of_one_day_is_said_in_one_order(clear, as_owner):
    keys = [uuid.UUID(int=number) for number in (3, 1, 2)]
    with as_owner():
        for key in keys:
            cast.document(clear.record, id=key)
            row(clear.record, gesture=uuid.UUID(int=9), target="element", target_id=key)
    [rule] = decided(clear).rules
    assert [one.id for one in rule.elements] == sorted(keys)


def test_what_is_shown_on_purpose_is_listed_while_it_is(clear, as_owner):
    """The latest first; what was never confirmed, is over, or isn't seen, is not there."""
    martin = clear.professionals["martin"].professional
    given = {
        "kind": "share", "professional": martin, "since": LATE, "given_at": LATE,
        "confirmed_at": NOON,
    }  # fmt: skip
    with as_owner():
        shares = [
            Authorisation.objects.create(
                record=clear.record, element_id=element.id, **(given | facts)
            )
            for element, facts in (
                (clear.letter, {"until": NOON + DAY}),
                (clear.scan, {"since": LATE - DAY}),
                (clear.mine, {"since": LATE - 2 * DAY}),
                (clear.blood, {"confirmed_at": NOON + MINUTE}),
                (clear.visit, {"confirmed_at": None}),
                (clear.test, {"ended_at": NOON}),
                (clear.waits, {}),
                (clear.allergy, {"professional": None, "structure": clear.pharmacy}),
            )
        ]
        Authorisation.objects.create(record=another_record(), element_id=clear.illness.id, **given)
        circle_period(clear.record, "circle", user=clear.users["garnier"],
                      professional=clear.professionals["garnier"].professional)  # fmt: skip
    found = decided(clear).shares

    assert [one.authorisation_id for one in found] == [one.id for one in shares[:3]]
    assert [(one.name, one.element.title) for one in found] == [
        ("Dr Martin", "Lettre du cardiologue"), ("Dr Martin", "Radio du genou droit"),
        ("Dr Martin", "Mon carnet de tension"),
    ]  # fmt: skip
    assert [one.since.day for one in found] == [15, 14, 13]
    assert [one.until for one in found] == [dt.date(2026, 6, 16), None, None]


def test_what_a_minor_reads_of_what_they_decided_rests_on_a_secret(clear, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        type(clear.holder).objects.filter(id=clear.holder.id).update(born_on=dt.date(2010, 1, 5))
        row(clear.record, gesture=gesture)
    read(clear, given_for(clear, gesture))
    assert last_event(clear) == ("list_read", "holder", 0, True)
    decided(clear)
    assert last_event(clear) == ("list_read", "holder", 0, True)


def test_the_masks_of_one_gesture_stand_in_one_order_whichever_was_written_first(clear, as_owner):
    """What the fund sends again is hidden later, by the same gesture, as of the same instant."""
    with as_owner():
        for key, element in ((9, clear.letter), (3, clear.scan)):
            row(
                clear.record, id=uuid.UUID(int=key), gesture=uuid.UUID(int=1),
                **of_element(element),
            )  # fmt: skip
    [rule] = decided(clear).rules
    assert (rule.mask_id, rule.count) == (uuid.UUID(int=3), 2)
