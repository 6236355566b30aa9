"""A number that changed before there was a record leads to it, and so do those of who insures."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access.binding import binding
from records.identifiers import nir_key
from records.models import Filling, Person, Record, RecordIdentifier
from records.opening import Identity, change_number
from records.traits import Traits
from records.turns import EPISODES, take_turn
from tests.imports.test_renumbering import AGENT, change, filled, letters_after, send, under
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JULES,
    JULES_NIR,
    NOON,
    noon,
    opening,
    pharmacist,
)
from tests.records.test_joining import until_somebody_waits


pytestmark = pytest.mark.django_db
__all__ = ["filled", "noon", "opening", "pharmacist"]

NEW, LAST = "288042201696218", "288042201696317"
HERS = {"born_on": ELODIE.born_on, "given_names": ""}


def mother(nir, *, rank=""):
    return Identity(nir, ELODIE, "cni", ranked=rank and f"{nir}:{rank}")


def child(insured):
    return Identity(JULES_NIR, JULES, "family_book", ranked=f"{insured}:2")


@pytest.fixture
def changed(opening):
    """A mother who is known as her child's parent, has no record, and got another number."""
    opening(identity=Identity(JULES_NIR, JULES, "family_book"), representative=mother(ELODIE_NIR))
    change(former=ELODIE_NIR, number=NEW, **HERS)


@pytest.mark.parametrize("cards", [(ELODIE_NIR, NEW), (NEW, ELODIE_NIR)], ids=["old", "new"])
def test_whichever_card_comes_first_they_have_one_record(changed, opening, cards):
    first, second = [opening(identity=mother(nir)) for nir in cards]

    assert (second.record_id, second.outcome) == (first.record_id, "already")
    assert (Record.objects.count(), Person.objects.count()) == (2, 2)
    # Their number is the one they have today, and it can be read once a card has said it.
    own = RecordIdentifier.objects.filter(record_id=first.record_id).own().get()
    assert own.value() == NEW


def test_known_by_its_hash_alone_a_number_is_nobodys_to_read_until_the_agent_says_it_again(
    changed, opening
):
    made = opening(identity=mother(ELODIE_NIR))

    def own():
        return RecordIdentifier.objects.filter(record_id=made.record_id).own().get().value()

    assert own() == ""
    change(former=ELODIE_NIR, number=NEW, **HERS)
    assert own() == NEW


def test_that_it_changed_again_is_told_under_the_one_they_had_though_no_card_said_it(
    changed, opening, settings
):
    settings.DMP_LETTER_SENDER = "tests.imports.test_renumbering.letter"
    made = opening(identity=mother(ELODIE_NIR))
    Record.objects.filter(id=made.record_id).update(notify_by="post")
    with binding(AGENT, at=NOON + dt.timedelta(days=1)):
        change_number(by=AGENT, former=NEW, number=LAST, **HERS)

    assert letters_after(1) == {NEW}


def test_what_was_sent_under_the_number_they_had_fills_it(changed, opening, as_owner, filled):
    with as_owner():
        for nir in (ELODIE_NIR, NEW, LAST):
            send(nir, nir, born_on=ELODIE.born_on)
    made = opening(identity=mother(NEW))
    assert filled(made.record_id) == {ELODIE_NIR, NEW}
    change(former=ELODIE_NIR, number=LAST, **HERS)

    assert filled(made.record_id) == {ELODIE_NIR, NEW, LAST}
    assert {under(nir) for nir in (ELODIE_NIR, NEW, LAST)} == {made.record_id}


@pytest.mark.parametrize("card", [ELODIE_NIR, NEW], ids=["old", "new"])
def test_a_child_whose_card_is_read_later_has_the_care_sent_under_each_number_of_the_parent(
    opening, as_owner, filled, card
):
    opening(identity=mother(ELODIE_NIR))
    with as_owner():
        for nir in (ELODIE_NIR, NEW):
            send(nir, f"{nir}:2", "nir:rank", JULES.born_on)
    change(former=ELODIE_NIR, number=NEW, **HERS)
    made = opening(identity=child(card), representative=mother(card))
    assert filled(made.record_id) == {ELODIE_NIR, NEW}
    with binding(AGENT, at=NOON + dt.timedelta(hours=1)):
        change_number(by=AGENT, former=NEW, number=ELODIE_NIR, **HERS)

    assert filled(made.record_id) == {ELODIE_NIR}


def test_a_child_read_from_an_old_card_follows_once_the_change_is_noted_again(
    changed, opening, as_owner, filled
):
    """The parent has no record: nothing says what their number is today."""
    with as_owner():
        Record.objects.update(status="closed", closed_at=NOON)
        send("now", f"{NEW}:2", "nir:rank", JULES.born_on)
    made = opening(identity=child(ELODIE_NIR), representative=mother(ELODIE_NIR))
    assert filled(made.record_id) == set()
    change(former=ELODIE_NIR, number=NEW, **HERS)

    assert filled(made.record_id) == {"now"}


def test_who_is_on_the_card_of_whose_number_it_really_is_stays_theirs(opening, as_owner, filled):
    """A number noted by mistake is somebody else's, whose family may be on the portal already."""
    thirteen = "1190129084962"
    other = Traits("LE GALL", "Malo", "M", dt.date(2019, 1, 2), "29084")
    father = Traits("LE GALL", "Yann", "M", dt.date(1986, 5, 2), "29084")
    theirs = opening(
        identity=Identity(thirteen + nir_key(thirteen), other, "family_book", ranked=f"{NEW}:2"),
        representative=Identity("186052908496188", father, "cni"),
    )
    mine = opening(identity=child(ELODIE_NIR), representative=mother(ELODIE_NIR))
    with as_owner():
        send("theirs", f"{NEW}:2", "nir:rank", other.born_on)
        send("not theirs", f"{ELODIE_NIR}:2", "nir:rank", other.born_on)
        send("mine", f"{ELODIE_NIR}:2", "nir:rank", JULES.born_on)
        send("not mine", f"{NEW}:2", "nir:rank", JULES.born_on)
    said = [(ELODIE_NIR, NEW), (NEW, ELODIE_NIR)]
    for hours, (former, number) in enumerate(said, start=1):
        with binding(AGENT, at=NOON + dt.timedelta(hours=hours)):
            change_number(by=AGENT, former=former, number=number, **HERS)

    assert filled(theirs.record_id) == {"theirs"}
    assert filled(mine.record_id) == {"mine"}


@pytest.mark.django_db(transaction=True)
def test_a_number_noted_while_a_filling_is_under_way_is_filled_from_after_it(opening):
    """It has read already what was sent under the numbers it knew."""
    made = opening(identity=mother(ELODIE_NIR))
    Filling.objects.update(state="running")

    def noted():
        try:
            change(former=ELODIE_NIR, number=NEW, **HERS)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            take_turn(made.record_id, EPISODES)
            agent = threads.submit(noted)
            until_somebody_waits()
            Filling.objects.update(state="done", finished_at=timezone.now())
        agent.result(30)

    assert Filling.objects.filter(record_id=made.record_id, state="waiting").exists()
