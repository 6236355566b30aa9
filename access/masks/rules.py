"""The rules and shares in force on a record, as sentences; rules by the gesture that set them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from access.binding import PARIS, note, now
from access.circle.deciding import Decider, may_decide
from access.circle.knowing import live_periods_known_to
from access.circle.periods import last_day_of
from access.circle.treating_gp import live_treating_gp
from access.elements import Named, key_of, named, those_visible
from access.journal import Action
from access.masks.aims import Audience, Target, hidden_from, said_of, words_of_cares
from access.masks.hiding import last_day, live_masks_known_to
from access.models import AuthorisationKind, Mask, MaskAudience, MaskTarget
from access.policy import NotVisible


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from access.models import Authorisation
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Rule:
    """What one gesture hides, from whom, since and until when; undone in one press."""

    gesture: uuid.UUID | None
    mask_id: uuid.UUID
    words: tuple[str, ...]
    coming: tuple[str, ...]
    elements: tuple[Named, ...]
    from_whom: str
    audience: Audience
    since: dt.date
    until: dt.date | None
    opens_in_emergency: bool
    by_professional: bool
    asleep: bool

    @property
    def count(self) -> int:
        """How many things the rule hides, as the page says it."""
        return len(self.words) + len(self.elements)


@dataclass(frozen=True, slots=True)
class Shared:
    """One element that one professional was shown on purpose, until when; ended in one press."""

    authorisation_id: uuid.UUID
    name: str
    element: Named
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Decided:
    """All that was decided about who sees what: what is hidden, what is shown on purpose."""

    rules: tuple[Rule, ...]
    shares: tuple[Shared, ...]


def read_decided(*, by: Viewer, record_id: uuid.UUID) -> Decided:
    """Return the rules and shares in force that the asker may know of, the latest first.

    One on an element they don't see is left out. A rule that names the treating GP sleeps: it
    hides nothing, and says so. What is hidden is clinical, even where no title is read: one event.
    """
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    gp = live_treating_gp(record_id)
    gp_id = gp.professional_id if gp else None
    standing = dossier.standing
    masks = live_masks_known_to(standing).order_by("-since", "gesture", "id")
    rows = list(masks)
    given = list(_shares(decider))
    keys = [mask.target_id for mask in rows if mask.target == MaskTarget.ELEMENT]
    keys += [one.element_id for one in given]
    found = {key_of(element): element for element in those_visible(standing, keys)}
    shown = {key: named(element) for key, element in found.items()}
    cares = words_of_cares(map(Target.of, rows), standing)
    rules = []
    for _gesture, group in groupby(rows, key=lambda mask: mask.gesture or mask.id):
        rule = _rule(dossier, list(group), found, cares, gp_id)
        if rule is not None:
            rules.append(rule)
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, shown=len(shown),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    shares = tuple(
        Shared(
            authorisation_id=one.id,
            name=one.professional.display_name,
            element=shown[one.element_id],
            since=one.since.astimezone(PARIS).date(),
            until=last_day_of(one.until),
        )
        for one in given
        if one.professional is not None and one.element_id in shown
    )
    return Decided(tuple(rules), shares)


def _shares(decider: Decider) -> QuerySet[Authorisation]:
    held = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.SHARE, confirmed_at__lte=now()
    )
    return held.select_related("professional").order_by("-since", "id")


def _rule(
    dossier: Dossier,
    masks: list[Mask],
    found: Mapping[Any, Element],
    cares: Mapping[uuid.UUID | None, str],
    gp_id: uuid.UUID | None,
) -> Rule | None:
    first = masks[0]
    theirs = [
        found[mask.target_id]
        for mask in masks
        if mask.target == MaskTarget.ELEMENT and mask.target_id in found
    ]
    elements = map(named, theirs)
    said = said_of([Target.of(mask) for mask in masks], theirs, dossier.standing, cares)
    if not theirs and not said.rules:
        return None
    audience = Audience.of(first)
    try:
        from_whom = hidden_from(audience, dossier.record_id)
    except NotVisible:  # somebody who left the directory: their rule stays, without a name
        from_whom = ""
    return Rule(
        gesture=first.gesture,
        mask_id=first.id,
        words=said.rules,
        coming=said.coming,
        elements=tuple(sorted(elements, key=lambda one: (one.on, one.id.int))),
        from_whom=from_whom,
        audience=audience,
        since=first.since.astimezone(PARIS).date(),
        until=last_day(first),
        opens_in_emergency=first.opens_in_emergency,
        by_professional=first.set_by_kind == "professional",
        asleep=first.audience == MaskAudience.PROFESSIONAL and first.audience_id == gp_id,
    )
