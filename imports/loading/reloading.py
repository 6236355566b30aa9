"""The same rows once more: known by their bytes or their print, they change nothing.

Only where reading it would say the same: it was loaded whole, without a refused row, under the
same rules of reading and the same key, nothing of it waits for an alias, and nobody has written to
its schemes since. Then its rows are not read again; anything else is read as any file is.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Q

import imports.parsing
from imports import encoding, files
from imports.loading import recognising, targets, turns, undoing
from imports.models import Load, LoadState
from imports.parsing import Divided, Kind, open_lines, sample
from records.identifiers import keyed_digest


if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.loading.heartbeat import Heartbeat
    from imports.parsing import Reading

STAMP: Final = "reader"
"""Among what was recognised of a file: under which rules its rows were read."""
PSEUDONYMS: Final = "pseudonyms"
"""Whether some of its rows are under a pseudonym: what they are to the store may have changed."""
ROWS: Final = undoing.PRINT
BEGINS: Final = "begins"
"""The print of its rows, and of the first of them, under the key of identifiers."""
_COPIED: Final = ("file_kind", "scheme", "totals", "rows_read", "paid_cents", "reimbursed_cents")
_OF_ROWS: Final = (recognising.SAMPLE, STAMP, PSEUDONYMS, ROWS, BEGINS)
_AS_WRITTEN: Final = ("encoding", "delimiter", "compression", "warnings", "recognised")


@cache
def _sources() -> str:
    """Return a digest of everything that decides what a row of a file is."""
    paths = sorted(Path(imports.parsing.__file__).parent.rglob("*.py"))
    paths += [Path(encoding.__file__), Path(targets.__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def stamp() -> str:
    """Return what changes with the rules of reading, and with the key of identifiers."""
    return keyed_digest(settings.DMP_INDEX_KEY, STAMP, _sources()).hex()[:32]


def _keyed(digest: str) -> str:
    """Return a digest by which nobody who lacks the key can try what a row may be."""
    return keyed_digest(settings.DMP_INDEX_KEY, ROWS, digest).hex()


def facts(reading: Reading, *, pseudonyms: bool) -> dict[str, str | bool]:
    """Return what is noted of a file that was read, for the day its rows come again."""
    if reading.recognised.kind is not Kind.LINES:
        return {}
    found: dict[str, str | bool] = {STAMP: stamp(), PSEUDONYMS: pseudonyms}
    if isinstance(reading, Divided) and reading.print.rows:
        found[ROWS] = _keyed(reading.print.rows)
        found[BEGINS] = _keyed(reading.print.begins)
    return found


def known(load: Load, heartbeat: Heartbeat) -> bool:
    """Tell whether the rows of a file are in the store already; note on the load what it holds."""
    return _known_by_bytes(load) or _known_by_rows(load, heartbeat)


def _known_by_bytes(load: Load) -> bool:
    before = _last_done(load, file_sha256=load.file_sha256, file_size=load.file_size)
    if before is None:
        return False
    _note_same(load, before, _AS_WRITTEN)
    return True


def _known_by_rows(load: Load, heartbeat: Heartbeat) -> bool:
    """Take the print of a whole file, if another one began as it does."""
    with files.KeptFile(load.id) as stream:
        reading = open_lines(stream)  # type: ignore[arg-type]  # read() is all it asks
        if reading is None or reading.recognised.kind is not Kind.LINES:
            return False
        before, first = None, list[list[str]]()
        for chunk in reading.skim():
            if before is None:
                before = _last_done(load, recognised__begins=_keyed(reading.print.begins))
                if before is None:
                    return False
                first = sample(reading.layout.reader().read(chunk))
                recognising.tell_so_far(load, heartbeat, reading.recognised, first)
            if heartbeat.paused():
                return False
    if before is None or reading.summary.stopped:
        return False
    if before.recognised[ROWS] != _keyed(reading.print.rows):
        return False
    recognising.recognise(load, reading.recognised)
    load.recognised[recognising.SAMPLE] = first
    # Its first rows are shown for thirty days, and may be gone: then these begin alike.
    same = before.recognised.keys() & {*_OF_ROWS}
    load.recognised |= {name: before.recognised[name] for name in same}
    _note_same(load, before)
    return True


def _last_done(load: Load, **same: Any) -> Load | None:
    """Return the last load of the same that was done, if it still says all there is to say."""
    done = Load.objects.filter(state=LoadState.DONE, file_kind=Kind.LINES, rows_refused=0, **same)
    before = done.exclude(id=load.id).order_by("-finished_at").first()
    if before is None or not _as_now(before) or _written_since(before):
        return None
    return before


def _note_same(load: Load, before: Load, also: Sequence[str] = ()) -> None:
    for name in (*_COPIED, *also):
        setattr(load, name, getattr(before, name))
    load.rows_created = load.rows_changed = load.rows_refused = load.rows_set_aside = 0
    load.rows_identical = load.rows_read
    load.bytes_read = load.file_size
    load.refusal_groups = []
    load.save_work()


def _as_now(before: Load) -> bool:
    read = before.recognised
    return read.get(STAMP) == stamp() and read.get(PSEUDONYMS) is False


def _written_since(before: Load) -> bool:
    """Tell whether another load of its schemes has written, or was taken back, since."""
    undone = Load.objects.filter(
        Q(state=LoadState.UNDOING) | Q(state=LoadState.UNDONE, finished_at__gte=before.finished_at)
    )
    theirs = turns.schemes_of(before)
    return not undoing.is_last(before) or any(
        theirs & turns.schemes_of(other) for other in undone.only("totals")
    )
