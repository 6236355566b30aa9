"""One-time codes: six digits, three tries, kept as keyed hashes. Rate-limited.

Ten minutes for those that are sent; those that are posted live for days.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
import secrets
import string
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils.translation import gettext as _

from access import channels
from access.binding import now, use_case
from access.models import OneTimeCode
from access.policy import Refused
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from django.db.models import QuerySet

    from access.models import ActivationCode, Invitation


DIGITS = 6
LIFE = dt.timedelta(minutes=10)
TRIES = 3
SENDS_AN_HOUR = 6
HOUR = 3600


class Trial(enum.Enum):
    """What became of a code that was typed."""

    RIGHT = enum.auto()
    MISCOUNTED = enum.auto()
    GONE = enum.auto()
    TOO_OLD = enum.auto()
    WRONG = enum.auto()
    WRONG_AGAIN = enum.auto()  # and so it stops


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
def make_code(*, purpose: str, subject: str, code: str = "", days: int = 0) -> str:
    """Write a new code and return it, to be sent; those before it stop working.

    ``code`` is one that isn't drawn by chance, ``days`` a longer life. Raises ``Refused`` past
    six codes an hour.
    """
    if not count(f"send-{purpose}", subject, limit=SENDS_AN_HOUR):
        raise Refused(_("Trop de codes demandés. Attendez une heure, puis recommencez."))
    OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None).update(
        used_at=now()
    )
    code = code or f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    OneTimeCode.objects.create(
        id=uuid7(),
        purpose=purpose,
        subject=subject,
        digest=_digest(purpose, subject, code),
        made_at=now(),
        expires_at=now() + (dt.timedelta(days=days) if days else LIFE),
        tries_left=TRIES,
    )
    return code


def put_aside(*, purpose: str, subject: str) -> None:
    """Say that a code never left: it is as if it had not been made, and opens nothing."""
    never_left = OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None)
    never_left.update(purpose=_aside(purpose))


def _aside(purpose: str) -> str:
    return f"no {purpose}"


def was_made(*, purpose: str, subject: str, or_put_aside: bool = False) -> bool:
    """Tell whether a code was made for somebody."""
    purposes = [purpose, _aside(purpose)] if or_put_aside else [purpose]
    return OneTimeCode.objects.filter(purpose__in=purposes, subject=subject).exists()


@use_case
def send_code(*, purpose: str, subject: str, kind: str, to: str) -> str:
    """Send a new code; those before it stop working. Returns it for the demonstration's page.

    Raises ``Refused`` past six codes an hour, or where no channel is installed or the one there
    is says no: the code before is then still the right one.
    """
    code = make_code(purpose=purpose, subject=subject)
    text = _("Votre code : %(code)s. Il est valable 10 minutes. Ne le donnez à personne.")
    try:
        channels.send(kind, to=to, text=text % {"code": code})
    except channels.NoChannel as error:
        raise Refused(str(error)) from error
    return code if settings.DMP_DEMO else ""


def check_code(*, purpose: str, subject: str, code: str) -> str:
    """Use a code up; return an empty text, or the sentence that says what is wrong.

    Not a use case: a wrong try must be counted even though nothing else is written.
    """
    sentences = {
        Trial.RIGHT: "",
        Trial.MISCOUNTED: _("Le code a 6 chiffres. Vous en avez écrit %(count)d."),
        Trial.GONE: _("Ce code ne marche plus. Demandez-en un autre."),
        Trial.TOO_OLD: _("Ce code a plus de 10 minutes. Demandez-en un autre."),
        Trial.WRONG: _("Ce n'est pas le bon code. Relisez-le."),
        Trial.WRONG_AGAIN: _("Ce n'est pas le bon code, trois fois. Demandez-en un autre."),
    }
    tried = try_code(purpose=purpose, subject=subject, code=code)
    said = sentences[tried]
    return said % {"count": len(_bare(code))} if tried is Trial.MISCOUNTED else said


def _bare(code: str) -> str:
    return "".join(c for c in code if c in string.digits)


def try_code(*, purpose: str, subject: str, code: str, keeps: bool = False) -> Trial:
    """Use a code up and tell what became of it. Not a use case, as above.

    ``keeps`` leaves a right one as it was: it is to be used up by what comes after.
    """
    bare = _bare(code)
    if len(bare) != DIGITS:
        return Trial.MISCOUNTED
    waiting = OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None)
    row = waiting.order_by("-made_at", "-id").first()
    if row is None:
        return Trial.GONE
    if row.expires_at <= now():
        return Trial.TOO_OLD
    # The try is spent before it is looked at: several at the same instant are still three.
    alive = OneTimeCode.objects.filter(id=row.id, used_at=None, tries_left__gt=0)
    if not alive.update(tries_left=F("tries_left") - 1):
        return Trial.GONE
    if not hmac.compare_digest(bytes(row.digest), _digest(purpose, subject, bare)):
        return Trial.WRONG_AGAIN if row.tries_left == 1 else Trial.WRONG
    right = OneTimeCode.objects.filter(id=row.id)
    right.update(**({"tries_left": F("tries_left") + 1} if keeps else {"used_at": now()}))
    return Trial.RIGHT


def is_birth_date(row: ActivationCode | Invitation, born_on: dt.date) -> bool:
    """Compare a birth date with that of the holder a code is about: a wrong one costs a try.

    The try is spent before it is looked at: several at the same instant are still three.
    """
    rows: QuerySet[Any] = type(row)._default_manager.filter(id=row.id)  # noqa: SLF001
    if not rows.filter(tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        return False
    right = row.record.holder.born_on == born_on
    if right:
        rows.update(tries_left=F("tries_left") + 1)
    return right
