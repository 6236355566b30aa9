"""Passkeys in a browser that has a device: made, used alone and after a password, removed."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from access.models import User
from tests.access import cast


PHRASE = "trois petits chats gris"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def jeanne(live_server, as_owner):
    """Jeanne, her record and her password. The site is reached by its name."""
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        user = User.objects.create(email="jeanne@exemple.test", person=holder)
        user.set_password(PHRASE)
        user.save()
    return record


class Visit:
    """A browser, its device and its page."""

    def __init__(self, page):
        self.page = page
        self.device = page.context.new_cdp_session(page)
        self.device.send("WebAuthn.enable")
        made = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.which = {"authenticatorId": made["authenticatorId"]}

    def tell(self, what, **more):
        return self.device.send(f"WebAuthn.{what}", {**self.which, **more})

    @property
    def words(self):
        return self.page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")

    def press(self, name, wait=None):
        self.page.get_by_role("button", name=name, exact=True).click()
        if wait:
            self.page.wait_for_url(wait)

    def password(self):
        self.page.goto("/compte/connexion/")
        self.page.fill("input[name=login]", "jeanne@exemple.test")
        self.page.fill("input[name=password]", PHRASE)
        self.press("Continuer")
        self.page.wait_for_load_state()

    def leave(self):
        self.page.context.clear_cookies()


@contextmanager
def visiting(browser, url):
    context = browser.new_context(
        base_url=url.replace("127.0.0.1", "localhost"),
        locale="fr-FR",
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Visit(page)
    context.close()
    assert [said for said in errors if "Failed to load resource" not in said] == []


@pytest.mark.browser
def test_a_passkey_from_the_first_to_the_last_day(jeanne, browser, live_server):
    home = reverse("records:home", args=[jeanne.id])
    with visiting(browser, live_server.url) as me:
        me.password()
        me.page.click("button[name=kind][value=email]")
        me.page.fill("input[name=code]", re.search(r"\d{6}", mail.outbox[-1].body)[0])
        me.press("Continuer", f"**{home}")

        me.page.goto("/compte/securite/")
        me.page.get_by_role("link", name="Ajouter une clé d'accès").click()
        me.tell("setUserVerified", isUserVerified=False)
        me.press("Créer la clé d'accès")
        me.page.get_by_text("vous avez annulé, ou trop attendu").wait_for()
        assert me.page.locator("[data-passkey-says]:visible").count() == 1
        assert not Authenticator.objects.exists()

        me.tell("setUserVerified", isUserVerified=True)
        me.page.fill("input[name=name]", "Mon téléphone")
        me.press("Créer la clé d'accès", "**/compte/securite/codes/")
        assert "Votre clé d'accès est prête." in me.words
        me.page.goto("/compte/securite/")
        assert "Mon téléphone" in me.words
        me.page.goto("/compte/securite/cles/nouvelle/")
        me.press("Créer la clé d'accès")
        me.page.get_by_text("Cet appareil a déjà une clé d'accès").wait_for()

        me.leave()
        me.page.goto("/compte/connexion/")
        me.press("Entrer avec une clé d'accès", f"**{home}")

        me.leave()
        me.password()
        assert "Prenez votre clé d'accès" in me.words
        me.press("Utiliser ma clé d'accès", f"**{home}")

        me.leave()
        me.page.goto("/compte/connexion/")
        [key] = me.tell("getCredentials")["credentials"]
        me.tell("clearCredentials")
        me.press("Entrer avec une clé d'accès")
        me.page.get_by_text("cet appareil n'a pas votre clé d'accès").wait_for()
        me.tell("addCredential", credential=key)
        me.press("Entrer avec une clé d'accès", f"**{home}")

        me.page.goto("/compte/securite/")
        me.page.get_by_role("link", name="Retirer Mon téléphone").click()
        me.press("Retirer", "**/compte/securite/")
        assert "La clé d'accès est retirée." in me.words
        me.leave()
        me.page.goto("/compte/connexion/")
        me.press("Entrer avec une clé d'accès")
        me.page.get_by_text("Cette clé d'accès n'ouvre pas ce compte.").wait_for()
        assert me.page.url.endswith("/compte/connexion/")


@pytest.mark.browser
def test_a_browser_without_passkeys_is_told_what_to_do(jeanne, browser, live_server):
    with visiting(browser, live_server.url) as me:
        me.page.add_init_script("delete window.PublicKeyCredential")
        me.page.goto("/compte/connexion/")
        assert "Ce navigateur ne connaît pas les clés d'accès. Entrez avec votre mot" in me.words
        assert not me.page.get_by_role("button", name="Entrer avec une clé d'accès").count()
