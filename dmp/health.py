"""Is this process able to serve? Asked by docker and by whoever watches; says nothing else."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpResponse
from redis.exceptions import RedisError


if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
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
    name = settings.ALLOWED_HOSTS[0].lstrip(".")
    # The site answers to its own names only, and docker asks by number.
    host = "localhost" if name == "*" else name
    request = Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    try:
        with urlopen(request, timeout=5) as answer:  # noqa: S310 - always http, always here
            return str(answer.read(20).decode())
    except HTTPError as error:
        with error:
            return error.read(20).decode(errors="replace") or str(error.code)
    except (URLError, OSError) as error:
        return str(error)
