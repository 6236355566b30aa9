"""The rule every address declares: who may come to it at all, before the gate decides.

Deny by default: a view without a declared rule fails the build (``tests/house``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from access.coming_back import READING, with_page
from access.policy import NotVisible
from access.viewer import Role


if TYPE_CHECKING:
    from access.viewer import Viewer

View = TypeVar("View", bound=Callable[..., HttpResponse])

FAMILY = frozenset({Role.PATIENT, Role.REPRESENTATIVE, Role.DELEGATE})
PROFESSIONALS = frozenset({Role.PROFESSIONAL})
READERS = FAMILY | PROFESSIONALS
COUNTER = frozenset({Role.PROFESSIONAL, Role.FUND_AGENT})
FUND = frozenset({Role.FUND_ADMINISTRATOR})
DESK = frozenset({Role.FUND_AGENT})
SIGNED_IN = frozenset(Role) - {Role.ANONYMOUS}

#: A page that is read and whose form is sent to the same address.
READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


def send_only(view: View) -> View:
    """Declare an address that a button sends to. Who opens it as a page is told so."""

    @functools.wraps(view)
    def sent(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        if request.method not in READING:
            return HttpResponseNotAllowed(["POST"])
        said = render(request, "405.html", status=405)
        said.headers["Allow"] = "POST"
        return said

    return sent  # type: ignore[return-value]  # same call, checked before


@dataclass(frozen=True, slots=True)
class Door:
    """What a view declares: the capacities that may come, and its place in the navigation."""

    roles: frozenset[Role]
    nav: str = ""
    public: bool = False
    second_factor: bool = True


class BoundRequest(HttpRequest):
    """A request that came through the binding: typing only."""

    viewer: Viewer


def door(
    roles: frozenset[Role], *, nav: str = "", second_factor: bool = True
) -> Callable[[View], View]:
    """Declare who may come to a view. Another capacity gets the answer of a page that isn't there.

    Signed in without the second factor → the page that asks for it; without a capacity → the page
    that offers the choice.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer: Viewer = request.viewer
            if second_factor and not viewer.admitted:
                return redirect(with_page(reverse("access:second_factor"), request))
            if viewer.role not in roles:
                if viewer.role is Role.NOBODY and request.method == "GET":
                    return redirect(with_page(reverse("access:capacity"), request))
                raise NotVisible
            return view(request, *args, **kwargs)

        guarded.door = Door(roles, nav, second_factor=second_factor)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]  # same call, checked before

    return declare


def public_door(*, nav: str = "") -> Callable[[View], View]:
    """Declare a view open to anybody: it shows nothing of any record."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        opened.door = Door(frozenset(Role), nav, public=True, second_factor=False)  # type: ignore[attr-defined]
        return login_not_required(opened)  # type: ignore[return-value]

    return declare
