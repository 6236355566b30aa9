"""The receipt of a gesture, as its reader may see it: never an element they don't see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access import naming
from access.binding import note
from access.circle.deciding import may_decide
from access.elements import Named, named, those_visible
from access.journal import Action
from access.masks.aims import Audience, Target, hidden_from, name_of, target_words
from access.masks.hiding import HIDING, live_masks_known_to, masks_known_to
from access.models import Mask, MaskAudience, MaskTarget, Receipt
from access.policy import NotVisible
from access.receipts import body_of
from records.models import Record


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class MaskReceipt:
    """What was hidden, from whom, by whom, since and until when, and whether it still is."""

    dossier: Dossier
    id: uuid.UUID
    gesture: uuid.UUID
    number: str
    made_at: dt.datetime
    by: str
    name: str
    subject: str
    from_whom: str
    elements: tuple[Named, ...]
    words: tuple[str, ...]
    until: dt.date | None
    opens_in_emergency: bool
    in_force: bool
    for_everyone: bool
    look_key: str  # whose eyes would prove it; empty where the mask names no one

    @property
    def look_name(self) -> str:
        """« le Dr Martin »: whose eyes."""
        return naming.the(self.name)

    @property
    def count(self) -> int:
        """How many things were hidden, as the page says it."""
        return len(self.elements) + len(self.words)


def read_receipt(*, by: Viewer, record_id: uuid.UUID, receipt_id: uuid.UUID) -> MaskReceipt:
    """Return the receipt of a hiding. Raises ``NotVisible`` for what the asker may not know of."""
    decider = may_decide(by=by, record_id=record_id)
    standing = decider.dossier.standing
    receipt = Receipt.objects.filter(record_id=record_id, id=receipt_id, kind=HIDING).first()
    if receipt is None or receipt.gesture is None:
        raise NotVisible
    set_by_it = Mask.objects.filter(record_id=record_id, gesture=receipt.gesture)
    known = masks_known_to(standing, set_by_it).order_by("id")
    masks = list(known)
    if not masks:
        raise NotVisible
    body = body_of(receipt, Record.objects.get(id=record_id))
    audience = Audience.of(masks[0])
    keys = [m.target_id for m in masks if m.target == MaskTarget.ELEMENT]
    # In the order of the page where they were ticked.
    asked = [str(target.get("id")) for target in body.get("targets", [])]
    order = {key: at for at, key in enumerate(asked)}
    elements = [named(element) for element in those_visible(standing, keys)]
    elements.sort(key=lambda one: order.get(str(one.id), len(order)))
    words = [target_words(Target.of(m), standing) for m in masks if m.target != MaskTarget.ELEMENT]
    note(
        Action.LIST_READ, record_id, by=by, door=decider.dossier.door, shown=len(elements),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    name = name_of(audience, record_id)
    until = body.get("until")
    return MaskReceipt(
        dossier=decider.dossier,
        id=receipt.id,
        gesture=receipt.gesture,
        number=receipt.number,
        made_at=receipt.made_at,
        by=str(body.get("by", "")),
        name=name,
        subject=naming.sentence_start(name),
        from_whom=hidden_from(audience, record_id),
        elements=tuple(elements),
        words=tuple(words),
        until=dt.date.fromisoformat(until) if until else None,
        opens_in_emergency=bool(body.get("opens_in_emergency")),
        in_force=live_masks_known_to(standing).filter(id__in=known.values("id")).exists(),
        for_everyone=audience.kind is MaskAudience.EVERYONE,
        look_key=audience.key if audience.id else "",
    )
