"""Doors to activation, from the leaflet: the code, the account, the code sent, three choices."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access import accounts, activation, codes, letters, people
from access.demo import BACKEND
from access.doors import FAMILY, door, public_door
from access.pages.activation_forms import AccountForm, ChoicesForm, LeafletForm
from access.pages.signin import CodeForm
from access.policy import Refused
from access.viewer import Role
from records.keys import seal_with_master, unseal_with_master
from records.opening.contacts import masked


if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from access.doors import BoundRequest

SESSION = "activation"
PURPOSE = "activation"
LETTER = b"activation letter"
LIFE = 20 * 60  # seconds without a press


def _kept(request: BoundRequest) -> dict[str, Any]:
    kept = request.session.get(SESSION)
    if not isinstance(kept, dict) or time.time() - kept.get("at", 0) > LIFE:
        request.session.pop(SESSION, None)
        return {}
    return kept


def _letter(kept: dict[str, Any]) -> str:
    sealed = bytes.fromhex(kept.get("letter", ""))
    return unseal_with_master(sealed, about=LETTER).decode() if sealed else ""


def _activation(kept: dict[str, Any]) -> activation.Activation:
    return activation.Activation(
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
    posted = request.method == "POST"
    typed = {"code": request.GET.get("code", "")[:20]}
    form = LeafletForm(request.POST if posted else None, initial=typed)
    if posted and form.is_valid():
        found, problem = activation.find_activation(
            code=form.cleaned_data["code"],
            born_on=form.cleaned_data["born_on"],
            source=people.address_of(request),
        )
        if found is not None:
            request.session.cycle_key()
            request.session[SESSION] = {
                "at": time.time(),
                "code": str(found.code_id),
                "record": str(found.record_id),
                "person": str(found.person_id),
                "role": found.role.value,
            }
            return redirect("access:activate_account")
        form.add_error("code", problem)
    return _page(request, "access/activate.html", form, step=1)


def _page(request: BoundRequest, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def activate_account(request: BoundRequest) -> HttpResponse:
    """Step 2: the letter's code where no mobile is reached, the address and the password.

    A second code goes to the mobile a counter wrote down; after a letter, to the address typed,
    which will receive the code of each sign-in.
    """
    kept = _kept(request)
    if not kept:
        return redirect("access:activate")
    person, leaflet = uuid.UUID(kept["person"]), uuid.UUID(kept["code"])
    mobile = activation.reachable_mobile(person)
    if not mobile and not letters.was_posted(leaflet):
        return render(request, "access/activate_counter.html", {"step": 2})
    by_letter = not mobile and "letter" not in kept
    posted = request.method == "POST"
    known = activation.contact_kinds(person).get("email", "")
    form = AccountForm(
        request.POST if posted else None, by_letter=by_letter, initial={"email": known}
    )
    if posted and form.is_valid() and _sent(request, kept, form, mobile):
        return redirect("access:activate_code")
    return _page(
        request, "access/activate_account.html", form, step=2,
        by_letter=by_letter, mobile=masked(mobile) if mobile else "",
        shown=letters.shown(leaflet) if by_letter else "",
    )  # fmt: skip


def _sent(request: BoundRequest, kept: dict[str, Any], form: AccountForm, mobile: str) -> bool:
    """Send the code and keep what was typed, sealed, until it comes back.

    The letter's code is tried last: what else was typed wrong costs none of its tries.
    """
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    kind, to = ("mobile", mobile) if mobile else ("email", email)
    typed = form.cleaned_data.get("letter")
    if typed:
        problem = letters.check_letter(leaflet_id=uuid.UUID(kept["code"]), code=typed, keeps=True)
        if problem:
            form.add_error("letter", problem)
            return False
        kept["letter"] = seal_with_master(typed.encode(), about=LETTER).hex()
    try:
        shown = codes.send_code(purpose=PURPOSE, subject=kept["code"], kind=kind, to=to)
    except Refused as error:
        form.add_error(None, error.reason)
        return False
    sealed = seal_with_master(f"{email}\n{password}".encode(), about=b"activation")
    request.session[SESSION] = {
        **kept, "at": time.time(), "kind": kind, "to": to, "sealed": sealed.hex(), "shown": shown,
    }  # fmt: skip
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_door()
def activate_code(request: BoundRequest) -> HttpResponse:
    """Step 3: the code that came back; the account exists and is signed in."""
    kept = _kept(request)
    if "sealed" not in kept:
        return redirect("access:activate")
    posted = request.method == "POST"
    form = CodeForm(request.POST if posted else None)
    if posted and form.is_valid():
        problem = codes.check_code(
            purpose=PURPOSE, subject=kept["code"], code=form.cleaned_data["code"]
        )
        if problem:
            form.add_error("code", problem)
        elif _activated(request, kept, form):
            return redirect("access:choices", kept["record"])
    to, shown = masked(kept["to"]), kept["shown"]
    return _page(request, "access/activate_code.html", form, step=3, to=to, shown=shown)


def _activated(request: BoundRequest, kept: dict[str, Any], form: CodeForm) -> bool:
    clear = unseal_with_master(bytes.fromhex(kept["sealed"]), about=b"activation").decode()
    email, _sep, password = clear.partition("\n")
    try:
        user = activation.activate(
            activation=_activation(kept), email=email, password=password,
            kind=kept["kind"], address=kept["to"], letter=_letter(kept),
        )  # fmt: skip
    except Refused as error:
        form.add_error(None, error.reason)
        return False
    del request.session[SESSION]
    login(request, user, backend=BACKEND)
    request.session[people.SESSION_SECOND_FACTOR] = kept["kind"]
    request.session[people.SESSION_CAPACITY] = f"{kept['role']}:{kept['record']}"
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@door(FAMILY)
def choices(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The three choices; skipping them refuses nothing."""
    held = accounts.read_emergency_choices(by=request.viewer, record_id=record_id)
    said = {None: "", True: "no", False: "yes"}
    posted = request.method == "POST"
    form = ChoicesForm(
        request.POST if posted else None,
        initial={
            "emergency": said[held.emergency_refused],
            "regulation": said[held.regulation_refused],
            "notify_by": held.notify_by,
        },
    )
    if posted and form.is_valid():
        answer: dict[str, Any] = {"yes": False, "no": True, "": None}
        accounts.set_emergency_choices(
            by=request.viewer,
            record_id=record_id,
            emergency_refused=answer[form.cleaned_data["emergency"]],
            regulation_refused=answer[form.cleaned_data["regulation"]],
            notify_by=form.cleaned_data["notify_by"],
        )
        messages.success(request, _("Vos choix sont enregistrés."))
        return redirect("records:home", record_id)
    return _page(request, "access/choices.html", form, record_id=record_id, held=held)
