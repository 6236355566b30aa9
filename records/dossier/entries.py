"""Reading the medical profile: the holder's own entries, apart from what professionals wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _, gettext_lazy

from access import policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible, Refused
from records.dossier import telling
from records.dossier.care_views import mark_words
from records.dossier.entrance import Dossier, enter, enter_by_element, enter_by_list
from records.entries import (
    NONE_KNOWN,
    NOT_ASKED,
    OFFERED,
    PEOPLE,
    check_can_write,
    digest_of,
)
from records.models import AuthorKind, Entry, EntryKind


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.viewer import Viewer

ICONS = {
    EntryKind.ALLERGY: "circle-alert",
    EntryKind.TREATMENT: "pill",
    EntryKind.HISTORY: "history",
    EntryKind.BLOOD_GROUP: "droplet",
    EntryKind.VACCINATION: "syringe",
    EntryKind.MEASURE: "activity",
    EntryKind.CONTACT: "phone",
    EntryKind.TRUSTED_PERSON: "hand-heart",
    EntryKind.WISHES: "message-square",
}
#: What stands above the entries of a kind, where it is not the kind's own word.
SEVERAL = {
    EntryKind.ALLERGY: gettext_lazy("Allergies"),
    EntryKind.TREATMENT: gettext_lazy("Traitements"),
    EntryKind.HISTORY: gettext_lazy("Antécédents"),
    EntryKind.VACCINATION: gettext_lazy("Vaccinations"),
    EntryKind.MEASURE: gettext_lazy("Mesures"),
    EntryKind.CONTACT: gettext_lazy("Personnes à prévenir"),
}


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
    icon: str
    entries: tuple[EntryView, ...]
    may_add: bool


@dataclass(frozen=True, slots=True)
class EntriesView:
    """The profile page."""

    dossier: Dossier
    kinds: tuple[KindView, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class OneEntry:
    """The page of one entry, and what its reader may do with it."""

    dossier: Dossier
    element: Entry
    view: EntryView
    may_write: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Since:
    """What was written since a form was made: entries in words, and what tells them as read."""

    dossier: Dossier
    views: tuple[EntryView, ...]
    digests: frozenset[str]


def entry_view(entry: Entry, *, by_holder: bool) -> EntryView:
    """Return an entry as a page shows it to who came."""
    marks = policy.marks_of(entry)
    by_reader = _("Vous l'avez écrit le %(when)s")
    by_patient = _("Saisi par le patient le %(when)s")
    written_by = {
        AuthorKind.HOLDER: by_reader if by_holder else by_patient,
        AuthorKind.REPRESENTATIVE: _("Saisi au titre de la représentation légale le %(when)s"),
        AuthorKind.DELEGATE: _("Saisi par une personne qui aide à suivre ce dossier, le %(when)s"),
    }
    said = written_by.get(AuthorKind(entry.author_kind), _("Saisi le %(when)s"))
    return EntryView(
        element=entry.id,
        kind=entry.kind,
        kind_label=entry.get_kind_display(),
        text=entry_text(entry),
        detail=said % {"when": telling.day_and_month(entry.occurred_on)},
        content=entry.content,
        on_emergency_card=entry.on_emergency_card,
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def entry_text(entry: Entry) -> str:
    """Return what an entry says, as one line."""
    content = entry.content
    if entry.kind == EntryKind.BLOOD_GROUP:
        return str(content.get("value", ""))
    if entry.kind == EntryKind.ALLERGY and content.get("answer") == NONE_KNOWN:
        return _("Aucune allergie connue")
    if entry.kind == EntryKind.ALLERGY and content.get("answer") == NOT_ASKED:
        return _("Pas encore demandé")
    if entry.kind in PEOPLE:
        parts = (content.get("name"), content.get("relation"), content.get("phone"))
        return " · ".join(str(part) for part in parts if part)
    return str(content.get("text", ""))


def read_entries(*, by: Viewer, record_id: uuid.UUID) -> EntriesView:
    """Return the profile as a reader sees it, grouped by kind, as one event."""
    dossier = enter_by_list(by=by, record_id=record_id, model=Entry)
    rows = policy.visible_entries(dossier.standing).order_by("created_at", "id")
    views = [entry_view(entry, by_holder=dossier.by_holder) for entry in rows]
    note(
        Action.LIST_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="entry",
        shown=len(views),
    )
    writes = may_write(dossier) is not None
    # Kinds this page doesn't offer yet are shown all the same when they hold something.
    order = [*OFFERED, *(kind for kind in EntryKind if kind not in OFFERED)]
    kinds = []
    for kind in order:
        held = tuple(view for view in views if view.kind == kind)
        if held or (writes and kind in OFFERED):
            single = kind == EntryKind.BLOOD_GROUP and bool(held)
            adds = writes and kind in OFFERED and not single
            title = str(SEVERAL.get(kind, kind.label))
            kinds.append(KindView(kind.value, title, ICONS[kind], held, adds))
    return EntriesView(dossier=dossier, kinds=tuple(kinds), may_write=writes)


def may_write(dossier: Dossier) -> AuthorKind | None:
    """Return as whom the reader may write in the profile; None for who only reads."""
    try:
        return check_can_write(dossier.standing)
    except (Refused, NotVisible):
        return None


def read_entry(*, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID) -> OneEntry:
    """Return one entry, and whether its reader may write it anew or take it back."""
    entry = policy.get_visible(Entry, policy.standing_on(record_id), entry_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=entry_id)
    note(
        Action.ELEMENT_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="entry",
        element_id=entry_id,
        shown=1,
        rests_on_secret=entry.secret,
    )
    author = may_write(dossier)
    mine = entry.author_person_id is not None and entry.author_person_id == by.person_id
    may_change = author is not None and (author != AuthorKind.DELEGATE or mine)
    return OneEntry(
        dossier=dossier,
        element=entry,
        view=entry_view(entry, by_holder=dossier.by_holder),
        may_write=may_change and entry.kind in OFFERED,
        may_withdraw=may_change,
    )


def read_since(*, by: Viewer, record_id: uuid.UUID, entry_ids: Collection[uuid.UUID]) -> Since:
    """Return what would be replaced unread, as one event: the writer reads it before they do."""
    dossier = enter(by=by, record_id=record_id)
    rows = policy.visible_entries(dossier.standing).filter(id__in=entry_ids)
    held = list(rows.order_by("created_at", "id"))
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="entry",
        shown=len(held),
    )  # fmt: skip
    return Since(
        dossier=dossier,
        views=tuple(entry_view(one, by_holder=dossier.by_holder) for one in held),
        digests=frozenset(map(digest_of, held)),
    )
