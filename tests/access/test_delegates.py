"""Delegates: invited by a code, bounded by a scope and an end, gone at the next request."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import channels, circle, codes, people, policy
from access.binding import binding
from access.circle import Scope
from access.models import Delegation, Invitation, JournalEvent, Notice, User
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.dossier.entrance import door_of
from records.models import Person
from tests.access import cast
from tests.access.cast import NOON


BORN = dt.date(1958, 3, 4)
SCOPE = Scope(("medicines", "results"), can_write=False, last_day=dt.date(2026, 12, 31))


def invite(world, *, by=None, record=None, at=NOON, scope=SCOPE, address="paul@exemple.test"):
    by, record = by or world.jeanne, record or world.record
    with binding(by, at=at):
        circle.invite(
            by=by, record_id=record.id, name="Paul", channel="email", address=address, scope=scope
        )
    return re.search(r"code : (\w{3}) (\w{3}) (\w{3})\.", mail.outbox[-1].body).expand(r"\1\2\3")


def take(by, code, *, born=BORN, at=NOON):
    with binding(by, at=at):
        found, problem = circle.find_invitation(by=by, code=code, born_on=born)
        if found is None:
            return problem
        circle.accept(by=by, invitation_id=found)
        return ""


def as_delegate(who, record, at=NOON):
    with binding(cast_as(who), at=at):
        return policy.standing_on(record.id)


def cast_as(who):
    return replace(who, role=Role.DELEGATE)


@pytest.fixture
def paul(as_owner):
    with as_owner():
        return cast.family_viewer(cast.person("Paul", "Durand", dt.date(1985, 2, 2)))


def test_an_invitation_is_taken_with_the_code_and_the_holders_birth_date(world, paul):
    code = invite(world)
    assert "Jeanne" not in mail.outbox[0].body
    assert not as_delegate(paul, world.record).delegated

    wrong = take(paul, code, born=dt.date(1958, 4, 3))
    unknown = take(paul, "ACDEFGHJK")
    assert wrong == unknown
    assert take(paul, code) == ""

    assert as_delegate(paul, world.record).delegated == {"medicines", "results"}
    assert door_of(as_delegate(paul, world.record)) == "delegate"
    acts = JournalEvent.objects.filter(record_id=world.record.id).order_by("seq")
    assert [*acts.values_list("act", "actor_role")] == [
        ("delegate_invited", "patient"), ("delegate_named", "delegate"),
    ]  # fmt: skip
    assert Notice.objects.filter(person_id=world.holder.id, kind="new_door").count() == 1
    assert take(paul, code) == unknown  # once


def test_three_wrong_birth_dates_stop_a_code(world, paul):
    code = invite(world)
    for _try in range(3):
        take(paul, code, born=dt.date(1990, 1, 1))

    assert "ne vont pas ensemble" in take(paul, code)
    assert not Delegation.objects.filter(record=world.record).exists()
    with binding(world.jeanne, at=NOON):
        [invited] = circle.read_relatives(by=world.jeanne, record_id=world.record.id).invited
    assert invited.expired, "a code that opens nothing isn't said to work until a day"


def test_whether_the_person_invited_is_known_changes_nothing_of_what_is_read(
    world, as_owner, client
):
    with as_owner():
        known = cast.family_viewer(cast.person("Ana", "Ruiz", dt.date(1980, 1, 1)))
    told = []
    for address in (f"{known.user_id}@exemple.test", "personne@exemple.test"):
        code = invite(world, address=address)
        with binding(world.jeanne, at=NOON):
            view = circle.read_relatives(by=world.jeanne, record_id=world.record.id)
        told.append((len(code), [one.name for one in view.invited]))
        Invitation.objects.update(ended_at=NOON)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "scope",
    [
        Scope((), can_write=False, last_day=dt.date(2027, 6, 16)),
        Scope((), can_write=False, last_day=dt.date(2026, 6, 14)),
        Scope(("secrets",), can_write=False, last_day=dt.date(2026, 7, 1)),
    ],
    ids=["more than a year", "passed", "no such kind"],
)
def test_a_scope_is_bounded(world, scope):
    with pytest.raises(Refused):
        invite(world, scope=scope)

    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_the_holder_a_minor_and_a_parent_suspended_cannot_be_the_delegate(world, as_owner):
    with as_owner():
        minor = cast.family_viewer(cast.person("Lou", "Petit", dt.date(2009, 1, 1)))
        father = cast.person("Jean", "Morel", dt.date(1975, 1, 1))
        cast.represent(world.record, father, suspended_at=NOON - dt.timedelta(days=1))
        father = cast.family_viewer(father)
    code = invite(world)
    for one in (world.jeanne, minor, father, world.martin.viewer):
        with pytest.raises(Refused):
            take(one, code)

    assert not Delegation.objects.filter(record=world.record).exists()


def test_a_delegate_decides_nothing(world, paul, as_owner):
    with as_owner():
        cast.delegate(world.record, world_person(paul))
    helper = cast_as(paul)
    asked = {"by": helper, "record_id": world.record.id}
    with binding(helper, at=NOON):
        for ask in (
            lambda: circle.read_relatives(**asked),
            lambda: circle.invite(
                **asked, name="Ami", channel="email", address="a@exemple.test", scope=SCOPE
            ),
            lambda: circle.authorise(**asked, professional_id=world.martin.id),
        ):
            with pytest.raises(Refused):
                ask()


def world_person(viewer):
    return Person.objects.get(id=viewer.person_id)


def test_changed_it_is_another_period_and_ended_it_is_gone_at_once(world, paul, as_owner):
    with as_owner():
        held = cast.delegate(world.record, world_person(paul))
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=NOON):
        circle.change_delegate(**asked, delegation_id=held.id, scope=SCOPE)
        [now] = circle.read_relatives(**asked).delegates
    assert as_delegate(paul, world.record).delegated == {"medicines", "results"}
    assert Delegation.objects.filter(record=world.record).count() == 2

    soon = NOON + dt.timedelta(seconds=1)
    with binding(world.jeanne, at=soon):
        circle.end_delegate(**asked, delegation_id=now.id)
        circle.end_delegate(**asked, delegation_id=now.id)
    assert not as_delegate(paul, world.record, soon).delegated
    acts = JournalEvent.objects.filter(record_id=world.record.id).order_by("seq")
    assert [*acts.values_list("act", flat=True)] == ["delegate_changed", "delegate_ended"]


def test_a_minors_delegate_is_named_by_a_parent_and_ends_with_childhood(world, paul, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2008, 10, 1))
        record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(record, mother)
        child = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
    with pytest.raises(Refused):
        invite(world, by=child, record=record)
    assert take(paul, invite(world, by=marie, record=record), born=lou.born_on) == ""

    eve = dt.datetime(2026, 9, 30, 23, 59, tzinfo=cast.PARIS)
    assert as_delegate(paul, record, eve).delegated
    assert not as_delegate(paul, record, eve + dt.timedelta(minutes=1)).delegated
    with binding(child, at=eve + dt.timedelta(minutes=1)):
        view = circle.read_relatives(by=child, record_id=record.id)
    assert view.delegates == ()
    assert view.representatives == ()


def test_a_parents_invitation_ends_with_childhood(world, paul, as_owner):
    born = dt.date(2008, 10, 1)
    with as_owner():
        child, mother = cast.person("Lou", born=born), cast.person("Marie")
        record = cast.record(child)
        cast.represent(record, mother)
        lou, marie = cast.family_viewer(child), cast.family_viewer(mother, Role.REPRESENTATIVE)
    eve = dt.datetime(2026, 9, 30, 23, 59, tzinfo=cast.PARIS)
    majority = eve + dt.timedelta(minutes=1)
    code = invite(world, by=marie, record=record, at=eve)
    with binding(paul, at=eve):
        found, _problem = circle.find_invitation(by=paul, code=code, born_on=born)

    assert take(paul, code, born=born, at=majority) == take(paul, "ACDEFGHJK", at=majority)
    with binding(paul, at=majority), pytest.raises(NotVisible):
        circle.accept(by=paul, invitation_id=found)
    with binding(lou, at=majority):
        assert circle.read_relatives(by=lou, record_id=record.id).invited == ()
    assert take(paul, code, born=born, at=eve) == ""


def test_from_the_form_to_the_delegates_own_first_page(world, paul, as_owner, client, settings):
    settings.DMP_DEMO = True
    with as_owner():
        jeanne = User.objects.get(id=world.jeanne.user_id)
        helper = User.objects.get(id=paul.user_id)
    page = f"/dossiers/{world.record.id}/proches/"
    _sign_in(client, jeanne, f"patient:{world.record.id}")
    sent = client.post(f"{page}inviter/", {"name": "Paul", "channel": "email", "what": "some",
                                           "writing": "read", "lasting": "year"})  # fmt: skip
    assert sent.status_code == 422
    assert "Écrivez son adresse e-mail." in sent.content.decode()
    assert "Cochez au moins une ligne" in sent.content.decode()
    client.post(f"{page}inviter/", {
        "name": "Paul", "channel": "email", "email": "paul@exemple.test", "what": "some",
        "kinds": ["medicines"], "writing": "write", "lasting": "year",
    })  # fmt: skip
    shown = client.get(page).content.decode()
    code = re.search(r"data-code>([\w ]+)<", shown).group(1)

    _sign_in(client, helper, f"patient:{world.record.id}")
    client.post("/invitation/", {"code": code, "born_on": "04/03/1958"})
    offer = client.get("/invitation/reponse/").content.decode()
    assert "Suivre le dossier de Jeanne Morel" in offer
    answer = client.post("/invitation/reponse/", {"answer": "yes"})
    assert answer.headers["Location"] == f"/dossiers/{world.record.id}/"
    assert client.get(answer.headers["Location"]).status_code == 200
    role = client.get("/connexion/role/").content.decode()
    assert "Aide : médicaments, lire et ajouter" in role
    assert [c.role for c in people.capacities_of(helper)] == [Role.PATIENT, Role.DELEGATE]

    Delegation.objects.update(ended_at=dt.datetime.now(dt.UTC))
    assert client.get(answer.headers["Location"]).status_code == 404
    assert [c.role for c in people.capacities_of(helper)] == [Role.PATIENT]


def _sign_in(client, user, capacity):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = "email"
    session["capacity"] = capacity
    session.save()


def test_one_that_is_accepted_while_it_is_sent_again_has_no_second_code(world, paul, monkeypatch):
    code = invite(world)
    sent = Invitation.objects.get()
    count = codes.count

    def accept_meanwhile(purpose, *about, **more):
        if purpose == "invitation":
            take(paul, code)
        return count(purpose, *about, **more)

    monkeypatch.setattr(codes, "count", accept_meanwhile)
    with binding(world.jeanne, at=NOON), pytest.raises(NotVisible):
        circle.send_again(by=world.jeanne, record_id=world.record.id, invitation_id=sent.id)


def test_nothing_is_locked_while_a_message_leaves(world, monkeypatch):
    send, locked = channels.send, []

    def send_slowly(*asked, **more):
        locked.append("FOR NO KEY UPDATE" in str(context.captured_queries))
        send(*asked, **more)

    monkeypatch.setattr(channels, "send", send_slowly)
    with CaptureQueriesContext(connection) as context:
        invite(world)
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with CaptureQueriesContext(connection) as context, binding(world.jeanne, at=NOON):
        circle.send_again(**asked, invitation_id=Invitation.objects.get().id)
    assert locked == [False, False]
    assert "FOR NO KEY UPDATE" in str(context.captured_queries)


def test_a_page_sent_twice_invites_once(world, paul):
    code = invite(world)
    with pytest.raises(Refused, match="attend déjà"):
        invite(world)
    assert len(mail.outbox) == Invitation.objects.count() == 1
    assert take(paul, code) == ""


def test_what_expired_no_longer_waits_at_its_address_nor_takes_a_place(world, paul):
    for number in range(9):
        invite(world, address=f"{number}@exemple.test", at=NOON - dt.timedelta(days=7))
    invite(world)
    later = NOON + dt.timedelta(days=7)
    code = invite(world, at=later)

    def listed(at=later):
        with binding(world.jeanne, at=at):
            view = circle.read_relatives(by=world.jeanne, record_id=world.record.id)
            return [one.expired for one in view.invited]

    assert listed() == [*[True] * 9, False]
    for number in range(9):
        invite(world, address=f"new-{number}@exemple.test", at=later)
    assert listed() == [False] * 10
    with pytest.raises(Refused, match="déjà 10"):
        invite(world, address="eleventh@exemple.test", at=later)
    assert take(paul, code, at=later) == ""


def test_an_invitation_withdrawn_is_a_code_nobody_sent(world, paul):
    code = invite(world)
    with binding(world.jeanne, at=NOON):
        [one] = circle.read_relatives(by=world.jeanne, record_id=world.record.id).invited
        circle.withdraw_invitation(
            by=world.jeanne, record_id=world.record.id, invitation_id=one.id
        )
    assert take(paul, code) == take(paul, "ACDEFGHJK")
    with binding(world.jeanne, at=NOON), pytest.raises(NotVisible):
        circle.send_again(by=world.jeanne, record_id=world.record.id, invitation_id=one.id)
