"""Which page of a list an address asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from django.http import HttpRequest


MOST_DIGITS = 5


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; anything that isn't a number is the first."""
    asked = request.GET.get("page", "1")
    number = asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS
    return int(asked) if number else 1
