"""The fund's desk as its administrator meets it: a file dropped, progress, the result."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.imports.at_the_desk import sign_in
from tests.imports.loads import line, lines
from tests.imports.persons import rows


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

MANY = 30_000


@pytest.fixture
def desk(page, client, as_owner, live_server):
    """A browser in which an administrator of the fund works."""
    sign_in(client, as_owner)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    return page


def file_of(count):
    """Lines for many persons, one of them wrong."""
    content = lines(
        *(line(f"L{n}", person_system="dcir", person_value=f"p{n % 900}") for n in range(count)),
        line("wrong", paid_cents="12,50"),
    )
    return {"name": "octobre.csv", "mimeType": "text/csv", "buffer": content}


def test_a_file_is_watched_until_it_is_loaded_and_its_refused_row_is_taken(desk, worker, as_owner):
    desk.goto("/chargements/")
    desk.get_by_label("Fichier de la caisse").set_input_files(file_of(MANY))
    desk.get_by_role("button", name="Vérifier ce fichier").click()

    # The page moves by itself, from how far it is to what would become of each row.
    desk.locator(".dmp-progress__head").wait_for()
    desk.get_by_role("heading", name="Lignes refusées : 1").wait_for(timeout=60_000)
    address = desk.url
    desk.get_by_role("button", name="Charger 30").click()
    # The browser may be closed: the work is the worker's.
    desk.goto("about:blank")
    desk.goto(address)
    desk.get_by_role("heading", name="Ce que chaque ligne est devenue").wait_for(timeout=60_000)
    assert desk.get_by_text("12,50").first.is_visible()

    with desk.expect_download() as taken:
        desk.get_by_role("link", name="Télécharger les lignes refusées").click()
    assert "paid_cents = 1250" in taken.value.path().read_text("utf-8-sig")
    with as_owner():
        assert rows("SELECT count(*) FROM imports_claimline") == [(MANY,)]
