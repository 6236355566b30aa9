"""Which tables and rules work out what a record's lines are: a new release works all out again.

What only needs its numbers written is known by it. Must not know what is worked out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from records import care, reference
from records.reference import tables


if TYPE_CHECKING:
    from collections.abc import Iterator

_RULES: Final = (
    Path(__file__).parent,
    Path(care.__file__).parent,
    Path(reference.__file__).parent,
)


@tables.remembered
def rules_digest() -> bytes:
    """Return a digest of the code and of the tables that work lines out."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def _files() -> Iterator[Path]:
    overrides = tables.override_folder()
    for folder in (*_RULES, *((overrides,) if overrides else ())):
        yield from sorted(path for path in folder.rglob("*.*") if path.suffix in {".py", ".csv"})
