"""Doors to activation, from the leaflet: the code, the account, the code sent, three choices."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access import accounts, codes, people
from access.demo import BACKEND
from access.doors import FAMILY, door, public_door
from access.policy import Refused
from access.viewer import Role
from dmp.forms import DayField
from records.keys import seal_with_master, unseal_with_master
from records.opening.contacts import masked


if TYPE_CHECKING:
    from django.http import HttpResponse

    from access.doors import BoundRequest

SESSION = "activation"
PURPOSE = "activation"
CODE_FIELD = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class LeafletForm(forms.Form):
    """The leaflet's code and the birth date."""

    code = forms.CharField(
        label=gettext_lazy("Code de la feuille"),
        max_length=20,
        help_text=gettext_lazy("9 caractères, par exemple ACD EFG HJK."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Écrivez le code de la feuille.")},
    )
    born_on = DayField(
        label=gettext_lazy("Date de naissance"),
        error_messages={"required": gettext_lazy("Écrivez votre date de naissance.")},
    )


class AccountForm(forms.Form):
    """The address, the password, and where the code goes."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Écrivez votre adresse e-mail."),
            "invalid": gettext_lazy("Une adresse e-mail s'écrit comme ceci : jeanne@exemple.fr."),
        },
    )
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        help_text=gettext_lazy(
            "12 caractères au moins. Une phrase courte est plus facile à retenir."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Choisissez un mot de passe.")},
    )


class CodeForm(forms.Form):
    """The code that came back."""

    code = forms.CharField(
        label=gettext_lazy("Code à 6 chiffres"),
        max_length=12,
        widget=forms.TextInput(attrs=CODE_FIELD),
        error_messages={"required": gettext_lazy("Écrivez le code que vous avez reçu.")},
    )


class ChoicesForm(forms.Form):
    """Three choices, none ticked beforehand, each may be skipped."""

    YES_NO = [("yes", gettext_lazy("Oui")), ("no", gettext_lazy("Non"))]
    emergency = forms.ChoiceField(
        label=gettext_lazy(
            "En cas d'urgence, un médecin que vous ne connaissez pas peut-il regarder ?"
        ),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    regulation = forms.ChoiceField(
        label=gettext_lazy("Le médecin du 15, au téléphone, peut-il regarder ?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    notify_by = forms.ChoiceField(
        label=gettext_lazy("Vous prévenir quand quelqu'un regarde ?"),
        choices=[
            ("email", gettext_lazy("Par e-mail")),
            ("sms", gettext_lazy("Par SMS")),
            ("post", gettext_lazy("Par courrier")),
            ("none", gettext_lazy("Non")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )


def _kept(request: BoundRequest) -> dict[str, str]:
    kept = request.session.get(SESSION)
    return kept if isinstance(kept, dict) else {}


def _activation(kept: dict[str, str]) -> accounts.Activation:
    return accounts.Activation(
        code_id=uuid.UUID(kept["code"]),
        record_id=uuid.UUID(kept["record"]),
        person_id=uuid.UUID(kept["person"]),
        role=Role(kept["role"]),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def activate(request: BoundRequest) -> HttpResponse:
    """Step 1: the leaflet's code, filled by the QR, and the birth date."""
    form = LeafletForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if request.method == "POST" and form.is_valid():
        found, problem = accounts.find_activation(
            code=form.cleaned_data["code"],
            born_on=form.cleaned_data["born_on"],
            source=request.META.get("REMOTE_ADDR", ""),
        )
        if found is not None:
            request.session.cycle_key()
            request.session[SESSION] = {
                "code": str(found.code_id),
                "record": str(found.record_id),
                "person": str(found.person_id),
                "role": found.role.value,
            }
            return redirect("access:activate_account")
        form.add_error("code", problem)
    context = {"form": form, "step": 1}
    return render(request, "access/activate.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def activate_account(request: BoundRequest) -> HttpResponse:
    """Step 2: the address and the password; the code goes to a mobile given, else the address."""
    kept = _kept(request)
    if "person" not in kept:
        return redirect("access:activate")
    known = accounts.contact_kinds(uuid.UUID(kept["person"]))
    form = AccountForm(request.POST or None, initial={"email": known.get("email", "")})
    if request.method == "POST" and form.is_valid():
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        for problem in accounts.check_new_account(email=email, password=password):
            form.add_error("password" if "@" not in problem else "email", problem)
        if form.is_valid():
            kind = "mobile" if "mobile" in known else "email"
            to = known.get(kind, "") if kind == "mobile" else email
            try:
                shown = codes.send_code(purpose=PURPOSE, subject=kept["code"], kind=kind, to=to)
            except Refused as error:
                form.add_error(None, error.reason)
            else:
                sealed = seal_with_master(f"{email}\n{password}".encode(), about=b"activation")
                request.session[SESSION] = {**kept, "kind": kind, "to": to, "sealed": sealed.hex()}
                request.session["activation_shown"] = shown
                return redirect("access:activate_code")
    context = {"form": form, "step": 2}
    return render(
        request, "access/activate_account.html", context, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def activate_code(request: BoundRequest) -> HttpResponse:
    """Step 3: the code that came back; the account exists and is signed in."""
    kept = _kept(request)
    if "sealed" not in kept:
        return redirect("access:activate")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = codes.check_code(
            purpose=PURPOSE, subject=kept["code"], code=form.cleaned_data["code"]
        )
        if problem:
            form.add_error("code", problem)
        else:
            clear = unseal_with_master(bytes.fromhex(kept["sealed"]), about=b"activation").decode()
            email, _sep, password = clear.partition("\n")
            try:
                user = accounts.activate(
                    activation=_activation(kept), email=email, password=password,
                    kind=kept["kind"], address=kept["to"],
                )  # fmt: skip
            except Refused as error:
                form.add_error(None, error.reason)
            else:
                del request.session[SESSION]
                request.session.pop("activation_shown", None)
                login(request, user, backend=BACKEND)
                request.session[people.SESSION_SECOND_FACTOR] = kept["kind"]
                request.session[people.SESSION_CAPACITY] = f"{kept['role']}:{kept['record']}"
                return redirect("access:choices", kept["record"])
    context = {
        "form": form,
        "step": 3,
        "to": masked(kept["to"]),
        "shown": request.session.get("activation_shown", ""),
    }
    return render(
        request, "access/activate_code.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY)
def choices(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The three choices; skipping them refuses nothing."""
    form = ChoicesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer: dict[str, Any] = {"yes": False, "no": True, "": None}
        accounts.set_emergency_choices(
            by=request.viewer,
            record_id=record_id,
            emergency_refused=answer[form.cleaned_data["emergency"]],
            regulation_refused=answer[form.cleaned_data["regulation"]],
            notify_by=form.cleaned_data["notify_by"],
        )
        return redirect("records:home", record_id)
    return render(request, "access/choices.html", {"form": form, "record_id": record_id})
