"""What the logs may say: a line per event with the request's number, never what a person typed."""

from __future__ import annotations

import logging
import logging.config
import re
import traceback
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import uuid4


if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from django.http import HttpRequest, HttpResponse


_TALKATIVE = ("dmp", "access", "records", "imports", "django", "celery")
# Two lines for each message, and the clock sends one every few seconds: the state rows say more.
_REPETITIVE = ("celery.worker.strategy", "celery.app.trace", "celery.beat")
_request_id: ContextVar[str] = ContextVar("request_id", default="-")
# An address keeps its path (identifiers that say nothing) and loses what was searched for.
_QUERY = re.compile(r"\?[^\s\"'<>]+")


class RequestIdMiddleware:
    """Number the request, so that all its log lines are found together."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the number in X-Request-ID."""
        # Never the number a caller sends: it would be written to the logs as it came.
        number = uuid4().hex
        token = _request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = number
        return response


class Discreet(logging.Filter):
    """Add the request's number and drop query strings and the request object itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line in place; every line passes."""
        record.request_id = _request_id.get()
        record.msg = _QUERY.sub("?…", record.getMessage())
        record.args = ()
        # Handlers that print the request would print its body.
        record.__dict__.pop("request", None)
        return True


class WithoutWords(logging.Formatter):
    """Tell where something was raised and its kind, never its message.

    A refusal is a sentence for its reader and names people and what they hid; a database quotes
    the value it didn't take. What a line of code was about is in no log.
    """

    def formatException(  # noqa: N802  # the standard library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return the traceback of an exception and of those it came from, without their words."""
        error, told, seen = ei[1], [], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nand then:\n".join(reversed(told))


def configure(settings: dict[str, Any]) -> None:
    """Set up plain lines on the standard output; called by Django with its LOGGING setting."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"discreet": {"()": "dmp.logs.Discreet"}},
            "formatters": {
                "line": {
                    "()": "dmp.logs.WithoutWords",
                    "format": "{asctime} {levelname} {name} [{request_id}] {message}",
                    "style": "{",
                },
            },
            "handlers": {
                "console": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "filters": ["discreet"],
                    "formatter": "line",
                },
            },
            # A library speaks when something is wrong; we say more.
            "root": {"handlers": ["console"], "level": "WARNING"},
            "loggers": {
                **{name: {"level": settings["level"]} for name in _TALKATIVE},
                **{name: {"level": "WARNING"} for name in _REPETITIVE},
            },
        },
    )
