"""The one flag every page carries: are these invented people? Must not know any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings


if TYPE_CHECKING:
    from django.http import HttpRequest


def banner(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001 - Django's signature
    """Template variable `is_demo`: the page says that nothing in it is real."""
    return {"is_demo": settings.DMP_DEMO}
