"""Representatives: live by the clock, suspended by a court, and the review of a new adult."""

from __future__ import annotations

import datetime as dt
import html
import uuid
from dataclasses import replace

import pytest
from django.conf import settings

from access import activation, circle, people, policy
from access.binding import binding, frozen_clock
from access.models import JournalEvent, Notice, User
from access.policy import NotVisible, Refused
from access.viewer import ANONYMOUS, Role, Viewer
from records import opening
from records.dossier.entrance import door_of
from records.identifiers import identifier_digest
from records.keys import seal_with_master
from records.models import RecordIdentifier
from records.traits import Traits
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON, PARIS
from tests.access.test_delegates import invite, take
from tests.clients import sign_in
from tests.jeanne import circle_period


CHILD, FATHER = "110017511530105", "175017511512305"
AGENT = Viewer(
    user_id=uuid.uuid4(), role=Role.FUND_AGENT, active=True, second_factor="totp", name="Accueil"
)


@pytest.fixture
def lou(as_owner):
    """A child of sixteen, with a mother and a father who is a doctor."""
    with as_owner():
        child = cast.person("Lou", "Petit", dt.date(2010, 1, 5))
        record = cast.record(child)
        key = uuid.uuid4()
        RecordIdentifier.objects.create(
            id=key, record=record, system=settings.DMP_INS_SYSTEM, status="qualified",
            digest=identifier_digest(settings.DMP_INS_SYSTEM, CHILD), since=LONG_AGO,
            value_sealed=seal_with_master(CHILD.encode(), about=key.bytes),
        )  # fmt: skip
        father = cast.person("Jean", "Petit", dt.date(1975, 1, 1))
        father.identifier_digest = identifier_digest(settings.DMP_INS_SYSTEM, FATHER)
        father.save()
        mother = cast.person("Marie", "Petit", dt.date(1977, 2, 2))
        for parent in (father, mother):
            cast.represent(record, parent)
        return {
            "record": record, "child": cast.family_viewer(child),
            "father": cast.family_viewer(father, Role.REPRESENTATIVE),
            "mother": cast.family_viewer(mother, Role.REPRESENTATIVE),
        }  # fmt: skip


def decide(*, by=AGENT, at=NOON, **facts):
    given = {
        "child_nir": CHILD, "born_on": dt.date(2010, 1, 5), "parent_nir": FATHER,
        "suspends": True, "reference": "TJ de Rennes, 2 juin 2026, n° 26/1234",
    }  # fmt: skip
    with binding(by, at=at):
        return opening.record_decision(by=by, **(given | facts))


def door(viewer, record, at=NOON):
    with binding(viewer, at=at):
        return door_of(policy.standing_on(record.id))


def test_a_decision_suspends_one_parent_who_has_no_door_at_all(lou, world, as_owner):
    record = lou["record"]
    with as_owner():
        doctor = cast.pro("Petit")
        as_doctor = replace(
            doctor.viewer, person_id=lou["father"].person_id, user_id=lou["father"].user_id
        )
        cast_circle(record, doctor)
    decide()

    assert door(lou["father"], record) == ""
    assert door(as_doctor, record) == ""
    assert door(lou["mother"], record) == "representative"
    assert door(lou["child"], record) == "holder"
    told = Notice.objects.filter(kind="representation").values_list("person_id", flat=True)
    assert set(told) == {lou["mother"].person_id, lou["child"].person_id}
    user = User.objects.get(id=lou["father"].user_id)
    assert [c.role for c in people.capacities_of(user)] == [Role.PATIENT]
    with binding(lou["mother"], at=NOON):
        view = circle.read_relatives(by=lou["mother"], record_id=record.id)
    assert [one.name for one in view.representatives] == ["Marie Petit"]

    decide(suspends=False)
    assert door(lou["father"], record) == "representative"
    acts = JournalEvent.objects.filter(record_id=record.id).order_by("seq")
    assert [*acts.values_list("act", "actor_role")] == [
        ("repr_suspended", "fund_agent"), ("repr_restored", "fund_agent"),
    ]  # fmt: skip


def cast_circle(record, doctor):
    circle_period(record, "circle", professional=doctor.professional, user=doctor.user)


def test_the_invitations_of_a_parent_who_is_suspended_end(lou, world, as_owner):
    with as_owner():
        paul = cast.family_viewer(cast.person("Paul", "Durand", dt.date(1985, 2, 2)))
    born = dt.date(2010, 1, 5)
    his = invite(world, by=lou["father"], record=lou["record"], at=NOON - dt.timedelta(hours=1))
    hers = invite(world, by=lou["mother"], record=lou["record"], address="ana@exemple.test")
    decide()

    assert take(paul, his, born=born) == take(paul, "ACDEFGHJK")
    assert take(paul, hers, born=born) == ""


SAID = {
    "child_nir": CHILD, "parent_nir": FATHER, "born_on": "05/01/2010", "decided": "suspend",
    "reference": "TJ de Rennes, n° 26/1234",
}  # fmt: skip


@pytest.fixture
def desk(as_owner):
    with as_owner():
        agent = User.objects.create(email="agent@exemple.test", fund_role="agent")
    return sign_in(agent, "fund_agent:")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"born_on": "05/02/2010"}, "Ce numéro et cette date de naissance ne vont pas ensemble."),
        ({"born_on": "05/01/2110"}, "cette date n'est pas possible"),
        ({"reference": "TJ de \u202eRennes"}, "un caractère invisible qui change l'ordre"),
        ({"parent_nir": CHILD}, "C'est le numéro de l'enfant."),
    ],
)
def test_what_goes_not_together_is_said_and_nothing_is_asked(lou, desk, changed, sentence):
    answer = desk.post("/decisions-de-justice/", SAID | changed)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert not JournalEvent.objects.exists()


def test_the_desk_gets_one_answer_whatever_is_there(lou, world, desk):
    pages = []
    for facts in (
        {}, {"born_on": "06/01/2010"}, {"parent_nir": "258031234567813"},
        {"child_nir": "110017511530204"},
    ):  # fmt: skip
        answer = desk.post("/decisions-de-justice/", SAID | facts)
        assert answer.status_code == 302
        page = html.unescape(desk.get("/decisions-de-justice/").content.decode())
        pages.append(page[page.index("C'est noté") :][:120])
    assert len(set(pages)) == 1
    assert JournalEvent.objects.filter(act="repr_suspended").count() == 1


def test_a_reference_that_turns_letters_round_is_refused(lou):
    with pytest.raises(Refused, match="caractère invisible"):
        decide(reference="TJ de \u202eRennes")


@pytest.mark.parametrize("who", ["mother", "child"])
def test_nobody_but_the_funds_agent_records_a_decision(lou, who):
    with pytest.raises(Refused):
        decide(by=lou[who])


def test_a_new_adult_is_shown_the_review_once(world, as_owner):
    with as_owner():
        lina = cast.person("Lina", born=dt.date(2008, 6, 16))
        record = cast.record(lina)
        mother = cast.person("Nadia")
        cast.represent(record, mother)
        helper = cast.person("Paul", "Durand")
        cast.delegate(record, helper, named_by_representative=True)
        me = cast.family_viewer(lina)
        nadia = cast.family_viewer(mother, Role.REPRESENTATIVE)
        paul = cast.family_viewer(helper, Role.DELEGATE)
    asked = {"by": me, "record_id": record.id}
    midnight = dt.datetime(2026, 6, 16, tzinfo=PARIS)
    eve = midnight - dt.timedelta(minutes=1)
    assert (door(nadia, record, eve), door(paul, record, eve)) == ("representative", "delegate")
    assert (door(nadia, record, midnight), door(paul, record, midnight)) == ("", "")
    with binding(me, at=eve), pytest.raises(NotVisible):
        circle.read_coming_of_age(**asked)

    with binding(me, at=midnight):
        view = circle.read_coming_of_age(**asked)
        circle.review_coming_of_age(**asked)
    assert view.representatives == ("Nadia Morel",)
    assert view.delegates == ("Paul Durand",)
    with binding(me, at=midnight + dt.timedelta(days=1)), pytest.raises(NotVisible):
        circle.read_coming_of_age(**asked)


def test_the_new_adults_first_page_leads_to_the_review_until_it_is_done(world, client, as_owner):
    with as_owner():
        lina = cast.person("Lina", born=dt.date(2008, 6, 16))
        record = cast.record(lina)
        cast.represent(record, cast.person("Nadia"))
        user = User.objects.get(id=cast.family_viewer(lina).user_id)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = "email"
    session["capacity"] = f"patient:{record.id}"
    session.save()
    home, review = f"/dossiers/{record.id}/", f"/dossiers/{record.id}/majorite/"

    with frozen_clock(NOON + dt.timedelta(days=30)):
        first = html.unescape(client.get(home).content.decode())
        assert review in first
        assert "Vous avez eu 18 ans : votre dossier n'est qu'à vous" in first
        page = html.unescape(client.get(review).content.decode())
        assert "Nadia Morel" in page
        assert "Rien n'est masqué." in page
        assert client.post(review).headers["Location"] == home
        assert review not in client.get(home).content.decode()
        assert client.get(review).status_code == 404


def test_a_guardian_of_before_eighteen_is_told_nothing_after(world, as_owner):
    with as_owner():
        lina = cast.person("Lina", born=dt.date(2008, 6, 15))
        record = cast.record(lina)
        guardian = cast.person("Nadia")
        cast.represent(record, guardian, ground="guardian")
        me = cast.family_viewer(lina)
    with binding(me, at=NOON):
        circle.authorise(by=me, record_id=record.id, professional_id=world.martin.id)
        assert circle.read_team(by=me, record_id=record.id).representatives == ()
    assert not Notice.objects.filter(person_id=guardian.id).exists()


def identity(born_on=dt.date(2010, 1, 5), document="cni"):
    traits = Traits(
        birth_name="PETIT", given_names="Lou", sex="F", born_on=born_on, birthplace="75115"
    )
    return opening.Identity(CHILD, traits, document=document)


def own_code(world, at=NOON, **facts):
    by = world.pharmacist.viewer
    with binding(by, at=at):
        return opening.give_own_code(
            by=by, identity=identity(**facts), attempt=uuid.UUID(int=7), mobile="0639980007"
        ).code


def test_from_fifteen_a_minor_is_given_a_sign_in_of_their_own(lou, world, settings, as_owner):
    settings.DMP_SMS_SENDER = "access.channels.shown_on_page"
    with as_owner():
        User.objects.filter(person_id=lou["child"].person_id).delete()
    code = own_code(world)
    assert own_code(world) == code  # pressed twice
    with binding(ANONYMOUS, at=NOON):
        found, problem = activation.find_activation(
            code=code, born_on=dt.date(2010, 1, 5), source="ici"
        )
    assert problem == ""
    assert (found.person_id, found.role) == (lou["child"].person_id, Role.PATIENT)
    assert activation.reachable_mobile(found.person_id) == "0639980007"
    [event] = JournalEvent.objects.filter(record_id=lou["record"].id)
    assert event.rests_on_secret


@pytest.mark.parametrize(
    "facts", [{"born_on": dt.date(2011, 6, 16)}, {"document": "none"}], ids=["fourteen", "unseen"]
)
def test_not_before_fifteen_nor_without_an_identity_document(lou, world, facts):
    with pytest.raises(Refused, match="15 ans"):
        own_code(world, **facts)


def test_who_has_a_sign_in_is_given_no_other(lou, world):
    with pytest.raises(Refused, match="Aucun code"):
        own_code(world)
