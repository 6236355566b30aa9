"""The demonstration's list and its second factor: there in the demonstration, nowhere else."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from access import demo
from access.models import JournalEvent, User
from imports import demo_world
from imports.demo_world import ACCOUNTS
from imports.generating.stories.cast import PEOPLE
from records.models import Document, Record
from tests.access import cast
from tests.clients import StrictClient
from tests.records.test_reading import words


@pytest.fixture
def accounts(as_owner):
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        petit = cast.pro("Petit", place=cast.structure("Maison de santé"))
        petit.user.email = "petit@demo.test"
        petit.user.save()
        jeanne = User.objects.create(email="jeanne@demo.test", person=holder)
        other = User.objects.create(email="autre@exemple.test", person=holder)
        off = User.objects.create(email="ferme@demo.test", person=holder, is_active=False)
        User.objects.create(email="caisse@demo.test", fund_role="administrator")
    return {"jeanne": jeanne, "petit": petit.user, "other": other, "off": off, "record": record}


@pytest.fixture
def demonstration(settings, accounts):
    settings.DMP_DEMO = True
    return accounts


def enter(browser, user):
    return browser.post(reverse("access:demo"), {"account": str(user.id)}, follow=True)


def listed():
    """What the launcher shows of the accounts: its columns, line by line."""
    said = io.StringIO()
    call_command("demo_accounts", stdout=said)
    return [re.split(r"\s{2,}", line.strip()) for line in said.getvalue().splitlines()]


def test_outside_the_demonstration_the_list_is_not_there(accounts, client):
    assert client.get(reverse("access:demo")).status_code == 404
    assert (
        client.post(reverse("access:demo"), {"account": str(accounts["jeanne"].id)}).status_code
        == 404
    )
    assert "_auth_user_id" not in client.session
    assert listed() == []
    for page in (reverse("access:start"), reverse("account_login")):
        html = client.get(page).content.decode()
        assert "démonstration" not in html.lower()


def test_one_press_enters_as_a_patient_or_a_doctor(demonstration):
    jeanne = StrictClient()
    home = enter(jeanne, demonstration["jeanne"])
    assert home.request["PATH_INFO"] == reverse("records:home", args=[demonstration["record"].id])
    petit = StrictClient()
    assert enter(petit, demonstration["petit"]).request["PATH_INFO"] == reverse("access:patients")


def test_the_list_names_who_is_open_and_made_for_it(demonstration, client):
    page = words(client.get(reverse("access:demo")).content.decode())
    for name in ("Jeanne Morel", "Dr Alix Petit"):
        assert name in page
    assert "Administrateur des chargements" in page
    assert "autre@exemple.test" not in page
    assert "ferme@demo.test" not in page
    assert [(row[0], row[-1]) for row in listed()] == [
        ("Patients", "jeanne@demo.test"), ("Médecins", "petit@demo.test"),
        ("Assurance maladie", "caisse@demo.test"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["other", "off"])
def test_no_other_account_is_entered_by_pressing(demonstration, who):
    browser = StrictClient()
    assert enter(browser, demonstration[who]).status_code == 404
    assert "_auth_user_id" not in browser.session
    assert browser.post(reverse("access:demo"), {"account": "x"}).status_code == 404
    assert browser.post(reverse("access:demo"), {}).status_code == 404


def test_the_factor_of_the_demonstration_opens_nothing_where_it_ended(demonstration, settings):
    browser = StrictClient()
    enter(browser, demonstration["jeanne"])
    home = reverse("records:home", args=[demonstration["record"].id])
    assert browser.get(home).status_code == 200
    settings.DMP_DEMO = False
    assert browser.get(home)["Location"].startswith(reverse("access:second_factor"))


def test_every_page_of_the_demonstration_says_that_nobody_is_real(demonstration):
    browser = StrictClient()
    assert "Personnes inventées." in browser.get("/").content.decode()
    home = enter(browser, demonstration["jeanne"])
    assert "Personnes inventées." in home.content.decode()


def test_the_list_goes_by_name_whatever_the_accents(demonstration, as_owner):
    with as_owner():
        for name in ("Thomas", "Émile"):
            who = cast.person(name)
            User.objects.create(email=f"{who.id}@demo.test", person=who)

    names = [name.split()[0] for _, name, *_ in listed()]

    assert names.index("Émile") < names.index("Thomas")


def test_each_account_says_its_story_in_a_few_words_in_both_languages(demonstration):
    people = {person.key for person in PEOPLE if person.opened and person.key != "noe"}
    keys = people | set(ACCOUNTS) | {"chargements", "accueil"}

    french = demo._stories()
    with translation.override("en"):
        english = demo._stories()

    assert set(french) == keys
    assert all(len(words.split()) <= 8 for words in (*french.values(), *english.values()))
    assert not set(french.values()) & set(english.values())
    page = words(StrictClient().get(reverse("access:demo")).content.decode())
    assert french["jeanne"] in page
    assert french["petit"] in page


def test_a_record_is_opened_before_anything_is_in_it(settings, as_owner):
    settings.DMP_DEMO = True
    with as_owner():
        list(demo_world.build(dt.date.today()))  # noqa: DTZ011  # as the product does
        records = list(Record.objects.order_by("id"))
        documents = list(Document.objects.order_by("id"))
        first = {
            one.id: JournalEvent.objects.filter(record_id=one.id).order_by("at", "seq")[0]
            for one in records
        }
    assert {one.act for one in first.values()} == {"opened"}
    assert documents
    assert all(first[one.record_id].at < one.created_at for one in documents)
