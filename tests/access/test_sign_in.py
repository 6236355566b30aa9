"""Signing in: the password, each role's second factor, sessions that end, what is never said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from access import tokens
from access.models import User
from records.keys import seal_with_master
from records.models import ContactPoint
from records.uuid7 import uuid7
from tests.access import cast
from tests.access.cast import NOON
from tests.clients import StrictClient
from tests.records.test_reading import words


PHRASE = "trois petits chats gris"
OTHER_PHRASE = "une toute autre phrase"
LOGIN = "/compte/connexion/"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_tries_are_counted_by_line_whichever_way_its_address_is_written(rf, address, counted):
    request = rf.get("/", REMOTE_ADDR=address)
    assert get_adapter().get_client_ip(request) == counted


def totp(secret: str, at: float) -> str:
    """The code an application shows (RFC 6238: 30 seconds, SHA-1, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def people(as_owner):
    """Jeanne with her record, and Dr Petit, each with a password."""
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        petit = cast.pro("Petit", place=cast.structure("Maison de santé"))
        jeanne = User.objects.create(email="jeanne@exemple.test", person=holder)
        petit.user.email = "petit@exemple.test"
        agent = User.objects.create(email="agent@exemple.test", fund_role="agent")
        for user in (jeanne, petit.user, agent):
            user.set_password(PHRASE)
            user.save()
    return {"jeanne": jeanne, "petit": petit, "record": record, "holder": holder, "agent": agent}


def sign_in(who, client=None, phrase=PHRASE, **asked):
    browser = client or StrictClient()
    form = {"login": f"{who}@exemple.test", "password": phrase} | asked
    return browser, browser.post(LOGIN, form, follow=True)


def type_code(browser, response):
    """Ask for the code by e-mail and type it."""
    url = response.request["PATH_INFO"]
    browser.post(url, {"kind": "email"})
    code = re.search(r"\d{6}", mail.outbox[-1].body)[0]
    return browser.post(url, {"kind": "email", "code": code}, follow=True)


def said(response):
    return words(response.content.decode()).replace("&#x27;", "'")


# --- the second factor ------------------------------------------------------------------------


def test_a_password_alone_opens_nothing(people):
    browser, response = sign_in("jeanne")

    assert response.request["PATH_INFO"] == reverse("access:second_factor")
    home = reverse("records:home", args=[people["record"].id])
    assert browser.get(home)["Location"].startswith(reverse("access:second_factor"))
    for page in ("mfa_index", "mfa_activate_totp", "account_change_password", "access:capacity"):
        assert browser.get(reverse(page))["Location"].startswith(reverse("access:second_factor"))


def test_a_patient_enters_with_a_code_sent_to_them(people):
    browser, response = sign_in("jeanne")
    before = browser.session.session_key
    response = type_code(browser, response)

    assert browser.session.session_key != before
    assert response.request["PATH_INFO"] == reverse("records:home", args=[people["record"].id])


def test_the_way_back_is_kept_through_both_steps(people):
    wanted = reverse("records:documents", args=[people["record"].id])
    browser = StrictClient()
    asked = browser.get(wanted)
    form = {"login": "jeanne@exemple.test", "password": PHRASE, "next": wanted}
    assert asked["Location"].endswith(f"next={wanted}")
    response = browser.post(asked["Location"], form, follow=True)
    browser.post(response.request["PATH_INFO"], {"kind": "email", "next": wanted})
    code = re.search(r"\d{6}", mail.outbox[-1].body)[0]
    last = browser.post(
        response.request["PATH_INFO"], {"kind": "email", "code": code, "next": wanted}
    )
    assert last["Location"] == wanted


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_pressed_a_button_comes_back_to_its_page_and_not_to_its_address(people, signed_in):
    record = people["record"].id
    button = reverse("records:synthesis_ask", args=[record])
    browser = StrictClient()
    if signed_in:  # and the second factor isn't given yet
        browser.force_login(
            people["jeanne"], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    page = f"{reverse('records:documents', args=[record])}?type=11"
    asks = reverse("access:second_factor") if signed_in else LOGIN

    for came_from, back in (
        (
            f"http://testserver{page}#haut",
            f"{asks}?next={page.replace('?', '%3F').replace('=', '%3D')}",
        ),
        ("https://exemple.org/ailleurs", asks),
        ("", asks),
    ):
        headers = {"Referer": came_from} if came_from else {}
        assert browser.post(button, headers=headers)["Location"] == back, came_from


def test_the_address_of_a_button_opened_as_a_page_says_so_and_saves_nothing(people):
    browser, response = sign_in("jeanne")
    type_code(browser, response)
    for method in (browser.get, browser.head):
        told = method(reverse("records:synthesis_ask", args=[people["record"].id]))
        assert (told.status_code, told["Allow"]) == (405, "POST")
    page = browser.get(reverse("records:synthesis_ask", args=[people["record"].id]))
    assert "C'est celle d'un bouton : rien n'a été enregistré." in said(page)


@pytest.mark.parametrize("elsewhere", ["https://exemple.org/", "//exemple.org", "javascript:x"])
def test_the_way_back_never_leaves_the_site(people, elsewhere):
    browser, response = sign_in("jeanne", next=elsewhere)
    response = browser.post(
        reverse("access:second_factor"), {"kind": "email", "next": elsewhere}, follow=True
    )
    assert elsewhere not in response.content.decode()
    for url, _status in response.redirect_chain:
        assert "exemple.org" not in url


def test_wrong_codes_are_told_and_counted(people):
    browser, response = sign_in("jeanne")
    url = response.request["PATH_INFO"]
    browser.post(url, {"kind": "email"})
    code = re.search(r"\d{6}", mail.outbox[-1].body)[0]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    first = browser.post(url, {"kind": "email", "code": wrong})
    assert first.status_code == 422
    assert "Ce n'est pas le bon code. Relisez-le." in said(first)
    browser.post(url, {"kind": "email", "code": wrong})
    third = browser.post(url, {"kind": "email", "code": wrong})
    assert "trois fois. Demandez-en un autre." in said(third)
    assert "ne marche plus" in said(browser.post(url, {"kind": "email", "code": code}))
    assert "Écrivez le code que vous avez reçu." in said(
        browser.post(url, {"kind": "email", "code": ""})
    )


def test_only_confirmed_addresses_receive_a_code_and_are_shown_by_their_ends(
    people, as_owner, settings
):
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender"
    with as_owner():
        for value, confirmed in (("0612345678", NOON), ("0700000000", None)):
            key = uuid7()
            ContactPoint.objects.create(
                id=key, person=people["holder"], kind="mobile", given_at=NOON,
                confirmed_at=confirmed,
                value_sealed=seal_with_master(value.encode(), about=key.bytes),
            )  # fmt: skip
    _browser, response = sign_in("jeanne")
    page = said(response)
    assert "06 •• •• •• 78" in page
    # Nobody proved that the account's address is hers, and a new password can be asked for there.
    assert "exemple.test" not in page
    assert "0612345678" not in response.content.decode()
    assert "07" not in page


def test_without_a_sender_sms_is_not_offered(people, as_owner):
    with as_owner():
        key = uuid7()
        ContactPoint.objects.create(
            id=key, person=people["holder"], kind="mobile", given_at=NOON, confirmed_at=NOON,
            value_sealed=seal_with_master(b"0612345678", about=key.bytes),
        )  # fmt: skip
    _browser, response = sign_in("jeanne")
    assert "SMS" not in said(response)


@pytest.mark.parametrize("who", ["petit", "agent"])
def test_who_works_here_needs_an_application_and_is_led_to_it(people, who):
    browser, response = sign_in(who)
    response = type_code(browser, response)

    assert "Une clé d'accès ou une application, une fois pour toutes" in said(response)
    for page in (reverse("access:patients"), reverse("records:counter")):
        assert browser.get(page)["Location"].startswith(reverse("access:second_factor"))
    assert browser.get(reverse("mfa_index"))["Location"].startswith(
        reverse("access:second_factor")
    )
    install = browser.get(reverse("mfa_activate_totp"))
    assert install.status_code == 200
    assert "<svg" in install.content.decode()


def install(browser):
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)[0]
    response = browser.post(
        reverse("mfa_activate_totp"), {"code": totp(secret, time.time())}, follow=True
    )
    return secret, response


def test_an_application_installed_opens_at_once_and_at_every_sign_in(people):
    browser, response = sign_in("petit")
    type_code(browser, response)
    secret, response = install(browser)
    assert "codes" in said(response)
    assert browser.get(reverse("access:patients")).status_code == 200
    kept = Authenticator.objects.get(user=people["petit"].user, type="totp")
    assert secret not in str(kept.data)

    again, response = sign_in("petit")
    assert response.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert again.get(reverse("access:patients")).status_code == 302
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"}, follow=True)
    assert again.get(reverse("access:patients")).status_code == 302
    assert wrong.request["PATH_INFO"] == reverse("mfa_authenticate")
    with time_machine.travel(time.time() + 60, tick=True):
        response = again.post(
            reverse("mfa_authenticate"), {"code": totp(secret, time.time())}, follow=True
        )
    assert response.request["PATH_INFO"] == reverse("access:patients")


def test_a_code_of_the_application_opens_once(people):
    browser, response = sign_in("petit")
    type_code(browser, response)
    secret, _response = install(browser)
    with time_machine.travel(time.time() + 90, tick=False):
        code = totp(secret, time.time())
        for expected in (reverse("access:patients"), reverse("mfa_authenticate")):
            other, _page = sign_in("petit")
            last = other.post(reverse("mfa_authenticate"), {"code": code}, follow=True)
            assert last.request["PATH_INFO"] == expected


def test_a_code_for_a_day_without_telephone_opens_once(people):
    browser, response = sign_in("petit")
    type_code(browser, response)
    install(browser)
    page = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    code = re.search(r"\b[0-9a-f]{8}\b", words(page))[0]
    for expected in (reverse("access:patients"), reverse("mfa_authenticate")):
        other, _page = sign_in("petit")
        last = other.post(reverse("mfa_authenticate"), {"code": code}, follow=True)
        assert last.request["PATH_INFO"] == expected


def test_a_doctor_is_a_patient_with_a_code_and_a_doctor_with_the_application(people, as_owner):
    with as_owner():
        user = people["petit"].user
        user.person = people["holder"]
        user.save()
    browser, response = sign_in("petit")
    response = type_code(browser, response)
    assert response.request["PATH_INFO"] == reverse("access:capacity")
    mine, work = re.findall(r'value="((?:patient|professional):[^"]+)"', response.content.decode())
    home = browser.post(reverse("access:capacity"), {"capacity": mine}, follow=True)
    assert home.request["PATH_INFO"] == reverse("records:home", args=[people["record"].id])
    asked = browser.post(reverse("access:capacity"), {"capacity": work}, follow=True)
    assert "Une clé d'accès ou une application" in said(asked)
    assert browser.get(reverse("access:capacity")).status_code == 200


def test_a_capacity_that_is_not_ones_own_is_missing(people):
    browser, response = sign_in("jeanne")
    type_code(browser, response)
    for key in ("fund_agent:", f"professional:{people['petit'].practice.id}", "x", ""):
        assert browser.post(reverse("access:capacity"), {"capacity": key}).status_code == 404


# --- what is never said -----------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_account_are_one_sentence(people):
    _one, wrong = sign_in("jeanne", phrase="autre mot de passe")
    _other, unknown = sign_in("personne")
    sentences = re.compile(r"govuk-error-message.*?</p>", re.DOTALL)
    assert wrong.status_code == unknown.status_code
    assert sentences.findall(wrong.content.decode()) == sentences.findall(unknown.content.decode())


def test_signing_in_is_slowed_down_after_five_wrong_passwords(people):
    for _time in range(5):
        sign_in("jeanne", phrase="autre mot de passe")
    _browser, slowed = sign_in("jeanne")
    assert slowed.request["PATH_INFO"] == LOGIN
    assert "Trop" in said(slowed)


def test_a_closed_account_does_not_open(people, as_owner):
    with as_owner():
        people["jeanne"].is_active = False
        people["jeanne"].save()
    browser, _response = sign_in("jeanne")
    assert "_auth_user_id" not in browser.session


def test_nobody_signs_up_by_themselves(client, db):
    page = client.get(reverse("account_signup"))
    assert "Un compte s'ouvre avec votre dossier" in said(page)
    form = {"email": "x@exemple.test", "password1": PHRASE, "password2": PHRASE}
    client.post(reverse("account_signup"), form)
    assert not User.objects.exists()


def test_another_password_is_asked_for_without_saying_whether_an_account_exists(people, client):
    pages = []
    for who in ("jeanne", "personne"):
        asked = client.post(
            reverse("account_reset_password"), {"email": f"{who}@exemple.test"}, follow=True
        )
        pages.append((asked.status_code, said(asked)))
    assert pages[0] == pages[1]
    known, unknown = mail.outbox
    assert known.subject == unknown.subject or "compte" in unknown.subject
    link = re.search(r"https?://\S+", known.body)[0]
    assert "nouveau" not in unknown.body

    other = StrictClient()
    page = other.get(link.split("testserver", 1)[-1].split("localhost", 1)[-1], follow=True)
    form = {"password1": OTHER_PHRASE, "password2": OTHER_PHRASE}
    done = other.post(page.request["PATH_INFO"], form, follow=True)
    assert "_auth_user_id" not in other.session  # the second factor is still to come
    assert done.status_code == 200
    assert sign_in("jeanne")[1].request["PATH_INFO"] == LOGIN
    assert sign_in("jeanne", phrase=OTHER_PHRASE)[1].request["PATH_INFO"] == (
        reverse("access:second_factor")
    )
    again = StrictClient().get(link.split("testserver", 1)[-1], follow=True)
    assert "Ce lien ne marche plus" in said(again)


def test_a_password_too_easy_is_refused(people, client):
    browser, response = sign_in("jeanne")
    type_code(browser, response)
    for easy in ("123456789012", "motdepasse", "jeanne@exemple.test"):
        form = {"oldpassword": PHRASE, "password1": easy, "password2": easy}
        browser.post(reverse("account_change_password"), form)
        people["jeanne"].refresh_from_db()
        assert people["jeanne"].check_password(PHRASE)


def test_another_password_shuts_out_other_browsers_and_machines(people):
    token = f"Bearer {tokens.make_token(user=people['jeanne'], capacity='patient:')}"
    elsewhere, response = sign_in("jeanne")
    type_code(elsewhere, response)
    browser, response = sign_in("jeanne")
    type_code(browser, response)
    assert tokens.find_token(token) is not None

    form = {"oldpassword": PHRASE, "password1": OTHER_PHRASE, "password2": OTHER_PHRASE}
    browser.post(reverse("account_change_password"), form)

    assert tokens.find_token(token) is None
    assert elsewhere.get("/compte/securite/").status_code == 302
    assert browser.get("/compte/securite/").status_code == 200


# --- sessions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "minutes"),
    [("patient", 30), ("representative", 30), ("delegate", 30), ("professional", 20),
     ("fund_agent", 10), ("fund_admin", 20), ("", 10)],
)  # fmt: skip
def test_a_session_left_alone_ends_by_itself_sooner_where_others_pass(people, role, minutes):
    who = people["petit"].user if role == "professional" else people["jeanne"]
    browser = StrictClient()
    browser.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    session["second_factor"] = "totp"
    session["capacity"] = f"{role}:"
    session.save()
    help_page = reverse("access:help")
    start = time.time()
    with time_machine.travel(start, tick=False):
        browser.get(help_page)
    with time_machine.travel(start + minutes * 60, tick=False):
        assert browser.get(help_page).status_code == 200
    with time_machine.travel(start + 2 * minutes * 60 + 1, tick=False):
        ended = browser.get(help_page, {"a": "b"})
        assert ended["Location"] == f"{LOGIN}?next=/aide/%3Fa%3Db"
        assert "_auth_user_id" not in browser.session
        told = browser.get(ended["Location"])
        assert "Votre session s'est fermée toute seule. Reconnectez-vous." in said(told)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(people):
    browser = StrictClient()
    browser.force_login(
        people["jeanne"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    start = time.time()
    with time_machine.travel(start, tick=False):
        browser.get(reverse("access:help"))
    for minute in range(1, 10):
        with time_machine.travel(start + minute * 60, tick=False):
            browser.get(reverse("access:help"), headers={"HX-Request": "true"})
    with time_machine.travel(start + 601, tick=False):
        assert browser.get(reverse("access:help"))["Location"].startswith(LOGIN)


def test_signing_out_leaves_nothing(people):
    browser, response = sign_in("jeanne")
    type_code(browser, response)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in browser.session  # a link signs nobody out
    browser.post(reverse("account_logout"))
    assert not browser.session.keys()
