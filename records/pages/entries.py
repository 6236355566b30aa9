"""Doors to the medical profile: what the holder says of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.doors import FAMILY, READERS, door
from access.policy import NotVisible, Refused, standing_on
from access.seeing import who_sees
from records import entries as profile
from records.dossier.entrance import enter
from records.dossier.entries import read_entries, read_entry


if TYPE_CHECKING:
    import uuid

    from django.http import HttpResponse

    from access.doors import BoundRequest

WRITERS = FAMILY | READERS


class EntryForm(forms.Form):
    """One form for every kind: it keeps the fields its kind asks."""

    value = forms.ChoiceField(
        label=gettext_lazy("Groupe sanguin"),
        choices=[(group, group) for group in profile.BLOOD_GROUPS],
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Avez-vous une allergie ?"),
        widget=forms.RadioSelect,
        choices=[
            ("known", gettext_lazy("Oui")),
            ("none", gettext_lazy("Aucune allergie connue")),
            ("not_asked", gettext_lazy("Pas encore demandé")),
        ],
        error_messages={"required": gettext_lazy("Choisissez une réponse.")},
    )
    name = forms.CharField(label=gettext_lazy("Nom et prénom"), max_length=100)
    relation = forms.CharField(label=gettext_lazy("Lien avec vous"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("En quelques mots"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    on_emergency_card = forms.BooleanField(
        label=gettext_lazy("Montrer à un médecin en cas d'urgence"), required=False
    )

    FIELDS = {
        "blood_group": ("value",),
        "allergy": ("answer", "text"),
        "contact": ("name", "relation", "phone"),
        "trusted_person": ("name", "relation", "phone"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {*self.FIELDS.get(kind, ("text",)), "on_emergency_card"}
        for name in set(self.fields) - kept:
            del self.fields[name]
        if kind == "allergy":
            self.fields["text"].required = False
            self.fields["text"].label = _("Allergie à quoi ?")


@require_safe
@door(READERS, nav="profile")
def entries(request: BoundRequest, record_id: uuid.UUID) -> HttpResponse:
    """The medical profile."""
    view = read_entries(by=request.viewer, record_id=record_id)
    return render(request, "records/entries.html", {"view": view, "dossier": view.dossier})


@require_safe
@door(READERS, nav="profile")
def entry(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """One entry and who can see it."""
    dossier, element, view, may_write = read_entry(
        by=request.viewer, record_id=record_id, entry_id=entry_id
    )
    people = []
    if dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=element)
    context = {"dossier": dossier, "entry": view, "people": people, "may_write": may_write}
    return render(request, "records/entry.html", context)


def _written(
    request: BoundRequest, record_id: uuid.UUID, form: EntryForm, *, kind: str, entry_id: Any
) -> bool:
    content = {k: v for k, v in form.cleaned_data.items() if k != "on_emergency_card" and v}
    try:
        profile.write(
            by=request.viewer,
            record_id=record_id,
            kind=kind,
            content=content,
            on_emergency_card=form.cleaned_data["on_emergency_card"],
            entry_id=entry_id,
        )
    except Refused as error:
        form.add_error(None, error.reason)
        return False
    messages.success(request, _("C'est enregistré."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@door(WRITERS, nav="profile")
def entry_new(request: BoundRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Write a new entry of a kind."""
    dossier = enter(by=request.viewer, record_id=record_id)
    profile.check_can_write(standing_on(record_id))
    labels = {offered.value: offered.label for offered in profile.OFFERED}
    if kind not in labels:
        raise NotVisible
    form = EntryForm(request.POST or None, kind=kind)
    if (
        request.method == "POST"
        and form.is_valid()
        and _written(request, record_id, form, kind=kind, entry_id=None)
    ):
        return redirect("records:entries", record_id)
    context = {"dossier": dossier, "form": form, "title": labels[kind]}
    status = 422 if form.errors else 200
    return render(request, "records/entry_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door(WRITERS, nav="profile")
def entry_edit(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Write an entry anew."""
    dossier, element, view, _may = read_entry(
        by=request.viewer, record_id=record_id, entry_id=entry_id
    )
    profile.check_can_write(standing_on(record_id))
    initial = {**view.content, "on_emergency_card": view.on_emergency_card}
    form = EntryForm(request.POST or None, kind=element.kind, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and _written(request, record_id, form, kind=element.kind, entry_id=entry_id)
    ):
        return redirect("records:entries", record_id)
    context = {"dossier": dossier, "form": form, "title": view.kind_label}
    status = 422 if form.errors else 200
    return render(request, "records/entry_form.html", context, status=status)


@require_POST
@door(WRITERS, nav="profile")
def entry_withdraw(
    request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """Take an entry back."""
    profile.withdraw(by=request.viewer, record_id=record_id, entry_id=entry_id)
    messages.success(request, _("L'information est retirée."))
    return redirect("records:entries", record_id)
