"""Who can see an element and why: the gate's own answer for each person."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import circle, emergency, masks, policy
from access.binding import binding
from access.masks import Audience
from access.models import MaskAudience, Opening
from access.seeing import who_sees
from access.seeing.candidates import candidates_for
from access.standing import read_standing, read_standings_of
from access.viewer import Role
from records.models import ReimbursementLine
from tests.access import cast
from tests.access.cast import NOON


@pytest.fixture
def shown(world, as_owner):
    with binding(world.jeanne, at=NOON):
        for give in (
            {"professional_id": world.martin.id, "until": dt.date(2027, 3, 3)},
            {"structure_id": world.pharmacy.id},
        ):
            circle.authorise(by=world.jeanne, record_id=world.record.id, **give)
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
    with as_owner():
        world.letter = cast.document(world.record, by=world.garnier)
    return world


def people(world, element, by=None, at=NOON):
    by = by or world.jeanne
    with binding(by, at=at):
        found = who_sees(by=by, record_id=world.record.id, element=element)
    return {
        one.name: (one.sees, one.why.replace("\xa0", " ")) for one in found if not one.everyone
    }


def hide(world, element, audience, by=None):
    by = by or world.jeanne
    with binding(by, at=NOON):
        masks.hide(
            by=by,
            record_id=world.record.id,
            element_ids=[element.id],
            audience=audience,
            gesture=uuid.uuid4(),
        )


def test_asking_of_many_people_takes_no_more_statements(shown, as_owner):
    def asked():
        with binding(shown.jeanne, at=NOON), CaptureQueriesContext(connection) as statements:
            found = who_sees(by=shown.jeanne, record_id=shown.record.id, element=shown.letter)
        return len(statements), len(found)

    asked()  # what is prepared once per connection
    before, few = asked()
    for number in range(24):
        with as_owner():
            place = cast.structure(f"Cabinet {number}")
            cast.pro(f"Un{number}", place=place)
            someone = cast.pro(f"Autre{number}", place=place, account=number % 2 == 0)
        kind = {"structure_id": place.id} if number % 3 == 0 else {"professional_id": someone.id}
        with binding(shown.jeanne, at=NOON):
            circle.authorise(by=shown.jeanne, record_id=shown.record.id, **kind)
    assert asked() == (before, few + 24)


def test_what_each_is_to_the_record_is_what_they_are_alone(shown, as_owner):
    with as_owner():
        cast.represent(shown.record, cast.person("Paul", "Autre"), ground="guardian")
    pros = (shown.petit, shown.martin, shown.garnier, shown.pharmacist)
    viewers = [shown.jeanne, *(one.viewer for one in pros)]
    with binding(shown.jeanne, at=NOON) as state:
        asked = (shown.record.id, state.moment)
        alone = [read_standing(viewer, *asked) for viewer in viewers]
        assert read_standings_of(viewers, *asked) == alone
        nowhere = read_standings_of(viewers, uuid.uuid4(), state.moment)
    assert [one.is_holder for one in alone] == [True, False, False, False, False]
    assert [one.treating_gp for one in alone] == [False, True, False, False, False]
    assert [one.circle for one in alone] == [False, False, True, False, True]
    assert not any(one.exists for one in nowhere)


def test_each_person_is_told_with_the_reason_they_can_see(shown):
    assert people(shown, shown.letter) == {
        "Dr Garnier": (True, "l'a écrit"),
        "Dr Petit": (True, "votre médecin traitant voit tout"),
        "Dr Martin": (True, "a accès, jusqu'au 3 mars 2027"),
        "Pharmacie du Port": (True, "a accès, sans date de fin"),
    }


def test_whoever_it_is_hidden_from_is_told_with_the_day(shown):
    hide(shown, shown.letter, Audience(MaskAudience.PROFESSIONAL, shown.martin.id))
    hide(shown, shown.letter, Audience(MaskAudience.STRUCTURE, shown.pharmacy.id))

    told = people(shown, shown.letter)
    assert told["Dr Martin"] == (False, "masqué par vous le 15 juin 2026")
    assert told["Pharmacie du Port"] == (False, "masqué par vous le 15 juin 2026")
    assert told["Dr Garnier"][0]
    assert told["Dr Petit"][0]


def test_the_matrix_blocks_and_wider_rules_are_told_in_plain_words(shown, as_owner):
    with as_owner():
        genetics = cast.document(shown.record, type_code="68599-0", class_code="11")
    assert people(shown, genetics)["Pharmacie du Port"] == (
        False,
        "sa profession ne lit pas ce type d'information",
    )
    hide(shown, genetics, Audience(MaskAudience.EVERYONE))
    assert people(shown, genetics)["Dr Martin"] == (False, "une de vos règles le lui masque")
    with binding(shown.jeanne, at=NOON):
        circle.block(by=shown.jeanne, record_id=shown.record.id, professional_id=shown.garnier.id)
    assert people(shown, shown.letter)["Dr Garnier"] == (False, "bloqué par vous")


def test_an_emergency_opening_is_told_while_it_lasts(shown, as_owner):
    with as_owner():
        roux = cast.pro("Roux")
        Opening.objects.create(
            record=shown.record,
            professional=roux.professional,
            kind="emergency",
            since=NOON - dt.timedelta(hours=1),
            until=NOON + dt.timedelta(hours=7),
        )
    assert people(shown, shown.letter)["Dr Roux"] == (
        True,
        "accès d'urgence ouvert en ce moment",
    )


def test_delegates_and_representatives_are_told_too(shown, as_owner):
    with as_owner():
        cast.delegate(shown.record, cast.person("Paul"))
        cast.represent(shown.record, cast.person("Aline"), ground="guardian")
    told = people(shown, shown.letter)
    assert told["Paul Morel"] == (True, "vous aide, jusqu'au 13 septembre 2026")
    assert told["Aline Morel"] == (True, "exerce la tutelle")


def test_a_doctor_without_an_account_is_told_as_they_will_see(shown, as_owner):
    with as_owner():
        late = cast.pro("Tardif", account=False)
    with binding(shown.jeanne, at=NOON):
        circle.authorise(by=shown.jeanne, record_id=shown.record.id, professional_id=late.id)
    assert people(shown, shown.letter)["Dr Tardif"][0]
    hide(shown, shown.letter, Audience(MaskAudience.PROFESSIONAL, late.id))
    assert not people(shown, shown.letter)["Dr Tardif"][0]


def test_nobody_but_the_holder_or_a_representative_is_told(shown, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(shown.record, paul)
        delegate = cast.family_viewer(paul, Role.DELEGATE)
    for viewer in (delegate, shown.martin.viewer, shown.petit.viewer):
        assert people(shown, shown.letter, by=viewer) == {}


def test_a_representative_is_told_nothing_that_a_minors_mask_changed(world, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        minor = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        letter = cast.document(world.record, by=world.garnier)
    with binding(marie, at=NOON):
        circle.authorise(by=marie, record_id=world.record.id, professional_id=world.martin.id)
    before = people(world, letter, by=marie)
    hide(world, letter, Audience(MaskAudience.PROFESSIONAL, world.martin.id), by=minor)

    assert people(world, letter, by=marie) == before
    assert people(world, letter, by=minor)["Dr Martin"] == (
        False,
        "masqué par vous le 15 juin 2026",
    )
    with binding(world.martin.viewer, at=NOON):
        assert not policy.can_see(type(letter), policy.standing_on(world.record.id), letter.id)


def test_a_representative_is_told_nothing_that_a_minors_door_share_or_end_changed(world, as_owner):
    with as_owner():
        lou, mother = cast.person("Lou", born=dt.date(2010, 1, 5)), cast.person("Marie")
        world.record = cast.record(lou)
        cast.represent(world.record, mother)
        minor = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        letter = cast.document(world.record, by=world.garnier)
        roux, caller = cast.pro("Roux"), cast.pro("Colin")
        lasts = {"since": NOON - dt.timedelta(hours=1), "until": NOON + dt.timedelta(hours=7)}
        opening, _call = (
            Opening.objects.create(
                record=world.record, professional=one.professional, kind=kind, **lasts
            )
            for one, kind in ((roux, "emergency"), (caller, "regulation"))
        )
    asked = {"by": marie, "record_id": world.record.id}
    with binding(marie, at=NOON):
        circle.authorise(**asked, professional_id=world.martin.id)
    hide(world, letter, Audience(MaskAudience.PROFESSIONAL, world.martin.id), by=marie)
    before = people(world, letter, by=marie)
    told = {"Dr Roux": True, "Dr Colin": False, "Dr Martin": False}
    assert {name: before[name][0] for name in told} == told

    asked = {"by": minor, "record_id": world.record.id}
    with binding(minor, at=NOON):
        emergency.end_opening(**asked, opening_id=opening.id)
        circle.authorise(**asked, professional_id=caller.id)
        circle.share(**asked, element_id=letter.id, professional_id=world.martin.id)

    assert people(world, letter, by=marie) == before
    hers = people(world, letter, by=minor)
    assert {name: hers[name][0] for name in hers if name in told} == {
        "Dr Colin": True, "Dr Martin": True,
    }  # fmt: skip


def test_the_last_line_hides_from_everyone_at_once(shown):
    def last():
        with binding(shown.jeanne, at=NOON):
            return who_sees(by=shown.jeanne, record_id=shown.record.id, element=shown.letter)[-1]

    assert last().everyone
    assert last().hide_url.endswith(f"?e={shown.letter.id}&from=everyone")
    hide(shown, shown.letter, Audience(MaskAudience.EVERYONE))
    assert last().show_url.endswith(f"?e={shown.letter.id}&from=everyone")
    told = people(shown, shown.letter)
    assert {name for name, (sees, _why) in told.items() if sees} == {"Dr Garnier", "Dr Petit"}


def test_an_element_that_goes_between_two_statements_is_missing(shown, as_owner, monkeypatch):
    """Its page had read it; who sees it was asked after it was taken away: that was a 500."""

    def taken_away(dossier, element):
        found = candidates_for(dossier, element)
        with as_owner():
            ReimbursementLine.objects.filter(id=element.id).delete()
        return found

    with as_owner():
        care = cast.line(shown.record)
    monkeypatch.setattr("access.seeing.people.candidates_for", taken_away)
    with pytest.raises(policy.NotVisible):
        people(shown, care)
