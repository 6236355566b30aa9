"""What is wrong with a value, a row or a file; must not know formats, columns or languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_FOUND = 60

# A social-security number typed into the wrong column must not be shown from there either.
# Numbers that begin with 3 or 4 are left alone: CIP13 and UCD13 codes have the same shape.
_BETWEEN = "[ .\u00a0\u202f-]?"
_NIR_ANYWHERE = re.compile(
    r"(?<!\d)[1278]"
    + "".join(
        _BETWEEN + group
        for group in (r"\d\d", r"(?:0[1-9]|1[0-2]|[2-9]\d)", r"(?:\d\d|2[AB])", r"\d{3}", r"\d{3}")
    )
    + rf"(?:{_BETWEEN}\d\d)?(?!\d)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that breaks one rule. `correction` is what the value most likely should be."""

    code: str
    correction: str = ""
    parameters: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a row, or the whole file (`line` 0 and no row lost), is refused.

    `found` is safe to show: identifiers are masked, control characters spelled out, long values
    cut. `code` and `parameters` select and fill the sentence in `imports.parsing.messages`.
    """

    line: int
    column: str
    code: str
    found: str = ""
    correction: str = ""
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not accepted, with its values as written, in the order of the header.

    `values` holds identifiers in clear: it serves the file of rejects handed back to the sender
    and nothing else. It is empty when the line could not be read at all. `identity` is the checked
    texts of the columns that say which row it is (`rows.IDENTITY`), empty where one is at fault.
    """

    line: int
    values: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something recognised that the administrator should be told; nothing is refused by it."""

    code: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


class FileRefusedError(Exception):
    """The file can't be read at all; says why in one or more refusals."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


class StreamStoppedError(Exception):
    """Reading can't go on; the rows already read stand."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def of_file(fault: Fault, reached: int = 0) -> Refusal:
    """Return a fault of the whole file; `reached` is the last line read."""
    parameters = {**dict(fault.parameters), "reached": reached}
    return Refusal(0, "", fault.code, parameters=parameters)


def masked(value: str) -> str:
    """Hide an identifier: its length stays, and its last two characters if it is long."""
    shown = value[-2:] if len(value) > 6 else ""  # noqa: PLR2004 - two of six would say a third
    return "•" * (len(value) - len(shown)) + shown


def without_numbers(text: str) -> str:
    """Mask what looks like the number of a person anywhere in a text."""
    return _NIR_ANYWHERE.sub(lambda match: masked(match.group()), text)


def shown(value: str, *, identifier: bool = False) -> str:
    """Make a value from the file safe to put in a sentence."""
    if identifier:
        return masked(value[:LONGEST_FOUND])
    safe = without_numbers(value)
    if len(safe) > LONGEST_FOUND:
        safe = safe[:LONGEST_FOUND] + "…"
    if not safe.isprintable():
        safe = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in safe)
    return safe[: 3 * LONGEST_FOUND]
