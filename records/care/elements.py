"""What the linking rules compare in a line or a document: who decided it, when, under what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from records.care.kinds import MEETINGS, EventKind
from records.care.lines import STRUCTURE
from records.care.people import (
    are_two,
    identities,
    performer_identities,
    prescriber_identities,
)
from records.care.stays import place_of


if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.lines import CareLine
    from records.care.people import Identity

# What an episode is about: a professional's patient on a day, a prescription, a stay...
Anchor = tuple[Any, ...]


class LinkRule(StrEnum):
    """Why an element belongs to an episode; the names are published."""

    SAME_PRESCRIPTION = "same_prescription"
    SAME_PRESCRIBER_AND_DATE = "same_prescriber_and_date"
    DURING_STAY = "during_stay"
    SAME_PERFORMER_AND_DATE = "same_performer_and_date"
    SAME_PLACE_AND_DAY = "same_place_and_day"
    TRANSPORT_OF_THE_DAY = "transport_of_the_day"
    WITHIN_THREE_DAYS = "within_three_days"
    NAMED_BY_DOCUMENT = "named_by_document"
    ALONE = "alone"
    KEPT = "kept"


@dataclass(slots=True)
class Element:
    """Who decided the care, on which day, under which reference; and the anchor it opens.

    `of` are the anchors it belongs to, its own first, each with the rule: the one part that
    grows. `asked` is how whoever ordered or wrote it may be recognised.
    """

    id: UUID
    own: Anchor
    of: dict[Anchor, LinkRule]
    key: UUID | None
    name: str
    when: date | None
    reference: str
    asked: tuple[Identity, ...]
    episodes: tuple[UUID, ...]


def encounter(who: Identity, on: date) -> Anchor:
    """Return the anchor of what one professional decided on one day."""
    return ("encounter", who, on)


def element_of_line(line: CareLine, kind: EventKind) -> Element:
    """Read a line: a visit is its performer's, whatever was ordered is its prescriber's.

    What a structure did on somebody's order is no visit to it: a laboratory reads a smear.
    """
    asked = prescriber_identities(line)
    ordered = line.prescribed_on is not None and bool(asked)
    own: Anchor
    if kind in MEETINGS and not (line.performer_kind == STRUCTURE and ordered):
        who = next(iter(performer_identities(line)), "")
        own, rule = encounter(who, line.care_start), LinkRule.SAME_PRESCRIBER_AND_DATE
        return Element(
            line.id, own, {own: rule}, line.performer_key, line.performer_name, line.care_start,
            line.prescription_ref, asked, line.episodes,
        )  # fmt: skip
    if kind is EventKind.STAY:
        own, rule = ("stay", place_of(line), line.care_start), LinkRule.DURING_STAY
    elif asked and line.prescribed_on is not None:
        own = encounter(asked[0], line.prescribed_on)
        rule = LinkRule.SAME_PRESCRIBER_AND_DATE
    elif line.prescription_ref:
        own, rule = ("prescription", line.prescription_ref), LinkRule.SAME_PRESCRIPTION
    else:
        who = next(iter(performer_identities(line)), line.id.hex)
        own, rule = ("act", kind.value, who, line.care_start), LinkRule.ALONE
    return Element(
        line.id, own, {own: rule}, line.prescriber_key, line.prescriber_name, line.prescribed_on,
        line.prescription_ref, asked, line.episodes,
    )  # fmt: skip


def author_identities(document: DocumentFact) -> tuple[Identity, ...]:
    """Return how a professional author may be recognised; the patient is no author of care."""
    if not document.by_professional:
        return ()
    return identities(document.author_key, document.author_name, document.author_finess)


def element_of_document(document: DocumentFact) -> Element:
    """Read a document: it is of what its author decided on the day it tells of."""
    author = author_identities(document)
    own: Anchor = ("document", document.id.hex)
    rule = LinkRule.ALONE
    if author:
        own = encounter(author[0], document.occurred_on)
        rule = LinkRule.SAME_PRESCRIBER_AND_DATE
    return Element(
        document.id,
        own,
        {own: rule},
        document.author_key,
        document.author_name,
        document.occurred_on,
        document.prescription_ref,
        author,
        document.episodes,
    )


def are_two_people(one: Element, other: Element) -> bool:
    """Tell whether two elements are known to come from two different professionals."""
    return are_two(one.key, one.name, other.key, other.name)
