"""What is told leaves once, by a confirmed way, at an hour that tells nothing, without a word."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.core import mail
from hypothesis import given, strategies as st

from access import notices
from access.binding import binding, frozen_clock
from access.models import Mask, Notice
from access.notices import hours
from access.notices.wording import BODIES, URGENT
from access.viewer import WORKER, Role, Viewer
from records.keys import seal_with_master
from records.models import ContactPoint, Document, Person, RecordIdentifier, Representation
from tests.access.told import CHILD, NIGHT, NOON, give, person, record_of, represented
from tests.roles import role


pytestmark = pytest.mark.django_db
EVENING = NOON.replace(hour=18)
SENT = []


def text_message(*, to, text):
    SENT.append((to, text))


def letter(*, nir, name, text):
    SENT.append((nir, name))


def broken(*, to, text):
    raise OSError("the operator is away")


@pytest.fixture(autouse=True)
def _nothing_sent():
    SENT.clear()


@pytest.fixture
def sms(settings):
    settings.DMP_SMS_SENDER = "tests.access.test_notices.text_message"
    return SENT


def tell_document(record, at=NOON, *, family=True):
    with frozen_clock(at), binding(WORKER):
        notices.tell_new_document(record, family=family)


def tell_demand(record, at=NOON):
    with frozen_clock(at), binding(WORKER):
        notices.tell_erasure_asked(record)


def at(moment, what=notices.send_waiting):
    with frozen_clock(moment):
        return what()


def states():
    return list(Notice.objects.order_by("id").values_list("state", flat=True))


# --- When ---------------------------------------------------------------------------------------


@given(st.integers(0, 365 * 24 * 60))
def test_a_round_comes_within_a_day_never_at_night_and_is_one_of_two(minutes):
    # As the database gives it: no hour is there twice or never.
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    found = hours.next_round(moment)

    assert moment < found <= moment + dt.timedelta(hours=16)
    assert found.timetz().replace(tzinfo=None) in {dt.time(9), dt.time(18)}
    assert not hours.is_night(found)


@pytest.mark.parametrize(
    ("hour", "night"), [(7, True), (8, False), (20, False), (21, True), (23, True), (0, True)]
)
def test_the_night_is_from_nine_to_eight_in_paris(hour, night):
    assert hours.is_night(NOON.replace(hour=hour).astimezone(dt.UTC)) is night


def test_what_is_not_urgent_leaves_with_the_next_round_whatever_its_hour():
    """Mail timing: two deposits of a half day leave together, and the hour tells of neither."""
    record = record_of(person(email="jeanne@exemple.test"))
    tell_document(record, NOON)
    tell_document(record, NOON + dt.timedelta(hours=5))
    at(EVENING - dt.timedelta(seconds=1))
    assert mail.outbox == []
    at(EVENING)

    [message] = mail.outbox
    assert message.to == ["jeanne@exemple.test"]
    assert states() == ["sent", "sent"]


def test_what_is_urgent_leaves_at_once_at_night_too(sms):
    record = record_of(person(mobile="+33639980001"), notify_by="sms")
    tell_demand(record, NIGHT)
    at(NIGHT)

    assert [to for to, _text in sms] == ["+33639980001"]


def test_a_text_that_is_late_waits_for_the_morning_an_email_does_not(sms):
    tell_document(record_of(person(mobile="+33639980001"), notify_by="sms"))
    tell_document(record_of(person(email="jeanne@exemple.test")))
    at(NIGHT)
    assert (len(sms), len(mail.outbox)) == (0, 1)
    at(NIGHT + dt.timedelta(hours=9))
    assert len(sms) == 0
    at(NIGHT + dt.timedelta(hours=10))
    assert len(sms) == 1


# --- To whom, and by which way --------------------------------------------------------------


def test_a_contact_typed_at_a_counter_receives_nothing_until_it_is_confirmed(sms):
    holder = person()
    give(holder, "email", "jeanne@exemple.test", confirmed=False)
    give(holder, "mobile", "+33639980001", confirmed=False)
    record = record_of(holder)
    tell_demand(record)
    tell_document(record)
    at(EVENING)
    assert (mail.outbox, sms, states()) == ([], [], ["site", "site"])
    ContactPoint.objects.update(confirmed_at=NOON)
    tell_demand(record, EVENING)
    at(EVENING)
    assert len(mail.outbox) == 1


def test_no_silences_what_is_not_urgent_and_nothing_else():
    record = record_of(person(email="jeanne@exemple.test"), notify_by="")
    tell_document(record)
    assert states() == ["site"]
    tell_demand(record)
    at(NOON)

    assert [message.body for message in mail.outbox] == [
        "Une demande importante a été faite dans votre dossier. Elle peut encore être annulée."
    ]


def test_a_channel_that_is_not_installed_leaves_it_on_the_site():
    tell_document(record_of(person(mobile="+33639980001"), notify_by="sms"))
    tell_document(record_of(person(), notify_by="post"))
    at(EVENING)

    assert states() == ["site", "site"]


def test_a_letter_is_the_funds_to_send_under_the_holders_number(settings):
    settings.DMP_LETTER_SENDER = "tests.access.test_notices.letter"
    holder = person()
    record = record_of(holder, notify_by="post")
    parent = person()
    represented(record, parent, ground="guardian")
    key = record.id
    RecordIdentifier.objects.create(
        id=key, record=record, system="1.2.250.1.213.1.4.10", digest=b"0" * 32, since=NOON,
        value_sealed=seal_with_master(b"255032915595184", about=key.bytes), status="qualified",
    )  # fmt: skip
    tell_document(record)
    at(EVENING)

    assert [("255032915595184", holder.full_name)] == SENT
    assert sorted(states()) == ["sent", "site"]


def test_each_reads_their_own_language():
    record = record_of(person(CHILD))
    represented(record, person(email="maman@exemple.test", language="fr"))
    represented(record, person(email="dad@exemple.test", language="en"))
    tell_document(record)
    at(EVENING)

    said = {message.to[0]: (message.subject, message.body) for message in mail.outbox}
    assert said == {
        "maman@exemple.test": (
            "Une information pour vous",
            "Une nouveauté dans un dossier que vous suivez.",
        ),
        "dad@exemple.test": ("Information for you", "Something new in a record you look after."),
    }


def test_who_speaks_for_a_child_is_told_while_they_do_and_never_what_is_not_theirs():
    child = record_of(person(CHILD))
    represented(child, person(email="live@exemple.test"))
    represented(child, person(email="suspended@exemple.test"), suspended_at=NOON)
    represented(child, person(email="ended@exemple.test"), until=NOON)
    grown = record_of(person(dt.date(2008, 11, 23)))
    represented(grown, person(email="before@exemple.test"))
    for record in (child, grown):
        tell_document(record)
        tell_document(record, family=False)
    at(EVENING)

    assert [message.to for message in mail.outbox] == [["live@exemple.test"]]
    readers = Notice.objects.values_list("person_id", flat=True)
    assert sorted(readers.filter(record_id=grown.id)) == [grown.holder_id] * 2


def test_a_parent_who_no_longer_speaks_for_the_child_is_not_told_of_what_waited():
    record = record_of(person(CHILD))
    father, mother = (person(email=f"{name}@exemple.test") for name in ("pere", "mere"))
    for parent in (father, mother):
        represented(record, parent)
    tell_document(record)
    Representation.objects.filter(person=father).update(suspended_at=NOON + dt.timedelta(hours=1))
    at(EVENING)

    assert [message.to for message in mail.outbox] == [["mere@exemple.test"]]


def test_whoever_did_it_is_not_told_of_it():
    record = record_of(person(CHILD))
    mother = person(email="maman@exemple.test")
    represented(record, mother)
    viewer = Viewer(person_id=mother.id, role=Role.REPRESENTATIVE)
    with frozen_clock(NOON), binding(viewer):
        notices.tell_new_document(record, family=True)

    assert list(Notice.objects.values_list("person_id", flat=True)) == [record.holder_id]


# --- Once, and again when it was refused ------------------------------------------------------


def test_a_channel_that_says_no_is_asked_later_and_later_then_no_more(settings):
    settings.DMP_SMS_SENDER = "tests.access.test_notices.broken"
    tell_demand(record_of(person(mobile="+33639980001"), notify_by="sms"))
    moment, waits = NOON, []
    while states() == ["waiting"]:
        at(moment)
        notice = Notice.objects.get()
        waits.append(notice.due_at - moment)
        assert at(notice.due_at - dt.timedelta(seconds=1)) is None
        assert Notice.objects.get().tries == notice.tries
        moment = notice.due_at

    assert states() == ["failed"]
    assert waits[:-1] == list(hours.PAUSES)
    assert Notice.objects.get().tries == len(hours.PAUSES) + 1


def test_what_was_refused_leaves_when_the_channel_is_back(settings, sms):
    settings.DMP_SMS_SENDER = "tests.access.test_notices.broken"
    tell_demand(record_of(person(mobile="+33639980001"), notify_by="sms"))
    at(NOON)
    settings.DMP_SMS_SENDER = "tests.access.test_notices.text_message"
    at(NOON + dt.timedelta(minutes=1))
    at(NOON + dt.timedelta(minutes=2))

    assert (len(sms), states()) == (1, ["sent"])


def test_the_same_message_woken_twice_is_sent_once():
    tell_demand(record_of(person(email="jeanne@exemple.test")))
    key = Notice.objects.get().id
    with frozen_clock(NOON):
        assert [notices.send(key), notices.send(key)] == [True, False]
    assert len(mail.outbox) == 1
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{key}@")


def test_what_a_dead_worker_left_half_way_is_not_sent_a_second_time():
    tell_demand(record_of(person(email="jeanne@exemple.test")))
    Notice.objects.update(state="sending", taken_at=NOON, tries=1)
    at(NOON + dt.timedelta(minutes=5))
    assert states() == ["sending"]
    at(NOON + dt.timedelta(minutes=11))

    assert (mail.outbox, states()) == ([], ["failed"])


def test_the_web_wakes_the_worker_by_name_after_commit(
    monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda name, **given: woken.append((name, given["args"]))
    )
    record = record_of(person(email="jeanne@exemple.test"))
    with django_capture_on_commit_callbacks(execute=True):
        tell_document(record)
        tell_demand(record)

    urgent = Notice.objects.get(kind__in=URGENT)
    assert woken == [("access.send_notice", [str(urgent.id)])]


# --- The calendar --------------------------------------------------------------------------------


def document(record, deposited, **facts):
    Document.objects.create(
        record=record, title="Diagnostic", class_code="11", type_code="11488-4",
        occurred_on=NOON.date(), created_at=deposited, author_kind="professional",
        author_name="Dr Garnier", **facts,
    )  # fmt: skip


def remind(moment=NOON):
    with role("dmp_worker"), frozen_clock(moment), binding(WORKER):
        notices.remind(by=WORKER)
    return list(Notice.objects.order_by("id").values_list("kind", flat=True))


def days_ago(days, hour=12):
    return NOON.replace(hour=hour) - dt.timedelta(days=days)


def test_after_two_weeks_the_holder_is_told_once_that_something_waits():
    record = record_of(person(email="jeanne@exemple.test"))
    document(record, days_ago(13, 0), unannounced_until=dt.date(2026, 12, 10))
    assert remind() == []
    document(record, days_ago(14, 23), unannounced_until=dt.date(2026, 12, 9))
    document(record, days_ago(14, 8), unannounced_until=dt.date(2026, 12, 9))
    assert remind() == ["to_explain"]
    assert remind(NOON + dt.timedelta(hours=3)) == ["to_explain"]
    at(EVENING)

    assert [message.body for message in mail.outbox] == [
        "Quelque chose attend, dans votre dossier, d'être expliqué par un médecin."
    ]


def test_the_worker_may_read_what_the_calendar_needs_and_write_what_it_tells(as_owner, as_worker):
    with as_owner():
        record = record_of(person(CHILD, email="jules@exemple.test"))
        represented(record, person(email="maman@exemple.test"))
        document(record, days_ago(20), unannounced_until=dt.date(2026, 12, 9))
        document(record, days_ago(31), unannounced_until=NOON.date())
        mask(record, days_ago(100), NOON + dt.timedelta(days=3), set_by_kind="representative")

    assert len(remind()) == 6
    at(EVENING)
    assert states() == ["sent"] * 6


@pytest.mark.parametrize(
    "facts",
    [
        {"released_at": NOON}, {"withdrawn_at": NOON}, {"unannounced_until": None},
        {"unannounced_until": dt.date(2026, 11, 1)},
    ],
)  # fmt: skip
def test_nothing_waits_that_was_explained_taken_back_or_is_there_already(facts):
    record = record_of(person())
    document(record, days_ago(20), **({"unannounced_until": dt.date(2026, 12, 9)} | facts))

    assert remind() == []


def test_nothing_is_told_of_a_record_that_is_closed_or_whose_holder_died():
    for facts in ({"status": "closed"}, {"died_on": NOON.date()}):
        record = record_of(person(), **facts)
        document(record, days_ago(20), unannounced_until=dt.date(2026, 12, 9))
        mask(record, days_ago(100), NOON + dt.timedelta(days=3))

    assert remind() == []


@pytest.mark.parametrize("flag", ["secret", "about_another"])
def test_a_representative_is_not_told_of_what_they_may_not_know_of(flag):
    record = record_of(person(CHILD))
    represented(record, person())
    document(record, days_ago(20), unannounced_until=dt.date(2026, 12, 9), **{flag: True})
    remind()

    assert Notice.objects.get().person_id == record.holder_id


@pytest.mark.parametrize("waits", [True, False])
def test_nor_of_what_is_of_the_same_care_as_a_secret(waits):
    record, care = record_of(person(CHILD)), uuid.uuid4()
    mother = person()
    represented(record, mother)
    document(record, days_ago(90), secret=True, episodes=[care])
    opens = dt.date(2026, 12, 9) if waits else NOON.date()
    document(record, days_ago(20), unannounced_until=opens, episodes=[uuid.uuid4(), care])
    remind()
    assert Notice.objects.get().person_id == record.holder_id

    document(record, days_ago(21), unannounced_until=opens + dt.timedelta(days=-1))
    remind()
    assert Notice.objects.filter(person_id=mother.id).count() == 1


@pytest.mark.parametrize("secret", [False, True])
def test_the_day_it_can_be_read_it_is_new_and_a_secret_to_the_holder_alone(secret):
    record = record_of(person(CHILD))
    represented(record, person())
    document(record, days_ago(31), unannounced_until=NOON.date(), secret=secret)
    told = ["new_document"] if secret else ["new_document", "new_document"]

    assert remind() == told
    assert remind(NOON + dt.timedelta(days=1)) == told


def test_what_a_minor_decides_alone_takes_their_own_contact_and_no_letter(sms):
    record = record_of(person(CHILD), notify_by="post")
    represented(record, person())
    give(record.holder, "mobile", "06 39 98 00 07")
    with frozen_clock(NOON), binding(WORKER):
        notices.tell_new_door(SimpleNamespace(record_id=record.id), family=False)
        notices.tell_new_document(record, family=False)

    door, new = Notice.objects.filter(person_id=record.holder_id).order_by("-kind")
    assert (door.kind, door.channel, door.state) == ("new_door", "site", "waiting")
    assert (new.kind, new.channel, new.state) == ("new_document", "site", "site")
    with frozen_clock(NOON):
        assert notices.send(door.id)
    [(to, _text)] = SENT
    assert to == "06 39 98 00 07"


def mask(record, since, until, **facts):
    Mask.objects.create(
        record=record, target="everything", audience="everyone", since=since, until=until, **facts
    )


def test_seven_days_before_a_mask_ends_the_holder_is_told_once_for_a_gesture():
    record = record_of(person())
    for _element in range(3):
        mask(record, days_ago(100), NOON + dt.timedelta(days=7))
    mask(record, days_ago(100), NOON + dt.timedelta(days=8))
    mask(record, days_ago(2), NOON + dt.timedelta(days=3))
    mask(record, days_ago(100), NOON + dt.timedelta(days=3), ended_at=NOON)
    mask(record, days_ago(100), None)

    assert remind() == ["choice_ends"]
    assert remind(NOON + dt.timedelta(minutes=5)) == ["choice_ends"]


def test_a_representative_is_told_of_their_own_masks_ends_alone():
    record = record_of(person(CHILD))
    mother = person()
    represented(record, mother)
    mask(record, days_ago(100), NOON + dt.timedelta(days=5), set_by_kind="holder", secret=True)
    remind()
    assert not Notice.objects.filter(person_id=mother.id).exists()
    mask(record, days_ago(100), NOON + dt.timedelta(days=6), set_by_kind="representative")
    remind()
    assert Notice.objects.filter(person_id=mother.id).count() == 1


# --- What is said -----------------------------------------------------------------------------


def test_no_notice_names_a_person_a_type_or_a_title():
    record = record_of(person(email="jeanne@exemple.test"))
    document(record, days_ago(20), unannounced_until=dt.date(2026, 12, 9))
    remind()
    tell_document(record)
    tell_demand(record)
    at(EVENING)

    known = {"Diagnostic", "Garnier", "Morel", "Jeanne", "11488-4", "masque"}
    said = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    assert len(mail.outbox) == 3
    assert not [word for word in known if word.lower() in said.lower()]
    assert not [
        word for word in known if any(word.lower() in body.lower() for body in BODIES.values())
    ]


def test_the_site_shows_a_person_what_they_were_told_and_nobody_elses():
    record = record_of(person(CHILD))
    mother = person()
    represented(record, mother)
    tell_document(record)
    tell_document(record, family=False)
    tell_document(record, NOON - dt.timedelta(days=1), family=False)
    told = {}
    for who in (record.holder, mother, person()):
        with frozen_clock(NOON), binding(WORKER):
            viewer = Viewer(person_id=who.id)
            told[who.id] = len(notices.told_lately(by=viewer, record_id=record.id, own=True))
    # Each thing once a day: the holder is told of two days, the mother of one.
    assert list(told.values()) == [2, 1, 0]
    with frozen_clock(NOON + dt.timedelta(days=31)), binding(WORKER):
        viewer = Viewer(person_id=record.holder_id)
        assert notices.told_lately(by=viewer, record_id=record.id, own=True) == ()
    assert Person.objects.count() == 3
