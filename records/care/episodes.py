"""Episodes of care: which ones each element belongs to, and why; keys never change.

An element has one episode of its own, listed first, and enters those of the elements it is
linked to. A mask on an episode takes an element's own: what is linked to it has entered it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.care.elements import LinkRule
from records.care.links import link
from records.uuid5 import uuid5


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.elements import Anchor
    from records.care.lines import CareLine
    from records.care.links import Links


@dataclass(frozen=True, slots=True)
class Membership:
    """The episodes of one element, its own first, each with the rule that linked it."""

    rules: tuple[tuple[UUID, LinkRule], ...]

    @property
    def episodes(self) -> tuple[UUID, ...]:
        """Return the keys alone, as they are stored on the element."""
        return tuple(key for key, _ in self.rules)

    @property
    def own(self) -> UUID:
        """Return the episode the element opened or joined first."""
        return self.rules[0][0]


def assign_episodes(
    record: UUID, lines: Collection[CareLine], documents: Collection[DocumentFact]
) -> dict[UUID, Membership]:
    """Say for every element of a record which episodes it belongs to, and by which rule.

    Give all the elements of the record, with the `episodes` they already have: these are
    kept, in particular the own one, and later elements join them. Keys are made from the
    record and from what the episode is about, so that the order of arrival changes nothing.
    """
    links = link(lines, documents)
    given = {line.id: line.episodes for line in lines}
    given.update((document.id, document.episodes) for document in documents)
    keys = _keys(record, links, given)
    found = {}
    for element, of in links.of.items():
        before = given[element]
        first = before[0] if before else keys[links.own[element]][0]
        found[element] = _membership(first, of, keys, before)
    return found


def _keys(
    record: UUID, links: Links, given: Mapping[UUID, tuple[UUID, ...]]
) -> dict[Anchor, tuple[UUID, ...]]:
    """Return the keys of each anchor: those its elements opened already, else a new one.

    An anchor has several keys when it turns out to be one care that was opened twice, as
    when a prescriber known by name gets a number: both stay, and so do masks on both. A key
    that another anchor still stands for isn't carried over by a line that was corrected.
    """
    made = {anchor: _made(record, anchor) for anchor in set(links.own.values())}
    stands_for = {key: anchor for anchor, key in made.items()}
    opened: dict[Anchor, set[UUID]] = defaultdict(set)
    for element, anchor in links.own.items():
        before = given[element]
        if before and stands_for.get(before[0], anchor) == anchor:
            opened[anchor].add(before[0])
    return {
        anchor: tuple(sorted(opened[anchor] or {key}, key=lambda key: key.int))
        for anchor, key in made.items()
    }


def _made(record: UUID, anchor: Anchor) -> UUID:
    return uuid5(record, "\x1f".join(anchor))


def _membership(
    first: UUID,
    of: Mapping[Anchor, LinkRule],
    keys: Mapping[Anchor, tuple[UUID, ...]],
    given: tuple[UUID, ...],
) -> Membership:
    found: dict[UUID, LinkRule] = {}
    for anchor, rule in of.items():
        for key in keys[anchor]:
            found.setdefault(key, rule)
    for key in given:
        found.setdefault(key, LinkRule.KEPT)
    rules = [(first, found.pop(first)), *sorted(found.items(), key=_by_number)]
    return Membership(tuple(rules))


def _by_number(rule: tuple[UUID, LinkRule]) -> int:
    return rule[0].int
