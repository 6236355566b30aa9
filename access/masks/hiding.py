"""Hiding and showing again: one gesture is several masks, one receipt, and a trace of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from access.binding import note, now, use_case
from access.circle.deciding import Decider, decide_what_is_seen
from access.circle.periods import last_day_of, stop_after
from access.conditions import ended_alone
from access.elements import key_of, kind_of, named, those_visible, visible_models
from access.journal import RULE, Action
from access.masks.aims import Audience, Target, cares_of, cares_seen, check_audience, check_targets
from access.models import Mask, MaskTarget, Receipt
from access.models.periods import begun, live
from access.policy import NotVisible
from access.receipts import body_of, give_receipt
from records.models import Record
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer
    from records.models import Element


HIDING = "hiding"
SHOWING = "showing"


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a gesture did, and the receipt of it."""

    gesture: uuid.UUID
    receipt_id: uuid.UUID
    number: str


def live_masks(record_id: uuid.UUID) -> QuerySet[Mask]:
    """Return the masks in force on a record, whoever set them."""
    return Mask.objects.filter(live(now()), record_id=record_id)


def masks_known_to(standing: Standing, masks: QuerySet[Mask]) -> QuerySet[Mask]:
    """Leave out what a representative may neither see, nor lift, nor displace (section 3)."""
    if standing.is_holder:
        return masks
    cares = masks.filter(target=MaskTarget.EPISODE).values_list("target_id", flat=True)
    about_what_they_see = ~Q(target__in=[MaskTarget.ELEMENT, MaskTarget.EPISODE])
    about_what_they_see |= Q(target_id__in=cares_seen(set(cares), standing))
    for rows in visible_models(standing):
        about_what_they_see |= Q(target_id__in=rows.values("id"))
    return masks.filter(about_what_they_see, secret=False)


def live_masks_known_to(standing: Standing) -> QuerySet[Mask]:
    """Return the masks in force that somebody may know of; one a minor lifted alone goes on.

    To who speaks for them, until its day or until they lift it too (line 5).
    """
    masks = live_masks(standing.record_id)
    if standing.speaks_for_minor:
        on = live(now()) | (begun(now()) & Q(ended_alone(Action.UNMASKED)))
        masks = Mask.objects.filter(on, record_id=standing.record_id)
    return masks_known_to(standing, masks)


@use_case
def hide(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    element_ids: Sequence[uuid.UUID] = (),
    others: Sequence[Target] = (),
    and_what_comes: bool = False,
    audience: Audience,
    until: dt.date | None = None,
    opens_in_emergency: bool = False,
    gesture: uuid.UUID,
) -> Hidden:
    """Hide elements, or whole targets, from an audience: effective at the next read.

    ``and_what_comes`` hides the cares they are of besides, where nothing of these stays in sight.
    ``until`` is the last day that counts; None means always. ``gesture`` is the key the page made:
    the same gesture sent twice is done once. Of a page come back to, where something else was
    chosen or that was undone since, it is another gesture: what is asked is hidden.

    Raises ``NotVisible`` for what the asker doesn't see and ``Refused`` for the treating GP. What
    the audience wrote is covered without effect.
    """
    decider = decide_what_is_seen(by=by, record_id=record_id)
    standing = decider.dossier.standing
    keys = dict.fromkeys(element_ids)
    targets = [Target(MaskTarget.ELEMENT, key) for key in keys] + list(others)
    if not targets:
        raise NotVisible
    check_audience(audience, decider)
    check_targets(targets, standing)
    stops = stop_after(until)
    elements = {key_of(element): element for element in those_visible(standing, list(keys))}
    if and_what_comes:
        targets += cares_of(elements.values(), standing)
    record = Record.objects.get(id=record_id)
    body = _body(by, targets, elements.values(), audience, until, opens=opens_in_emergency)
    given = Receipt.objects.filter(record_id=record_id, gesture=gesture, kind=HIDING).first()
    if given is not None:
        if _asks_the_same(body_of(given, record), body) and _holds(record_id, gesture):
            return Hidden(gesture, given.id, given.number)
        gesture = uuid7()
    Mask.objects.bulk_create(
        Mask(
            record_id=record_id,
            target=target.kind,
            target_id=target.id,
            target_categories=target.categories,
            audience=audience.kind,
            audience_id=audience.id,
            audience_profession=audience.profession,
            opens_in_emergency=opens_in_emergency,
            gesture=gesture,
            set_by=by.user_id,
            set_by_kind=decider.dossier.door,
            secret=decider.minor_alone,
            since=now(),
            until=stops,
        )
        for target in targets
    )
    for target in targets:
        _note(Action.MASKED, decider, by, target, elements, audience)
    receipt = give_receipt(record, HIDING, body, to=by.person_id, gesture=gesture)
    return Hidden(gesture, receipt.id, receipt.number)


def _holds(record_id: uuid.UUID, gesture: uuid.UUID) -> bool:
    """Tell whether anything that a gesture hid is hidden by it still."""
    return live_masks(record_id).filter(gesture=gesture).exists()


def _asks_the_same(given: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Tell whether two bodies of receipts hide the same from the same, as long; titles aside.

    What has neither key nor subject is everything. One that an older version of ours sealed may
    lack anything: it asks something else.
    """

    def said(body: Mapping[str, Any]) -> tuple[Any, ...]:
        named = [tuple(map(one.get, ("id", "categories"))) for one in body["targets"]]
        rest = map(body.get, ("audience", "until", "opens_in_emergency"))
        return frozenset(named), *rest

    return said(given) == said(asked)


def _note(  # noqa: PLR0917  # one act, said once
    action: Action,
    decider: Decider,
    by: Viewer,
    target: Target,
    elements: Mapping[Any, Element],
    audience: Audience,
) -> None:
    """Write down one mask: what, and from whom in the reason; kept from representatives.

    A rule names no element: what it aims at is in the reason, before whom it hides that from.
    """
    kind, key, reason = RULE, None, audience.key
    if target.kind is MaskTarget.ELEMENT:
        key = target.id
        kind = kind_of(elements[key]) if key in elements else target.kind.value
    else:
        about = target.id or target.categories or ""
        reason = f"{target.kind.value}:{about} {audience.key}"
    note(
        action, decider.dossier.record_id, by=by, door=decider.dossier.door, element_kind=kind,
        element_id=key, reason=reason, rests_on_secret=decider.minor_alone,
    )  # fmt: skip


def _body(
    by: Viewer,
    targets: Iterable[Target],
    elements: Iterable[Any],
    audience: Audience,
    until: dt.date | None,
    *,
    opens: bool,
) -> dict[str, Any]:
    """What the receipt keeps sealed: who, what, from whom, since and until when."""
    shown = {element.id: named(element) for element in elements}
    return {
        "by": by.name,
        "audience": audience.key,
        "until": until.isoformat() if until else None,
        "opens_in_emergency": opens,
        "targets": [
            {
                "kind": target.kind.value,
                "id": str(target.id) if target.id else None,
                "categories": target.categories,
                "title": shown[target.id].title if target.id in shown else "",
            }
            for target in targets
        ],
    }


@use_case
def show(*, by: Viewer, record_id: uuid.UUID, gesture: uuid.UUID) -> int:
    """Take back all that one gesture hid, and return how many masks ended. Twice is once.

    Raises ``NotVisible`` for a gesture the asker may not know of.
    """
    decider = decide_what_is_seen(by=by, record_id=record_id)
    masks = masks_known_to(
        decider.dossier.standing, Mask.objects.filter(record_id=record_id, gesture=gesture)
    )
    if not masks.exists():
        raise NotVisible
    return _lift(decider, by, masks)


@use_case
def show_rule(*, by: Viewer, record_id: uuid.UUID, mask_id: uuid.UUID) -> int:
    """Take one rule back, for masks that came with no gesture: those set at deposit."""
    decider = decide_what_is_seen(by=by, record_id=record_id)
    masks = masks_known_to(
        decider.dossier.standing, Mask.objects.filter(record_id=record_id, id=mask_id)
    )
    if not masks.exists():
        raise NotVisible
    return _lift(decider, by, masks)


@use_case
def show_element(
    *, by: Viewer, record_id: uuid.UUID, element_ids: Sequence[uuid.UUID], audience: Audience
) -> int:
    """Take back the masks that name these elements and exactly this audience.

    Wider rules stay: they are taken back where they are listed. But what was to come of their
    care, hidden by the same gesture, isn't hidden any more.
    """
    decider = decide_what_is_seen(by=by, record_id=record_id)
    standing = decider.dossier.standing
    theirs = live_masks_known_to(standing).filter(
        audience=audience.kind,
        audience_id=audience.id,
        audience_profession=audience.profession,
    )
    these = Q(target=MaskTarget.ELEMENT, target_id__in=element_ids)
    cares = [care for one in those_visible(standing, element_ids) for care in one.episodes]
    gestures = list(theirs.filter(these).values_list("gesture", flat=True))
    coming = Q(target=MaskTarget.EPISODE, target_id__in=cares, gesture__in=gestures)
    return _lift(decider, by, theirs.filter(these | coming))


def _lift(decider: Decider, by: Viewer, masks: QuerySet[Mask]) -> int:
    standing = decider.dossier.standing
    live = list(masks.filter(id__in=live_masks_known_to(standing).values("id")))
    keys = [mask.target_id for mask in live if mask.target == MaskTarget.ELEMENT]
    elements = {key_of(element): element for element in those_visible(standing, keys)}
    for mask in live:
        if mask.ended_at is not None and mask.ended_at <= now():
            mask.until = now()  # lifted by a minor alone: it stops now for who wasn't told
        else:
            mask.ended_at = now()
        _note(Action.UNMASKED, decider, by, Target.of(mask), elements, Audience.of(mask))
    if live:
        Mask.objects.bulk_update(live, ["ended_at", "until"])
        targets, audience = [Target.of(mask) for mask in live], Audience.of(live[0])
        body = _body(by, targets, elements.values(), audience, None, opens=False)
        give_receipt(Record.objects.get(id=standing.record_id), SHOWING, body, to=by.person_id)
    # The care of what was hidden is no element more.
    return sum(mask.target != MaskTarget.EPISODE for mask in live) or len(live)


def last_day(mask: Mask) -> dt.date | None:
    """Return the last day a mask counts; None means always."""
    return last_day_of(mask.until)
