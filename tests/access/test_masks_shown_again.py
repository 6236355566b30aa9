"""The receipt of showing again: whose it is, what it says, and the way to it from the page."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from access import masks
from access.binding import binding
from access.masks import Audience, Target
from access.models import JournalEvent, Mask, MaskAudience, MaskTarget
from access.policy import NotVisible, Refused
from access.receipts import give_receipt
from tests.access import cast
from tests.access.cast import NOON


HOUR = dt.timedelta(hours=1)


@pytest.fixture
def clear(jeanne, as_owner):
    """Jeanne's world, with nothing hidden."""
    with as_owner():
        Mask.objects.all().delete()
    return jeanne


def hide(world, *others, elements=()):
    martin = Audience(MaskAudience.PROFESSIONAL, world.professionals["martin"].id)
    with world.as_("jeanne", NOON - HOUR) as viewer:
        return masks.hide(
            by=viewer, record_id=world.record.id, element_ids=elements, others=others,
            audience=martin, gesture=uuid.uuid4(),
        )  # fmt: skip


def shown_again(world, hidden, at=NOON):
    with world.as_("jeanne", at) as viewer:
        asked = {"by": viewer, "record_id": world.record.id}
        masks.show(**asked, gesture=hidden.gesture)
        return masks.receipt_of_now(**asked)


def read(world, receipt_id, by="jeanne"):
    with world.as_(by, NOON) as viewer:
        return masks.read_showing(by=viewer, record_id=world.record.id, receipt_id=receipt_id)


def test_showing_again_gives_a_receipt_of_what_to_whom_and_by_whom(clear):
    hidden = hide(clear, elements=[clear.letter.id])
    receipt = read(clear, shown_again(clear, hidden))

    assert [one.id for one in receipt.elements] == [clear.letter.id]
    assert receipt.words == ()
    assert (receipt.to_whom, receipt.by) == ("au Dr Martin", clear.viewers["jeanne"].name)
    assert (receipt.number != hidden.number, receipt.made_at) == (True, NOON)
    event = JournalEvent.objects.filter(record_id=clear.record.id).order_by("seq").last()
    assert (event.act, event.door, event.shown) == ("list_read", "holder", 1)
    assert shown_again(clear, hidden, at=NOON + HOUR) is None  # nothing changed: none was given


def test_of_a_rule_it_says_the_rule(clear):
    rule = hide(clear, Target(MaskTarget.EVERYTHING))
    receipt = read(clear, shown_again(clear, rule))
    assert (receipt.words, receipt.elements) == (("Tout le dossier",), ())


def test_it_is_its_owners_and_names_nothing_they_do_not_see(clear, as_owner):
    hidden = hide(clear, elements=[clear.letter.id])
    receipt = shown_again(clear, hidden)
    for by in ("guardian", "delegate", "petit"):
        with pytest.raises((NotVisible, Refused)):
            read(clear, receipt, by=by)
    for none in (hidden.receipt_id, uuid.uuid4()):
        with pytest.raises(NotVisible):
            read(clear, none)
    with as_owner():
        theirs = cast.record(cast.person("Autre"))
        with clear.as_("jeanne") as viewer:
            other = give_receipt(theirs, "showing", {}, to=viewer.person_id)
    with pytest.raises(NotVisible):
        read(clear, other.id)
    with as_owner():
        type(clear.letter).objects.filter(id=clear.letter.id).update(withdrawn_at=NOON)
    with pytest.raises(NotVisible):
        read(clear, receipt)


def test_what_a_minor_reads_of_it_rests_on_a_secret(as_owner):
    with as_owner():
        record, lou, _marie = cast.minor_and_mother()
        letter = cast.document(record)
    asked = {"by": lou, "record_id": record.id}
    with binding(lou, at=NOON - HOUR):
        hidden = masks.hide(
            **asked, element_ids=[letter.id], audience=Audience(MaskAudience.EVERYONE),
            gesture=uuid.uuid4(),
        )  # fmt: skip
    with binding(lou, at=NOON):
        masks.show(**asked, gesture=hidden.gesture)
        receipt = masks.receipt_of_now(**asked)
    with binding(lou, at=NOON + HOUR):
        masks.read_showing(**asked, receipt_id=receipt)
    event = JournalEvent.objects.filter(record_id=record.id).order_by("seq").last()
    assert (event.act, event.rests_on_secret) == ("list_read", True)


def test_the_page_leads_to_it_and_it_is_printed(clear):
    client = clear.browser("jeanne")
    hidden = hide(clear, elements=[clear.letter.id])
    address = reverse("access:show", args=[clear.record.id])
    page = client.post(f"{address}?gesture={hidden.gesture}", follow=True)
    told = page.content.decode()
    start = told.index("/leve/")
    link = told[told.rindex('"', 0, start) + 1 : start + len("/leve/")]
    for page in (client.get(link), client.get(f"{link}?imprimer")):
        assert page.status_code == 200
        assert clear.letter.title in page.content.decode()
