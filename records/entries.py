"""The holder's own entries: written by them or for them, each an element like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, today, use_case
from access.journal import Action
from access.matrix import ENTRY_TYPE
from access.policy import NotVisible, Refused
from records import reference
from records.deposits import check_can_deposit
from records.models import Entry, EntryKind
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer

BLOOD_GROUPS = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
ALLERGY_ANSWERS = ("known", "none", "not_asked")
SINGLE = frozenset({EntryKind.BLOOD_GROUP})
OFFERED = (
    EntryKind.BLOOD_GROUP,
    EntryKind.ALLERGY,
    EntryKind.TREATMENT,
    EntryKind.HISTORY,
    EntryKind.CONTACT,
    EntryKind.TRUSTED_PERSON,
    EntryKind.WISHES,
)
MAX_ENTRIES = 500


def check_can_write(standing: Standing) -> str:
    """Return as whom entries are written: the holder, a representative or a delegate who may."""
    kind = check_can_deposit(standing)
    if standing.viewer.is_professional and not (standing.is_holder or standing.is_representative):
        raise Refused(_("Seul le patient écrit dans son profil médical."))
    return kind


def _check(kind: str, content: dict[str, Any]) -> None:
    """Raise ``Refused`` when an entry doesn't hold what its kind asks."""
    if kind not in OFFERED:
        raise Refused(_("Ce type d'information n'existe pas."))
    if kind == EntryKind.BLOOD_GROUP and content.get("value") not in BLOOD_GROUPS:
        raise Refused(_("Choisissez un groupe sanguin dans la liste."))
    if kind == EntryKind.ALLERGY:
        answer = content.get("answer")
        if answer not in ALLERGY_ANSWERS:
            raise Refused(_("Dites s'il y a une allergie, aucune connue, ou pas encore demandé."))
        if answer == "known" and not content.get("text"):
            raise Refused(_("Dites à quoi vous êtes allergique."))
    elif kind in {EntryKind.CONTACT, EntryKind.TRUSTED_PERSON}:
        if not content.get("name") or not content.get("phone"):
            raise Refused(_("Donnez le nom et le téléphone de cette personne."))
    elif kind != EntryKind.BLOOD_GROUP and not content.get("text"):
        raise Refused(_("Écrivez quelques mots."))


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
    """Write an entry, or write one anew. A blood group replaces the one before.

    An answer « aucune allergie connue » or « pas demandé » replaces the other answers of the kind.
    """
    standing = policy.standing_on(record_id)
    author = check_can_write(standing)
    _check(kind, content)
    before = policy.visible_entries(standing)
    if before.count() >= MAX_ENTRIES:
        raise Refused(_("Ce profil est plein : retirez d'abord une information."))
    replaced: list[uuid.UUID] = []
    if entry_id is not None:
        replaced.append(policy.get_visible(Entry, standing, entry_id).id)
    if kind in SINGLE or (kind == EntryKind.ALLERGY and content["answer"] != "known"):
        replaced += before.filter(kind=kind).values_list("id", flat=True)
    elif kind == EntryKind.ALLERGY:
        others = before.filter(kind=kind).exclude(content__answer="known")
        replaced += others.values_list("id", flat=True)
    _withdraw_all(record_id, replaced)
    entry = Entry(
        id=uuid7(),
        record_id=record_id,
        kind=kind,
        content=content,
        type_code=ENTRY_TYPE,
        occurred_on=today(),
        created_at=now(),
        author_kind=author,
        author_person_id=by.person_id,
        on_emergency_card=on_emergency_card,
        categories=reference.sensitive_categories(type_code=ENTRY_TYPE),
    )
    entry.save(force_insert=True)
    note(
        Action.ENTRY_WRITTEN,
        record_id,
        by=by,
        door=author,
        element_kind="entry",
        element_id=entry.id,
    )
    return entry


@use_case
def withdraw(*, by: Viewer, record_id: uuid.UUID, entry_id: uuid.UUID) -> None:
    """Withdraw an entry. What a delegate wrote is the holder's, who may withdraw it."""
    standing = policy.standing_on(record_id)
    author = check_can_write(standing)
    entry = policy.get_visible(Entry, standing, entry_id)
    if standing.viewer.role == "delegate" and entry.author_person_id != by.person_id:
        raise NotVisible
    _withdraw_all(record_id, [entry.id])
    note(
        Action.ENTRY_WITHDRAWN,
        record_id,
        by=by,
        door=author,
        element_kind="entry",
        element_id=entry_id,
    )


def _withdraw_all(record_id: uuid.UUID, entries: list[uuid.UUID]) -> None:
    Entry.objects.filter(record_id=record_id, id__in=entries).update(
        withdrawn_at=now(), withdrawn_reason="replaced"
    )
