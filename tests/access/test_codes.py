"""One-time codes: six digits, ten minutes, three tries, six an hour; each problem in words."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from access import codes
from access.binding import binding
from access.models import OneTimeCode, User
from access.policy import Refused
from access.viewer import ANONYMOUS
from tests.access.cast import NOON


pytestmark = pytest.mark.django_db


class NoServer(BaseEmailBackend):
    """A mail server that isn't there."""

    def send_messages(self, _messages):
        raise ConnectionRefusedError


WHO = {"purpose": "sign-in", "subject": "jeanne"}


def send(at=NOON, **facts):
    given = {**WHO, "kind": "email", "to": "jeanne@exemple.test"} | facts
    with binding(ANONYMOUS, at=at):
        codes.send_code(**given)
    return re.search(r"\d{6}", mail.outbox[-1].body)[0]


def check(code, at=NOON, **facts):
    with binding(ANONYMOUS, at=at):
        return codes.check_code(**{**WHO, "code": code} | facts)


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_opens_once():
    code = send()
    assert check(code) == ""
    assert check(code) == "Ce code ne marche plus. Demandez-en un autre."


def test_spaces_and_dashes_do_not_count():
    code = send()
    assert check(f" {code[:3]}-{code[3:]} ") == ""


def test_a_code_of_another_length_is_counted_and_costs_nothing():
    code = send()
    for _time in range(5):
        assert check(code[:4]) == "Le code a 6 chiffres. Vous en avez écrit 4."
    assert check("²" * 6) == "Le code a 6 chiffres. Vous en avez écrit 0."
    assert check(code) == ""


def test_three_wrong_codes_stop_the_right_one():
    code = send()
    wrong = other_than(code)
    assert check(wrong) == "Ce n'est pas le bon code. Relisez-le."
    assert check(wrong) == "Ce n'est pas le bon code. Relisez-le."
    assert check(wrong) == ("Ce n'est pas le bon code, trois fois. Demandez-en un autre.")
    assert check(code) == "Ce code ne marche plus. Demandez-en un autre."


def test_a_code_lives_ten_minutes():
    code = send()
    last = NOON + dt.timedelta(minutes=10)
    assert check(code, at=last) == "Ce code a plus de 10 minutes. Demandez-en un autre."
    assert check(code, at=last - dt.timedelta(seconds=1)) == ""


def a_sender_that_says_no(*, to, text):
    raise ConnectionError(to)


def test_a_sender_that_says_no_is_told_and_the_code_before_still_opens(settings):
    code = send()
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender_that_says_no"
    settings.EMAIL_BACKEND = "tests.access.test_codes.NoServer"
    for kind in ("mobile", "email"):
        with pytest.raises(Refused, match="Le message n'est pas parti"):
            send(kind=kind, to="0639980001", at=NOON + dt.timedelta(minutes=1))

    assert check(code, at=NOON + dt.timedelta(minutes=2)) == ""


def test_a_lost_password_says_that_no_mail_left_known_address_or_not(settings, client, as_owner):
    with as_owner():
        User.objects.create_user("jeanne@exemple.test", "trois petits chats gris")
    settings.EMAIL_BACKEND = "tests.access.test_codes.NoServer"
    asked = [
        client.post("/compte/mot-de-passe/oublie/", {"email": email})
        for email in ("jeanne@exemple.test", "personne@exemple.test")
    ]

    assert [answer.status_code for answer in asked] == [403, 403]
    assert all("pas parti" in answer.content.decode() for answer in asked)


def test_a_new_code_stops_the_one_before():
    first = send()
    second = send(at=NOON + dt.timedelta(minutes=1))
    if first != second:
        assert check(first, at=NOON + dt.timedelta(minutes=2)) != ""
    assert check(second, at=NOON + dt.timedelta(minutes=2)) == ""


def test_a_code_is_for_one_person_and_one_purpose():
    code = send()
    assert check(code, subject="paul") != ""
    assert check(code, purpose="activation") != ""
    assert check(code) == ""


def test_no_more_than_six_codes_an_hour_are_sent():
    for _time in range(6):
        send()
    with pytest.raises(Refused) as refused:
        send()
    assert refused.value.reason == "Trop de codes demandés. Attendez une heure, puis recommencez."
    assert len(mail.outbox) == 6
    send(subject="paul")


def test_a_code_is_kept_as_a_keyed_hash_only():
    code = send()
    row = OneTimeCode.objects.get()
    assert code.encode() not in bytes(row.digest)
    assert len(row.digest) == 32


def test_the_message_says_nothing_but_the_code():
    code = send()
    assert mail.outbox[-1].subject == "Votre code"
    assert mail.outbox[-1].body == (
        f"Votre code : {code}. Il est valable 10 minutes. Ne le donnez à personne."
    )
    assert mail.outbox[-1].to == ["jeanne@exemple.test"]


def test_without_a_sender_of_sms_the_sentence_names_the_other_way(settings):
    with pytest.raises(Refused) as refused:
        send(kind="mobile", to="0612345678")
    assert refused.value.reason == "L'envoi de SMS n'est pas installé ici. Choisissez l'e-mail."
    assert not OneTimeCode.objects.exists()


SENT: list[tuple[str, str]] = []


def a_sender(*, to, text):
    SENT.append((to, text))


def test_an_installation_names_its_own_sender_of_sms(settings):
    settings.DMP_SMS_SENDER = "tests.access.test_codes.a_sender"
    SENT.clear()
    with binding(ANONYMOUS, at=NOON):
        shown = codes.send_code(**WHO, kind="mobile", to="0612345678")
    [(to, text)] = SENT
    assert to == "0612345678"
    assert check(re.search(r"\d{6}", text)[0]) == ""
    assert shown == ""  # on a page in the demonstration only


def test_in_the_demonstration_the_page_shows_the_code(settings):
    settings.DMP_DEMO = True
    with binding(ANONYMOUS, at=NOON):
        shown = codes.send_code(**WHO, kind="mobile", to="0612345678")
    assert check(shown) == ""
