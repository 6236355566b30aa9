"""What the logs say, and what they never say."""

from __future__ import annotations

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from dmp.health import HealthMiddleware
from dmp.logs import Discreet, RequestIdMiddleware


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
