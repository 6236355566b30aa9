"""What is unusual in the journal, with its figures. Pure: instants and keys in, verdicts out.

First by a structure, at night, many records in an hour; an emergency is one by itself.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from access.journal import Action


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable


#: More records than this, read by one professional within that time, is a rush.
MOST_RECORDS: Final = 20
WITHIN: Final = dt.timedelta(hours=1)
#: What counts as looking; a deposit or an opening is told in its own words.
READS: Final = tuple(
    act.value
    for act in (
        Action.DOWNLOADED, Action.ELEMENT_READ, Action.LIST_READ, Action.PREVIEWED,
        Action.SYNTHESIS_DRAFTED, Action.SYNTHESIS_READ,
    )
)  # fmt: skip
#: Doors of whoever decides for the record: a doctor on their own or their child's.
FAMILY_DOORS: Final = ("holder", "representative", "delegate")


class Unusual(TextChoices):
    """The rules, in the order they are said."""

    FIRST = "first", _("Première lecture depuis cet établissement")
    NIGHT = "night", _("La nuit")
    RUSH = "rush", _("Plus de 20 dossiers en une heure")


Stretch = tuple[dt.datetime, dt.datetime]


def rushes(reads: Iterable[tuple[dt.datetime, uuid.UUID]]) -> list[Stretch]:
    """Return the stretches of time in which one professional read too many records.

    Each instant of a stretch lies within an hour in which more than ``MOST_RECORDS`` records were
    read; whether a record is among them never depends on anything but what was read in it.
    """
    rows = sorted(reads)
    counts: dict[uuid.UUID, int] = {}
    found: list[Stretch] = []
    begin = 0
    for at, record_id in rows:
        counts[record_id] = counts.get(record_id, 0) + 1
        while rows[begin][0] < at - WITHIN:
            left = rows[begin][1]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
            begin += 1
        if len(counts) > MOST_RECORDS:
            found.append((rows[begin][0], at))
    return joined(found)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same time in as few stretches as it takes."""
    whole: list[Stretch] = []
    for since, until in sorted(stretches):
        if whole and since <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(until, whole[-1][1]))
        else:
            whole.append((since, until))
    return whole
