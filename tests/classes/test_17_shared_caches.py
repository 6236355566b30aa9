"""Class 17: what is pushed, cached or left in a browser reaches who comes next.

paperless-ngx announced every document to every open page (#9804, #3959, #3231); care's own tests
look for what is left after signing out.
"""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from tests.classes.asking import every_address, some
from tests.interference.facts import KINDS
from tests.interference.listening import spied
from tests.interference.values import Keys
from tests.jeanne import BACKEND


@pytest.mark.parametrize("who", some("jeanne", "petit", "administrator", "agent"))
def test_nothing_that_is_answered_to_somebody_may_be_kept(who, scene, asker):
    """By no browser, no proxy: whatever the door, and what was counted says nothing of care."""
    keys, one, asked = Keys(scene, who), asker(who), 0
    titles = [*KINDS["document"].objects.values_list("title", flat=True), "Jeanne", "Morel"]
    titles += list(keys.seen)
    for address in every_address():
        if address.declared.before or not address.open_to(scene, who):
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.method != "GET":
                continue
            answer = one.answer(ask)
            kept = repr(spied.counted)
            assert not [title for title in titles if title in kept], str(ask)
            public = getattr(getattr(address.pattern.callback, "door", None), "public", False)
            if not answer.shown or public:
                continue
            asked += 1
            said = answer.headers.get("cache-control", "")
            assert "no-store" in said, f"{ask}: {said}"
            assert "public" not in said, str(ask)
    assert asked > 3


def test_no_page_installs_what_outlives_signing_out(scene, asker):
    page = asker("jeanne").get("records:home", record_id=scene.records["jeanne"].id)
    assert page.shown
    for word in (b"serviceWorker", b"manifest.webmanifest", b'rel="manifest"', b"EventSource",
                 b"WebSocket", b"ws-connect", b"sse-connect"):  # fmt: skip
        assert word not in page.body
    scripts = [
        path for folder in settings.STATICFILES_DIRS for path in folder.rglob("*.js")
        if "vendor" not in path.parts
    ]  # fmt: skip
    assert scripts
    for path in scripts:
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"serviceWorker|localStorage|indexedDB|caches\.", code), path


def test_a_second_person_at_the_same_computer_sees_nothing_of_the_first(scene):
    """Jeanne signs out, a stranger signs in: her address is nobody's; the session is another."""
    client = scene.browser("jeanne")
    path = f"/dossiers/{scene.records['jeanne'].id}/"
    assert client.get(path).status_code == 200
    first = client.session.session_key
    client.logout()
    assert client.get(path).status_code == 302
    client.force_login(scene.world.users["stranger"], backend=BACKEND)
    session = client.session
    session["second_factor"] = "totp"
    practice = scene.viewers["stranger"].practice
    session["capacity"] = f"professional:{practice.id}"
    session.save()
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"Jeanne" not in answer.content
    assert client.session.session_key != first


@pytest.mark.parametrize("who", ["stranger", "blocked", "agent", "nobody", "anonymous"])
def test_what_is_asked_again_and_again_is_asked_as_a_page_is(who, scene, asker):
    """The parts of pages that ask for themselves ask the gate each time."""
    one, asked = asker(who), 0
    keys = Keys(scene, who)
    for address in every_address():
        if {"HX-Request": "true"} in address.declared.headers and "record_id" in address.words:
            ask = next(address.asks(keys, **address.filled(keys, scene.records["jeanne"].id)))
            answer = one.answer(ask)
            asked += 1
            assert not answer.shown, str(ask)
    assert asked >= 2
