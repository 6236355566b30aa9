"""Doors to the second factor: a code sent to the person, or their authenticator application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from access import accounts, passkeys, people
from access.doors import SIGNED_IN, door
from access.pages.start import next_of
from access.policy import Refused
from dmp.forms import OneTimeCodeField
from records.opening.contacts import masked


if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpResponse

    from access.doors import BoundRequest


class CodeForm(forms.Form):
    """One field: paste allowed, filled by the telephone."""

    code = OneTimeCodeField(
        label=gettext_lazy("Code à 6 chiffres"),
        error_messages={"required": gettext_lazy("Écrivez le code que vous avez reçu.")},
    )


def _labels(ways: dict[str, str]) -> list[tuple[str, str, str]]:
    words = {
        "email": (_("Par e-mail, à %(to)s"), "mail"),
        "mobile": (_("Par SMS, au %(to)s"), "smartphone"),
    }
    return [
        (kind, words[kind][0] % {"to": masked(to)}, words[kind][1]) for kind, to in ways.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@door(SIGNED_IN, second_factor=False)
def second_factor(request: BoundRequest) -> HttpResponse:
    """Ask for a code, then check it. Who has passed goes on.

    An application or a passkey is asked for where there is one, and is needed to work here.
    """
    onward = next_of(request) or "/"
    if request.viewer.admitted:
        return redirect(onward)
    user: Any = request.user
    own = accounts.own_factor(user)
    if own:
        return redirect(f"{reverse(own)}?{urlencode({'next': onward})}")
    if people.code_came_back(request):
        return render(
            request, "access/second_factor_application.html", {"place": passkeys.place_of(request)}
        )
    return _sent_code(request, user, onward)


def _sent_code(request: BoundRequest, user: Any, onward: str) -> HttpResponse:
    ways = accounts.second_factor_ways(user)
    kind = request.POST.get("kind", "")
    form: CodeForm | None = None
    shown = ""
    if request.method == "POST" and kind in ways:
        if "code" in request.POST:
            form = CodeForm(request.POST)
            if form.is_valid():
                code = form.cleaned_data["code"]
                problem = accounts.pass_second_factor(request, kind=kind, code=code)
                if not problem:
                    return redirect(onward)
                form.add_error("code", problem)
        else:
            try:
                shown = accounts.send_sign_in_code(user=user, kind=kind)
                form = CodeForm()
            except Refused as error:
                messages.error(request, error.reason)
    context = {
        "ways": _labels(ways),
        "form": form,
        "kind": kind,
        "to": masked(ways[kind]) if kind in ways else "",
        "shown": shown,
        "next": onward,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "access/second_factor.html", context, status=status)
