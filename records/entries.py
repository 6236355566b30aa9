"""The holder's own entries: written by them or for them, each an element like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from access import narrow_ways, policy
from access.binding import note, now, today, use_case
from access.journal import Action
from access.matrix import ENTRY_TYPE
from access.policy import NotVisible, Refused
from records import reference
from records.deposits import pen_of
from records.dossier.entrance import door_of
from records.models import AuthorKind, Entry, EntryKind
from records.odd_letters import has_odd_letters, odd_letters_said
from records.turns import take_turn
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer

BLOOD_GROUPS: Final = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
KNOWN, NONE_KNOWN, NOT_ASKED = "known", "none", "not_asked"
ALLERGY_ANSWERS: Final = (KNOWN, NONE_KNOWN, NOT_ASKED)
PEOPLE: Final = frozenset({EntryKind.CONTACT, EntryKind.TRUSTED_PERSON})
OFFERED: Final = (
    EntryKind.ALLERGY,
    EntryKind.TREATMENT,
    EntryKind.HISTORY,
    EntryKind.BLOOD_GROUP,
    EntryKind.CONTACT,
    EntryKind.TRUSTED_PERSON,
    EntryKind.WISHES,
)
#: Who writes in a medical profile has a turn: two tabs never say a thing twice.
PROFILE: Final = "profile"
MAX_ENTRIES: Final = 500
MAX_TEXT: Final = 1000
MAX_NAME: Final = 100
_FEWEST_DIGITS, _MOST_DIGITS = 10, 15
# What an entry of each kind says; anything else given is dropped.
_FIELDS: Final = {
    EntryKind.BLOOD_GROUP: ("value",),
    EntryKind.ALLERGY: ("answer", "text"),
    EntryKind.CONTACT: ("name", "relation", "phone"),
    EntryKind.TRUSTED_PERSON: ("name", "relation", "phone"),
}


def check_can_write(standing: Standing) -> AuthorKind:
    """Return as whom entries are written: the holder, a representative or a delegate who may.

    Raises ``NotVisible`` without a door, and ``Refused`` for professionals and for delegates who
    may only read, or write of other things.
    """
    if not door_of(standing):
        raise NotVisible
    pen = pen_of(standing)
    if pen.is_professional:
        raise Refused(_("Seul le patient écrit dans son profil médical."))
    if not pen.writes_entries:
        raise Refused(_("Vous ne pouvez pas écrire dans ce profil médical."))
    return pen.kind


def _checked(kind: EntryKind, content: dict[str, Any]) -> dict[str, str]:
    """Return what an entry holds, cleaned. Raises ``Refused`` when it isn't what its kind asks."""
    said = {name: str(content.get(name) or "").strip() for name in _FIELDS.get(kind, ("text",))}
    said = {name: value for name, value in said.items() if value}
    if any(map(has_odd_letters, said.values())):
        raise Refused(odd_letters_said())
    if kind == EntryKind.BLOOD_GROUP:
        if said.get("value") not in BLOOD_GROUPS:
            raise Refused(_("Choisissez un groupe sanguin dans la liste."))
    elif kind == EntryKind.ALLERGY:
        _check_allergy(said)
    elif kind in PEOPLE:
        _check_person(said)
    elif "text" not in said:
        raise Refused(_("Écrivez quelques mots."))
    if len(said.get("text", "")) > MAX_TEXT:
        raise Refused(
            _("Ce texte a %(count)d caractères. Limite : 1000. Écrivez-le plus court.")
            % {"count": len(said["text"])}
        )
    return said


def _check_allergy(said: dict[str, str]) -> None:
    if said.get("answer") not in ALLERGY_ANSWERS:
        raise Refused(_("Dites s'il y a une allergie, aucune connue, ou pas encore demandé."))
    if said["answer"] != KNOWN:
        # « Aucune allergie connue : pénicilline » says two things.
        said.pop("text", None)
    elif "text" not in said:
        raise Refused(_("Dites à quoi vous êtes allergique."))


def _check_person(said: dict[str, str]) -> None:
    if "name" not in said or "phone" not in said:
        raise Refused(_("Donnez le nom et le téléphone de cette personne."))
    if max(len(said["name"]), len(said.get("relation", ""))) > MAX_NAME:
        raise Refused(_("Ce nom est trop long. Limite : 100 caractères."))
    digits = sum(one.isdigit() for one in said["phone"])
    if not set(said["phone"]) <= set("0123456789 .-()+/") or digits > _MOST_DIGITS:
        raise Refused(_("Ce numéro n'est pas un numéro de téléphone. Exemple : 06 12 34 56 78."))
    if digits < _FEWEST_DIGITS:
        raise Refused(
            _("Ce numéro de téléphone est trop court : il a %(count)d chiffres sur 10.")
            % {"count": digits}
        )


def kind_to_write(*, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID) -> str:
    """Return the kind of an entry that somebody is about to write anew; nothing else is read.

    Raises ``NotVisible`` for hidden and missing alike, ``Refused`` for who may not write.
    """
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    entry = policy.get_visible(Entry, standing, entry_id)
    _check_theirs(by, check_can_write(standing), [entry])
    return entry.kind


def _check_theirs(by: Viewer, author: AuthorKind, entries: Iterable[Entry]) -> None:
    """Refuse a delegate what would take away, or write over, what somebody else wrote."""
    if author != AuthorKind.DELEGATE:
        return
    if any(entry.author_person_id != by.person_id for entry in entries):
        raise Refused(_("Vous ne pouvez retirer que ce que vous avez écrit."))


@use_case
def write(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    kind: str,
    content: dict[str, Any],
    on_emergency_card: bool = False,
    entry_id: uuid.UUID | None = None,
) -> Entry:
    """Write an entry, or write one anew: it stays the same element, its masks and shares hold.

    The same said twice on a day is said once. There is one blood group: another is that one
    written anew. An answer « aucune allergie connue » or « pas encore demandé » takes the place of
    the other answers, and a known allergy of theirs. Raises ``Refused`` with what is missing;
    nothing is written then.
    """
    standing = policy.standing_on(record_id)
    author = check_can_write(standing)
    if kind not in OFFERED:
        raise Refused(_("Ce type d'information n'existe pas."))
    kind = EntryKind(kind)
    said = _checked(kind, content)
    take_turn(record_id, PROFILE)
    held = policy.visible_entries(standing)
    if entry_id is None:
        same = held.filter(
            kind=kind, content=said, on_emergency_card=on_emergency_card, occurred_on=today(),
            author_kind=author, author_person_id=by.person_id,
        )  # fmt: skip
        if pressed_twice := same.order_by("created_at", "id").first():
            return pressed_twice
    entry = _written_before(held, standing, kind, entry_id)
    _check_theirs(by, author, [entry] if entry else [])
    if entry is None and held.count() >= MAX_ENTRIES:
        raise Refused(_("Ce profil est plein : retirez d'abord une information."))
    entry = entry or Entry(
        id=uuid7(),
        record_id=record_id,
        kind=kind,
        type_code=ENTRY_TYPE,
        created_at=now(),
        categories=reference.sensitive_categories(type_code=ENTRY_TYPE),
    )
    if "treatment" in entry.content:  # still said of the same medicine
        said["treatment"] = entry.content["treatment"]
    entry.content = said
    entry.occurred_on = today()
    entry.author_kind = author
    entry.author_person_id = by.person_id
    entry.on_emergency_card = on_emergency_card
    contradicted = _contradicted(held, entry)
    _check_theirs(by, author, held.filter(id__in=contradicted).order_by("id"))
    narrow_ways.withdraw_entries(contradicted, reason="replaced")
    entry.save()
    note(
        Action.ENTRY_WRITTEN, record_id, by=by, door=author, element_kind="entry",
        element_id=entry.id, rests_on_secret=entry.secret,
    )  # fmt: skip
    return entry


def _written_before(
    held: QuerySet[Entry], standing: Standing, kind: EntryKind, entry_id: uuid.UUID | None
) -> Entry | None:
    """Return the entry that is written anew: the one asked for, or the one of its kind."""
    if entry_id is not None:
        entry = policy.get_visible(Entry, standing, entry_id)
        if entry.kind != kind:
            raise NotVisible
        return entry
    if kind == EntryKind.BLOOD_GROUP:
        return held.filter(kind=kind).order_by("-created_at", "-id").first()
    return None


def _contradicted(held: QuerySet[Entry], entry: Entry) -> list[uuid.UUID]:
    """Return the entries that can't be said beside this one."""
    if entry.kind == EntryKind.BLOOD_GROUP:
        others = held.filter(kind=entry.kind)
    elif entry.kind != EntryKind.ALLERGY:
        return []
    elif entry.content["answer"] == KNOWN:
        others = held.filter(kind=entry.kind).exclude(content__answer=KNOWN)
    else:
        others = held.filter(kind=entry.kind)
    return list(others.exclude(id=entry.id).order_by("id").values_list("id", flat=True))


@use_case
def withdraw(*, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID) -> None:
    """Withdraw an entry. What a delegate wrote is the holder's, who may withdraw it."""
    standing = policy.standing_on(record_id)
    author = check_can_write(standing)
    take_turn(record_id, PROFILE)
    entry = policy.get_visible(Entry, standing, entry_id)
    _check_theirs(by, author, [entry])
    narrow_ways.withdraw_entries([entry.id], reason="withdrawn")
    note(
        Action.ENTRY_WITHDRAWN, record_id, by=by, door=author, element_kind="entry",
        element_id=entry_id, rests_on_secret=entry.secret,
    )  # fmt: skip
