"""Activation page by page: what is typed wrong is told, nothing typed outlives its use."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import time_machine
from django.urls import reverse

from access import accounts, policy
from access.binding import frozen_clock
from access.models import ActivationCode, JournalEvent, OneTimeCode, User
from access.policy import NotVisible
from records.keys import seal_with_master
from records.leaflet_codes import code_digest
from records.models import ContactPoint, Record, Representation
from records.uuid7 import uuid7
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_codes import SENT
from tests.clients import StrictClient
from tests.records.test_reading import words


CODE = "ACDEFGHJK"
BORN = "04/03/1958"
ACCOUNT = {"email": "Jeanne@Exemple.test", "password": "trois petits chats gris"}


MOBILE = "0639980001"


@pytest.fixture
def leaflet(as_owner, settings):
    """A record that waits to be activated, the code on Jeanne's leaflet, and her mobile."""
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender"
    SENT.clear()
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        key = uuid7()
        ContactPoint.objects.create(
            id=key, person=holder, kind="mobile", given_at=NOON,
            value_sealed=seal_with_master(MOBILE.encode(), about=key.bytes),
        )  # fmt: skip
        ActivationCode.objects.create(
            record=record, digest=code_digest(CODE), made_at=NOON,
            expires_at=NOON + dt.timedelta(days=14),
        )  # fmt: skip
    with frozen_clock(NOON + dt.timedelta(hours=1)):
        yield record


def said(response):
    return words(response.content.decode()).replace("&#x27;", "'")


def type_leaflet(browser, code=CODE, born=BORN):
    return browser.post(reverse("access:activate"), {"code": code, "born_on": born})


def up_to_the_code(browser):
    assert type_leaflet(browser)["Location"] == reverse("access:activate_account")
    asked = browser.post(reverse("access:activate_account"), ACCOUNT)
    assert asked["Location"] == reverse("access:activate_code")
    return sent_code()


def sent_code():
    to, text = SENT[-1]
    assert to == MOBILE
    return re.search(r"\d{6}", text)[0]


def test_three_pages_make_the_account_and_open_the_record(leaflet):
    browser = StrictClient()
    code = up_to_the_code(browser)
    before = browser.session.session_key
    last = browser.post(reverse("access:activate_code"), {"code": code})

    assert last["Location"] == reverse("access:choices", args=[leaflet.id])
    assert browser.session.session_key != before
    user = User.objects.get(email="jeanne@exemple.test")
    assert user.person_id == leaflet.holder_id
    assert user.check_password(ACCOUNT["password"])
    assert ContactPoint.objects.get(person_id=leaflet.holder_id).confirmed_at is not None
    leaflet.refresh_from_db()
    assert leaflet.activated_at is not None
    [event] = JournalEvent.objects.filter(record_id=leaflet.id)
    assert (event.act, event.actor_person_id) == ("activated", leaflet.holder_id)
    assert browser.get(reverse("records:home", args=[leaflet.id])).status_code == 200


def test_a_wrong_address_and_a_short_password_are_told_together(leaflet):
    browser = StrictClient()
    type_leaflet(browser)

    told = said(
        browser.post(reverse("access:activate_account"), {"email": "jeanne", "password": "abc"})
    )

    assert "Une adresse e-mail s'écrit comme ceci : jeanne@exemple.fr." in told
    assert "12 caractères." in told.replace("12 caractères au moins", "")
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ACDEFGHJ", "Le code de la feuille a 9 caractères. Il en manque 1."),
        ("AC", "Le code de la feuille a 9 caractères. Il en manque 7."),
        ("ACDEFGHJKL", "Le code de la feuille a 9 caractères. Il y en a trop."),
        ("", "Écrivez le code de la feuille."),
        (
            "CCCCCCCCC",
            "Ce code et cette date de naissance ne vont pas ensemble. Vérifiez les deux.",
        ),
    ],
)
def test_a_code_typed_wrong_is_told_and_costs_the_leaflet_nothing(leaflet, code, sentence):
    response = type_leaflet(StrictClient(), code)
    assert response.status_code == 422
    assert sentence in said(response)
    assert ActivationCode.objects.get().tries_left == 3


def test_a_wrong_birth_date_costs_a_try(leaflet):
    response = type_leaflet(StrictClient(), born="05/03/1958")
    assert "ne vont pas ensemble" in said(response)
    assert ActivationCode.objects.get().tries_left == 2


@pytest.mark.parametrize("born", ["31/02/1958", "hier", "03-58", ""])
def test_a_birth_date_that_cannot_be_is_told_and_costs_nothing(leaflet, born):
    response = type_leaflet(StrictClient(), born=born)
    assert response.status_code == 422
    assert ActivationCode.objects.get().tries_left == 3


def test_an_expired_code_says_where_to_get_another(leaflet):
    with frozen_clock(NOON + dt.timedelta(days=15)):
        response = type_leaflet(StrictClient())
    assert "Ce code a plus de 14 jours. Votre pharmacie peut en imprimer un autre." in said(
        response
    )


def test_a_code_that_served_says_to_sign_in(leaflet):
    browser = StrictClient()
    code = up_to_the_code(browser)
    browser.post(reverse("access:activate_code"), {"code": code})
    again = type_leaflet(StrictClient())
    assert "Ce code a déjà servi. Connectez-vous avec votre adresse." in said(again)


def test_two_browsers_with_one_leaflet_make_one_account(leaflet):
    one, other = StrictClient(), StrictClient()
    up_to_the_code(one)
    type_leaflet(other)
    other.post(reverse("access:activate_account"), {**ACCOUNT, "email": "autre@exemple.test"})
    code = sent_code()
    assert other.post(reverse("access:activate_code"), {"code": code}).status_code == 302
    type_again = one.post(reverse("access:activate_code"), {"code": code})
    assert type_again.status_code == 422
    assert User.objects.filter(person_id=leaflet.holder_id).count() == 1


def test_ten_wrong_answers_an_hour_slow_an_address_down_and_right_ones_do_not(leaflet):
    for _time in range(3):
        type_leaflet(StrictClient())
    for _time in range(10):
        assert "ne vont pas ensemble" in said(type_leaflet(StrictClient(), "CCCCCCCCC"))
    slowed = type_leaflet(StrictClient())
    assert "Trop d'essais. Attendez une heure, puis recommencez." in said(slowed)
    assert ActivationCode.objects.get().tries_left == 3


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"email": ""}, "Écrivez votre adresse e-mail."),
        ({"email": "jeanne"}, "Une adresse e-mail s'écrit comme ceci : jeanne@exemple.fr."),
        ({"password": ""}, "Choisissez un mot de passe."),
        ({"password": "court"}, "au minimum 12 caractères"),
        ({"password": "123456789012"}, "entièrement numérique"),
        ({"email": "prise@exemple.test"}, "Cette adresse ne peut pas servir ici."),
    ],
)
def test_what_the_account_lacks_is_told_beside_its_field(leaflet, as_owner, facts, sentence):
    with as_owner():
        User.objects.create(email="prise@exemple.test")
    browser = StrictClient()
    type_leaflet(browser)
    response = browser.post(reverse("access:activate_account"), ACCOUNT | facts)
    assert response.status_code == 422
    assert sentence in said(response)
    field = next(iter(facts))
    at = response.content.decode().replace("&#x27;", "'").rindex(sentence[:20])
    after = response.content.decode().replace("&#x27;", "'")[at:]
    assert after.index(f'name="{field}"') < after.index("</form>")
    assert not SENT


def test_the_later_pages_are_not_reached_by_their_address(leaflet, client):
    for page in ("activate_account", "activate_code"):
        assert client.get(reverse(f"access:{page}"))["Location"] == reverse("access:activate")
        assert client.post(reverse(f"access:{page}"), ACCOUNT)["Location"] == (
            reverse("access:activate")
        )


def test_what_was_typed_is_forgotten_after_twenty_minutes(leaflet):
    browser = StrictClient()
    start = time.time()
    with time_machine.travel(start, tick=False):
        code = up_to_the_code(browser)
    with time_machine.travel(start + 20 * 60 + 1, tick=False):
        late = browser.post(reverse("access:activate_code"), {"code": code})
    assert late["Location"] == reverse("access:activate")
    assert "activation" not in browser.session
    assert not User.objects.exists()


def test_the_password_waits_sealed(leaflet):
    browser = StrictClient()
    up_to_the_code(browser)
    kept = str(dict(browser.session))
    assert ACCOUNT["password"] not in kept
    assert ACCOUNT["password"].encode().hex() not in kept


# --- the three choices ------------------------------------------------------------------------


def choices(world, who, **said_):
    url = reverse("access:choices", args=[world.record.id])
    browser = world.browser(who)
    return browser.post(url, said_) if said_ else browser.get(url)


def test_no_choice_is_made_beforehand_and_what_was_said_is_shown_again(jeanne):
    assert "checked" not in choices(jeanne, "jeanne").content.decode()
    done = choices(jeanne, "jeanne", emergency="no", regulation="yes")
    assert done["Location"] == reverse("records:home", args=[jeanne.record.id])
    record = Record.objects.get(id=jeanne.record.id)
    assert (record.emergency_refused, record.regulation_refused) == (True, False)
    assert choices(jeanne, "jeanne").content.decode().count(" checked") == 2
    assert jeanne.events() == [("emergency_choices", "patient")]


def test_it_is_said_that_silence_counts_as_yes(jeanne):
    # The policy, line 11: unanswered is not refused.
    page = choices(jeanne, "jeanne").content.decode()
    assert page.count("Sans réponse, c&#x27;est oui.") == 2
    # Being told is another matter: only what is urgent is told to who said nothing.
    assert page.count("Sans réponse, c&#x27;est non.") == 1


def test_a_question_left_unanswered_changes_nothing(jeanne):
    choices(jeanne, "jeanne", emergency="no")
    choices(jeanne, "jeanne", regulation="no")
    record = Record.objects.get(id=jeanne.record.id)
    assert (record.emergency_refused, record.regulation_refused) == (True, True)


def test_a_parent_suspended_at_this_instant_chooses_nothing(jeanne, as_owner):
    none = {"emergency_refused": True, "regulation_refused": None, "notify_by": ""}
    with jeanne.as_("guardian") as by:
        assert policy.standing_on(jeanne.record.id).is_representative
        with as_owner():
            Representation.objects.update(suspended_at=NOON)
        with pytest.raises(NotVisible):
            accounts.set_emergency_choices(by=by, record_id=jeanne.record.id, **none)


@pytest.mark.parametrize("who", ["delegate", "petit", "martin", "stranger", "agent"])
def test_only_the_holder_and_their_representative_choose(jeanne, who):
    assert choices(jeanne, who).status_code == 404
    assert choices(jeanne, who, emergency="yes").status_code == 404
    assert Record.objects.get(id=jeanne.record.id).emergency_refused is None
    assert jeanne.events() == []
