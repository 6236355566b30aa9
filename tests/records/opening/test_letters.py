"""No mobile: the leaflet and a birth date open nothing without the code posted by the fund."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.core import mail
from django.db import transaction
from django.test import TestCase

from access import activation as activations
from access.binding import binding, frozen_clock
from access.models import JournalEvent, OneTimeCode, User
from access.policy import Refused
from access.viewer import ANONYMOUS
from records.models import ContactPoint, Person, Record
from records.opening import Contact, Identity, by_oneself, open_record, renew_code
from tests.clients import StrictClient
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_CARD,
    JEANNE_NIR,
    JULES,
    JULES_NIR,
    NOON,
)
from tests.records.opening.desk import at_consent, attempt, compare, create, put_in, text


pytestmark = pytest.mark.django_db
ACCOUNT = {"email": "jeanne@exemple.test", "password": "trois petits chats gris"}
WRONG = "Ce n'est pas le code de la lettre"
STOPPED = "Cette lettre ne marche plus."
POSTED: list[dict[str, str]] = []


def a_sender(*, nir, name, text):
    POSTED.append({"nir": nir, "name": name, "text": text})


@pytest.fixture(autouse=True)
def _post_office(settings):
    POSTED.clear()
    settings.DMP_LETTER_SENDER = f"{__name__}.a_sender"


@pytest.fixture
def by_post(opening):
    def go(**told):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return opening(contact=Contact(by_post=True), **told)

    return go


def code_in(letter):
    found = re.search(r"\b(\d{3}) (\d{3})\b", letter["text"])
    return "".join(found.groups())


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def at_account(code, born_on="14/03/1955"):
    browser = StrictClient()
    told = browser.post("/activation/", {"code": code, "born_on": born_on}, follow=True)
    assert told.redirect_chain[-1][0] == "/activation/compte/"
    return browser, told


def account(browser, **typed):
    return browser.post("/activation/compte/", ACCOUNT | typed, follow=True)


def made_accounts():
    return User.objects.filter(person__isnull=False)


def mailed():
    return re.search(r"\d{6}", mail.outbox[-1].body)[0]


def test_leaflet_birth_date_and_letter_open_the_account(by_post, noon):
    made = by_post()
    [letter] = POSTED
    assert made.letter
    assert (letter["nir"], letter["name"]) == (JEANNE_NIR, "Jeanne Morel")
    browser, page = at_account(made.code)
    assert 'name="letter"' in page.content.decode()
    assert code_in(letter) not in page.content.decode()
    account(browser, letter=code_in(letter))
    done = browser.post("/activation/code/", {"code": mailed()})

    assert done.url == f"/dossiers/{made.record_id}/choix/"
    assert made_accounts().get().person_id == Record.objects.get().holder_id
    assert JournalEvent.objects.filter(act="activated").count() == 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef"])
def test_without_the_letter_there_is_no_further_page(by_post, noon, typed):
    browser, _page = at_account(by_post().code)
    page = account(browser, letter=typed)

    assert page.status_code == 422
    assert not mail.outbox
    assert browser.get("/activation/code/").url == "/activation/"
    assert OneTimeCode.objects.get().tries_left == 3


def test_three_wrong_codes_stop_the_letter(by_post, noon):
    made = by_post()
    code = code_in(POSTED[0])
    for words in (WRONG, WRONG, f"{WRONG}, trois fois", STOPPED):
        browser, _page = at_account(made.code)
        assert words in text(account(browser, letter=other_than(code)))
    assert STOPPED in text(account(browser, letter=code))
    assert not mail.outbox


def test_what_else_is_wrong_costs_the_letter_nothing(by_post, noon):
    browser, _page = at_account(by_post().code)
    for _time in range(5):
        account(browser, letter=other_than(code_in(POSTED[0])), password="court")  # noqa: S106  # refused
    assert OneTimeCode.objects.get().tries_left == 3


def test_a_right_code_may_be_typed_again_until_the_account_exists(by_post, noon):
    made = by_post()
    code = code_in(POSTED[0])
    for _time in range(5):
        browser, _page = at_account(made.code)
        account(browser, letter=code)
    browser.post("/activation/code/", {"code": mailed()})
    assert made_accounts().count() == 1
    assert OneTimeCode.objects.get(purpose="letter").used_at == NOON


def test_the_letter_is_asked_for_once_in_one_sitting(by_post, noon):
    browser, _page = at_account(by_post().code)
    account(browser, letter=code_in(POSTED[0]))
    again = browser.get("/activation/compte/")
    assert 'name="letter"' not in again.content.decode()
    account(browser, email="autre@exemple.test")
    browser.post("/activation/code/", {"code": mailed()})
    assert made_accounts().get().email == "autre@exemple.test"


def test_a_letter_typed_in_one_browser_opens_nothing_in_another(by_post, noon):
    made = by_post()
    mine, _page = at_account(made.code)
    account(mine, letter=code_in(POSTED[0]))
    thief, page = at_account(made.code)
    assert 'name="letter"' in page.content.decode()
    assert account(thief).status_code == 422


def test_the_letter_lives_fourteen_days(by_post, noon):
    made = by_post()
    code = code_in(POSTED[0])
    with frozen_clock(NOON + dt.timedelta(days=14, seconds=-1)):
        browser, _page = at_account(made.code)
        assert account(browser, letter=code).status_code == 200
    row = OneTimeCode.objects.get(purpose="letter")
    assert row.expires_at == NOON + dt.timedelta(days=14)
    assert "7 décembre 2026" in POSTED[0]["text"].replace("\N{NO-BREAK SPACE}", " ")


def test_the_code_is_nowhere_in_the_database(by_post, noon):
    by_post()
    row = OneTimeCode.objects.get()
    assert code_in(POSTED[0]).encode() not in bytes(row.digest)
    assert len(row.digest) == 32


def renew(pharmacist):
    with TestCase.captureOnCommitCallbacks(execute=True), binding(pharmacist):
        return renew_code(
            by=pharmacist, identity=Identity(JEANNE_NIR, JEANNE), attempt=uuid.uuid4()
        )


def test_a_leaflet_printed_again_stops_the_letter_before(by_post, pharmacist):
    by_post()
    again = renew(pharmacist)
    first, second = map(code_in, POSTED)
    assert again.letter
    browser, _page = at_account(again.code)
    assert WRONG in text(account(browser, letter=first))
    assert account(browser, letter=second).status_code == 200


def test_the_same_press_posts_one_letter(pharmacist, by_post, noon):
    attempt_ = uuid.uuid4()
    first, second = by_post(attempt=attempt_), by_post(attempt=attempt_)
    assert first == second
    assert first.letter
    assert len(POSTED) == 1


def test_an_opening_that_is_undone_posts_nothing(opening):
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        assert opening(contact=Contact(by_post=True)).letter
        transaction.set_rollback(True)

    assert not POSTED
    assert not Record.objects.exists()


def test_three_letters_a_day_and_no_more(by_post, pharmacist):
    by_post()
    renew(pharmacist)
    last = renew(pharmacist)
    with pytest.raises(Refused, match="Trois lettres"):
        renew(pharmacist)
    assert len(POSTED) == 3
    at_account(last.code)  # still the one that works


def test_a_childs_letter_is_the_parents(by_post):
    made = by_post(
        identity=Identity(JULES_NIR, JULES, "none"),
        representative=Identity(ELODIE_NIR, ELODIE),
    )
    [letter] = POSTED
    assert (letter["nir"], letter["name"]) == (JULES_NIR, "Élodie Tanguy")
    browser, _page = at_account(made.code, "12/10/2018")
    account(browser, letter=code_in(letter))
    browser.post("/activation/code/", {"code": mailed()})
    assert made_accounts().get().person == Person.objects.get(first_given="Élodie")


def test_the_letter_is_in_the_language_of_its_reader_and_says_nothing_of_health(by_post):
    by_post(language="en")
    said = POSTED[0]["text"]
    assert "Here is the second one" in said
    assert not re.search(r"dossier|record|MOREL|1955|\d{13}", said)


def test_whoever_has_a_mobile_gets_no_letter(opening, settings):
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender"
    assert not opening().letter
    assert not POSTED


def test_a_mobile_that_nothing_here_reaches_is_no_mobile(opening, noon):
    made = opening()  # no sender of SMS is installed
    assert made.letter
    _browser, page = at_account(made.code)
    assert 'name="letter"' in page.content.decode()


def test_who_says_no_mobile_later_is_believed(opening, by_post, settings, as_owner):
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender"
    opening()
    person = Person.objects.get()
    assert activations.reachable_mobile(person.id) == "0639980001"
    with as_owner():
        ContactPoint.objects.create(
            person=person, kind="post", value_sealed=b"", given_at=NOON + dt.timedelta(hours=1)
        )
    assert activations.reachable_mobile(person.id) == ""


def test_who_opens_alone_is_posted_nothing(noon):
    me = by_oneself(JEANNE)
    with binding(me):
        made = open_record(by=me, attempt=uuid.uuid4(), identity=Identity(JEANNE_NIR, JEANNE))
    assert not made.letter
    assert not POSTED


def test_where_nobody_posts_the_leaflet_alone_opens_nothing(opening, settings, noon):
    settings.DMP_LETTER_SENDER = ""
    made = opening()
    assert not made.letter
    browser, page = at_account(made.code)
    assert "Il manque un second code" in text(page)
    assert "Il manque un second code" in text(account(browser))
    assert not mail.outbox


def test_the_use_case_asks_for_the_second_code_itself(by_post, noon):
    made = by_post()
    with binding(ANONYMOUS):
        found, _problem = activations.find_activation(
            code=made.code, born_on=JEANNE.born_on, source="x"
        )
        for letter in ("", other_than(code_in(POSTED[0]))):
            with pytest.raises(Refused):
                activations.activate(
                    activation=found, kind="email", address=ACCOUNT["email"], letter=letter,
                    **ACCOUNT,
                )  # fmt: skip
    assert not made_accounts().exists()


def refuse(**_letter):
    raise OSError("the post office is shut")


# --- At the counter ---------------------------------------------------------------------------


def test_the_counter_says_that_a_letter_leaves_and_never_shows_its_code(counter, settings, noon):
    settings.DMP_DEMO = True
    done = create(counter, at_consent(counter), mobile="", by_post="on")
    assert "Une lettre part à l'adresse que connaît la caisse" in text(done)
    leaflet = counter.get("/ouvrir/feuille/")
    assert "Il vous faudra aussi le code d'une lettre" in text(leaflet)
    assert "You will also need the code of a letter" in text(leaflet)
    for page in (done, leaflet):
        assert code_in(POSTED[0]) not in page.content.decode()
        assert " ".join(re.search(r"(\d{3}) (\d{3})", POSTED[0]["text"]).groups()) not in text(
            page
        )


def test_a_letter_that_could_not_leave_is_told_and_another_leaves_later(counter, settings, noon):
    settings.DMP_LETTER_SENDER = f"{__name__}.refuse"
    page = at_consent(counter)
    before = dict(counter.session)
    for _press in range(2):  # the second as if the first's answer had not come
        session = counter.session
        session.update(before)
        session.save()
        done = create(counter, page, mobile="", by_post="on")
        assert "La lettre n'est pas partie." in text(done)
        assert "Une lettre part" not in text(done)
    assert Record.objects.count() == 1
    settings.DMP_LETTER_SENDER = f"{__name__}.a_sender"
    counter.get("/ouvrir/")
    page = compare(counter, put_in(counter, JEANNE_CARD), "14/03/1955")
    done = counter.post("/ouvrir/deja-ouvert/", {"attempt": attempt(page)}, follow=True)
    assert "Une lettre part" in text(done)
    assert len(POSTED) == 1


def test_the_counter_asks_for_a_mobile_where_nobody_posts(counter, settings):
    page = at_consent(counter)
    settings.DMP_DEMO, settings.DMP_LETTER_SENDER = False, ""
    told = create(counter, page, mobile="", by_post="on")
    assert "L'envoi de lettres n'est pas installé ici." in text(told)
    assert not Record.objects.exists()


def test_a_code_printed_again_says_that_a_letter_leaves_again(counter, noon):
    create(counter, at_consent(counter), mobile="", by_post="on")
    counter.get("/ouvrir/")
    page = compare(counter, put_in(counter, JEANNE_CARD), "14/03/1955")
    assert "une nouvelle partira aussi" in text(page)
    done = counter.post("/ouvrir/deja-ouvert/", {"attempt": attempt(page)}, follow=True)
    assert "Une lettre part" in text(done)
    assert len(POSTED) == 2


def test_in_the_demonstration_the_page_that_asks_shows_the_code(by_post, settings, noon):
    settings.DMP_LETTER_SENDER, settings.DMP_DEMO = "", True
    made = by_post()
    assert not POSTED
    browser, page = at_account(made.code)
    shown = re.search(r"<b data-code>(\d{6})</b>", page.content.decode())[1]
    assert account(browser, letter=shown).status_code == 200
