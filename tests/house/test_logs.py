"""What the logs say, and what they never say."""

from __future__ import annotations

import logging
import logging.config
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from access.policy import Refused
from dmp.health import HealthMiddleware
from dmp.logs import Discreet, RequestIdMiddleware, WithoutWords, configure


def line(message, *arguments, **extra):
    record = logging.LogRecord("x", logging.INFO, "f", 1, message, arguments, None)
    record.__dict__.update(extra)
    assert Discreet().filter(record) is True
    return record


@pytest.mark.parametrize(
    "address",
    [
        "/dossiers/0198/documents?q=diab%C3%A8te",
        "https://site.example/x?nir=255081416802538&y=1",
        "/x?q=a?b=c",
    ],
)
def test_what_was_searched_for_is_dropped(address):
    said = line("Not Found: %s (%s)", address, "done").getMessage()
    assert said == f"Not Found: {address.partition('?')[0]}?… (done)"


def test_a_line_without_an_address_is_kept_as_it_is():
    assert line("12 lines, 3 refused. Why?").getMessage() == "12 lines, 3 refused. Why?"


def test_the_request_itself_never_reaches_a_handler():
    assert not hasattr(line("x", request="GET / with its body"), "request")


def test_an_exception_says_its_kind_and_its_place_and_not_one_of_its_words():
    """What a refusal tells its reader, and what a database quotes, is nobody else's."""
    quoted, told = "Key (email)=(jeanne@exemple.fr)", "Le patient a masqué : Sertraline"
    try:
        try:
            raise ValueError(quoted)  # noqa: TRY301  # what came first
        except ValueError as error:
            raise Refused(told) from error
    except Refused:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "said", (), sys.exc_info())

    said = WithoutWords("{message}", style="{").format(record)

    assert "jeanne" not in said
    assert "Sertraline" not in said
    assert said.index("builtins.ValueError") < said.index("access.policy.Refused")
    assert __file__ in said


def test_every_line_of_the_product_is_written_that_way(monkeypatch):
    told = {}
    monkeypatch.setattr(logging.config, "dictConfig", told.update)
    configure({"level": "INFO"})

    [handler] = told["handlers"].values()
    assert told["formatters"][handler["formatter"]]["()"] == "dmp.logs.WithoutWords"


def test_a_request_has_one_number_in_its_lines_and_its_answer():
    numbers = []

    def page(request):
        numbers.append(line("x").request_id)
        numbers.append(line("y").request_id)
        return HttpResponse("ok")

    asked = RequestFactory().get("/", headers={"X-Request-ID": "chosen by the caller"})
    answer = RequestIdMiddleware(page)(asked)
    assert numbers == [answer["X-Request-ID"]] * 2
    assert len(numbers[0]) == 32
    assert line("z").request_id == "-"


@pytest.mark.django_db
def test_health_is_answered_before_anything_else():
    def never(request):
        raise AssertionError("a health check went through")

    answer = HealthMiddleware(never)(RequestFactory().get("/healthz", headers={"Host": "unknown"}))
    assert (answer.status_code, answer.content) == (200, b"ok")
