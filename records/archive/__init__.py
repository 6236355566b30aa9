"""Taking a record away: everything its holder or representative sees, in one file to keep."""

from __future__ import annotations

from records.archive.reading import Archive, take_away
from records.archive.streaming import stream


__all__ = ["Archive", "stream", "take_away"]
