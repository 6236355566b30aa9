"""Doors to the medical profile: what the holder says of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.doors import READ_OR_SEND, READERS, door, send_only
from access.policy import NotVisible, Refused, standing_on
from access.seeing import who_sees
from records import entries as profile, shown_entries
from records.dossier.entrance import enter
from records.dossier.entries import read_entries, read_entry, read_since
from records.pages.entry_forms import ADDED, CHANGED, EntryForm


if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from django.http import HttpResponse

    from access.doors import BoundRequest
    from records.dossier.entrance import Dossier
    from records.dossier.entries import EntryView, OneEntry


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
    return _entry_page(request, record_id, entry_id)


def _entry_page(
    request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID, *, changed: str = ""
) -> HttpResponse:
    one = read_entry(by=request.viewer, record_id=record_id, entry_id=entry_id)
    people = []
    if one.dossier.may_decide:
        people = who_sees(by=request.viewer, record_id=record_id, element=one.element)
    context = {"dossier": one.dossier, "one": one, "entry": one.view, "people": people,
               "element_id": entry_id, "changed": changed,
               "seen": profile.digest_of(one.element),
               "shown": shown_entries.proof_of(request.viewer, one.element)}  # fmt: skip
    return render(request, "records/entry.html", context, status=422 if changed else 200)


def _written(
    request: BoundRequest,
    record_id: uuid.UUID,
    form: EntryForm,
    *,
    kind: str,
    entry_id: uuid.UUID | None = None,
) -> bool:
    content = {name: said for name, said in form.cleaned_data.items() if said}
    try:
        profile.write(
            by=request.viewer,
            record_id=record_id,
            kind=kind,
            content=content,
            seen=_seen(request),
            on_emergency_card=form.cleaned_data["on_emergency_card"],
            entry_id=entry_id,
        )
    except profile.WrittenSince as error:
        form.add_error(None, error.reason)
        form.since = error.entries
        return False
    except Refused as error:
        # The sentence is about one field; said beside it, it is found at once.
        field = {"allergy": "text", "contact": "phone", "trusted_person": "phone"}.get(kind)
        form.add_error(field, error.reason)
        return False
    messages.success(request, _("C'est enregistré."))
    return True


def _seen(request: BoundRequest) -> frozenset[str]:
    """What the form was made from: digests that its page carries."""
    return frozenset(request.POST.get("seen", "").split()[: profile.MAX_ENTRIES])


@READ_OR_SEND
@door(READERS, nav="profile")
def entry_new(request: BoundRequest, record_id: uuid.UUID, kind: str) -> HttpResponse:
    """Write a new entry of a kind."""
    dossier = enter(by=request.viewer, record_id=record_id)
    profile.check_can_write(standing_on(record_id))
    if kind not in profile.OFFERED:
        raise NotVisible
    if request.method != "POST":
        seen = profile.beside(by=request.viewer, record_id=record_id, kind=kind)
        return _form_page(request, dossier, EntryForm(kind=kind), seen, kind=kind)
    form = EntryForm(request.POST, kind=kind)
    if form.is_valid() and _written(request, record_id, form, kind=kind):
        return redirect("records:entries", record_id)
    if form.since:
        return _told_since(request, record_id, form, kind=kind)
    return _form_page(request, dossier, form, _seen(request), kind=kind)


@READ_OR_SEND
@door(READERS, nav="profile")
def entry_edit(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Write an entry anew."""
    if request.method == "POST":
        return _edited_or_told(request, record_id, entry_id)
    one = _own_entry(request, record_id, entry_id)
    view = one.view
    initial = {**view.content, "on_emergency_card": view.on_emergency_card}
    # What the page shows is what was seen, whatever is written while it is made.
    beside = profile.beside(by=request.viewer, record_id=record_id, kind=view.kind)
    seen = beside | {profile.digest_of(one.element)}
    return _asked_again(request, one, EntryForm(kind=view.kind, initial=initial), seen)


def _edited_or_told(
    request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    try:
        return _edited(request, record_id, entry_id)
    except NotVisible:
        return _told_gone(request, record_id, entry_id)


def _edited(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    kind = profile.kind_to_write(by=request.viewer, record_id=record_id, entry_id=entry_id)
    form = EntryForm(request.POST, kind=kind)
    if form.is_valid() and _written(request, record_id, form, kind=kind, entry_id=entry_id):
        return redirect("records:entries", record_id)
    if form.since:
        return _told_since(request, record_id, form, kind=kind)
    return _asked_again(request, _own_entry(request, record_id, entry_id), form, _seen(request))


def _kind_once_shown(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> str:
    return shown_entries.kind_once_shown(
        by=request.viewer, record_id=record_id, entry_id=entry_id,
        proof=request.POST.get("shown", ""),
    )  # fmt: skip


def _told_gone(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """What was typed of an entry that is there no more; sent from here, it is a new one."""
    kind = _kind_once_shown(request, record_id, entry_id)
    dossier = enter(by=request.viewer, record_id=record_id)
    form = EntryForm(request.POST, kind=kind)
    # From all others it may have been hidden since, which nobody tells them.
    told = (
        _("Cette information a été retirée pendant que vous écriviez. Rien n'est enregistré.")
        if dossier.by_holder
        else _("Cette information n'est plus dans ce profil. Rien n'est enregistré.")
    )
    form.add_error(None, told)
    return _form_page(request, dossier, form, _seen(request), kind=kind, gone=True)


def _own_entry(request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID) -> OneEntry:
    # Who may not write is told so before anything is read, and so before anything is journalled.
    profile.kind_to_write(by=request.viewer, record_id=record_id, entry_id=entry_id)
    return read_entry(by=request.viewer, record_id=record_id, entry_id=entry_id)


def _asked_again(
    request: BoundRequest, one: OneEntry, form: EntryForm, seen: frozenset[str]
) -> HttpResponse:
    shown = shown_entries.proof_of(request.viewer, one.element)
    return _form_page(request, one.dossier, form, seen, kind=one.view.kind, shown=shown)


def _told_since(
    request: BoundRequest, record_id: uuid.UUID, form: EntryForm, *, kind: str
) -> HttpResponse:
    """The form as it was sent, and what was written since: from now on it was seen."""
    since = read_since(by=request.viewer, record_id=record_id, entry_ids=form.since)
    seen = _seen(request) | since.digests
    shown = request.POST.get("shown", "")
    return _form_page(
        request, since.dossier, form, seen, kind=kind, since=since.views, shown=shown
    )


def _form_page(
    request: BoundRequest,
    dossier: Dossier,
    form: EntryForm,
    seen: frozenset[str],
    *,
    kind: str,
    since: Sequence[EntryView] = (),
    shown: str = "",
    gone: bool = False,
) -> HttpResponse:
    if dossier.by_holder:
        form.ask_the_holder()
    context = {
        "dossier": dossier,
        "form": form,
        "title": (CHANGED if shown else ADDED)[kind],
        "kind": kind,
        "seen": " ".join(sorted(seen)),
        "since": since,
        "shown": shown,
        "gone": gone,
    }
    status = 422 if form.errors else 200
    return render(request, "records/entry_form.html", context, status=status)


@send_only
@door(READERS, nav="profile")
def entry_withdraw(
    request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """Take an entry back, as the page of the button showed it."""
    return _withdrawn_or_told(request, record_id, entry_id)


def _withdrawn_or_told(
    request: BoundRequest, record_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    try:
        profile.withdraw(
            by=request.viewer, record_id=record_id, entry_id=entry_id, seen=_seen(request)
        )
    except profile.WrittenSince as error:
        return _entry_page(request, record_id, entry_id, changed=error.reason)
    except NotVisible:
        _kind_once_shown(request, record_id, entry_id)
        messages.info(request, _("Cette information n'était déjà plus dans ce profil."))
    else:
        messages.success(request, _("L'information est retirée."))
    return redirect("records:entries", record_id)
