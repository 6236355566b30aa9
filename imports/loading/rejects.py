"""The file of refused rows handed back to who sent them: the columns as sent, then why.

Cells that a spreadsheet would take for a formula are quoted. Must not know pages.
"""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from access.binding import note, use_case
from access.journal import SYSTEM, Action
from access.policy import NotVisible
from imports import files
from imports.loading.desk import find, may_download
from imports.loading.receiving import require_desk
from imports.loading.refused import unsealed
from imports.models import RefusedRow
from imports.parsing import ADDED, Kind, Refusal, guarded, sentence, to_width


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from access.viewer import Viewer
    from imports.models import Load


@dataclass(frozen=True, slots=True)
class Rejects:
    """A file ready to be sent: its name, its bytes from the beginning."""

    name: str
    content: files.KeptFile


@use_case
def hand_back(*, by: Viewer, load_id: uuid.UUID) -> Rejects:
    """Return the refused rows of one's own load as a CSV file. Raises ``NotVisible``."""
    return _handed(may_download(by=by, load_id=load_id), by)


@use_case
def hand_back_to_operator(*, by: Viewer, load_id: uuid.UUID) -> Rejects:
    """Return the refused rows of a file loaded from a shell, by whoever holds that shell.

    Raises ``NotVisible`` for a person's own load: theirs goes back to them alone.
    """
    require_desk(by)
    load = find(load_id)
    if by.user_id is not None or load.uploaded_by is not None:
        raise NotVisible
    return _handed(load, by)


def _handed(load: Load, by: Viewer) -> Rejects:
    content = _written(load)
    note(
        Action.DOWNLOADED, SYSTEM, by=by, element_kind="load_refusals", element_id=load.id,
        shown=load.rows_refused,
    )  # fmt: skip
    brought = localtime(load.uploaded_at)
    return Rejects(f"rejets-{brought:%Y-%m-%d}-{load.id.hex[-6:]}.csv", content)


def _written(load: Load) -> files.KeptFile:
    """Write the rows sealed: they name people, and are in clear on no disk on their way out."""
    sealed = files.Writer(uuid.uuid4())
    try:
        stream = io.BufferedWriter(files.Sealing(sealed), files.BLOCK)
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            _write_rows(load, text)
    except BaseException:
        sealed.abandon()
        raise
    return files.opened_once(sealed)


def _write_rows(load: Load, text: IO[str]) -> None:
    writer = csv.writer(text, delimiter=load.delimiter or ";", lineterminator="\r\n")
    columns = list(load.recognised.get("columns", ()))
    sent = [name for name in columns if name not in ADDED]
    writer.writerow([guarded(name) for name in (*sent, *ADDED)])
    for row in each_row(load, columns):
        writer.writerow([guarded(value) for value in row])


def each_row(load: Load, columns: list[str]) -> Iterator[list[str]]:
    """Yield each refused row as sent, then its line, codes, explanations and corrections."""
    sent = [i for i, name in enumerate(columns) if name not in ADDED]
    found = RefusedRow.objects.filter(load=load).order_by("line", "id").iterator(1_000)
    for line, reasons in groupby(found, key=lambda row: row.line):
        rows = list(reasons)
        sealed = next((row.original_sealed for row in rows if row.original_sealed), None)
        values = unsealed(load.id, line, bytes(sealed)) if sealed else []
        whole = to_width(values, columns, Kind(load.file_kind))
        yield [*(whole[i] for i in sent), str(line), *_why(rows)]


def _why(rows: Iterable[RefusedRow]) -> tuple[str, str, str]:
    codes, explanations, corrections = [], [], []
    for row in rows:
        refusal = Refusal(row.line, row.column, row.code, row.found, parameters=row.params)
        codes.append(row.code)
        explanations.append(sentence(refusal, _))
        if row.correction:
            corrections.append(f"{row.column} = {row.correction}")
    return " | ".join(codes), " | ".join(explanations), " | ".join(corrections)
