"""« Son médecin traitant » at a counter: it waits for the person; the counter learns nothing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from access.models import Authorisation, Block, JournalEvent, Notice, User
from records.cards import Beneficiary
from records.models import Person, Record
from records.pages import counter_doctor, drafts
from tests.access import cast
from tests.access.cast import LONG_AGO
from tests.interference.comparing import undone
from tests.records.opening.conftest import (
    ANGELE_CARD,
    JEANNE,
    JEANNE_CARD,
    JEANNE_NIR,
    sign_in,
)
from tests.records.opening.desk import at_consent, attempt, body, compare, create, put_in, text


pytestmark = pytest.mark.django_db
SEARCH = "/ouvrir/medecin-traitant/"
SIXTEEN = dt.date(2010, 3, 14)


@pytest.fixture
def petit(as_owner):
    with as_owner():
        cast.pro("Petit", profession="60", title="")  # a nurse of that name
        return cast.pro("Petit", place=cast.structure("Maison de santé du Port"))


@pytest.fixture
def existing(counter, opening, petit):
    """Jeanne has a record, and is at the counter again."""
    opening()
    page = compare(counter, put_in(counter, JEANNE_CARD), "14/03/1955")
    assert "Jeanne a déjà un dossier" in text(page)
    return counter


def question(petit):
    return f"{SEARCH}{petit.id}/"


def declare(counter, petit):
    page = counter.get(question(petit))
    return counter.post(question(petit), {"attempt": attempt(page)}, follow=True)


def waiting():
    return list(Authorisation.objects.filter(kind="treating_gp", confirmed_at=None, ended_at=None))


def events():
    rows = JournalEvent.objects.filter(act="gp_declared").order_by("at")
    return [(row.door, row.actor_name, row.element_id) for row in rows]


def test_the_person_says_who_it_is_and_nothing_opens_before_they_confirm(counter, petit):
    done = create(counter, at_consent(counter))
    assert f'href="{SEARCH}"' in body(done)
    found = counter.get(SEARCH, {"q": "petit"})
    assert [found.context["found"][0].id, len(found.context["found"])] == [petit.id, 1]
    asked = text(counter.get(question(petit)))
    for words in (
        "Déclarer le Dr Petit comme médecin traitant de Jeanne ?",
        "Ce qu'il faut dire à Jeanne",
        "« Rien ne change tout de suite. Vous devrez confirmer, depuis votre propre compte. »",
        "« Le Dr Petit verra alors tout le dossier, même ce qui y est masqué",
    ):
        assert words in asked
    assert not events()

    noted = declare(counter, petit)

    assert "C'est noté." in text(noted)
    assert "Le Dr Petit, dès que ce sera confirmé." in text(noted)
    assert noted.request["PATH_INFO"] == "/ouvrir/fait/"
    [period] = waiting()
    assert (period.professional_id, period.ground) == (petit.id, "presence")
    assert events() == [("counter", "Sam Roy", petit.id)]
    told = Notice.objects.get(kind="new_door")
    assert told.person_id == Record.objects.get().holder_id
    assert not re.search("Petit|médecin", told.body)


def _nothing(_record, _petit):
    return 1


def _blocked(record, petit):
    Block.objects.create(record=record, professional=petit.professional, since=LONG_AGO)
    return 1


def _treats_already(record, petit):
    _period(record, petit, confirmed_at=LONG_AGO)
    return 0


def _waits_already(record, petit):
    _period(record, petit)
    return 0


def _another_waits(record, _petit):
    _period(record, cast.pro("Martin"))
    return 1


def _closed(record, _petit):
    Record.objects.filter(id=record.id).update(status="closed")
    return 0


def _suspended(record, _petit):
    Record.objects.filter(id=record.id).update(status="suspended")
    return 0


def _died(record, _petit):
    Record.objects.filter(id=record.id).update(died_on=dt.date(2026, 1, 2))
    return 0


WORLDS = (
    _nothing, _blocked, _treats_already, _waits_already, _another_waits, _closed, _suspended,
    _died,
)  # fmt: skip


def _period(record, who, **facts):
    return Authorisation.objects.create(
        record=record, kind="treating_gp", professional=who.professional, ground="presence",
        given_at=LONG_AGO, since=LONG_AGO, **facts,
    )  # fmt: skip


def bare(page):
    """A page without what a browser gets anew each time."""
    return re.sub(r'name="(csrfmiddlewaretoken|attempt)" value="[^"]+"', "", body(page))


def test_the_counter_is_answered_the_same_whatever_the_record_says(existing, petit, as_owner):
    record, answers = Record.objects.get(), []
    for what in WORLDS:
        with undone():
            with as_owner():
                written = what(record, petit)
            asked = existing.get(question(petit))
            answer = existing.post(question(petit), {"attempt": attempt(asked)})
            said = existing.get(SEARCH)  # the message: the page of the record that is there
            heard = answer.status_code, answer.headers["Location"], bare(asked), bare(said)
            answers.append(heard)
            assert len(events()) == written, what
            live = [one for one in waiting() if one.professional_id == petit.id]
            assert len(live) == int(bool(written) or what is _waits_already), what

    assert "C'est noté." in text(said)
    assert len(answers) == len(WORLDS)
    assert len(set(answers)) == 1


def test_pressed_twice_it_is_noted_once_and_another_doctor_takes_the_place(
    existing, petit, as_owner
):
    with as_owner():
        martin = cast.pro("Martin")
    for who in (petit, petit, martin):
        declare(existing, who)

    assert [one.professional_id for one in waiting()] == [martin.id]
    assert [about for _door, _by, about in events()] == [petit.id, martin.id]


def test_a_form_of_another_persons_card_declares_nothing(existing, petit):
    of_jeanne = attempt(existing.get(question(petit)))
    compare(existing, put_in(existing, ANGELE_CARD), "27/08/1974")
    at_angele = existing.post(question(petit), {"attempt": of_jeanne}, follow=True)
    assert "rien n'a été déclaré" in text(at_angele)
    compare(existing, put_in(existing, JEANNE_CARD), "14/03/1955")
    late = existing.post(question(petit), {"attempt": of_jeanne}, follow=True)

    assert "rien n'a été déclaré" in text(late)
    assert not events()


@pytest.mark.parametrize("path", [SEARCH, "question"])
def test_without_the_person_there_is_nothing_to_declare(counter, petit, path):
    path = question(petit) if path == "question" else path
    assert counter.get(path).headers["Location"] == "/ouvrir/"
    put_in(counter, JEANNE_CARD)
    assert counter.get(path).headers["Location"] == "/ouvrir/identite/"
    at_consent(counter)  # no record yet
    assert counter.get(path).headers["Location"] == "/ouvrir/accord/"
    assert not events()


def test_where_a_minor_came_alone_no_doctor_is_named(counter, opening, petit):
    """Their family would be told that somebody named one, on the day they came."""
    opening()
    Person.objects.update(born_on=SIXTEEN)
    young = Beneficiary(JEANNE_NIR, replace(JEANNE, born_on=SIXTEEN))
    card = drafts.Opening(people=[young], document="cni", known="activated", chosen=0)
    keep(counter, card)
    assert f'href="{SEARCH}"' in body(counter.get("/ouvrir/deja-ouvert/"))
    asked = text(counter.get(question(petit)))
    assert "« Rien ne change tout de suite. Vous devrez confirmer" in asked
    assert "« Vos parents en sont prévenus aussi. »" in asked

    own = {"attempt": card.attempt.hex, "own": "yes", "mobile": "06 39 98 00 02"}
    done = counter.post("/ouvrir/deja-ouvert/", own, follow=True)

    assert done.request["PATH_INFO"] == "/ouvrir/fait/"
    assert SEARCH not in body(done)
    assert counter.get(question(petit)).headers["Location"] == "/ouvrir/fait/"
    late = counter.post(question(petit), {"attempt": card.attempt.hex})
    assert late.headers["Location"] == "/ouvrir/fait/"
    assert not events()


def test_of_a_child_it_is_said_that_a_parent_confirms(counter, opening, petit):
    opening()
    Person.objects.update(born_on=SIXTEEN + dt.timedelta(days=300))
    child = Beneficiary(JEANNE_NIR, replace(JEANNE, born_on=SIXTEEN + dt.timedelta(days=300)))
    keep(counter, drafts.Opening(people=[child], document="cni", known="activated", chosen=0))
    asked = text(counter.get(question(petit)))
    assert "« Rien ne change tout de suite. Un parent devra confirmer" in asked
    assert "Vos parents" not in asked


def keep(browser, draft):
    """Have somebody at the counter, as the screens before would."""
    session = browser.session
    user = User.objects.get(id=session["_auth_user_id"])
    request = SimpleNamespace(session=session, viewer=SimpleNamespace(user_id=user.id))
    drafts.save_opening(request, "counter", draft)
    session.save()


def test_so_many_an_hour_and_no_more(existing, petit, monkeypatch):
    monkeypatch.setattr(counter_doctor, "DECLARED_AN_HOUR", 1)
    cache.clear()
    declare(existing, petit)
    page = existing.get(question(petit))

    again = existing.post(question(petit), {"attempt": attempt(page)})

    assert again.status_code == 429


def test_whoever_is_no_doctor_is_not_declared(existing, as_owner):
    with as_owner():
        nurse = cast.pro("Leroy", profession="60", title="")

    answer = existing.get(question(nurse))

    assert answer.status_code == 403
    assert "Seul un médecin peut être médecin traitant." in text(answer)


def test_a_doctor_at_the_counter_names_themself_first(opening, petit, settings):
    settings.DMP_DEMO = True
    opening()
    desk = sign_in(petit.user, f"professional:{petit.practice.id}")
    compare(desk, put_in(desk, JEANNE_CARD), "14/03/1955")
    page = desk.get(SEARCH, {"q": "petit"})
    assert "Est-ce vous ? Dr Alix Petit" in text(page)
    assert page.context["found"] == []

    asked = text(desk.get(question(petit)))
    assert "Vous déclarer médecin traitant de Jeanne ?" in asked
    assert "« Je verrai alors tout le dossier, même ce qui y est masqué" in asked
    declare(desk, petit)

    assert events() == [("counter", "Dr Alix Petit", petit.id)]


def test_the_funds_counter_notes_it_too_and_sees_the_directory_alone(opening, petit, settings):
    settings.DMP_DEMO = True
    opening()
    user = User.objects.create(email="accueil@exemple.test", fund_role="agent")
    desk = sign_in(user, "fund_agent:")
    compare(desk, put_in(desk, JEANNE_CARD), "14/03/1955")
    page = desk.get(SEARCH, {"q": "petit"})
    assert [one.id for one in page.context["found"]] == [petit.id]
    noted = declare(desk, petit)

    assert "C'est noté" in text(noted)
    [period] = waiting()
    assert period.given_by == user.id
