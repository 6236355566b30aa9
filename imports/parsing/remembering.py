"""Checks of one column over many rows: each distinct value once; must not know the columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from imports.parsing.columns import PairedColumn
from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from imports.parsing.columns import Column, Plain

    # A value as written, with what says how to read it if another column does.
    Key = str | tuple[str | Fault, str]
    Checked = tuple[Sequence[str | Fault], bool]
    """The texts after the check, or their faults; whether there are faults among them."""
    Read = Callable[[Sequence[str], Sequence[str | Fault] | None], Checked]


MOST_REMEMBERED: Final = 8_192
"""Distinct values kept per column: 30 columns of them stay under 30 MB, whatever is sent."""
LONGEST_REMEMBERED: Final = 64


class Memory:
    """Values of one column already checked, within bounds; with the result if it differs."""

    def __init__(
        self, check: Callable[[Any], str | Fault], plain: Plain | None, known: Collection[Key]
    ) -> None:
        self._check = check
        self._plain = plain
        self._always = known
        self._known: set[Key] = set(known)
        self._changed: dict[Key, str] = {}
        self._mostly_new = False

    def read(self, keys: Collection[Any], texts: Sequence[str]) -> Checked:
        """Return the checked texts; `keys` are the texts, or what is remembered in their stead."""
        if self._plain is not None and self._mostly_new:
            # A column of keys or amounts: remembering what comes once would never pay.
            filled = list(filter(None, texts))
            may_be_empty = "" in self._always or len(filled) == len(texts)
            if filled and may_be_empty and self._plain(filled):
                return texts, False
        once: dict[Key, str | Fault] = {}
        faulty = False
        if not self._known.issuperset(keys):
            faulty = self._learn(keys, once)
        if not once and (not self._changed or self._changed.keys().isdisjoint(keys)):
            return texts, False
        changed = {**self._changed, **once} if once else self._changed
        return [changed.get(key, text) for key, text in zip(keys, texts, strict=True)], faulty

    def _learn(self, keys: Collection[Any], once: dict[Key, str | Fault]) -> bool:
        """Check the values not seen before; those not to be remembered go to `once`."""
        new = set(keys) - self._known
        if len(self._known) + len(new) > MOST_REMEMBERED:
            self._known = set(self._always)
            self._changed = {}
            new = set(keys) - self._known
        if self._plain is not None and "" not in new and self._plain(new):
            self._mostly_new = 2 * len(new) > len(keys)
            if not self._mostly_new:
                self._known |= new
            return False
        faulty = False
        for key in new:
            text: str = key[1] if isinstance(key, tuple) else key
            result = self._check(key)
            if isinstance(result, Fault):
                faulty = True
                once[key] = result
            elif len(text) > LONGEST_REMEMBERED:
                once[key] = result
            else:
                self._known.add(key)
                if result != text:
                    self._changed[key] = result
        return faulty


def reader(column: Column | PairedColumn, *, latest: str = "") -> Read:
    """Make the function that checks one column of one file, batch after batch.

    It takes the raw texts and, for a column that depends on another, that one's checked texts.
    `latest` is an ISO date that no value may pass.
    """
    if isinstance(column, PairedColumn):
        return _paired_reader(column)
    check = column.check

    def examine(text: str) -> str | Fault:
        value = text.strip()
        if not value:
            return Fault("missing_value") if column.required else column.default
        result = check(value)
        if latest and isinstance(result, str) and result > latest:
            return Fault("date_in_future", parameters=(("latest", latest),))
        return result

    empty = [""] if not column.required and not column.default else []
    memory = Memory(examine, None if latest else column.plain, empty)

    def read(texts: Sequence[str], before: Sequence[str | Fault] | None) -> Checked:
        values, faulty = memory.read(texts, texts)
        if before is None:
            return values, faulty
        repeated = [
            value or ("" if isinstance(other, Fault) else other)
            for value, other in zip(values, before, strict=True)
        ]
        return repeated, faulty

    return read


def _paired_reader(column: PairedColumn) -> Read:
    """Remember under which system each text was found right: most are, under one only."""
    right: dict[str, str] = {}
    memory = Memory(partial(_examined, column), None, [])

    def read(texts: Sequence[str], before: Sequence[str | Fault] | None) -> Checked:
        systems = before or ()
        found = list(map(right.get, texts))
        if found == systems:
            return texts, False
        others = [
            i for i, (one, system) in enumerate(zip(found, systems, strict=True)) if one != system
        ]
        pairs = [(systems[i], texts[i]) for i in others]
        checked, faulty = memory.read(pairs, [text for _, text in pairs])
        if len(right) + len(others) > MOST_REMEMBERED:
            right.clear()
        values: list[str | Fault] = list(texts)
        for i, (system, text), value in zip(others, pairs, checked, strict=True):
            values[i] = value
            if value == text and isinstance(system, str) and len(text) <= LONGEST_REMEMBERED:
                right[text] = system
        return values, faulty

    return read


def _examined(column: PairedColumn, pair: tuple[str | Fault, str]) -> str | Fault:
    system, text = pair
    value = text.strip()
    if not value:
        return Fault("missing_value")
    # A system that is wrong is told once, under its own column.
    return value if isinstance(system, Fault) else column.check(system, value)
