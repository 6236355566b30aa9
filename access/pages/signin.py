"""Doors to the second factor: a code sent to the person, or their authenticator application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from access import accounts
from access.doors import SIGNED_IN, door
from access.pages.start import next_of
from access.policy import Refused
from records.opening.contacts import masked


if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpResponse

    from access.doors import BoundRequest


class CodeForm(forms.Form):
    """One field: paste allowed, filled by the telephone."""

    code = forms.CharField(
        label=gettext_lazy("Code à 6 chiffres"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "govuk-input--width-5",
            }
        ),
        error_messages={"required": gettext_lazy("Écrivez le code que vous avez reçu.")},
    )


def _labels(ways: dict[str, str]) -> list[tuple[str, str]]:
    words = {"email": _("Par e-mail, à %(to)s"), "mobile": _("Par SMS, au %(to)s")}
    return [(kind, words[kind] % {"to": masked(to)}) for kind, to in ways.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@door(SIGNED_IN, second_factor=False)
def second_factor(request: BoundRequest) -> HttpResponse:
    """Ask for a code, then check it. Who has passed goes on."""
    onward = next_of(request) or "/"
    if request.viewer.admitted:
        return redirect(onward)
    user: Any = request.user
    ways = accounts.second_factor_ways(user)
    kind = request.POST.get("kind", "")
    form: CodeForm | None = None
    shown = ""
    if request.method == "POST" and kind in ways:
        if "code" in request.POST:
            form = CodeForm(request.POST)
            if form.is_valid():
                problem = accounts.pass_second_factor(
                    request, kind=kind, code=form.cleaned_data["code"]
                )
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
        "shown": shown,
        "next": onward,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "access/second_factor.html", context, status=status)
