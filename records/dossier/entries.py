"""Reading the medical profile: the holder's own entries, told apart from what professionals wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible, Refused
from records.dossier import telling
from records.dossier.care_views import mark_words
from records.dossier.entrance import Dossier, enter
from records.entries import OFFERED, check_can_write
from records.models import AuthorKind, Entry, EntryKind


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry in words."""

    element: uuid.UUID
    kind: str
    kind_label: str
    text: str
    detail: str
    content: dict[str, Any]
    on_emergency_card: bool
    marks: tuple[str, ...]
    marks_attr: str


@dataclass(frozen=True, slots=True)
class KindView:
    """The entries of a kind."""

    kind: str
    label: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class EntriesView:
    """The profile page."""

    dossier: Dossier
    kinds: tuple[KindView, ...]
    may_write: bool


def entry_view(entry: Entry) -> EntryView:
    """Return an entry as a page shows it."""
    marks = policy.marks_of(entry)
    written_by = {
        AuthorKind.HOLDER: _("Saisi par le patient"),
        AuthorKind.REPRESENTATIVE: _("Saisi par un représentant légal"),
        AuthorKind.DELEGATE: _("Saisi par un aidant"),
    }
    by = written_by.get(AuthorKind(entry.author_kind), "")
    when = telling.day_and_month(entry.occurred_on)
    return EntryView(
        element=entry.id,
        kind=entry.kind,
        kind_label=entry.get_kind_display(),
        text=_text(entry),
        detail=_("%(by)s le %(when)s") % {"by": by, "when": when},
        content=entry.content,
        on_emergency_card=entry.on_emergency_card,
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def _text(entry: Entry) -> str:
    content = entry.content
    if entry.kind == EntryKind.BLOOD_GROUP:
        return str(content.get("value", ""))
    if entry.kind == EntryKind.ALLERGY and content.get("answer") == "none":
        return _("Aucune allergie connue")
    if entry.kind == EntryKind.ALLERGY and content.get("answer") == "not_asked":
        return _("Pas encore demandé")
    if entry.kind in {EntryKind.CONTACT, EntryKind.TRUSTED_PERSON}:
        parts = (content.get("name"), content.get("relation"), content.get("phone"))
        return " · ".join(str(part) for part in parts if part)
    return str(content.get("text", ""))


def read_entries(*, by: Viewer, record_id: uuid.UUID) -> EntriesView:
    """Return the profile as a reader sees it, grouped by kind, as one event."""
    dossier = enter(by=by, record_id=record_id)
    rows = policy.visible_entries(dossier.standing).order_by("kind", "created_at", "id")
    views = [entry_view(entry) for entry in rows]
    note(
        Action.LIST_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="entry",
        shown=len(views),
    )
    kinds = []
    for kind in OFFERED:
        held = tuple(view for view in views if view.kind == kind)
        if held or dossier.by_family:
            kinds.append(KindView(kind.value, str(kind.label), held))
    extra = {view.kind for view in views} - {kind.value for kind in OFFERED}
    for name in sorted(extra):
        held = tuple(view for view in views if view.kind == name)
        kinds.append(KindView(name, held[0].kind_label, held))
    return EntriesView(dossier=dossier, kinds=tuple(kinds), may_write=_may_write(dossier))


def _may_write(dossier: Dossier) -> bool:
    try:
        check_can_write(dossier.standing)
    except (Refused, NotVisible):
        return False
    return True


def read_entry(
    *, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID
) -> tuple[Dossier, Entry, EntryView, bool]:
    """Return one entry, and whether its reader may write it anew."""
    dossier = enter(by=by, record_id=record_id)
    entry = policy.get_visible(Entry, dossier.standing, entry_id)
    note(
        Action.ELEMENT_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="entry",
        element_id=entry_id,
        shown=1,
    )
    return dossier, entry, entry_view(entry), _may_write(dossier)
