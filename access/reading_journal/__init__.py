"""Who has looked, for whoever the record belongs to: the journal read in sentences, by visit."""

from __future__ import annotations

from access.reading_journal.beginnings import without_beginning
from access.reading_journal.reading import JournalPage, Visit, last_visit, read_journal


__all__ = ["JournalPage", "Visit", "last_visit", "read_journal", "without_beginning"]
