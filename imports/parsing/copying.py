"""Rows on their way to the database: COPY text and the digest that tells "identical"."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from imports.parsing.rows import COLUMNS, KINDS, Kind, texts


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imports.parsing.rows import Row


DIGEST_VERSION: Final = "1"
SEPARATOR: Final = "\x1f"
"""No text holds it: control characters are refused."""

_NOT_BUSINESS: Final = {
    # What identifies a line, and when it was sent.
    Kind.LINES: {"line_id", "scheme", "person_system", "person_value", "flow_date"},
    Kind.ILLNESSES: {"person_system", "person_value", "flow_date"},
    Kind.DECLARED_DOCTORS: {"person_system", "person_value", "flow_date"},
    Kind.SLIP: set[str](),
}
BUSINESS: Final = {
    # Each is one run of columns, so that a slice of the row is enough.
    kind: slice(
        min(business := [i for i, name in enumerate(COLUMNS[kind]) if name not in apart]),
        max(business) + 1,
    )
    for kind, apart in _NOT_BUSINESS.items()
}
BUSINESS_COLUMNS: Final = {kind: COLUMNS[kind][part] for kind, part in BUSINESS.items()}
"""What the digest covers, in its order. Aliases have none: all they hold is identifiers."""


def business_texts(kind: Kind, columns: Sequence[Sequence[str]]) -> list[str]:
    """Return what each row says, its `BUSINESS_COLUMNS` in order with `SEPARATOR` between them."""
    return list(map(SEPARATOR.join, zip(*columns[BUSINESS[kind]], strict=True)))


def digests(kind: Kind, texts: Iterable[bytes]) -> list[bytes]:
    """Return the digest of each row, given by its `business_texts` in UTF-8.

    SHA-256 over "<kind>:<version>" and the texts of `BUSINESS_COLUMNS`, UTF-8, separated by the
    unit separator. It leaves out the person, since a digest without a key over a national
    number would give it away, and the flow date, so that a line sent again unchanged is
    identical: whoever stores it still moves the date forward, as the newest wins.
    """
    head = f"{kind}:{DIGEST_VERSION}{SEPARATOR}".encode()
    return [sha256(head + text).digest() for text in texts]


def digest(row: Row) -> bytes:
    """Return the digest of one row; see `digests`."""
    kind = KINDS[type(row)]
    said = business_texts(kind, [(text,) for text in texts(row)])
    return digests(kind, map(str.encode, said))[0]


def copy_text(rows: Iterable[str]) -> str:
    r"""Return rows as COPY text, one line each, for `COPY ... WITH (DELIMITER E'\x1f', NULL '')`.

    The fields of a row are separated by `SEPARATOR`; one that is not known is empty and arrives
    as NULL. Checked texts hold no control character, so that only the backslash needs escaping;
    a bytea is passed as `\x` and its hex digits.
    """
    text = "\n".join(rows)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    return text + "\n" if text else ""


def copy_fields(row: Row) -> tuple[str, ...]:
    """Return the fields of a row as COPY text, in the order of `COLUMNS`; see `copy_text`."""
    return tuple(text.replace("\\", "\\\\") for text in texts(row))
