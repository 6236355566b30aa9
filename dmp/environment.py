"""Reading the environment: the only place that does, so that a wrong variable is named once."""

from __future__ import annotations

import base64
import binascii
import os
import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


_MISSING: Any = object()
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}
# The systems of the national identity: those of real people, those of invented ones.
_INS_REAL = {"1.2.250.1.213.1.4.8": "INS-NIR", "1.2.250.1.213.1.4.9": "INS-NIA"}
_INS_INVENTED = {"1.2.250.1.213.1.4.10": "test", "1.2.250.1.213.1.4.11": "demonstration"}


def text(name: str, default: str = _MISSING, *, example: str = "a value") -> str:
    """The variable as it is; without a default it must be there and not empty."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is _MISSING:
        msg = f"{name} is missing: set it to {example} (.env.example lists every variable)."
        raise ImproperlyConfigured(msg)
    return default


def choice(name: str, allowed: list[str]) -> str:
    """One of a few words; the first when the variable is not set."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def log_level() -> str:
    """How much the logs say."""
    return choice("DMP_LOG_LEVEL", ["INFO", "DEBUG", "WARNING", "ERROR"])


def flag(name: str, *, default: bool) -> bool:
    """A yes or a no: 1, true, yes, on; 0, false, no, off."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if value.strip().lower() in _YES:
        return True
    if value.strip().lower() in _NO:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def ins_system(name: str, *, demo: bool, https: bool) -> str:
    """The system under which national numbers are kept: real people apart from invented ones.

    Where people sign in over TLS and nothing says "demonstration", they are real.
    """
    known = _INS_REAL | _INS_INVENTED
    value = text(name, next(iter(_INS_INVENTED if demo else _INS_REAL)))
    if value not in known:
        listed = ", ".join(f"{oid} ({what})" for oid, what in known.items())
        raise ImproperlyConfigured(f"{name} must be one of {listed}, not {value!r}.")
    if demo and value in _INS_REAL:
        msg = (
            f"{name} is {value}, the system of real people, and DMP_DEMO is 1: a demonstration"
            f" has invented ones only; use {' or '.join(_INS_INVENTED)}, or DMP_DEMO=0."
        )
        raise ImproperlyConfigured(msg)
    if https and not demo and value in _INS_INVENTED:
        msg = (
            f"{name} is {value}, the system of invented people, and DMP_DEMO is 0: real people"
            f" need {' or '.join(_INS_REAL)}; invented ones need DMP_DEMO=1."
        )
        raise ImproperlyConfigured(msg)
    return value


def number(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number between two bounds, both included."""
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        found = int(value)
    except ValueError:
        found = low - 1
    if not low <= found <= high:
        msg = f"{name} must be a whole number from {low} to {high}, not {value!r}."
        raise ImproperlyConfigured(msg)
    return found


def phone(name: str, default: str) -> str:
    """A telephone number as it is printed, "" for none; three figures and more, spaces between."""
    value = text(name, default).strip()
    if value and not re.fullmatch(r"\+?\d[\d .]{1,18}\d", value, re.ASCII):
        raise ImproperlyConfigured(
            f"{name} must be a telephone number like 01 99 00 00 10, not {value!r}."
        )
    return value


def names(name: str, default: list[str] = _MISSING, *, example: str = "a,b") -> list[str]:
    """A comma separated list, blanks dropped."""
    value = text(name, default if default is _MISSING else ",".join(default), example=example)
    return [part.strip() for part in value.split(",") if part.strip()]


def key(name: str) -> bytes:
    """A 32 byte key written in base64."""
    value = text(name, example="32 random bytes in base64 (openssl rand -base64 32)")
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32:  # noqa: PLR2004 - the size AES-256 and HMAC-SHA-256 ask for
        # The value itself is a secret: it is not repeated.
        raise ImproperlyConfigured(f"{name} must be exactly 32 bytes in base64.")
    return found


def _split(name: str, value: str, schemes: set[str], example: str) -> SplitResult:
    parts = urlsplit(value)
    try:
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        port_ok = False
    if parts.scheme not in schemes or not port_ok:
        # A URL may hold a password: only its beginning is repeated.
        scheme = f"begins with {parts.scheme}://" if parts.scheme else "has no scheme"
        raise ImproperlyConfigured(f"{name} is not understood (it {scheme}): expected {example}.")
    return parts


def database(name: str) -> dict[str, Any]:
    """One of Django's `DATABASES` entries from postgres://user:password@host:port/name?options.

    `?host=/folder` names a socket folder, `?options=-c%20role%3Ddmp_app` goes to the server,
    any other parameter (sslmode, connect_timeout...) to the driver.
    """
    example = "postgres://user:password@host:5432/name"
    value = text(name, example=example)
    parts = _split(name, value, {"postgres", "postgresql"}, example)
    query = dict(parse_qsl(parts.query))
    database_name = unquote(parts.path.lstrip("/"))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    if not database_name or not parts.username:
        raise ImproperlyConfigured(f"{name} names no user or no database: expected {example}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        # Opening a connection costs more than most pages' queries.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "5", **query},
    }


def mail(name: str) -> dict[str, Any]:
    """Django's EMAIL_* settings from smtp://user:password@host:587?starttls=1 or smtps://..."""
    example = "smtp://user:password@host:587?starttls=1"
    value = text(name, "smtp://localhost:25", example=example)
    parts = _split(name, value, {"smtp", "smtps"}, example)
    direct = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if direct else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": direct,
        "EMAIL_USE_TLS": dict(parse_qsl(parts.query)).get("starttls") == "1",
        "EMAIL_TIMEOUT": 10,
    }


def redis(name: str) -> tuple[str, str]:
    """The broker's address for Celery (database 0) and the cache's for Django (database 1)."""
    example = "redis://host:6379 or unix:///folder/redis.sock"
    value = text(name, example=example)
    parts = _split(name, value, {"redis", "rediss", "unix"}, example)
    if parts.path.strip("/") and parts.scheme != "unix":
        msg = f"{name} must not name a database (databases 0 and 1 are used): expected {example}."
        raise ImproperlyConfigured(msg)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host=0", f"unix://{parts.path}?db=1"
    base = f"{parts.scheme}://{parts.netloc}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{base}/0{query}", f"{base}/1{query}"
