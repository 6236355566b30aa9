"""As whom a viewer writes on a record, and which types of document they may add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from access import matrix
from access.circle.delegates import live_delegations
from access.policy import NotVisible, Refused
from records import reference
from records.dossier.entrance import door_of
from records.models import AuthorKind, RecordStatus


if TYPE_CHECKING:
    from access.standing import Standing
    from records.reference import DocumentType

EVERYTHING: Final = "everything"
ENTRIES: Final = "entries"
# The types of the national list that patients add; professionals add all the others.
_FAMILY_TYPES: Final = ("DOCPAT", "EXPPAT")
# Made by this product, never handed in.
_NEVER_DEPOSITED: Final = frozenset({"REMB", "SYNTH", "60591-5"})
_KINDS: Final = {
    "holder": AuthorKind.HOLDER,
    "representative": AuthorKind.REPRESENTATIVE,
    "delegate": AuthorKind.DELEGATE,
}


@dataclass(frozen=True, slots=True)
class Pen:
    """As whom somebody writes, and the kinds of care they may write of."""

    kind: AuthorKind
    scope: frozenset[str] = frozenset({EVERYTHING})

    @property
    def is_professional(self) -> bool:
        """A professional writes under their own name; the family writes for the holder."""
        return self.kind == AuthorKind.PROFESSIONAL

    @property
    def writes_entries(self) -> bool:
        """Tell whether they may write in the medical profile."""
        return not self.is_professional and not self.scope.isdisjoint({EVERYTHING, ENTRIES})


def pen_of(standing: Standing) -> Pen:
    """Return as whom a viewer writes on a record. Raises ``NotVisible`` or ``Refused``.

    Holder and representative write as such in every capacity. A professional needs no door to
    deposit (policy section 4): the pages come by the record and ask for one themselves.
    """
    door = door_of(standing)
    if not door and not _deposits_without_door(standing):
        raise NotVisible
    kind = _KINDS.get(door, AuthorKind.PROFESSIONAL)
    if kind != AuthorKind.DELEGATE:
        return Pen(kind)
    scope = _delegated_scope(standing)
    if not scope:
        raise Refused(_("Vous pouvez lire ce dossier, pas y écrire."))
    return Pen(kind, scope)


def _deposits_without_door(standing: Standing) -> bool:
    viewer = standing.viewer
    kept_open = standing.exists and standing.status == RecordStatus.OPEN and not standing.died
    family = standing.is_holder or standing.representation in {"live", "suspended"}
    return kept_open and viewer.admitted and viewer.is_professional and not family


def may_deposit(standing: Standing) -> bool:
    """Tell whether the page that deposits is open to a viewer."""
    try:
        return bool(door_of(standing)) and bool(types_for(pen_of(standing)))
    except (NotVisible, Refused):
        return False


def _delegated_scope(standing: Standing) -> frozenset[str]:
    """What a delegate's live delegations let them write of, those that only read left aside."""
    person_id = standing.viewer.person_id
    if person_id is None:
        return frozenset()
    held = live_delegations(standing.record_id, adult=standing.holder_is_adult)
    rows = held.filter(person_id=person_id, can_write=True)
    found: set[str] = set()
    for everything, kinds in rows.order_by("since", "id").values_list("everything", "kinds"):
        found |= {EVERYTHING} if everything else set(kinds)
    return frozenset(found)


def types_for(pen: Pen) -> list[DocumentType]:
    """Return the types somebody may deposit: the patient's own, or a professional's."""
    types = [
        kind
        for kind in reference.document_types()
        if kind.in_matrix
        and kind.code not in _NEVER_DEPOSITED
        and kind.code.startswith(_FAMILY_TYPES) is not pen.is_professional
    ]
    if EVERYTHING in pen.scope:
        return types
    within = matrix.types_of_care(pen.scope)
    return [kind for kind in types if kind.code in within]
