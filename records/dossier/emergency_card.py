"""The emergency card: what the holder put on it, first on a doctor's page and on paper.

Readable in an emergency whatever is masked (policy line 12): the gate gives it out, not this.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible
from access.seeing.viewers import emergency_doctor
from records.dossier.care import read_lines
from records.dossier.entrance import Dossier, enter
from records.dossier.entries import entry_view
from records.dossier.treating_gp import treating_gp_of
from records.dossier.treatments import taken_now, treatments_of
from records.models import EntryKind


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.standing import Standing
    from access.viewer import Viewer
    from records.dossier.entries import EntryView
    from records.models import Entry


#: What a doctor looks for first.
ORDER = (
    EntryKind.ALLERGY, EntryKind.TREATMENT, EntryKind.HISTORY, EntryKind.BLOOD_GROUP,
    EntryKind.TRUSTED_PERSON, EntryKind.CONTACT, EntryKind.WISHES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CardView:
    """The card of a record, as its family prints it; ``others`` is what isn't on it."""

    dossier: Dossier
    entries: tuple[EntryView, ...]
    others: tuple[EntryView, ...]
    gp: str
    # Current medicines of the claims, where they were asked for; None where they weren't.
    medicines: tuple[str, ...] | None = None
    # The holder refused emergency access: a doctor nobody knows would read none of them.
    refused: bool = False

    @property
    def says_allergies(self) -> bool:
        """Tell whether the card answers what every doctor asks first."""
        return any(one.kind == EntryKind.ALLERGY for one in self.entries)

    @property
    def allergy_aside(self) -> EntryView | None:
        """What was written of allergies and isn't on the card, where the card says nothing."""
        asides = (one for one in self.others if one.kind == EntryKind.ALLERGY)
        return None if self.says_allergies else next(asides, None)


def entries_on_card(dossier: Dossier) -> tuple[EntryView, ...]:
    """Return what the reader sees of the card, in the order of an emergency."""
    rows = policy.visible_entries(dossier.standing).filter(on_emergency_card=True)
    return _in_order(entry_view(row, by_holder=dossier.by_holder) for row in rows.order_by("id"))


def read_card(*, by: Viewer, record_id: uuid.UUID, with_medicines: bool = False) -> CardView:
    """Return the card to be printed by the family, as one event. Raises ``NotVisible`` else.

    Medicines are printed only if that is asked, by whoever decides.
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_family:
        raise NotVisible
    rows = list(policy.visible_entries(dossier.standing).order_by("id"))
    views = _in_order(entry_view(row, by_holder=dossier.by_holder) for row in rows)
    theirs = emergency_doctor(dossier.standing) if dossier.may_decide else None
    medicines = None
    gp = treating_gp_of(dossier)
    if with_medicines and theirs is not None and theirs.emergency:
        medicines = _medicines(dossier, theirs, rows)
    view = CardView(
        dossier=dossier,
        entries=tuple(one for one in views if one.on_emergency_card),
        others=tuple(one for one in views if not one.on_emergency_card),
        gp=gp.full_name if gp else "",
        medicines=medicines,
        refused=theirs is not None and not theirs.emergency,
    )
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="entry",
        shown=len(views) + len(medicines or ()),
    )  # fmt: skip
    return view


def _medicines(dossier: Dossier, theirs: Standing, said: Iterable[Entry]) -> tuple[str, ...]:
    """Return what is taken now that a doctor nobody knows would read, and the reader reads.

    What is masked from everyone isn't printed: the card says no more than the record would. Never
    for a delegate, who would learn by it of masks.
    """
    own = {line.care.id for line in read_lines(dossier)}
    read = read_lines(dataclasses.replace(dossier, standing=theirs))
    lines = [line for line in read if line.care.id in own]
    return tuple(one.substance for one in taken_now(treatments_of(dossier, lines), said))


def _in_order(views: Iterable[EntryView]) -> tuple[EntryView, ...]:
    rank = {kind.value: place for place, kind in enumerate(ORDER)}
    return tuple(sorted(views, key=lambda one: rank.get(one.kind, len(ORDER))))
