"""The directory as a file gives it: who exercises, where they work, until when.

Public facts; it must not know who treats whom. Finding somebody is ``access.circle.directory``.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError

from access.binding import PARIS, note, use_case
from access.journal import SYSTEM, Action
from access.models import Practice, Professional, Structure
from records import reference
from records.identifiers import professional_key, structure_key
from records.uuid5 import uuid5


if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

    from access.viewer import Viewer

#: One row for each place where somebody works; without ``finess``, nowhere in particular.
COLUMNS: Final = (
    "rpps", "title", "family_name", "given_name", "profession", "specialty", "registered_until",
    "finess", "structure", "kind", "address", "unit", "since", "until",
)  # fmt: skip
_PLACES: Final = uuid.UUID("6a4f5a0e-6f0b-5b57-9a3c-0d3a7f1f2c11")
_AT_ONCE: Final = 1000


class NotLoaded(ValueError):
    """Nothing of the file was kept: the sentence names the line and the column."""


@use_case
def load_directory(*, by: Viewer, lines: Iterable[str]) -> int:
    """Keep what a directory says, and return how many rows it had; who isn't in it stays as is.

    Raises ``NotLoaded`` at the first row that is wrong: nothing is then kept.
    """
    reader = csv.DictReader(lines, delimiter=";", restkey="", restval=None)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise NotLoaded(f"The first line must be {';'.join(COLUMNS)}.")
    kept: dict[type[Model], dict[uuid.UUID, Model]] = {
        Structure: {}, Professional: {}, Practice: {},
    }  # fmt: skip
    number = 0
    for number, row in enumerate(reader, 1):
        try:
            found = _read(row)
        except ValidationError as error:
            name, [said, *_] = next(iter(error.message_dict.items()))
            raise NotLoaded(f"Line {reader.line_num}, column {name}: {said}") from error
        for one in found:
            kept[type(one)][one.pk] = one
        if number % _AT_ONCE == 0:
            _keep(kept)
    _keep(kept)
    note(Action.LOAD_DONE, SYSTEM, by=by, element_kind="directory", shown=number)
    return number


def _keep(kept: dict[type[Model], dict[uuid.UUID, Model]]) -> None:
    """Write what is there, in the order of its keys' needs, and forget it."""
    tables: tuple[Any, ...] = (Structure.objects, Professional.objects, Practice.objects)
    for table in tables:
        rows, columns = kept[table.model], table.model._meta.concrete_fields  # noqa: SLF001  # Django's own way
        # The group by which guardian knows a place is made with its first door.
        told = [column.name for column in columns if column.name not in {"id", "group"}]
        table.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=told
        )
        rows.clear()


def _read(row: dict[str, Any]) -> list[Model]:
    if "" in row or None in row.values():
        raise ValidationError({COLUMNS[-1]: f"{len(COLUMNS)} columns are expected."})
    said = {name: value.strip() for name, value in row.items()}
    rpps, finess, profession = said["rpps"], said["finess"].upper(), said["profession"]
    if not re.fullmatch(r"\d{11}", rpps, re.ASCII):
        raise ValidationError({"rpps": "eleven digits are expected."})
    if finess and not re.fullmatch(r"[0-9A-Z]{9}", finess, re.ASCII):
        raise ValidationError({"finess": "nine characters are expected, or none."})
    if profession not in reference.professions():
        raise ValidationError({"profession": f"{profession!r} is no code of a profession."})
    professional = Professional(
        id=professional_key(rpps), rpps=rpps, title=said["title"],
        family_name=said["family_name"], given_name=said["given_name"], profession=profession,
        specialty=reference.specialty_label(said["specialty"]),
        registration_ended_at=_end_of(said, "registered_until"),
    )  # fmt: skip
    found: list[Model] = [professional]
    if finess:
        found.append(
            Structure(
                id=structure_key(finess), finess=finess, name=said["structure"],
                kind=said["kind"], address=said["address"],
            )
        )  # fmt: skip
    found.append(
        Practice(
            id=uuid5(_PLACES, f"{rpps}|{finess}|{profession}"),
            professional_id=professional.id, profession=profession, unit=said["unit"],
            structure_id=structure_key(finess) if finess else None,
            since=_start_of(said, "since"), until=_end_of(said, "until"),
        )
    )  # fmt: skip
    names = {"name": "structure"}
    for one in found:
        try:
            one.clean_fields(exclude={"professional", "structure", "group"})
        except ValidationError as error:
            told = error.message_dict
            raise ValidationError({names.get(name, name): told[name] for name in told}) from error
    return found


def _start_of(said: dict[str, str], name: str) -> dt.datetime:
    """Return when a day begins in Paris."""
    try:
        day = dt.date.fromisoformat(said[name])
    except ValueError as error:
        raise ValidationError({name: "a day is expected, as 2026-01-31."}) from error
    return dt.datetime.combine(day, dt.time(), PARIS)


def _end_of(said: dict[str, str], name: str) -> dt.datetime | None:
    """Return when the last day that counts is over; None where there is none."""
    if not said[name]:
        return None
    last = _start_of(said, name).date()
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), PARIS)
