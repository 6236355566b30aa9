"""The person whose record is to be opened: a number and traits that match, as a machine asks.

What a card says is compared whole; what is typed is a number, a name of birth and a date of birth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from records.opening.checking import record_under, traits_of
from records.traits import folded, same_person


if TYPE_CHECKING:
    import datetime as dt

    from records.models import Record
    from records.traits import Traits


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is in front of a doctor, or on the telephone; ``traits`` where a card says all five."""

    nir: str
    birth_name: str
    born_on: dt.date
    traits: Traits | None = None


def record_sought(sought: Sought) -> Record | None:
    """Return the record the number leads to, if it is that person's; whatever its state."""
    record = record_under(sought.nir)
    if record is None:
        return None
    known = traits_of(record.holder)
    if sought.traits is not None:
        return record if same_person(known, sought.traits) else None
    same = folded(known.birth_name) == folded(sought.birth_name)
    return record if same and known.born_on == sought.born_on else None
