"""Rows on their way to the database: COPY text and the digest that tells "identical"."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from imports.parsing.rows import COLUMNS, KINDS, Kind, texts


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imports.parsing.rows import Row


DIGEST_VERSION: Final = "1"
_SEPARATOR: Final = "\x1f"  # no text holds it: control characters are refused

_NOT_BUSINESS: Final = {
    # What identifies a line, and when it was sent.
    Kind.LINES: {"line_id", "scheme", "person_system", "person_value", "flow_date"},
    Kind.ILLNESSES: {"person_system", "person_value", "flow_date"},
    Kind.DECLARED_DOCTORS: {"person_system", "person_value", "flow_date"},
    Kind.SLIP: set[str](),
}
_SLICES: Final = {
    # Each is one run of columns, so that a slice of the row is enough.
    kind: slice(
        min(business := [i for i, name in enumerate(COLUMNS[kind]) if name not in apart]),
        max(business) + 1,
    )
    for kind, apart in _NOT_BUSINESS.items()
}
BUSINESS_COLUMNS: Final = {kind: COLUMNS[kind][part] for kind, part in _SLICES.items()}
"""What the digest covers, in its order. Aliases have none: all they hold is identifiers."""


def digests(kind: Kind, columns: Sequence[Sequence[str]]) -> list[bytes]:
    """Return the digest of each row of checked texts, given by columns in the order of `COLUMNS`.

    SHA-256 over "<kind>:<version>" and the texts of `BUSINESS_COLUMNS`, UTF-8, separated by the
    unit separator. It leaves out the person, since a digest without a key over a national
    number would give it away, and the flow date, so that a line sent again unchanged is
    identical: whoever stores it still moves the date forward, as the newest wins.
    """
    part = _SLICES[kind]
    head = f"{kind}:{DIGEST_VERSION}"
    sha256 = hashlib.sha256
    business = map(_SEPARATOR.join, zip(*columns[part], strict=True))
    return [sha256(f"{head}{_SEPARATOR}{texts}".encode()).digest() for texts in business]


def digest(row: Row) -> bytes:
    """Return the digest of one row; see `digests`."""
    return digests(KINDS[type(row)], [(text,) for text in texts(row)])[0]


def copy_text(rows: Iterable[Iterable[str]]) -> str:
    r"""Return rows as COPY text, one line each, for `COPY ... WITH (FORMAT text, NULL '')`.

    Texts that are not known are empty and arrive as NULL. Checked texts hold no tab and no line
    end, so that only the backslash needs escaping; a bytea is passed as `\x` and its hex digits.
    """
    text = "\n".join(["\t".join(row) for row in rows])
    return text.replace("\\", "\\\\") + "\n" if text else ""


def copy_fields(row: Row) -> tuple[str, ...]:
    """Return the fields of a row as COPY text, in the order of `COLUMNS`; see `copy_text`."""
    return tuple(text.replace("\\", "\\\\") for text in texts(row))
