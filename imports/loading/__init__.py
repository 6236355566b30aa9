"""A file of the fund into the claims store: received, staged, checked as a set, merged.

Claims are stored for every person of the file; nothing here knows who has a record.
"""

from __future__ import annotations

from imports.loading.deciding import pause, proceed, resume, undo
from imports.loading.receiving import WrongFile, no_room, receive, too_large
from imports.loading.running import run, run_quietly, waiting


__all__ = [
    "WrongFile",
    "no_room",
    "pause",
    "proceed",
    "receive",
    "resume",
    "run",
    "run_quietly",
    "too_large",
    "undo",
    "waiting",
]
