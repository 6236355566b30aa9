"""Accounts the operator makes, and the directory they are made from."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from access import circle, people
from access.binding import binding
from access.directory_file import COLUMNS
from access.models import JournalEvent, Practice, Professional, Structure, User
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_circle import grants
from tests.access.test_sign_in import OTHER_PHRASE
from tests.clients import StrictClient


pytestmark = pytest.mark.django_db
EVE = {
    "rpps": "10999990017", "title": "Dr", "family_name": "Essai", "given_name": "Ève",
    "profession": "10", "finess": "990000017", "structure": "Maison d'essai",
    "kind": "practice", "since": "2026-01-01",
}  # fmt: skip


@pytest.fixture
def load(tmp_path):
    def load(*rows):
        lines = [COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)]
        path = tmp_path / "directory.csv"
        path.write_text("\n".join(map(";".join, lines)), encoding="utf-8-sig")
        call_command("load_directory", str(path), stdout=StringIO())

    return load


def enrol(*arguments):
    call_command("make_account", *arguments, stdout=StringIO())


def test_a_professional_of_the_directory_signs_in_with_a_password_of_their_own(load):
    load(EVE)
    enrol("Eve@Exemple.test", "--rpps", EVE["rpps"])
    eve = User.objects.get(email="eve@exemple.test")
    assert not eve.has_usable_password()
    assert [one.label for one in people.capacities_of(eve)] == ["Maison d'essai"]

    browser = StrictClient()
    browser.post(reverse("account_reset_password"), {"email": eve.email})
    link = re.search(r"https?://testserver(\S+)", mail.outbox[-1].body)[1]
    page = browser.get(link, follow=True)
    form = {"password1": OTHER_PHRASE, "password2": OTHER_PHRASE}
    browser.post(page.request["PATH_INFO"], form, follow=True)
    browser = StrictClient()
    form = {"login": eve.email, "password": OTHER_PHRASE}
    home = browser.post(reverse("account_login"), form, follow=True)
    assert home.request["PATH_INFO"] == reverse("access:second_factor")
    said = JournalEvent.objects.values_list("act", "element_id", "reason").order_by("seq")
    assert said.last() == ("account_made", eve.id, "operator")


@pytest.mark.parametrize(
    ("fund", "role"), [("administrator", "fund_admin"), ("agent", "fund_agent")]
)
def test_the_fund_has_its_own(fund, role):
    enrol("paul@exemple.test", "--fund", fund)
    [capacity] = people.capacities_of(User.objects.get(email="paul@exemple.test"))
    assert capacity.role == role


def test_an_account_has_the_doors_that_were_given_before(load, as_owner):
    load(EVE)
    with as_owner():
        jeanne = cast.person()
        record = cast.record(jeanne)
    holder = cast.family_viewer(jeanne)
    with binding(holder, at=NOON):
        circle.authorise(
            by=holder,
            record_id=record.id,
            professional_id=Professional.objects.get(rpps=EVE["rpps"]).id,
        )
    assert grants(record) == []
    enrol("eve@exemple.test", "--rpps", EVE["rpps"])
    assert grants(record) == ["consult_record"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("eve@exemple.test", "--rpps", "10999990099"), "is not in the directory"),
        (("other@exemple.test", "--rpps", EVE["rpps"]), "has an account already"),
        (("TAKEN@exemple.test", "--fund", "agent"), "under TAKEN@exemple.test already"),
        (("no address", "--fund", "agent"), "is no e-mail address"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(load, arguments, why):
    load(EVE)
    enrol("taken@exemple.test", "--rpps", EVE["rpps"])
    with pytest.raises(CommandError, match=why):
        enrol(*arguments)
    assert User.objects.count() == 1


def test_a_directory_loaded_again_says_what_changed_and_forgets_nobody(load):
    paul = {**EVE, "rpps": "10999990025", "family_name": "Autre", "profession": "60"}
    load(EVE, {**EVE, "finess": "990000025", "structure": "Ailleurs"}, paul)
    load({**EVE, "family_name": "Nouveau", "until": "2026-06-30"})

    assert set(Professional.objects.values_list("family_name", flat=True)) == {"Nouveau", "Autre"}
    assert set(Structure.objects.values_list("name", flat=True)) == {"Maison d'essai", "Ailleurs"}
    assert Practice.objects.count() == 3
    [left] = Practice.objects.exclude(until=None)
    assert left.structure.name == "Maison d'essai"
    # To the end of that day in Paris.
    assert left.until.isoformat() == "2026-06-30T22:00:00+00:00"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"rpps": "1099"}, "Line 3, column rpps: eleven digits"),
        ({"finess": "99"}, "Line 3, column finess: nine characters"),
        ({"profession": "1000"}, "Line 3, column profession: '1000'"),
        ({"kind": "boat"}, "Line 3, column kind:"),
        ({"structure": "x" * 151}, "Line 3, column structure:"),
        ({"family_name": ""}, "Line 3, column family_name:"),
        ({"since": "01/01/2026"}, "Line 3, column since: a day is expected"),
        ({"until": "2026-13-01"}, "Line 3, column until: a day is expected"),
        ({"until": ";"}, "Line 3, column until: 14 columns are expected"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_kept(load, wrong, why):
    with pytest.raises(CommandError, match=why):
        load({**EVE, "rpps": "10999990025"}, {**EVE, **wrong})
    assert not Professional.objects.exists()


def test_another_file_is_no_directory(tmp_path):
    path = tmp_path / "directory.csv"
    path.write_text("rpps;name\n")
    with pytest.raises(CommandError, match="The first line must be rpps;title;"):
        call_command("load_directory", str(path))
