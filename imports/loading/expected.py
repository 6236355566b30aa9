"""Files that should have come: each scheme loaded of late sends last month's by the fifth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.dossier.late import DUE_DAY, expected_files, scheme_name


if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that has not come: whose, of which month, by when."""

    scheme: str
    month: dt.date
    due: dt.date
    late: bool

    @property
    def name(self) -> str:
        """The scheme as the screen says it."""
        return scheme_name(self.scheme)


def expected(today: dt.date) -> list[Expected]:
    """Return what is missing today, in the order of the schemes."""
    due = today.replace(day=DUE_DAY)
    return [
        Expected(scheme, month, due, late=today > due) for scheme, month in expected_files(today)
    ]
