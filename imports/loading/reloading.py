"""The same file once more: known by its bytes, it changes nothing and is not read again.

Only where reading it would say the same: it was loaded whole, without a refused row, under the
same rules of reading and the same key, nothing of it waits for an alias, and nobody has written to
its schemes since. Anything else is read as any file is.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

import imports.parsing
from imports import encoding
from imports.loading import targets, turns, undoing
from imports.models import Load, LoadState
from imports.parsing import Kind
from records.identifiers import keyed_digest


if TYPE_CHECKING:
    from imports.loading.targets import Target

STAMP: Final = "reader"
"""Among what was recognised of a file: under which rules its rows were read."""
PSEUDONYMS: Final = "pseudonyms"
"""Whether some of its rows are under a pseudonym: what they are to the store may have changed."""
_COPIED: Final = (
    "file_kind", "encoding", "delimiter", "compression", "scheme", "warnings", "recognised",
    "totals", "rows_read", "paid_cents", "reimbursed_cents",
)  # fmt: skip


@cache
def _sources() -> str:
    """Return a digest of everything that decides what a row of a file is."""
    paths = sorted(Path(imports.parsing.__file__).parent.rglob("*.py"))
    paths += [Path(encoding.__file__), Path(targets.__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def stamp() -> str:
    """Return what changes with the rules of reading, and with the key of identifiers."""
    return keyed_digest(settings.DMP_INDEX_KEY, STAMP, _sources()).hex()[:32]


def facts(target: Target, *, pseudonyms: bool) -> dict[str, str | bool]:
    """Return what is noted of a file that was read, for the day it comes again."""
    return {STAMP: stamp(), PSEUDONYMS: pseudonyms} if target.kind is Kind.LINES else {}


def known(load: Load) -> bool:
    """Tell whether a file is in the store already, to the byte; note on the load what it holds."""
    before = (
        Load.objects.filter(
            file_sha256=load.file_sha256, file_size=load.file_size, state=LoadState.DONE,
            file_kind=Kind.LINES,
        )
        .exclude(id=load.id)
        .order_by("-finished_at")
        .first()
    )  # fmt: skip
    if before is None or before.rows_refused or not _as_now(before) or _written_since(before):
        return False
    for name in _COPIED:
        setattr(load, name, getattr(before, name))
    load.rows_created = load.rows_changed = load.rows_refused = load.rows_set_aside = 0
    load.rows_identical = load.rows_read
    load.bytes_read = load.file_size
    load.refusal_groups = []
    load.save_work()
    return True


def _as_now(before: Load) -> bool:
    read = before.recognised
    return read.get(STAMP) == stamp() and read.get(PSEUDONYMS) is False


def _written_since(before: Load) -> bool:
    """Tell whether another load of its schemes has written, or was taken back, since."""
    undone = Load.objects.filter(
        state__in=(LoadState.UNDOING, LoadState.UNDONE), finished_at__gte=before.finished_at
    )
    theirs = turns.schemes_of(before)
    return not undoing.is_last(before) or any(
        theirs & turns.schemes_of(other) for other in undone.only("totals")
    )
