"""Is this process able to serve? Asked by docker and by whoever watches; says nothing else."""

from __future__ import annotations

import os
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request, urlopen

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
