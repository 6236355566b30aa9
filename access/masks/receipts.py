"""The receipt of a gesture, as its reader may see it: never an element they don't see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming
from access.binding import note
from access.circle.deciding import may_decide
from access.circle.treating_gp import live_treating_gp
from access.elements import Named, key_of, named, those_visible
from access.journal import Action
from access.masks.aims import Audience, Target, hidden_from, name_of, said_of, words_of_cares
from access.masks.hiding import HIDING, live_masks_known_to, masks_known_to
from access.masks.staying import staying
from access.masks.weighing import still_see
from access.models import Mask, MaskAudience, MaskTarget, Receipt
from access.policy import NotVisible
from access.receipts import body_of
from records.models import Record


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from access.circle.deciding import Decider
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Seen:
    """An element of the gesture that its audience sees today, and why."""

    element: Named
    why: str


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
    coming: tuple[str, ...]  # what comes later of these elements' cares, hidden with them
    until: dt.date | None
    opens_in_emergency: bool
    in_force: bool
    asleep: bool  # it names the treating GP, who sees everything meanwhile
    for_everyone: bool
    seen: tuple[Seen, ...]  # of what was hidden, what a professional it names sees all the same
    still_see: tuple[str, ...]  # where it names no one: who sees it whatever is hidden
    look_key: str  # whose eyes would prove it; empty where the mask names no one

    @property
    def look_name(self) -> str:
        """« le Dr Martin »: whose eyes."""
        return naming.the(self.name)

    @property
    def count(self) -> int:
        """How many things were hidden, as the page says it."""
        return len(self.elements) + len(self.words)

    @property
    def unseen(self) -> int:
        """How many of them are hidden today from whom they were hidden from."""
        return self.count - len(self.seen)


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
    shown = those_visible(standing, keys)
    shown.sort(key=lambda one: order.get(str(key_of(one)), len(order)))
    elements = [named(element) for element in shown]
    live = live_masks_known_to(standing).filter(id__in=known.values("id"))
    on = list(live.order_by("id"))
    held = {mask.target_id for mask in on}
    # What was to come of a care is shown again with any of it: the proof isn't of that any more.
    targets = [Target.of(mask) for mask in on or masks]
    said = said_of(targets, shown, standing, words_of_cares(targets, standing))
    note(
        Action.LIST_READ, record_id, by=by, door=decider.dossier.door, shown=len(elements),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    name = name_of(audience, record_id)
    gp = live_treating_gp(record_id)
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
        words=said.rules,
        coming=said.coming,
        until=dt.date.fromisoformat(until) if until else None,
        opens_in_emergency=bool(body.get("opens_in_emergency")),
        in_force=bool(held),
        asleep=gp is not None and audience.id == gp.professional_id,
        for_everyone=audience.kind is MaskAudience.EVERYONE,
        seen=_seen(decider, audience, shown, held),
        still_see=_still_see(decider, audience, shown, by_rule=bool(said.rules)),
        look_key=audience.key if audience.id else "",
    )


def _seen(
    decider: Decider,
    audience: Audience,
    elements: Sequence[Element],
    held: Collection[uuid.UUID | None],
) -> tuple[Seen, ...]:
    """What was shown again since, alone; what its audience wrote, or was shown on purpose."""
    stays = staying(decider, audience, elements)
    why = {key_of(one): _("vous lui avez montré cet élément") for one in stays.shown}
    why |= {key_of(one): _("l'a écrit") for one in stays.written}
    why |= {key_of(one): _("de nouveau montré") for one in elements if key_of(one) not in held}
    return tuple(Seen(named(one), why[key_of(one)]) for one in elements if key_of(one) in why)


def _still_see(
    decider: Decider, audience: Audience, elements: Sequence[Element], *, by_rule: bool
) -> tuple[str, ...]:
    """Of a rule, and of what is hidden from many: some of them see it all the same."""
    if by_rule:
        return tuple(still_see(decider, audience))
    if audience.kind in {MaskAudience.PROFESSIONAL, MaskAudience.DELEGATE}:
        return ()
    return tuple(still_see(decider, audience, elements))
