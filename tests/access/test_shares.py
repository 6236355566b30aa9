"""Showing one element to one professional: given from where it is hidden, listed, ended there."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from access import circle, masks, policy
from access.binding import binding, frozen_clock
from access.masks import Audience, Target
from access.models import JournalEvent, MaskAudience, MaskTarget
from access.policy import NotVisible
from access.seeing import who_sees
from access.viewer import Role
from records.models import SynthesisLine
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import add_synthesis


MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def shown(world, as_owner):
    """A letter that a rule on its subject hides from everyone; a genetics report."""
    with binding(world.jeanne, at=NOON):
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.pharmacist.id
        )
    with as_owner():
        world.letter = cast.document(world.record, by=world.garnier, categories=1)
        world.genetics = cast.document(world.record, type_code="68599-0", class_code="11")
    with binding(world.jeanne, at=NOON):
        masks.hide(
            by=world.jeanne, record_id=world.record.id, gesture=uuid.uuid4(),
            others=[Target(MaskTarget.CATEGORY, categories=1)],
            audience=Audience(MaskAudience.EVERYONE),
        )  # fmt: skip
    return world


@pytest.fixture
def browser(shown):
    client = Client()
    client.force_login(cast.User.objects.get(id=shown.jeanne.user_id))
    session = client.session
    session["capacity"], session["second_factor"] = f"patient:{shown.record.id}", "totp"
    session.save()
    with frozen_clock(NOON + MINUTE):
        yield client


def told(world, element, by=None):
    by = by or world.jeanne
    with binding(by, at=NOON + MINUTE):
        found = who_sees(by=by, record_id=world.record.id, element=element)
    return {one.name: one for one in found}


def sees(world, pro, element):
    with binding(pro.viewer, at=NOON + MINUTE):
        return policy.can_see(type(element), policy.standing_on(world.record.id), element.id)


def test_what_a_rule_hides_is_shown_to_one_from_where_it_is_said_and_ended_there(shown, browser):
    martin = told(shown, shown.letter)["Dr Martin"]
    assert not martin.sees
    assert martin.why == "une de vos règles le lui masque"

    asked = browser.get(martin.share_url)
    assert "Montrer ceci au" in asked.content.decode()
    assert "Il y a un problème" in browser.post(martin.share_url, {"lasting": ""}).content.decode()
    assert not sees(shown, shown.martin, shown.letter)
    reads = JournalEvent.objects.filter(act="element_read").count()
    browser.post(martin.share_url, {"lasting": "month"})
    assert JournalEvent.objects.filter(act="element_read").count() == reads
    assert sees(shown, shown.martin, shown.letter)
    assert not sees(shown, shown.pharmacist, shown.letter)

    listed = browser.get(reverse("access:who_can_see", args=[shown.record.id]))
    [(one, page)] = listed.context["shares"]
    assert (one.name, one.element.title) == ("Dr Martin", "Lettre")
    assert page.endswith(f"/documents/{shown.letter.id}/")
    martin = told(shown, shown.letter)["Dr Martin"]
    assert (martin.sees, martin.why) == (True, "vous lui avez montré cet élément")
    assert martin.since.replace("\xa0", " ") == "15 juin 2026"
    browser.post(martin.show_url)
    assert not sees(shown, shown.martin, shown.letter)


def test_what_the_matrix_refuses_may_be_shown_and_what_is_not_seen_may_not(shown, browser):
    url = told(shown, shown.genetics)["Alix Benali"].share_url
    browser.post(url, {"lasting": "always"})
    assert sees(shown, shown.pharmacist, shown.genetics)

    new = reverse("access:share_new", args=[shown.record.id])
    for query in ({"e": str(uuid.uuid4())}, {"e": "zzz"}, {}, {"e": shown.letter.id, "whom": "z"}):
        assert browser.get(new, query).status_code == 404
    found = browser.get(new, {"e": shown.letter.id, "q": "garnier"}).content.decode()
    assert f"whom={shown.garnier.id}" in found


def test_a_representative_is_told_of_no_share_the_minor_gave(world, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        minor = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        letter = cast.document(world.record, by=world.garnier)
    with binding(minor, at=NOON):
        circle.share(
            by=minor, record_id=world.record.id, element_id=letter.id,
            professional_id=world.martin.id,
        )  # fmt: skip
    for viewer, shares in ((marie, 0), (minor, 1)):
        with binding(viewer, at=NOON + MINUTE):
            decided = masks.read_decided(by=viewer, record_id=world.record.id)
            weighed = masks.weigh(
                by=viewer, record_id=world.record.id, element_ids=[letter.id],
                audience=Audience(MaskAudience.PROFESSIONAL, world.martin.id),
            )  # fmt: skip
        assert len(decided.shares) == shares
        assert ("exprès" in weighed.without_effect) is bool(shares)
        assert ("Dr Martin" in told(world, letter, by=viewer)) is bool(shares)
    with binding(marie, at=NOON), pytest.raises(NotVisible):
        circle.weigh_share(by=marie, record_id=world.record.id, element_id=uuid.uuid4())

    with binding(marie, at=NOON + MINUTE):
        circle.share(
            by=marie, record_id=world.record.id, element_id=letter.id,
            professional_id=world.martin.id,
        )  # fmt: skip
        decided = masks.read_decided(by=marie, record_id=world.record.id)
    assert [one.element.title for one in decided.shares] == ["Lettre"]


def test_a_line_of_the_synthesis_says_who_can_see_it_and_since_when(shown, browser, as_owner):
    with as_owner():
        add_synthesis(shown.record, shown.garnier, 1, LONG_AGO, [("Suivi", shown.genetics)])
        line = SynthesisLine.objects.get(record=shown.record)
    page = browser.get(reverse("records:synthesis_line", args=[shown.record.id, line.id]))
    said = page.content.decode()
    assert "Qui peut voir cette ligne" in said
    people = {one.name: one for one in page.context["people"]}
    assert people["Dr Martin"].sees
    assert people["Dr Martin"].since
    assert people["Alix Benali"].why == "s'appuie sur un élément qui lui est masqué"
