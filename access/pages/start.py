"""Where one arrives: the first page, the demonstration's list, the choice of a capacity."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from access import demo, people
from access.coming_back import with_page
from access.doors import FAMILY, SIGNED_IN, door, public_door
from access.policy import NotVisible
from access.viewer import Role


if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from access.doors import BoundRequest
    from access.viewer import PracticeFacts


PHARMACIST = "21"


def _home_of(role: Role, record_id: uuid.UUID | None, practice: PracticeFacts | None) -> str:
    """Return where a capacity begins; a pharmacist's work is at the counter."""
    if role in FAMILY:
        if record_id is None or people.is_gone(record_id):
            return reverse("records:connect" if role is Role.PATIENT else "access:capacity")
        page = "records:reopen" if people.is_closed(record_id) else "records:home"
        return reverse(page, args=[record_id])
    if role is Role.PROFESSIONAL and practice is not None and practice.profession == PHARMACIST:
        return reverse("records:counter")
    places = {
        Role.PROFESSIONAL: "access:patients",
        Role.FUND_AGENT: "records:counter",
        Role.FUND_ADMINISTRATOR: "imports:loads",
    }
    return reverse(places.get(role, "access:capacity"))


def _only_capacity(request: BoundRequest) -> people.Capacity | None:
    """Take the capacity of who has but one and chose none: there is nothing to ask."""
    offered = people.capacities_for(request)
    if request.viewer.role is not Role.NOBODY or len(offered) != 1:
        return None
    return people.choose_capacity(request, offered[0].key)


def next_of(request: HttpRequest) -> str:
    """Return where to go on to: a path of this site, or nothing."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if safe and asked.startswith("/") else ""


@require_safe
@public_door()
def start(request: BoundRequest) -> HttpResponse:
    """The first page; who is signed in goes on to where they work."""
    if not request.viewer.user_id:
        return render(request, "access/start.html", {})
    if not request.viewer.admitted:
        return redirect("access:second_factor")
    only = _only_capacity(request)
    if only is not None:
        return redirect(_home_of(only.role, only.record_id, only.practice))
    viewer = request.viewer
    return redirect(_home_of(viewer.role, people.chosen_record(request), viewer.practice))


@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def demo_list(request: BoundRequest) -> HttpResponse:
    """The demonstration's accounts, one press each. Not there outside the demonstration."""
    if request.method == "POST":
        try:
            user_id = uuid.UUID(request.POST.get("account", ""))
        except ValueError as error:
            raise NotVisible from error
        demo.sign_in(request, user_id)
        return redirect(next_of(request) or "access:start")
    accounts = demo.accounts()
    if not accounts:
        raise NotVisible
    groups = [(name, list(rows)) for name, rows in groupby(accounts, key=lambda a: a.group)]
    return render(request, "access/demo.html", {"groups": groups, "next": next_of(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@door(SIGNED_IN, second_factor=False)
def capacity(request: BoundRequest) -> HttpResponse:
    """Choose in which capacity one comes: one's own record, a child's, a practice.

    Who chose to work and has no application yet comes back here to choose their own record.
    """
    if not (request.viewer.admitted or people.code_came_back(request)):
        return redirect(with_page(reverse("access:second_factor"), request))
    if request.method == "POST":
        chosen = people.choose_capacity(request, request.POST.get("capacity", ""))
        if chosen is None:
            raise NotVisible
        return redirect(next_of(request) or "access:start")
    only = _only_capacity(request)
    if only is not None:
        return redirect(next_of(request) or _home_of(only.role, only.record_id, only.practice))
    context = {"capacities": people.capacities_for(request), "next": next_of(request)}
    return render(request, "access/capacity.html", context)
