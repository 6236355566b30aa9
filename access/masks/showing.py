"""The receipt of showing again, as whoever it was given to may read it. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from access.binding import note, now
from access.circle.deciding import may_decide
from access.elements import Named, key_of, named, those_visible
from access.journal import Action
from access.masks.aims import Audience, Target, cares_seen, hidden_from, said_of, words_of_cares
from access.masks.hiding import SHOWING
from access.models import MaskTarget, Receipt
from access.policy import NotVisible
from access.receipts import body_of
from records.models import Record


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


@dataclass(frozen=True, slots=True)
class ShowingReceipt:
    """What was shown again, to whom, by whom and when; never what its reader doesn't see."""

    dossier: Dossier
    id: UUID
    number: str
    made_at: dt.datetime
    by: str
    to_whom: str
    elements: tuple[Named, ...]
    words: tuple[str, ...]
    coming: tuple[str, ...]  # of the cares of these elements: what was to come isn't hidden either


def _given_to(by: Viewer, record_id: UUID) -> QuerySet[Receipt]:
    return Receipt.objects.filter(record_id=record_id, kind=SHOWING, given_to=by.person_id)


def _target(said: Mapping[str, Any]) -> Target:
    key = said["id"]
    return Target(MaskTarget(said["kind"]), UUID(key) if key else None, said["categories"])


def _known(targets: list[Target], standing: Standing) -> list[Target]:
    """Leave out the cares of which the reader sees nothing (any more)."""
    cares = {one.id for one in targets if one.kind is MaskTarget.EPISODE}
    seen = cares_seen(cares, standing)
    return [one for one in targets if one.kind is not MaskTarget.EPISODE or one.id in seen]


def receipt_of_now(*, by: Viewer, record_id: UUID) -> UUID | None:
    """Return the receipt that was given to the asker for showing again at this instant."""
    given = _given_to(by, record_id).filter(made_at=now())
    return given.values_list("id", flat=True).first()


def read_showing(*, by: Viewer, record_id: UUID, receipt_id: UUID) -> ShowingReceipt:
    """Return the receipt of showing again. Raises ``NotVisible`` for somebody else's, as for none.

    What it names and its reader doesn't see (any more) is left out; with nothing left, it is none.
    """
    decider = may_decide(by=by, record_id=record_id)
    standing = decider.dossier.standing
    receipt = _given_to(by, record_id).filter(id=receipt_id).first()
    if receipt is None:
        raise NotVisible
    body = body_of(receipt, Record.objects.get(id=record_id))
    targets = [_target(one) for one in body.get("targets", [])]
    keys = [one.id for one in targets if one.kind is MaskTarget.ELEMENT]
    found = {key_of(one): one for one in those_visible(standing, keys)}
    elements = tuple(named(found[key]) for key in dict.fromkeys(keys) if key in found)
    known = _known(targets, standing)
    said = said_of(known, found.values(), standing, words_of_cares(known, standing))
    if not elements and not said.rules:
        raise NotVisible
    note(
        Action.LIST_READ, record_id, by=by, door=decider.dossier.door, shown=len(elements),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    return ShowingReceipt(
        dossier=decider.dossier,
        id=receipt.id,
        number=receipt.number,
        made_at=receipt.made_at,
        by=str(body.get("by", "")),
        to_whom=hidden_from(Audience.parse(body["audience"]), record_id),
        elements=elements,
        words=said.rules,
        coming=said.coming,
    )
