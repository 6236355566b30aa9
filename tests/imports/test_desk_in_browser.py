"""The fund's desk as its administrator meets it: a file dropped, progress, the result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from imports import loading
from imports.models import Load
from tests.imports.at_the_desk import sign_in
from tests.imports.held import soon
from tests.imports.loads import line, lines, load as load_at_once, receive
from tests.imports.persons import INS_TEST, NIR, rows


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


def test_what_a_file_is_comes_onto_its_page_by_itself_and_takes_nobody_s_place(
    desk, held_worker, live_server, browser
):
    load = Load.objects.get(id=receive(file_of(MANY)["buffer"], only_check=True))
    desk.goto(f"/chargements/{load.id}/")
    desk.evaluate("window.same = true")
    pause = desk.get_by_role("button", name="Mettre en pause")
    pause.focus()
    assert not desk.locator("#premieres").count()

    held_worker.start(load.id)
    desk.get_by_role("heading", name="Les premières lignes").wait_for()
    assert desk.get_by_text("Séparateur").is_visible()
    assert pause.evaluate("e => e === document.activeElement")
    # The table is read while how far it is goes on being asked.
    table = desk.get_by_role("region", name="Tableau des premières lignes")
    table.focus()
    with desk.expect_response(f"**/{load.id}/avancement/**"):
        pass
    desk.locator(".dmp-progress__head").wait_for()
    assert table.evaluate("e => e === document.activeElement")
    assert desk.evaluate("window.same")

    # Without a script, the page read again shows it too.
    plain = browser.new_context(
        java_script_enabled=False, locale="fr-FR", base_url=live_server.url
    )
    plain.add_cookies(desk.context.cookies())
    unscripted = plain.new_page()
    unscripted.goto(f"/chargements/{load.id}/")
    assert unscripted.get_by_role("heading", name="Les premières lignes").is_visible()
    assert unscripted.get_by_role("link", name="Actualiser cette page").is_visible()
    plain.close()

    held_worker.go_on()
    desk.get_by_role("heading", name="Lignes refusées : 1").wait_for()
    assert desk.get_by_text("Lu au début du fichier").count() == 0


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STICKS_OUT = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ILLNESSES = f"""person_system;person_value;icd10;label;since;until;flow_date
{INS_TEST};{NIR};E11.9;;2020-01-01;;2026-04-05
""".encode()
SLIP = b"scheme;period;lines;paid_cents;reimbursed_cents\ngeneral;2026-04;9;9000;1950\n"


def states(as_owner, held_worker):
    """A desk where every state of a file can be seen: address of each by its name."""
    with as_owner():
        done = load_at_once(lines(line("A"), line("wrong", paid_cents="12,50")), "avril.csv")
        load_at_once(SLIP, "bordereau.csv")
        differs = load_at_once(lines(line("B")), "suite.csv")
        refused = load_at_once(b"%PDF-1.7 not ours", "facture.pdf")
        paused = Load.objects.get(id=receive(lines(line("C")), "en-pause.csv"))
        waiting = Load.objects.get(id=receive(lines(line("D")), "en-attente.csv"))
        Load.objects.filter(id=paused.id).update(state="paused")
        again = load_at_once(lines(line("wrong")), "rejets.csv", corrects=done.id, only_check=True)
        undone = load_at_once(lines(line("E", scheme="agricole")), "erreur.csv")
        Load.objects.filter(id=undone.id).update(state="undoing")
        assert loading.run(undone.id)
        for_good = load_at_once(ILLNESSES, "ald.csv", only_check=True)
        first, gone, twice, _ = (
            load_at_once(lines(line("F", scheme=scheme)), "mars.csv")
            for scheme in ("civil", "civil", "military", "military")
        )
        Load.objects.filter(id=first.id).update(state="undoing")
        assert loading.run(first.id)
        compared = load_at_once(lines(line("I")), "compare.csv", only_check=True)
        Load.objects.filter(id=compared.id).update(state="checking", chunk=0)
        step = Load.objects.get(id=receive(lines(line("G")), "etape.csv", only_check=True))
        Load.objects.filter(id=step.id).update(state="checking", bytes_read=40, rows_read=12)
    strange = (
        lines(line("H")).replace(b"flow_date\n", b"flow_date;caisse\n").replace(b"05\n", b"05;1\n")
    )
    shown, stopped = (
        Load.objects.get(id=receive(strange, name, only_check=True))
        for name in ("vu.csv", "vu-en-pause.csv")
    )
    for each in (shown, stopped):
        held_worker.start(each.id)
        soon(lambda load=each: Load.objects.get(id=load.id).recognised)
        held_worker.kill()
    Load.objects.filter(id=stopped.id).update(state="paused")
    address = "/chargements/{}/".format
    return {
        "list": "/chargements/",
        **{
            name: address(load.id)
            for name, load in {
                "done": done, "differs": differs, "refused": refused, "paused": paused,
                "waiting": waiting, "corrected": again, "undone": undone,
                "for-good": for_good, "gone": gone, "step": step, "shown": shown,
                "shown-paused": stopped, "compared": compared,
            }.items()
        },
        "undo": f"{address(done.id)}retirer/",
        "undo-twice": f"{address(twice.id)}retirer/",
    }  # fmt: skip


def test_every_state_of_a_file_is_readable_by_all_in_either_language(
    desk, live_server, as_owner, held_worker
):
    shots = os.environ.get("DMP_SHOTS")
    found = []
    pages = states(as_owner, held_worker)
    for language in ("fr", "en"):
        name = settings.LANGUAGE_COOKIE_NAME
        desk.context.add_cookies([{"name": name, "value": language, "url": live_server.url}])
        for state, path in pages.items():
            for width in (1280, 390, 320):
                desk.set_viewport_size({"width": width, "height": 800})
                answer = desk.goto(path)
                where = f"{language} {state} {width}"
                if answer.status != 200 or desk.get_attribute("html", "lang") != language:
                    found.append(f"{where}: {answer.status}")
                if desk.evaluate(STICKS_OUT):
                    found.append(f"{where}: sticks out")
                if shots and width != 320:
                    desk.screenshot(
                        path=Path(shots) / f"{state}-{width}-{language}.png", full_page=True
                    )
            options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
            violations = Axe().run(desk, options=options).response["violations"]
            found += [f"{language} {state}: {each['id']}" for each in violations]
    assert not found, "\n".join(found)
