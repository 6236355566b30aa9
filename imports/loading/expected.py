"""Files that should have come: each scheme of late sends a month by the next one's fifth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.dossier.late import due_on, expected_files, scheme_name


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
    """Return what is missing today, in the order of the schemes and months."""
    return [
        Expected(scheme, month, due_on(month), late=today > due_on(month))
        for scheme, month in expected_files(today)
    ]
