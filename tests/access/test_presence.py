"""« Le patient est avec moi »: 24 hours with proof, a door that waits without, nothing told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import mail

from access import circle, policy
from access.binding import binding, frozen_clock
from access.models import Authorisation, Block, JournalEvent, Notice
from access.policy import NotVisible, Refused
from records import cards, opening
from records.cards import Beneficiary
from records.identifiers import identifier_digest
from records.keys import seal_with_master
from records.models import ContactPoint, Person, RecordIdentifier
from records.pages import drafts
from records.traits import Traits
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.access.told import give
from tests.records.opening.conftest import FAMILY_CARD
from tests.records.opening.desk import attempt as screen_of


NIR = "258031234567813"
HOUR = dt.timedelta(hours=1)


def tick(world, who=None, *, proved=True, year=False, at=NOON, said_by=None, record=None):
    by = (who or world.martin).viewer
    with binding(by, at=at):
        circle.open_in_presence(
            by=by, record_id=(record or world.record).id, proved=proved, year=year,
            said_by=said_by,
        )  # fmt: skip


def has_door(world, who=None, at=NOON):
    with binding((who or world.martin).viewer, at=at):
        return policy.standing_on(world.record.id).circle


def waiting(world, at=NOON):
    with binding(world.jeanne, at=at):
        return circle.read_team(by=world.jeanne, record_id=world.record.id).waiting


def test_with_proof_it_is_24_hours_and_told_at_once(world):
    tick(world)
    tick(world, at=NOON + dt.timedelta(seconds=2))  # pressed twice

    assert has_door(world, at=NOON + 23 * HOUR)
    assert not has_door(world, at=NOON + 24 * HOUR)
    assert Authorisation.objects.filter(record=world.record).count() == 1
    [event] = JournalEvent.objects.filter(record_id=world.record.id)
    assert (event.act, event.door, event.actor_name) == (
        "circle_given", "presence", "Dr Alix Martin",
    )  # fmt: skip
    assert Notice.objects.filter(person_id=world.holder.id, kind="new_door").count() == 1


def test_a_year_is_the_holders_to_give(world):
    tick(world, year=True)
    assert has_door(world)
    assert not has_door(world, at=NOON + 25 * HOUR)
    [asked] = waiting(world)
    with binding(world.jeanne, at=NOON + HOUR):
        circle.confirm_waiting_door(
            by=world.jeanne, record_id=world.record.id, authorisation_id=asked.authorisation_id
        )

    assert has_door(world, at=NOON + 300 * 24 * HOUR)
    assert not has_door(world, at=NOON + 367 * 24 * HOUR)


def test_without_proof_it_waits_for_the_holder(world):
    tick(world, proved=False)

    assert not has_door(world)
    assert [one.name for one in waiting(world)] == ["Dr Martin"]


def test_whoever_the_holder_removed_waits_for_them_with_proof_too(world):
    with binding(world.jeanne, at=NOON):
        door = circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )
    with binding(world.jeanne, at=NOON + HOUR):
        circle.end_authorisation(by=world.jeanne, record_id=world.record.id, authorisation_id=door)
    tick(world, at=NOON + 2 * HOUR)

    assert not has_door(world, at=NOON + 2 * HOUR)
    [asked] = waiting(world, at=NOON + 2 * HOUR)
    with binding(world.jeanne, at=NOON + 3 * HOUR):
        circle.confirm_waiting_door(
            by=world.jeanne, record_id=world.record.id, authorisation_id=asked.authorisation_id
        )
    assert has_door(world, at=NOON + 3 * HOUR)


def test_a_treating_gp_who_was_removed_waits_too_and_one_who_was_replaced_does_not(world):
    about = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=NOON):
        circle.declare_treating_gp(**about, professional_id=world.martin.id)
    with binding(world.jeanne, at=NOON + HOUR):
        circle.declare_treating_gp(**about, professional_id=world.petit.id)
    with binding(world.jeanne, at=NOON + 2 * HOUR):
        circle.end_treating_gp(**about)
    for who in (world.martin, world.petit):
        tick(world, who, at=NOON + 3 * HOUR)

    assert has_door(world, world.martin, at=NOON + 3 * HOUR)
    assert not has_door(world, world.petit, at=NOON + 3 * HOUR)
    assert [one.name for one in waiting(world, at=NOON + 3 * HOUR)] == ["Dr Petit"]


def test_whoever_is_blocked_writes_nothing_and_is_not_told(world, as_owner):
    with as_owner():
        Block.objects.create(
            record=world.record, professional=world.martin.professional, since=LONG_AGO
        )
    tick(world)
    tick(world, proved=False)

    assert not Authorisation.objects.filter(record=world.record).exists()
    assert not JournalEvent.objects.filter(record_id=world.record.id).exists()


def test_a_parent_who_is_a_doctor_has_no_professional_door_to_ask_for(world, as_owner):
    with as_owner():
        lou = cast.record(cast.person("Lou", born=dt.date(2012, 1, 1)))
        parent = cast.person("Alix", "Martin")
        cast.represent(lou, parent)
        viewer = cast.family_viewer(parent)
    who = cast.Pro(world.martin.professional, None, None, _with(world.martin.viewer, viewer))
    with pytest.raises(Refused):
        tick(world, who, record=lou)


def _with(professional, person):
    return dataclasses.replace(professional, person_id=person.person_id)


def test_a_door_a_minor_gave_with_their_own_code_is_theirs_alone(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
    tick(world, record=record, said_by=lou.user_id)

    members = []
    for who in (lou, marie):
        with binding(who, at=NOON):
            members.append(len(circle.read_team(by=who, record_id=record.id).members))
    assert members == [1, 0]
    assert set(Notice.objects.values_list("person_id", flat=True)) == {lou.person_id}
    assert JournalEvent.objects.get(record_id=record.id).rests_on_secret


def test_what_the_holder_decides_at_this_instant_counts(world, as_owner):
    with binding(world.martin.viewer, at=NOON) as state:
        assert not policy.standing_on(world.record.id).blocked
        with as_owner():
            Block.objects.create(
                record=world.record, professional_id=world.martin.id, since=state.moment.at
            )
        circle.open_in_presence(
            by=world.martin.viewer, record_id=world.record.id, proved=True, year=True
        )
    assert not Authorisation.objects.exists()


@pytest.fixture
def identified(world, as_owner):
    with as_owner():
        key = uuid.uuid4()
        RecordIdentifier.objects.create(
            id=key, record=world.record, system=settings.DMP_INS_SYSTEM, status="qualified",
            digest=identifier_digest(settings.DMP_INS_SYSTEM, NIR), since=LONG_AGO,
            value_sealed=seal_with_master(NIR.encode(), about=key.bytes),
        )  # fmt: skip
        give(world.holder, "email", "jeanne@exemple.test")
    return world


def come_with(client, world):
    """Dr Martin signs in and writes Jeanne's identity."""
    client.force_login(
        world.martin.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session["second_factor"] = "totp"
    session["capacity"] = f"professional:{world.martin.practice.id}"
    session.save()
    identity = {
        "nir": NIR, "document": "cni", "birth_name": "MOREL", "given_names": "Jeanne",
        "sex": "F", "born_on": "04/03/1958", "birthplace": "75115",
    }  # fmt: skip
    assert client.post("/presence/sans-carte/", identity).headers["Location"] == "/presence/acces/"


def press(client, attempt="", **told):
    """Press on the screen of the access, as it is now or as it was."""
    shown = attempt or screen_of(client.get("/presence/acces/"))
    return client.post("/presence/acces/", told | {"attempt": shown})


def test_the_code_the_patient_says_opens_the_record(identified, client):
    world = identified
    come_with(client, world)
    wrong = press(client, lasting="day")
    assert "Écrivez le code que le patient a reçu." in html.unescape(wrong.content.decode())
    press(client, ask="send")
    [message] = mail.outbox
    assert message.to == ["jeanne@exemple.test"]
    code = re.search(r"code : (\d{6})", message.body).group(1)
    done = press(client, lasting="day", code=code)
    assert done.headers["Location"] == "/presence/fait/"
    noted = client.get("/presence/fait/")
    assert noted.status_code == 200
    assert "Jeanne MOREL" in noted.content.decode()  # whose, before the next patient comes
    assert client.get(f"/dossiers/{world.record.id}/").status_code == 200


def test_a_code_sent_where_there_is_nobody_is_said_in_the_same_words(identified, client, as_owner):
    world = identified
    pages = []
    for email in ("jeanne@exemple.test", ""):
        with as_owner():
            if not email:
                ContactPoint.objects.all().delete()
        come_with(client, world)
        press(client, ask="send")
        page = client.get("/presence/acces/").content.decode()
        pages.append(re.sub(r'name="(csrfmiddlewaretoken|attempt)" value="[^"]+"', "", page))
    assert len(mail.outbox) == 1
    assert len({len(page) for page in pages}) == 1


def test_a_screen_left_open_in_another_tab_never_acts_on_the_next_patient(
    identified, client, settings
):
    settings.DMP_DEMO = True
    world = identified
    come_with(client, world)
    of_jeanne = screen_of(client.get("/presence/acces/"))
    press(client, ask="send")
    assert client.session["presence_shown"]
    people = client.post("/presence/", {"card": FAMILY_CARD}, follow=True)
    of_card = screen_of(people)
    client.post("/presence/personne/", {"person": "0", "attempt": of_card})
    assert not client.session.get("presence_shown")  # the code was Jeanne's
    come_with(client, world)

    late = client.post("/presence/personne/", {"person": "0", "attempt": of_card}, follow=True)
    assert "plus à jour" in late.content.decode()
    assert press(client, attempt=of_jeanne, ask="wait", lasting="day").status_code == 302
    assert not Authorisation.objects.filter(record=world.record).exists()
    press(client, ask="wait", lasting="day")
    assert Authorisation.objects.filter(record=world.record).exists()


def test_a_card_that_was_read_opens_once(identified, client):
    come_with(client, identified)
    session = client.session
    request = SimpleNamespace(session=session, viewer=identified.martin.viewer)
    draft = drafts.load_opening(request, "presence")
    draft.from_card = True
    drafts.save_opening(request, "presence", draft)
    session.save()
    for moment in (NOON, NOON + HOUR):
        with frozen_clock(moment):
            assert press(client, lasting="day").headers["Location"] == "/presence/fait/"

    assert Authorisation.objects.count() == 1


def test_a_card_with_nobody_on_it_is_read_as_none(identified, client, settings, monkeypatch):
    settings.DMP_DEMO = True
    come_with(client, identified)
    empty = {"serial": "1", "label": "", "people": []}
    monkeypatch.setattr(cards, "_demo_cards", lambda: (empty,))
    for page in ("/presence/", "/ouvrir/"):
        answer = client.post(page, {"card": "1"})
        assert answer.headers["Location"] == page


@pytest.mark.parametrize("own", ["email", "post"])
def test_a_minor_said_it_only_where_the_code_came_to_them(identified, as_owner, own):
    """A letter box of theirs takes no code: it went to the mother, who is told of the door."""
    record = identified.record
    with as_owner():
        Person.objects.filter(id=identified.holder.id).update(born_on=dt.date(2010, 3, 4))
        ContactPoint.objects.filter(person=identified.holder).update(kind=own)
        mother = cast.person("Marie")
        cast.represent(record, mother)
        give(mother, "email", "marie@exemple.test")
    traits = Traits("MOREL", "Jeanne", "F", dt.date(2010, 3, 4), "75115")
    who = {"by": identified.martin.viewer, "identity": opening.Identity(NIR, traits)}
    with binding(who["by"], at=NOON):
        opening.send_presence_code(**who)
    with binding(who["by"], at=NOON):
        opening.tick_presence(**who, proved=True, by_code=True, year=False)

    by_minor = own == "email"
    assert [one.to for one in mail.outbox] == [
        ["jeanne@exemple.test" if by_minor else "marie@exemple.test"]
    ]
    assert JournalEvent.objects.get(record_id=record.id).rests_on_secret is by_minor


def test_what_a_minor_confirms_alone_goes_on_waiting_on_the_familys_list(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
    tick(world, proved=False, record=record)

    def team(by):
        with binding(by, at=NOON):
            found = circle.read_team(by=by, record_id=record.id)
            return found.members, found.waiting

    def confirm(by, one):
        with binding(by, at=NOON):
            circle.confirm_waiting_door(
                by=by, record_id=record.id, authorisation_id=one.authorisation_id
            )

    before = team(marie)
    [asked] = before[1]
    for _press in range(2):
        confirm(lou, asked)

    assert team(marie) == before
    with binding(world.martin.viewer, at=NOON):
        assert policy.standing_on(record.id).circle
    [given], still = team(lou)
    assert (given.name, still) == ("Dr Martin", ())
    confirm(marie, asked)
    assert [one.name for one in team(marie)[0]] == ["Dr Martin"]
    assert len(team(lou)[0]) == 2


def test_what_a_minor_refuses_alone_goes_on_waiting_on_the_familys_list(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
    tick(world, proved=False, record=record)

    def waiting(by):
        with binding(by, at=NOON):
            return circle.read_team(by=by, record_id=record.id).waiting

    before = waiting(marie)
    [asked] = before
    for _press in range(2):
        with binding(lou, at=NOON):
            circle.refuse_waiting_door(
                by=lou, record_id=record.id, authorisation_id=asked.authorisation_id
            )

    assert (waiting(marie), waiting(lou)) == (before, ())
    events = JournalEvent.objects.filter(record_id=record.id, act="circle_ended")
    assert [one.rests_on_secret for one in events.order_by("seq")] == [True]
    with binding(world.martin.viewer, at=NOON):
        assert not policy.standing_on(record.id).circle
    with binding(marie, at=NOON):
        circle.refuse_waiting_door(
            by=marie, record_id=record.id, authorisation_id=asked.authorisation_id
        )
    assert waiting(marie) == ()


def there(client, world, *, card=False, traits=None):
    """What the screens before keep once the access was opened with proof."""
    come_with(client, world)
    session = client.session
    request = SimpleNamespace(session=session, viewer=world.martin.viewer)
    draft = drafts.load_opening(request, "presence")
    draft.from_card, draft.outcome, draft.record_id = card, "opened", world.record.id
    if traits:
        draft.people = [dataclasses.replace(draft.person, traits=traits)]
    keep(client, world, draft)
    return draft


def keep(client, world, draft):
    session = client.session
    request = SimpleNamespace(session=session, viewer=world.martin.viewer)
    drafts.save_opening(request, "presence", draft)
    session.save()


OFFERED = "/presence/medecin-traitant/"


def test_once_opened_nobody_else_of_the_card_is_chosen(identified, client):
    """Their name would be read above the way to the first one's record."""
    draft = there(client, identified, card=True)
    son = Traits("MOREL", "Louis", "M", dt.date(2015, 1, 1), "75115")
    draft.people.append(Beneficiary("115017511504293", son))
    keep(client, identified, draft)
    chosen = client.post("/presence/personne/", {"person": "1", "attempt": draft.attempt.hex})

    assert chosen.headers["Location"] == "/presence/fait/"
    page = client.get("/presence/fait/").content.decode()
    assert "Jeanne MOREL" in page
    assert "Louis" not in page


def test_of_another_of_the_card_nothing_was_asked_yet(identified, client):
    draft = there(client, identified, card=True)
    draft.outcome = "asked"
    draft.choose(0)
    keep(client, identified, draft)

    assert client.get("/presence/fait/").headers["Location"] == "/presence/"


def test_a_doctor_whose_patient_is_there_names_themself_and_it_waits(identified, client):
    world = identified
    there(client, world)
    assert OFFERED in client.get("/presence/fait/").content.decode()
    asked = client.get(OFFERED)
    assert "Vous déclarer médecin traitant de Jeanne" in asked.content.decode()
    done = client.post(OFFERED, {"attempt": screen_of(asked)}, follow=True)

    said = html.unescape(done.content.decode())
    assert "C'est noté." in said
    assert "Vous, dès que ce sera confirmé." in said
    assert "Le Dr Martin, dès que" not in said
    assert "Jeanne trouvera la question" in said
    period = Authorisation.objects.get(kind="treating_gp")
    assert (period.professional_id, period.confirmed_at) == (world.martin.id, None)
    event = JournalEvent.objects.get(act="gp_declared")
    assert (event.door, event.actor_name) == ("presence", "Dr Alix Martin")


def test_without_proof_nobody_names_themself(identified, client):
    come_with(client, identified)
    assert client.get(OFFERED).headers["Location"] == "/presence/"
    press(client, ask="wait", lasting="day")
    page = client.get("/presence/fait/")

    assert OFFERED not in page.content.decode()
    assert client.get(OFFERED).status_code == 404


def test_a_form_of_the_patient_before_names_nobody(identified, client):
    of_another = there(client, identified).attempt.hex
    there(client, identified)
    late = client.post(OFFERED, {"attempt": of_another}, follow=True)

    assert "rien n'a été déclaré" in html.unescape(late.content.decode())
    assert not Authorisation.objects.filter(kind="treating_gp").exists()


@pytest.mark.parametrize("card", [True, False], ids=["by card", "by a code of theirs"])
def test_while_a_minor_let_them_in_by_a_code_nobody_is_named(identified, client, as_owner, card):
    """Their family would be told of that visit (line 5); of a card that is read they are."""
    with as_owner():
        Person.objects.filter(id=identified.holder.id).update(born_on=dt.date(2010, 3, 4))
    young = Traits("MOREL", "Jeanne", "F", dt.date(2010, 3, 4), "75115")
    with frozen_clock(NOON):
        draft = there(client, identified, card=card, traits=young)
        page = client.get("/presence/fait/").content.decode()
        answer = client.post(OFFERED, {"attempt": draft.attempt.hex})
    by = identified.martin.viewer
    asked = {"by": by, "identity": opening.Identity(NIR, young, from_card=card)}
    if not card:
        with binding(by, at=NOON), pytest.raises(NotVisible):
            opening.declare_doctor(**asked, professional_id=identified.martin.id, in_presence=True)
    assert (OFFERED in page) is card
    assert answer.status_code == (302 if card else 404)
    assert Authorisation.objects.filter(kind="treating_gp").exists() is card


def test_in_presence_a_doctor_names_nobody_else(identified):
    by = identified.martin.viewer
    traits = Traits("MOREL", "Jeanne", "F", dt.date(1958, 3, 4), "75115")
    asked = {"by": by, "identity": opening.Identity(NIR, traits), "in_presence": True}
    with binding(by, at=NOON), pytest.raises(NotVisible):
        opening.declare_doctor(**asked, professional_id=identified.petit.id)
    assert not Authorisation.objects.exists()


def test_a_minor_without_a_record_is_said_to_need_a_parent(identified, client, settings):
    settings.DMP_DEMO = True
    come_with(client, identified)
    people = client.post("/presence/", {"card": FAMILY_CARD}, follow=True)
    client.post("/presence/personne/", {"person": "2", "attempt": screen_of(people)})
    page = html.unescape(client.get("/presence/acces/").content.decode())

    assert "n'a pas de dossier ouvert" in page
    assert "si un parent est là et d'accord" in page
