"""From the leaflet to the account: fourteen days, three tries, and the parent for a child."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest

from access.binding import binding, frozen_clock
from access.models import ActivationCode, JournalEvent, User
from access.policy import standing_on
from access.viewer import Role, Viewer
from records.dossier.entrance import door_of
from records.models import Person, Record, Representation
from records.opening import Contact, Identity, renew_code
from tests.clients import StrictClient
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_NIR,
    JULES,
    JULES_NIR,
    NOON,
)


pytestmark = pytest.mark.django_db
ACCOUNT = {"email": "famille@exemple.test", "password": "trois petits chats gris"}


@pytest.fixture
def browser(settings, noon):
    settings.DMP_DEMO = True
    return StrictClient()


def text(response):
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(bare.replace("&#x27;", "'").split())


def type_in(browser, code, born_on="14/03/1955"):
    return browser.post("/activation/", {"code": code, "born_on": born_on}, follow=True)


def go_on(browser):
    page = browser.post("/activation/compte/", ACCOUNT, follow=True)
    code = re.search(r"\b\d{6}\b", text(page)).group(0)
    return browser.post("/activation/code/", {"code": code})


def test_the_qr_of_the_leaflet_fills_the_code(browser, opening):
    made = opening()
    page = browser.get(f"/activation/?code={made.code}")

    assert f'value="{made.code}"' in page.content.decode()


def test_the_code_is_read_however_it_is_typed(browser, opening):
    code = opening().code
    spaced = f" {code[:3].lower()} {code[3:6]}-{code[6:]} "

    assert type_in(browser, spaced).redirect_chain[-1][0] == "/activation/compte/"


def test_a_code_works_until_the_fourteenth_day_and_not_after(browser, opening):
    code = opening().code
    with frozen_clock(NOON + dt.timedelta(days=14, seconds=-1)):
        assert type_in(browser, code).redirect_chain
    with frozen_clock(NOON + dt.timedelta(days=14)):
        assert "plus de 14 jours" in text(type_in(browser, code))


def test_three_wrong_birth_dates_stop_the_right_one(browser, opening):
    code = opening().code
    for _try in range(3):
        assert "ne vont pas ensemble" in text(type_in(browser, code, "15/03/1955"))

    assert "ne vont pas ensemble" in text(type_in(browser, code))
    assert ActivationCode.objects.get().tries_left == 0


def test_a_wrong_code_and_a_wrong_date_are_one_sentence(browser, opening):
    code = opening().code
    wrong = "AAAAAAAAA" if code != "AAAAAAAAA" else "CCCCCCCCC"

    one, other = type_in(browser, wrong), type_in(browser, code, "15/03/1955")
    said = re.compile(r"Ce code et cette date[^.]*\. [^.]*\.")
    assert said.search(text(one)).group(0) == said.search(text(other)).group(0)


def test_a_code_printed_again_stops_the_one_before(browser, opening, pharmacist):
    first = opening().code
    with binding(pharmacist):
        second = renew_code(
            by=pharmacist, identity=Identity(JEANNE_NIR, JEANNE), attempt=uuid.uuid4()
        ).code

    assert "ne vont pas ensemble" in text(type_in(browser, first))
    assert type_in(browser, second).redirect_chain


def open_jules(opening):
    return opening(
        identity=Identity(JULES_NIR, JULES, "none"),
        representative=Identity(ELODIE_NIR, ELODIE),
        contact=Contact(mobile="0639980001"),
    )


def test_a_childs_leaflet_makes_the_parents_account_and_never_the_childs(browser, opening):
    made = open_jules(opening)
    type_in(browser, made.code, "12/10/2018")
    answer = go_on(browser)

    user = User.objects.get(email=ACCOUNT["email"])
    mother = Person.objects.get(first_given="Élodie")
    assert user.person_id == mother.id
    assert answer.url == f"/dossiers/{made.record_id}/choix/"
    assert browser.session["capacity"] == f"representative:{made.record_id}"
    event = JournalEvent.objects.get(act="activated")
    assert (event.actor_person_id, event.door) == (mother.id, "representative")
    viewer = Viewer(
        user_id=user.id, person_id=mother.id, role=Role.REPRESENTATIVE, active=True,
        second_factor="mobile",
    )  # fmt: skip
    with binding(viewer):
        assert door_of(standing_on(made.record_id)) == "representative"


def test_a_parent_who_has_an_account_finds_the_childs_record_in_it(browser, opening):
    made = open_jules(opening)
    mother = Person.objects.get(first_given="Élodie")
    User.objects.create(email="elodie@exemple.test", person=mother)
    page = type_in(browser, made.code, "12/10/2018")

    assert "Vous avez déjà un compte" in text(page)
    assert User.objects.filter(person__isnull=False).count() == 1


def test_an_adults_leaflet_makes_their_own(browser, opening):
    made = opening()
    type_in(browser, made.code)
    go_on(browser)

    record = Record.objects.get()
    assert User.objects.get(email=ACCOUNT["email"]).person_id == record.holder_id
    assert record.activated_at == NOON


def test_a_refusal_said_at_the_counter_survives_a_page_left_unanswered(browser, opening):
    made = opening(emergency_refused=True, regulation_refused=True)
    type_in(browser, made.code)
    answer = go_on(browser)
    browser.post(answer.url, {"emergency": "", "notify_by": "email"})

    record = Record.objects.get()
    assert (record.emergency_refused, record.regulation_refused) == (True, True)
    assert record.notify_by == "email"


def test_a_parent_whose_right_ends_one_day_makes_the_account_until_then(
    browser, opening, as_owner
):
    made = open_jules(opening)
    with as_owner():
        Representation.objects.update(until=NOON + dt.timedelta(days=1))
    assert type_in(browser, made.code, "12/10/2018").redirect_chain


def test_a_suspended_parent_makes_no_account_of_the_child(browser, opening, as_owner):
    made = open_jules(opening)
    with as_owner():
        Representation.objects.update(suspended_at=NOON)
    page = type_in(browser, made.code, "12/10/2018")

    assert "s'ouvre avec l'accord d'un parent" in text(page)
    assert not page.redirect_chain
