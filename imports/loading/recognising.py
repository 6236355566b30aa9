"""What a file turned out to be, as its load notes it: read whole, or so far.

So far is what its beginning showed to a first pass that goes on, or was cut short. It is there for
who looks on: no load ends with it. Must not know pages.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from imports.models import Load


if TYPE_CHECKING:
    from imports.loading.heartbeat import Heartbeat
    from imports.parsing import Recognised

SAMPLE: Final = "sample"
"""Among what was recognised: the first rows, as they may be shown."""
_SO_FAR: Final = "so_far"
COLUMNS: Final = (
    "file_kind", "encoding", "delimiter", "compression", "warnings", "recognised",
)  # fmt: skip


def recognise(load: Load, recognised: Recognised) -> None:
    """Note on a load what its file turned out to be."""
    for name, value in _noted(recognised).items():
        setattr(load, name, value)


def tell_so_far(
    load: Load, heartbeat: Heartbeat, recognised: Recognised, sample: list[list[str]]
) -> None:
    """Let who looks on see what the beginning of a file shows; one read whole before says more."""
    if not load.recognised:
        found = _noted(recognised)
        found["recognised"] |= {SAMPLE: sample, _SO_FAR: True}
        heartbeat.tell(found)


def is_so_far(load: Load) -> bool:
    """Tell whether what a load says of its file is what its beginning showed."""
    return _SO_FAR in load.recognised


def forget_so_far(load: Load) -> None:
    """Take off a load what only the beginning of its file showed: its reading begins anew."""
    if is_so_far(load):
        nothing = Load()
        for name in COLUMNS:
            setattr(load, name, getattr(nothing, name))


def _noted(recognised: Recognised) -> dict[str, Any]:
    found: dict[str, Any] = asdict(recognised)
    notices = found.pop("notices")
    return {
        "file_kind": recognised.kind,
        "encoding": recognised.encoding,
        "delimiter": recognised.delimiter,
        "compression": recognised.compression,
        "warnings": [
            {"code": each["code"], "params": dict(each["parameters"])} for each in notices
        ],
        "recognised": found,
    }
