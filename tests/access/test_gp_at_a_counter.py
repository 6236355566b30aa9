"""A treating GP named where the person is: whose word it is, what is read before saying yes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
from django.urls import reverse

from access import circle
from access.binding import binding
from access.models import Authorisation, Block, Case, JournalEvent, Notice, Professional, User
from access.policy import NotVisible, Refused
from access.reading_journal import read_journal
from access.viewer import Role
from tests import clients
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.access.test_circle import acts, declare, standing
from tests.access.test_presence import has_door, tick
from tests.jeanne import hide


HOUR = dt.timedelta(hours=1)


def name(world, doctor, *, by=None, record=None, door="counter", at=NOON):
    viewer = (by or world.pharmacist).viewer
    with binding(viewer, at=at):
        circle.declare_at_counter(
            by=viewer, record_id=(record or world.record).id, professional_id=doctor.id, door=door
        )


def weighed(by, record):
    with binding(by, at=NOON):
        return circle.weigh_waiting(by=by, record_id=record.id)


def test_the_treating_gp_named_again_is_nothing_new(world):
    declare(world, world.petit)
    before = acts(world.record), Notice.objects.count()
    name(world, world.petit, at=NOON + HOUR)

    assert (acts(world.record), Notice.objects.count()) == before
    assert weighed(world.jeanne, world.record) is None


@pytest.mark.parametrize("own", [True, False], ids=["their own", "their child's"])
def test_a_doctor_does_not_name_themself_on_their_own_record(world, as_owner, own):
    with as_owner():
        me = cast.person("Alix", "Martin")
        record = cast.record(me if own else cast.person("Lou", born=dt.date(2015, 1, 1)))
        if not own:
            cast.represent(record, me)
    viewer = dataclasses.replace(world.martin.viewer, person_id=me.id)
    who = dataclasses.replace(world.martin, viewer=viewer)
    with pytest.raises(Refused):
        name(world, world.martin, by=who, record=record)
    assert not Authorisation.objects.exists()


def test_a_parent_whom_a_court_suspended_writes_nothing_and_is_not_told(world, as_owner):
    with as_owner():
        me = cast.person("Alix", "Martin")
        record = cast.record(cast.person("Lou", born=dt.date(2015, 1, 1)))
        cast.represent(record, me, suspended_at=LONG_AGO)
    viewer = dataclasses.replace(world.martin.viewer, person_id=me.id)
    name(world, world.martin, by=dataclasses.replace(world.martin, viewer=viewer), record=record)

    assert not Authorisation.objects.exists()
    assert not JournalEvent.objects.filter(record_id=record.id).exists()


@pytest.mark.parametrize("who", ["jeanne", "half"])
def test_nobody_but_a_counter_names_a_doctor_so(world, who):
    by = world.jeanne if who == "jeanne" else world.martin.viewer
    by = by if who == "jeanne" else dataclasses.replace(by, second_factor="")
    with binding(by, at=NOON), pytest.raises(NotVisible):
        circle.declare_at_counter(by=by, record_id=world.record.id, professional_id=world.petit.id)


def test_before_saying_yes_one_reads_how_much_is_hidden_and_who_stops(world, as_owner):
    with as_owner():
        for hidden in (True, False):
            letter = cast.document(world.record, by=world.garnier)
            if hidden:
                hide(world.record, letter)
    declare(world, world.martin)
    name(world, world.petit)
    view = weighed(world.jeanne, world.record)

    assert (view.name, view.hidden, view.former) == ("Dr Petit", 1, "Dr Martin")
    assert (view.blocked, view.gone) == (False, False)


def test_from_sixteen_the_minor_confirms_and_reads_it_before_a_parent(world, as_owner):
    with as_owner():
        child, mother = cast.person("Lou", born=dt.date(2010, 6, 14)), cast.person("Marie")
        record = cast.record(child)
        cast.represent(record, mother)
        lou = cast.family_viewer(child)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
    name(world, world.petit, record=record)

    assert weighed(lou, record).name == "Dr Petit"
    assert weighed(marie, record) is None
    people = set(Notice.objects.values_list("person_id", flat=True))
    assert people == {child.id, mother.id}


def test_before_sixteen_a_parent_confirms_and_is_told_nothing_a_minor_decided(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
        born = dt.date(2011, 1, 5)
        type(record.holder).objects.filter(id=record.holder_id).update(born_on=born)
        letter = cast.document(record, by=world.garnier)
        hide(record, letter, secret=True)
    with binding(lou, at=NOON):
        circle.block(by=lou, record_id=record.id, professional_id=world.petit.id)
    name(world, world.petit, record=record)
    view = weighed(marie, record)

    assert (view.hidden, view.blocked) == (0, False)
    assert weighed(lou, record) is None


def test_whom_the_holder_doesnt_take_as_treating_gp_was_shown_out_of_nothing(world):
    """Perhaps somebody else named them: to say no to it takes no access away."""
    name(world, world.martin)
    waits = Authorisation.objects.get(kind="treating_gp")
    with binding(world.jeanne, at=NOON + HOUR):
        circle.refuse_waiting_door(
            by=world.jeanne, record_id=world.record.id, authorisation_id=waits.id
        )
    tick(world, at=NOON + 2 * HOUR)

    assert has_door(world, at=NOON + 2 * HOUR)


def test_a_doctor_who_stopped_meanwhile_is_said_to_have(world, as_owner):
    name(world, world.petit)
    with as_owner():
        Professional.objects.filter(id=world.petit.id).update(registration_ended_at=NOON)

    assert weighed(world.jeanne, world.record).gone


def test_the_holder_reads_who_said_it_and_that_it_waits(world):
    name(world, world.petit)
    name(world, world.martin, by=world.martin, door="presence", at=NOON + HOUR)
    with binding(world.jeanne, at=NOON + HOUR):
        page = read_journal(by=world.jeanne, record_id=world.record.id)
        said = " ".join(re.sub("<[^>]+>", "", one.sentence) for one in page.visits)

    assert "noté le Dr Petit comme médecin traitant à confirmer" in said
    assert "demandé à être médecin traitant" in said


def sign_in(viewer, record):
    user = User.objects.get(id=viewer.user_id)
    return clients.sign_in(user, f"{viewer.role.value}:{record.id}")


def words(page):
    bare = re.sub(r"<[^>]+>", " ", page.content.decode())
    return " ".join(bare.replace("&#x27;", "'").split())


def test_it_is_on_their_home_and_on_the_page_where_they_answer(world, as_owner):
    with as_owner():
        hide(world.record, cast.document(world.record, by=world.garnier))
    jeanne = sign_in(world.jeanne, world.record)
    home = reverse("records:home", args=[world.record.id])
    doctors = reverse("access:doctors", args=[world.record.id])
    assert "a été noté comme" not in words(jeanne.get(home))
    name(world, world.petit, at=None)

    said = jeanne.get(home)
    assert "Le Dr Petit a été noté comme votre médecin traitant." in words(said)
    assert f'href="{doctors}"' in said.content.decode()
    page = jeanne.get(doctors)
    assert "Confirmer le Dr Petit comme médecin traitant ?" in words(page)
    assert "Y compris 1 élément que vous masquez aujourd'hui" in words(page)
    [yes] = re.findall(r'action="([^"]+/confirmer-medecin-traitant/)"', page.content.decode())
    jeanne.post(yes)

    assert standing(world.petit.viewer, world.record, at=None).treating_gp
    assert "a été noté comme" not in words(jeanne.get(home))


def test_a_doctor_who_named_themself_is_said_to_ask_for_it(world):
    name(world, world.martin, by=world.martin, door="presence", at=None)
    jeanne = sign_in(world.jeanne, world.record)
    said = words(jeanne.get(reverse("records:home", args=[world.record.id])))
    assert "Le Dr Martin demande à être votre médecin traitant." in said
    assert "a été noté comme" not in said
    page = words(jeanne.get(reverse("access:doctors", args=[world.record.id])))
    assert "Ce médecin l'a demandé." in page
    assert "a été déclaré pour vous" not in page


def test_whom_a_report_keeps_out_is_not_said_to_be_blocked(world, as_owner):
    with as_owner():
        paused = Block.objects.create(
            record=world.record, professional=world.petit.professional, since=LONG_AGO
        )
        Case.objects.create(
            record=world.record, number="ABCD-EFGH-JKLM", professional=world.petit.professional,
            visit_on=NOON.date(), block=paused, opened_at=LONG_AGO, due_on=NOON.date(),
        )  # fmt: skip
    name(world, world.petit, at=None)
    jeanne = sign_in(world.jeanne, world.record)
    declare_page = reverse("access:doctor_declare", args=[world.record.id, world.petit.id])
    for address in (reverse("access:doctors", args=[world.record.id]), declare_page):
        page = words(jeanne.get(address))
        assert "Vous avez signalé un accès à ce dossier : le Dr Petit n'y voit plus rien" in page
        assert "Vous avez bloqué le Dr Petit." not in page


def test_whom_they_blocked_is_said_to_be_and_may_be_unblocked_there(world, as_owner):
    with as_owner():
        Block.objects.create(
            record=world.record, professional=world.petit.professional, since=LONG_AGO
        )
    name(world, world.petit, at=None)
    jeanne = sign_in(world.jeanne, world.record)
    doctors = reverse("access:doctors", args=[world.record.id])
    page = jeanne.get(doctors)
    assert "Vous avez bloqué le Dr Petit." in words(page)
    assert "Oui, c'est mon médecin traitant" not in words(page)
    about = [world.record.id, world.petit.id]
    after = jeanne.post(
        reverse("access:doctor_unblock", args=about), {"next": doctors}, follow=True
    )

    assert "Oui, c'est mon médecin traitant" in words(after)
