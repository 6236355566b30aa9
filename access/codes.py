"""One-time codes: six digits, ten minutes, three tries, kept as keyed hashes. Rate-limited."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import string

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils.translation import gettext as _

from access import channels
from access.binding import now, use_case
from access.models import OneTimeCode
from access.policy import Refused
from records.uuid7 import uuid7


DIGITS = 6
LIFE = dt.timedelta(minutes=10)
TRIES = 3
SENDS_AN_HOUR = 6
HOUR = 3600


def _digest(purpose: str, subject: str, code: str) -> bytes:
    message = f"one-time|{purpose}|{subject}|{code}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).digest()


def count(name: str, subject: str, *, limit: int, seconds: int = HOUR) -> bool:
    """Count one try under a name; tell whether it is within the limit. Keys are hashes."""
    key = _counter(name, subject)
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) <= limit)
    except ValueError:  # it ran out between the two
        cache.add(key, 1, seconds)
        return True


def is_within(name: str, subject: str, *, limit: int) -> bool:
    """Tell whether one more try would be within the limit, without counting it."""
    return int(cache.get(_counter(name, subject), 0)) < limit


def _counter(name: str, subject: str) -> str:
    hashed = hashlib.sha256(f"{name}|{subject}".encode()).hexdigest()
    return f"limit:{hashed}"


@use_case
def make_code(*, purpose: str, subject: str) -> str:
    """Write a new code and return it, to be sent; those before it stop working.

    Raises ``Refused`` past six codes an hour.
    """
    if not count(f"send-{purpose}", subject, limit=SENDS_AN_HOUR):
        raise Refused(_("Trop de codes demandés. Attendez une heure, puis recommencez."))
    OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None).update(
        used_at=now()
    )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    OneTimeCode.objects.create(
        id=uuid7(),
        purpose=purpose,
        subject=subject,
        digest=_digest(purpose, subject, code),
        made_at=now(),
        expires_at=now() + LIFE,
        tries_left=TRIES,
    )
    return code


@use_case
def send_code(*, purpose: str, subject: str, kind: str, to: str) -> str:
    """Send a new code; those before it stop working. Returns it for the demonstration's page.

    Raises ``Refused`` past six codes an hour, or where no channel is installed.
    """
    code = make_code(purpose=purpose, subject=subject)
    text = _("Votre code : %(code)s. Il est valable 10 minutes. Ne le donnez à personne.")
    try:
        channels.send(kind, to=to, text=text % {"code": code})
    except channels.NoChannel as error:
        raise Refused(str(error)) from error
    return code if settings.DMP_DEMO else ""


def check_code(  # noqa: PLR0911  # one sentence each
    *, purpose: str, subject: str, code: str
) -> str:
    """Use a code up; return an empty text, or the sentence that says what is wrong.

    Not a use case: a wrong try must be counted even though nothing else is written.
    """
    bare = "".join(c for c in code if c in string.digits)
    if len(bare) != DIGITS:
        return _("Le code a 6 chiffres. Vous en avez écrit %(count)d.") % {"count": len(bare)}
    waiting = OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None)
    row = waiting.order_by("-made_at", "-id").first()
    if row is None:
        return _("Ce code ne marche plus. Demandez-en un autre.")
    if row.expires_at <= now():
        return _("Ce code a plus de 10 minutes. Demandez-en un autre.")
    # The try is spent before it is looked at: several at the same instant are still three.
    alive = OneTimeCode.objects.filter(id=row.id, used_at=None, tries_left__gt=0)
    if not alive.update(tries_left=F("tries_left") - 1):
        return _("Ce code ne marche plus. Demandez-en un autre.")
    if not hmac.compare_digest(bytes(row.digest), _digest(purpose, subject, bare)):
        if row.tries_left == 1:
            return _("Ce n'est pas le bon code, trois fois. Demandez-en un autre.")
        return _("Ce n'est pas le bon code. Relisez-le.")
    OneTimeCode.objects.filter(id=row.id).update(used_at=now())
    return ""
