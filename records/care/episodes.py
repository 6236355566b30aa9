"""Episodes of care: which ones each element belongs to, and why; keys never change.

An element has one episode of its own, listed first, and enters those of the elements it is
linked to. A mask on an episode takes an element's own: what is linked to it has entered it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID  # noqa: TC003 - a named tuple reads its annotations

from records.care.elements import LinkRule
from records.care.links import link
from records.uuid5 import uuid5


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from records.care.documents import DocumentFact
    from records.care.elements import Anchor, Element
    from records.care.lines import CareLine


class Membership(NamedTuple):
    """The episodes of one element, its own first, as they are stored on it; why it has each."""

    episodes: tuple[UUID, ...]
    reasons: tuple[LinkRule, ...]

    @property
    def rules(self) -> tuple[tuple[UUID, LinkRule], ...]:
        """Return each episode with the rule that linked it."""
        return tuple(zip(self.episodes, self.reasons, strict=True))

    @property
    def own(self) -> UUID:
        """Return the episode the element opened or joined first."""
        return self.episodes[0]


def assign_episodes(
    record: UUID, lines: Collection[CareLine], documents: Collection[DocumentFact]
) -> dict[UUID, Membership]:
    """Say for every element of a record which episodes it belongs to, and by which rule.

    Give all the elements of the record, with the `episodes` they already have: these are
    kept, in particular the own one, and later elements join them. Keys are made from the
    record and from what the episode is about, so that the order of arrival changes nothing.
    """
    elements = link(lines, documents)
    return assigned(elements, made_keys(record, elements))


def made_keys(record: UUID, elements: Iterable[Element]) -> dict[Anchor, UUID]:
    """Return the key that each anchor of some elements opens its episode with."""
    return {anchor: made_key(record, anchor) for anchor in {element.own for element in elements}}


def assigned(elements: Collection[Element], made: Mapping[Anchor, UUID]) -> dict[UUID, Membership]:
    """Say of elements that were linked which episodes they belong to."""
    # Keys are compared as numbers, ten times as fast: this is done for every line of a record.
    written = {key.int: key for key in made.values()}
    written.update((key.int, key) for element in elements for key in element.episodes)
    keys = _keys(elements, {anchor: key.int for anchor, key in made.items()})
    return {element.id: _membership(element, keys, written) for element in elements}


def _keys(
    elements: Iterable[Element], made: Mapping[Anchor, int]
) -> dict[Anchor, tuple[int, ...]]:
    """Return the keys of each anchor: those its elements opened already, else a new one.

    An anchor has several keys when it turns out to be one care that was opened twice, as
    when a prescriber known by name gets a number: both stay, and so do masks on both. A key
    that another anchor still stands for isn't carried over by a line that was corrected.
    """
    stands_for = {key: anchor for anchor, key in made.items()}
    opened: dict[Anchor, set[int]] = defaultdict(set)
    for element in elements:
        if element.episodes:
            first = element.episodes[0].int
            if stands_for.get(first, element.own) == element.own:
                opened[element.own].add(first)
    return {
        anchor: tuple(sorted(opened[anchor])) if anchor in opened else (key,)
        for anchor, key in made.items()
    }


def made_key(record: UUID, anchor: Anchor) -> UUID:
    """Return the key of the episode that an anchor opens."""
    return uuid5(record, "\x1f".join(map(str, anchor)))


def _membership(
    element: Element, keys: Mapping[Anchor, tuple[int, ...]], written: Mapping[int, UUID]
) -> Membership:
    found: dict[int, LinkRule] = {}
    for anchor, rule in element.of.items():
        for key in keys[anchor]:
            found.setdefault(key, rule)
    for given in element.episodes:
        found.setdefault(given.int, LinkRule.KEPT)
    first = element.episodes[0].int if element.episodes else keys[element.own][0]
    if len(found) == 1:
        return Membership((written[first],), (found[first],))
    order = [first, *sorted(found.keys() - {first})]
    return Membership(tuple(map(written.__getitem__, order)), tuple(map(found.__getitem__, order)))
