"""The holder's own entries: written by them or for them, each an element like any other."""

from __future__ import annotations

import hashlib
import json
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
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer

BLOOD_GROUPS: Final = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
KNOWN, NONE_KNOWN, NOT_ASKED = "known", "none", "not_asked"
ALLERGY_ANSWERS: Final = (KNOWN, NONE_KNOWN, NOT_ASKED)
PEOPLE: Final = frozenset({EntryKind.CONTACT, EntryKind.TRUSTED_PERSON})
#: Another of these may take the place of what was said.
SAID_ALONE: Final = frozenset({EntryKind.ALLERGY, EntryKind.BLOOD_GROUP})
OFFERED: Final = (
    EntryKind.ALLERGY,
    EntryKind.TREATMENT,
    EntryKind.HISTORY,
    EntryKind.BLOOD_GROUP,
    EntryKind.CONTACT,
    EntryKind.TRUSTED_PERSON,
    EntryKind.WISHES,
)
LABELS: Final = {kind.value: kind.label for kind in EntryKind}
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


class WrittenSince(Refused):
    """What would be replaced isn't what was read: written since, in another tab or by another."""

    def __init__(self, entries: Iterable[Entry], reason: str = "") -> None:
        super().__init__(
            reason
            or _("Ce profil a changé pendant que vous écriviez. Rien n'est encore enregistré.")
        )
        self.entries = tuple(entry.id for entry in entries)


def digest_of(entry: Entry) -> str:
    """Return what tells whether an entry still says what was read."""
    said = [str(entry.id), entry.content, entry.on_emergency_card]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def beside(*, by: Viewer, record_id: uuid.UUID, kind: str) -> frozenset[str]:
    """Return the digests of what an entry of this kind may replace, as the asker sees it.

    A form carries them, and ``write`` compares: one tab never writes over what another wrote.
    """
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    if kind not in SAID_ALONE:
        return frozenset()
    held = policy.visible_entries(standing).filter(kind=kind)
    return frozenset(map(digest_of, held.order_by("id")))


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
        raise Refused(_("Dites s'il y a une allergie : choisissez une réponse."))
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
    seen: Collection[str] | None,
    on_emergency_card: bool = False,
    entry_id: uuid.UUID | None = None,
) -> Entry:
    """Write an entry, or write one anew: it stays the same element, its masks and shares hold.

    The same said twice on a day is said once. There is one blood group: another is that one
    written anew. An answer « aucune allergie connue » or « pas encore demandé » takes the place of
    the other answers, and a known allergy of theirs. Raises ``Refused`` with what is missing, and
    ``WrittenSince`` where it would replace what is not among the digests of what was ``seen``
    (None: whoever writes read nothing before); nothing is written then.
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
    written = _written_before(held, standing, kind, entry_id)
    _check_theirs(by, author, [written] if written else [])
    if written is None and held.count() >= MAX_ENTRIES:
        raise Refused(_("Ce profil est plein : retirez d'abord une information."))
    entry = written or Entry(
        id=uuid7(),
        record_id=record_id,
        kind=kind,
        type_code=ENTRY_TYPE,
        created_at=now(),
        categories=reference.sensitive_categories(type_code=ENTRY_TYPE),
    )
    if "treatment" in entry.content:  # still said of the same medicine
        said["treatment"] = entry.content["treatment"]
    contradicted = list(_contradicted(held, kind, said).exclude(id=entry.id).order_by("id"))
    _check_theirs(by, author, contradicted)
    rewritten = written and (written.content, written.on_emergency_card) != (
        said,
        on_emergency_card,
    )
    _check_seen([entry, *contradicted] if rewritten else contradicted, seen)
    entry.content = said
    entry.occurred_on = today()
    entry.author_kind = author
    entry.author_person_id = by.person_id
    entry.on_emergency_card = on_emergency_card
    narrow_ways.withdraw_entries([one.id for one in contradicted], reason="replaced")
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


def _contradicted(held: QuerySet[Entry], kind: EntryKind, said: dict[str, str]) -> QuerySet[Entry]:
    """Return the entries that can't be said beside this."""
    if kind not in SAID_ALONE:
        return held.none()
    others = held.filter(kind=kind)
    return others.exclude(content__answer=KNOWN) if said.get("answer") == KNOWN else others


def _check_seen(replaced: list[Entry], seen: Collection[str] | None) -> None:
    """Raise ``WrittenSince`` with those entries that whoever writes has not read as they are."""
    if seen is None:
        return
    if unread := [one for one in replaced if digest_of(one) not in seen]:
        raise WrittenSince(unread)


@use_case
def withdraw(
    *, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID, seen: Collection[str]
) -> None:
    """Withdraw an entry as it was ``seen``. What a delegate wrote is the holder's, who may too.

    Raises ``WrittenSince`` where it says something else by now; nothing is withdrawn then.
    """
    standing = policy.standing_on(record_id)
    author = check_can_write(standing)
    take_turn(record_id, PROFILE)
    entry = policy.get_visible(Entry, standing, entry_id)
    _check_theirs(by, author, [entry])
    if digest_of(entry) not in seen:
        raise WrittenSince([entry], _("Cette information a changé : elle n'est pas retirée."))
    narrow_ways.withdraw_entries([entry.id], reason="withdrawn")
    note(
        Action.ENTRY_WITHDRAWN, record_id, by=by, door=author, element_kind="entry",
        element_id=entry_id, rests_on_secret=entry.secret,
    )  # fmt: skip
