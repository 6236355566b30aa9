"""What surrounds every page, and the pages that say no, on the real addresses."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation


pytestmark = pytest.mark.django_db
HELP = [
    "/aide/",
    "/aide/mon-dossier/",
    "/aide/qui-voit-quoi/",
    "/aide/masquer/",
    "/aide/urgence/",
    "/aide/mes-droits/",
    "/accessibilite/",
]


@pytest.mark.parametrize("address", HELP)
def test_help_is_open_to_everybody(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1>") == 1


def test_help_says_whom_to_call_where_the_installation_says_so(client, settings):
    settings.DMP_HELP_PHONE = "01 99 00 00 42"
    assert 'href="tel:0199000042">01 99 00 00 42</a>' in client.get("/aide/").content.decode()
    settings.DMP_HELP_PHONE = ""
    assert "tel:" not in client.get("/aide/").content.decode()


def test_a_page_of_help_that_does_not_exist_is_not_found(client):
    assert client.get("/aide/rien/").status_code == 404


def test_help_and_accessibility_are_one_press_away_on_every_page(client):
    html = client.get("/").content.decode()
    header, _, rest = html.partition("</header>")
    assert 'href="/aide/"' in header
    assert 'href="/accessibilite/"' in rest


def test_the_language_of_a_stranger_changes_and_the_page_stays(client):
    before = client.get("/aide/?de=ici")
    assert '<html lang="fr"' in before.content.decode()
    assert 'name="next" value="/aide/?de=ici"' in before.content.decode()
    answer = client.post("/langue/setlang/", {"language": "en", "next": "/aide/?de=ici"})
    assert answer.status_code == 302
    assert answer["Location"] == "/aide/?de=ici"
    assert '<html lang="en"' in client.get("/aide/").content.decode()


def test_the_language_switch_never_leads_to_another_site(client):
    answer = client.post("/langue/setlang/", {"language": "en", "next": "https://example.org/"})
    assert answer["Location"] == "/"


def test_what_is_not_found_says_the_same_whatever_was_asked(client):
    one, other = client.get("/nulle-part/"), client.get("/ailleurs/123/")
    assert one.status_code == other.status_code == 404
    cut = [answer.content.decode() for answer in (one, other)]
    tokens = [answer.context["csrf_token"] for answer in (one, other)]
    first, second = (text.replace(str(token), "") for text, token in zip(cut, tokens, strict=True))
    assert first == second
    assert "nulle-part" not in cut[0]


def test_a_page_grown_old_says_so_and_changes_nothing(client):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/langue/setlang/", {"language": "en"})
    assert answer.status_code == 403
    assert "restée ouverte trop longtemps" in answer.content.decode()
    assert "django_language" not in client.cookies


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_each_refusal_says_what_one_can_do(template):
    request = RequestFactory().get("/")
    html = render_to_string(template, {"exception": "", "request_path": "/"}, request=request)
    assert "Ce que vous pouvez faire" in html
    assert html.count("<h1>") == 1


def test_a_refusal_gives_its_reason_as_text():
    request = RequestFactory().get("/")
    html = render_to_string("403.html", {"exception": "<b>Seul</b> le médecin"}, request=request)
    assert "&lt;b&gt;Seul&lt;/b&gt; le médecin" in html


def test_the_page_of_a_failure_needs_nothing_from_anybody():
    with translation.override("fr"):
        html = render_to_string("500.html")
    assert "Un problème de notre côté" in html
    assert html.count("<h1>") == 1
