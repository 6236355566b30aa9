"""Passkeys: one's own, made and used by who holds the device; everything else is one sentence."""

from __future__ import annotations

import base64
import json
import re
import time
from html import unescape

import pytest
import time_machine
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from fido2.webauthn import AttestationObject
from hypothesis import HealthCheck, given, settings as drawn, strategies as st

from access import passkeys
from access.models import User
from access.pages.passkey_forms import AnswerField
from records.uuid7 import uuid7
from tests.access import cast
from tests.access.passkey import PRESENT, VERIFIED, Device, b64
from tests.clients import StrictClient
from tests.records.test_reading import words


PHRASE = "trois petits chats gris"
ADD, ENTER = "/compte/securite/cles/nouvelle/", "/compte/connexion/cle/"
REFUSED = "Cette clé d'accès n'ouvre pas ce compte."


def said(response):
    return unescape(words(response.content.decode()))


@pytest.fixture
def people(as_owner):
    """Jeanne and her record, Paul and his, Dr Petit, each with a password."""
    with as_owner():
        found = {}
        for name in ("jeanne", "paul"):
            holder = cast.person(name.title())
            user = User.objects.create(email=f"{name}@exemple.test", person=holder)
            found[name] = user
            found[f"{name} record"] = cast.record(holder)
        petit = cast.pro("Petit", place=cast.structure("Maison de santé"))
        petit.user.email = "petit@exemple.test"
        found["petit"] = petit.user
        for user in (found["jeanne"], found["paul"], found["petit"]):
            user.set_password(PHRASE)
            user.save()
    return found


class Browser(StrictClient):
    """A browser at the site's name, where passkeys work."""

    def generic(self, *args, **kwargs):
        return super().generic(*args, **{"HTTP_HOST": "localhost", **kwargs})


def with_password(who):
    browser = Browser()
    form = {"login": f"{who}@exemple.test", "password": PHRASE}
    return browser, browser.post("/compte/connexion/", form, follow=True)


def inside(who):
    """A browser in which somebody has passed by a password and a code sent to them."""
    browser, page = with_password(who)
    asked = page.request["PATH_INFO"]
    browser.post(asked, {"kind": "email"})
    code = re.search(r"\d{6}", mail.outbox[-1].body)[0]
    browser.post(asked, {"kind": "email", "code": code})
    return browser


def question(response):
    """The question the page asks the device."""
    found = re.search(r'<script id="question"[^>]*>(.*?)</script>', response.content.decode())
    return json.loads(found[1])


def added(browser, device=None, name="Mon téléphone", **different):
    device = device or Device()
    asked = question(browser.get(ADD))
    return device, browser.post(
        ADD, {"name": name, "credential": device.make(asked, **different)}, follow=True
    )


def asked_to_enter(browser):
    answer = browser.get(ENTER, headers={"accept": "application/json"})
    return answer.json()["request_options"]


def entered(browser, answer, **more):
    return browser.post(ENTER, {"credential": answer, **more}, follow=True)


def is_in(browser):
    return "_auth_user_id" in browser.session


# --- One's own --------------------------------------------------------------------------------


def test_a_passkey_is_added_named_listed_renamed_and_removed(people):
    browser = inside("jeanne")
    _device, page = added(browser)
    assert "Votre clé d'accès est prête." in said(page)
    assert page.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")

    listed = browser.get(reverse("mfa_index"))
    assert "Mon téléphone" in said(listed)
    rename, remove = re.findall(r'href="(/compte/securite/cles/[^"]+/(?:nom|retirer)/)"', (
        listed.content.decode()
    ))  # fmt: skip
    empty = browser.post(rename, {"name": " "})
    assert empty.status_code == 422
    assert "Écrivez un nom pour la reconnaître." in said(empty)
    assert "L'ordinateur" in said(browser.post(rename, {"name": "L'ordinateur"}, follow=True))
    assert "C'est la dernière" in said(browser.get(remove))
    assert "La clé d'accès est retirée." in said(browser.post(remove, follow=True))
    assert not Authenticator.objects.exists()


def test_no_number_of_a_row_is_in_an_address(people):
    browser = inside("jeanne")
    added(browser)
    [key] = passkeys.passkeys_of(people["jeanne"])
    assert key.id.int != Authenticator.objects.get(type="webauthn").pk
    assert browser.get("/compte/securite/cles/1/retirer/").status_code == 404


def test_anothers_passkey_and_a_missing_one_are_the_same_page(people):
    added(inside("paul"))
    [theirs] = passkeys.passkeys_of(people["paul"])
    browser = inside("jeanne")
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        answers = [
            (done.status_code, said(done))
            for key in (theirs.id, uuid7())
            for done in (
                browser.get(reverse(page, args=[key])),
                browser.post(reverse(page, args=[key]), {"name": "à moi"}),
            )
        ]
        assert answers[:2] == answers[2:]
        assert {status for status, _page in answers} == {404}
    assert [key.name for key in passkeys.passkeys_of(people["paul"])] == ["Mon téléphone"]


def test_a_change_asks_again_who_is_there(people):
    browser = inside("jeanne")
    added(browser)
    [key] = passkeys.passkeys_of(people["jeanne"])
    with time_machine.travel(time.time() + 400, tick=False):
        for address in (
            ADD,
            reverse("mfa_edit_webauthn", args=[key.id]),
            reverse("mfa_remove_webauthn", args=[key.id]),
        ):
            for asked in (browser.get(address), browser.post(address, {"name": "x"})):
                assert asked["Location"].startswith(reverse("account_reauthenticate"))


def test_a_password_alone_adds_no_passkey(people):
    browser, _page = with_password("jeanne")
    assert browser.get(ADD)["Location"].startswith(reverse("access:second_factor"))
    assert browser.post(ADD)["Location"].startswith(reverse("access:second_factor"))


def test_ten_are_enough(people):
    browser = inside("jeanne")
    for _time in range(passkeys.MOST):
        added(browser)
    for answer in (browser.get(ADD, follow=True), browser.post(ADD, follow=True)):
        assert "Vous avez 10 clés d'accès." in said(answer)
    assert len(passkeys.passkeys_of(people["jeanne"])) == passkeys.MOST


def test_changes_are_counted(people):
    browser = inside("jeanne")
    for _time in range(passkeys.CHANGES_AN_HOUR):
        browser.post(ADD, {"credential": "{}"})
    assert browser.post(ADD, {"credential": "{}"}).status_code == 429


# --- Entering ---------------------------------------------------------------------------------


def test_a_passkey_opens_without_a_password_and_is_both_factors(people):
    device, _page = added(inside("jeanne"))
    browser = Browser()
    browser.get("/compte/connexion/")
    asked = asked_to_enter(browser)
    assert asked["publicKey"]["userVerification"] == "required"
    assert not asked["publicKey"]["allowCredentials"]  # who has one isn't said
    before = browser.session.session_key
    page = entered(browser, device.use(asked))

    home = reverse("records:home", args=[people["jeanne record"].id])
    assert page.request["PATH_INFO"] == home
    assert browser.session.session_key != before
    assert browser.get(reverse("access:second_factor"))["Location"] == "/"


def test_the_way_back_is_kept_and_never_leaves_the_site(people):
    device, _page = added(inside("jeanne"))
    wanted = reverse("records:documents", args=[people["jeanne record"].id])
    for onward, reached in ((wanted, wanted), ("https://exemple.org/", None)):
        browser = Browser()
        page = browser.post(
            ENTER, {"credential": device.use(asked_to_enter(browser)), "next": onward}
        )
        assert page["Location"] == (reached or "/")


def test_after_a_password_the_passkey_or_a_last_code_is_asked_for(people):
    mine = inside("jeanne")
    device, page = added(mine)
    last = re.search(r"\b[0-9a-f]{8}\b", words(page.content.decode()))[0]

    browser, page = with_password("jeanne")
    assert page.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert not is_in(browser)
    home = reverse("records:home", args=[people["jeanne record"].id])
    here = page.request["PATH_INFO"]
    done = browser.post(here, {"credential": device.use(question(page))}, follow=True)
    assert done.request["PATH_INFO"] == home
    other, page = with_password("jeanne")
    assert other.post(here, {"code": last}, follow=True).request["PATH_INFO"] == home


def test_who_works_here_may_install_a_passkey_instead_of_an_application(people):
    browser, page = with_password("petit")
    here = page.request["PATH_INFO"]
    browser.post(here, {"kind": "email"})
    code = re.search(r"\d{6}", mail.outbox[-1].body)[0]
    page = browser.post(here, {"kind": "email", "code": code}, follow=True)
    assert ADD in page.content.decode()
    assert browser.get(reverse("access:patients")).status_code == 302
    device, _page = added(browser)
    assert browser.get(reverse("access:patients")).status_code == 200

    again = Browser()
    page = entered(again, device.use(asked_to_enter(again)))
    assert page.request["PATH_INFO"] == reverse("access:patients")


@pytest.mark.parametrize(("factor", "kind"), [("webauthn", "passkey"), ("totp", "totp")])
def test_the_binding_says_which_kind_was_used(people, rf, factor, kind):
    from access.people import viewer_of  # noqa: PLC0415

    device, _page = added(inside("jeanne"))
    browser = Browser()
    entered(browser, device.use(asked_to_enter(browser)))
    request = rf.get("/")
    request.user, request.session = people["jeanne"], browser.session
    request.session["account_authentication_methods"][-1]["type"] = factor
    assert viewer_of(request).second_factor == kind


def test_a_passkey_answers_when_asked_again(people):
    mine = inside("jeanne")
    device, _page = added(mine)
    with time_machine.travel(time.time() + 400, tick=False):
        asked = mine.get(f"/compte/verification/cle/?next={ADD}")
        wrong = mine.post("/compte/verification/cle/", {"credential": "{}", "next": ADD})
        assert wrong.status_code == 422
        assert mine.get(ADD).status_code == 302
        asked = mine.get(f"/compte/verification/cle/?next={ADD}")
        done = mine.post(
            "/compte/verification/cle/", {"credential": device.use(question(asked)), "next": ADD}
        )
        assert done["Location"] == ADD
        assert mine.get(ADD).status_code == 200


# --- What opens nothing -----------------------------------------------------------------------


def test_another_unknown_forged_or_misplaced_key_is_one_sentence(people):
    mine, _page = added(inside("jeanne"))
    theirs, _page = added(inside("paul"))
    stranger = Device()
    stranger.user = mine.user
    forger = Device()
    forger.id, forger.user = mine.id, mine.user
    swapped = Device()
    swapped.id, swapped.key, swapped.user = theirs.id, theirs.key, mine.user
    nobody = Device()
    nobody.id, nobody.key = mine.id, mine.key
    pages = set()
    for device, different in (
        (stranger, {}),
        (forger, {}),
        (swapped, {}),
        (nobody, {"userHandle": "bm9ib2R5"}),
        (mine, {"flags": PRESENT}),
        (mine, {"flags": VERIFIED}),
        (mine, {"origin": "https://exemple.org"}),
        (mine, {"site": "exemple.org"}),
        (mine, {"signature": ""}),
        (mine, {"userHandle": None}),
    ):
        browser = Browser()
        page = entered(browser, device.use(asked_to_enter(browser), **different))
        assert not is_in(browser), different
        pages.add(said(page))
    assert len(pages) == 1
    assert REFUSED in pages.pop()


def test_an_answer_is_taken_once_and_only_where_it_was_asked(people):
    device, _page = added(inside("jeanne"))
    browser, elsewhere = Browser(), Browser()
    answer = device.use(asked_to_enter(browser))
    asked_to_enter(elsewhere)
    assert REFUSED in said(entered(elsewhere, answer))
    entered(browser, answer)
    assert is_in(browser)
    browser.post("/compte/deconnexion/")
    assert REFUSED in said(entered(browser, answer))
    assert not is_in(browser)


def test_a_wrong_answer_spends_the_question(people):
    device, _page = added(inside("jeanne"))
    browser = Browser()
    asked = asked_to_enter(browser)
    entered(browser, device.use(asked, flags=PRESENT))
    entered(browser, device.use(asked))
    assert not is_in(browser)


def test_an_answer_to_another_question_makes_no_passkey(people):
    browser = inside("jeanne")
    asked = question(browser.get(ADD))
    for device, different in (
        (Device(), {"flags": PRESENT}),
        (Device(), {"origin": "https://exemple.org"}),
        (Device(), {"site": "exemple.org"}),
    ):
        _device, page = added(browser, device, **different)
        assert page.status_code == 422
        assert "La clé d'accès n'a pas été créée. Recommencez." in said(page)
    browser.get(ADD)
    late = browser.post(ADD, {"credential": Device().make(asked)})
    assert late.status_code == 422
    assert not Authenticator.objects.exists()


def test_a_closed_account_does_not_open(people, as_owner):
    device, _page = added(inside("jeanne"))
    with as_owner():
        User.objects.filter(email="jeanne@exemple.test").update(is_active=False)
    browser = Browser()
    entered(browser, device.use(asked_to_enter(browser)))
    assert not is_in(browser)


def test_a_removed_passkey_opens_nothing(people):
    mine = inside("jeanne")
    device, _page = added(mine)
    [key] = passkeys.passkeys_of(people["jeanne"])
    mine.post(reverse("mfa_remove_webauthn", args=[key.id]))
    browser = Browser()
    assert REFUSED in said(entered(browser, device.use(asked_to_enter(browser))))


def test_what_the_page_adds_to_an_answer_is_not_kept(people):
    browser = inside("jeanne")
    device = Device()
    answer = json.loads(device.make(question(browser.get(ADD))))
    answer["clientExtensionResults"] = {"a": "\x00"}
    answer["response"]["transports"] = ["internal"]
    page = browser.post(ADD, {"credential": json.dumps(answer)})
    assert page.status_code == 302
    kept = Authenticator.objects.get(type="webauthn").data
    assert set(kept["credential"]) == {"id", "rawId", "type", "response"}
    assert kept["name"] == "Clé d'accès"


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=8,
)


@pytest.fixture
def signed_in(people):
    return inside("jeanne")


@pytest.mark.parametrize(
    "answer", ["", "x", "null", "0", "false", "[]", "{}", '"a"', "[" * 9000, "1" * 20_001]
)
def test_what_no_device_says_is_told_in_a_sentence(signed_in, answer):
    for address, status in ((ADD, 422), (ENTER, 302)):
        browser = signed_in if address == ADD else Browser()
        if address == ADD:
            browser.get(ADD)
        else:
            asked_to_enter(browser)
        page = browser.post(address, {"credential": answer})
        assert page.status_code == status
        if address == ENTER:
            page = browser.get(page["Location"])
        assert "Recommencez" in said(page)
    assert not Authenticator.objects.exists()


def test_no_number_of_an_answer_is_long_enough_to_fill_the_memory():
    """The library makes so many bytes of a number that stands where bytes should."""
    field = AnswerField()
    assert field.clean('{"publicKeyAlgorithm": -65535}') == {"publicKeyAlgorithm": -65535}
    for number in ("20000000000", "-1000000", "9" * 5000):
        with pytest.raises(ValidationError, match="illisible"):
            field.clean(f'{{"response": {{"clientDataJSON": {number}}}}}')


def test_a_length_without_what_it_counts_is_unreadable():
    with pytest.raises(ValidationError, match="illisible"):
        passkeys.read(lambda: AttestationObject(b"\x19"), otherwise="illisible")


@drawn(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), making=st.booleans())
def test_any_part_of_an_answer_may_be_anything(signed_in, settings, monkeypatch, data, making):
    settings.MFA_RATE_LIMITS = False
    monkeypatch.setattr(passkeys, "CHANGES_AN_HOUR", 10**6)
    Authenticator.objects.all().delete()
    device = Device()
    if making:
        whole = json.loads(device.make(question(signed_in.get(ADD))))
    else:
        browser = Browser()
        device.user = base64.urlsafe_b64encode(uuid7().hex.encode()).decode()
        whole = json.loads(device.use(asked_to_enter(browser)))
    part = data.draw(st.sampled_from([*whole, *whole["response"]]))
    holder = whole if part in whole else whole["response"]
    holder[part] = data.draw(NESTED | st.binary(max_size=200).map(b64))
    posted = {"credential": json.dumps(whole)}
    if making:
        assert signed_in.post(ADD, posted).status_code in {302, 422}
    else:
        browser.post(ENTER, posted)
        assert not is_in(browser)


# --- Where it can't be ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("127.0.0.1:8000", "celle-ci, 127.0.0.1, est un numéro."),
        ("[::1]:8000", "celle-ci, ::1, est un numéro."),
        ("dossier.exemple", "dont l'adresse commence par https."),
    ],
)
def test_an_address_where_no_passkey_works_says_so(people, settings, host, sentence):
    settings.ALLOWED_HOSTS = ["*", "localhost"]
    browser = inside("jeanne")
    for page in ("/compte/connexion/", "/compte/securite/", ADD):
        client = Browser() if page == "/compte/connexion/" else browser
        answer = client.get(page, HTTP_HOST=host)
        assert sentence in said(answer)
        assert "data-passkey" not in answer.content.decode()
        named = 'href="http://localhost:8000/' in answer.content.decode()
        assert named is host.endswith(":8000")


def test_over_https_a_name_is_enough(people):
    page = Browser().get("/compte/connexion/", HTTP_HOST="localhost", secure=True)
    assert "data-passkey" in page.content.decode()


def test_without_scripts_each_page_says_what_to_do_instead(people):
    browser = inside("jeanne")
    for client, address in ((Browser(), "/compte/connexion/"), (browser, ADD)):
        html = client.get(address).content.decode()
        unscripted = re.search(r"<noscript>(.*?)</noscript>", html, re.DOTALL)[1]
        assert "JavaScript" in unscripted
        assert re.search(r"<form[^>]*data-passkey[^>]*hidden", html)


def test_no_setting_lets_an_insecure_page_or_a_device_left_open_through():
    assert not app_settings.WEBAUTHN_ALLOW_INSECURE_ORIGIN
    assert app_settings.WEBAUTHN_USER_VERIFICATION == "required"
    assert not app_settings.PASSKEY_SIGNUP_ENABLED
    assert not app_settings.TRUST_ENABLED
