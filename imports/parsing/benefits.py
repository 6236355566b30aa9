"""FHIR R4 ExplanationOfBenefit, one resource a line (NDJSON): bytes to resources within bounds.

What an item of one means is said in `imports.parsing.benefit_items`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from imports.parsing.benefit_items import items
from imports.parsing.formats import Recognised
from imports.parsing.gathering import Found, GatheredReading, Rows, returned
from imports.parsing.lines import BYTE_ORDER_MARK, Lines
from imports.parsing.refusals import Fault, FileRefusedError, Refusal
from imports.parsing.returned import LACKING
from imports.parsing.rows import Kind
from imports.parsing.signatures import signature


if TYPE_CHECKING:
    from collections.abc import Iterator

    from imports.parsing.compression import Source
    from imports.parsing.limits import Limits


_MOST_ITEMS: Final = 1_000
_MOST_DIGITS: Final = 40


class _NoNumberError(ValueError):
    """What stands where a number should is none, or one that nobody can hold."""


class BenefitsParser:
    """Lines that begin as JSON objects do."""

    name: Final = "fhir"

    def recognises(self, head: bytes) -> bool:
        """Tell whether the bytes begin a JSON object."""
        text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
        return text.startswith(b"{") and signature(head) == "JSON"

    def open(self, source: Source, limits: Limits) -> GatheredReading:
        """Look at the first line; raise FileRefusedError if it begins a resource only."""
        first = source.head.removeprefix(BYTE_ORDER_MARK).lstrip()
        line, ended, _ = first.partition(b"\n")
        if ended and not line.rstrip().endswith(b"}"):
            raise FileRefusedError(Refusal(0, "", "json_not_by_line"))
        return GatheredReading(_Benefits(source, limits), limits, optional=LACKING)


class _Benefits(Rows):
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._lines = Lines(source.head, replace(limits, line=limits.json_line))
        self._most = limits.json_value

    @property
    def recognised(self) -> Recognised:
        """Return what the file is."""
        return Recognised(
            kind=Kind.LINES, format=BenefitsParser.name, compression=self._source.compression,
            encoding=self._lines.encoding, byte_order_mark=self._lines.byte_order_mark,
            line_end=self._lines.line_end, delimiter="", columns=returned(Kind.LINES),
            notices=tuple(self._lines.notices),
        )  # fmt: skip

    def rows(self) -> Iterator[Found]:
        """Yield every item of every line, numbered in their order; a wrong line is one row."""
        number = 0
        for chunk in self._lines.chunks(self._source.blocks()):
            for i, text in enumerate(chunk.text.split("\n")):
                self.reached = chunk.first + i
                self.bytes_in = self._source.bytes_in
                for found in _of_line(self.reached, text, chunk.faults.get(i)):
                    number += 1
                    yield replace(self._within(found, len(text)), number=number)

    def _within(self, found: Found, length: int) -> Found:
        """Cut what no check would let through: rows are held by the hundred, and more refused."""
        most = self._most
        if length <= most:
            return found
        return replace(
            found,
            values={name: value[:most] for name, value in found.values.items()},
            faults=tuple((column, said[:most], fault) for column, said, fault in found.faults),
        )


def _of_line(line: int, text: str, fault: Fault | None) -> Iterator[Found]:
    if fault is None and not text.strip():
        return
    resource = fault or _loaded(text)
    listed = None if isinstance(resource, Fault) else resource.get("item")
    if isinstance(listed, list) and len(listed) > _MOST_ITEMS:
        resource = Fault("items_too_many", parameters=(("limit", _MOST_ITEMS),))
    if isinstance(resource, Fault):
        yield Found(0, str(line), faults=(("", "", resource),))
    else:
        yield from items(line, resource)


def _loaded(text: str) -> dict[str, Any] | Fault:
    try:
        found = json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_no_number,
            object_pairs_hook=_once,
        )  # fmt: skip
        if "\\ud" in text or "\\uD" in text:  # half a character alone can't be kept
            json.dumps(found, ensure_ascii=False, default=str).encode()
    except RecursionError:
        return Fault("json_too_deep")
    except _NoNumberError:
        return Fault("json_number", parameters=(("limit", _MOST_DIGITS),))
    except UnicodeEncodeError:
        return Fault("json_half_character")
    except ValueError:
        return Fault("json_unreadable")
    return found if isinstance(found, dict) else Fault("json_unreadable")


def _number(text: str) -> Decimal:
    """Return a number as it is written; one of thousands of figures, written or meant, is none."""
    if len(text) > _MOST_DIGITS:
        raise _NoNumberError
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _NoNumberError from None
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise _NoNumberError
    return number


def _no_number(text: str) -> Decimal:
    raise _NoNumberError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says a thing twice says nothing."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found
