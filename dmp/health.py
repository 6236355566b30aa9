"""Is this process able to serve? Asked by docker and by whoever watches; says nothing else."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpResponse
from redis.exceptions import RedisError


if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


PATH = "/healthz"
# This machine is asked straight, whatever proxy the environment names for the rest of the world.
_straight = build_opener(ProxyHandler({}))


class HealthMiddleware:
    """Answer /healthz before anything else does: no session, no viewer, no name of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every other address on."""
        return _answer() if request.path == PATH else self.get_response(request)


def _answer() -> HttpResponse:
    """200 when the database and the cache answer, 503 naming the one that does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("healthz")
    except DatabaseError:
        return _plain("database", HTTPStatus.SERVICE_UNAVAILABLE)
    except RedisError:
        return _plain("cache", HTTPStatus.SERVICE_UNAVAILABLE)
    return _plain("ok", HTTPStatus.OK)


def _plain(body: str, status: HTTPStatus) -> HttpResponse:
    response = HttpResponse(body, content_type="text/plain", status=status)
    response["Cache-Control"] = "no-store"
    return response


def ask(port: int) -> str:
    """Ask the web process of this machine; return its word, or why there is none."""
    address = f"http://127.0.0.1:{port}{PATH}"
    try:
        with _straight.open(address, timeout=5) as answer:
            return str(answer.read(20).decode())
    except HTTPError as error:
        with error:
            return error.read(20).decode(errors="replace") or str(error.code)
    except (URLError, OSError) as error:
        return str(error)
