"""The lines of one record made what they should be, as one set: added, changed, removed.

Must not know why a line is there.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from imports.filling.mapping import CLAIMS_TYPE, RecordLine
from records.dossier.facts import ILLNESS_SECTION
from records.models import ElementKind, ReimbursementLine, SynthesisSource


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

CANCELLED: Final = "cancelled"
"""Why a line that a synthesis rests on is withdrawn: the fund took it back."""

_TABLE: Final = ReimbursementLine._meta.db_table  # noqa: SLF001 - Django's own way
_GIVEN: Final = {
    "id": "uuid",
    "occurred_on": "date",
    "categories": "integer",
    "episodes": "uuid[]",
    "performer_id": "uuid",
    "prescriber_id": "uuid",
    "pays_for": "text",
    "scheme": "text",
    "line_key": "text",
    "section": "text",
    "care_end": "date",
    "code_system": "text",
    "code": "text",
    "label": "text",
    "quantity": "integer",
    "unpacked": "boolean",
    "atc": "text",
    "prescribed_on": "date",
    "prescription_ref": "text",
    "prescriber_name": "text",
    "prescriber_specialty": "text",
    "prescriber_finess": "text",
    "performer_kind": "text",
    "performer_name": "text",
    "performer_specialty": "text",
    "performer_finess": "text",
    "paid_cents": "integer",
    "base_cents": "integer",
    "reimbursed_cents": "integer",
    "rate_pct": "smallint",
    "flow_date": "date",
    "digest": "bytea",
}
_EMPTY: Final = {
    name: "false" if kind == "boolean" else "''"
    for name, kind in _GIVEN.items()
    if kind in {"text", "boolean"}
}
_SENT: Final = (
    "digest", "flow_date", "quantity", "paid_cents", "base_cents", "reimbursed_cents",
)  # fmt: skip
_STATE: Final = (*_SENT, "pays_for", "categories", "episodes")


@dataclass(frozen=True, slots=True)
class Held:
    """A line as the record holds it now."""

    occurred_on: dt.date
    section: str
    withdrawn: bool
    withdrawn_reason: str
    state: tuple[object, ...]

    @property
    def episodes(self) -> tuple[uuid.UUID, ...]:
        """The episodes it belongs to, its own first."""
        found = self.state[-1]
        return found if isinstance(found, tuple) else ()


def held_lines(record_id: uuid.UUID) -> dict[uuid.UUID, Held]:
    """Return every line of a record, withdrawn ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, occurred_on, section, withdrawn_at IS NOT NULL, withdrawn_reason,"
            f" {', '.join(_STATE)} FROM {_TABLE} WHERE record_id = %s",
            [record_id],
        )
        return {row[0]: _held(row) for row in cursor.fetchall()}


def _held(row: Sequence[Any]) -> Held:
    _, occurred_on, section, withdrawn, reason, digest, *state, episodes = row
    return Held(occurred_on, section, withdrawn, reason, (bytes(digest), *state, tuple(episodes)))


def write(
    record_id: uuid.UUID,
    wanted: Sequence[RecordLine],
    held: Mapping[uuid.UUID, Held],
    *,
    since: dt.date,
    at: dt.datetime,
) -> int:
    """Make the record hold exactly the wanted lines. Returns how many the fund touched.

    What is worked out of them (episodes, categories, the care a taxi goes with) changes when a
    letter comes, or the tables of codes: that is no news from the fund.

    A line that a synthesis rests on is never removed: one the fund took back is withdrawn, one
    that grew older than the window stays.
    """
    changed = [line for line in wanted if not _is_there(line, held.get(line.id))]
    _put(record_id, changed, at)
    names = {line.id for line in wanted}
    gone = {key: line for key, line in held.items() if key not in names}
    sent = sum(not _is_known(line, held.get(line.id)) for line in changed)
    return sent + (_remove(record_id, gone, since=since, at=at) if gone else 0)


def _is_there(line: RecordLine, held: Held | None) -> bool:
    return held is not None and held.state == line.state and _is_known(line, held)


def _is_known(line: RecordLine, held: Held | None) -> bool:
    """Tell whether the record holds what the fund says of a line."""
    if held is None or held.state[: len(_SENT)] != line.state[: len(_SENT)]:
        return False
    # Withdrawn for another reason, it stays so: that was a person's decision.
    return not (held.withdrawn and held.withdrawn_reason == CANCELLED)


def _put(record_id: uuid.UUID, lines: Iterable[RecordLine], at: dt.datetime) -> None:
    rows = [_row(line) for line in lines]
    if not rows:
        return
    shape = ", ".join(f"{name} {kind}" for name, kind in _GIVEN.items())
    values = ", ".join(
        f"coalesce(given.{name}, {_EMPTY[name]})" if name in _EMPTY else f"given.{name}"
        for name in _GIVEN
    )
    changes = ", ".join(f"{name} = excluded.{name}" for name in _GIVEN if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} AS line (record_id, type_code, secret, about_another,"
            f" withdrawn_reason, created_at, {', '.join(_GIVEN)})"
            f" SELECT %s, %s, false, false, '', %s, {values}"
            f" FROM json_to_recordset(%s) AS given ({shape})"
            f" ON CONFLICT (record_id, id) DO UPDATE SET {changes},"
            " withdrawn_at = CASE WHEN line.withdrawn_reason = %s THEN NULL"
            " ELSE line.withdrawn_at END,"
            " withdrawn_reason = CASE WHEN line.withdrawn_reason = %s THEN ''"
            " ELSE line.withdrawn_reason END",
            [
                record_id,
                CLAIMS_TYPE,
                at,
                json.dumps(rows, separators=(",", ":")),
                CANCELLED,
                CANCELLED,
            ],
        )


def _row(line: RecordLine) -> dict[str, Any]:
    return line.rest() | {
        "id": str(line.id),
        "categories": line.categories,
        "episodes": [str(episode) for episode in line.episodes],
        "pays_for": line.pays_for,
        "quantity": line.quantity,
        "paid_cents": line.paid_cents,
        "base_cents": line.base_cents,
        "reimbursed_cents": line.reimbursed_cents,
        "flow_date": line.flow_date.isoformat(),
        "digest": "\\x" + line.digest.hex(),
    }


def _remove(
    record_id: uuid.UUID, gone: Mapping[uuid.UUID, Held], *, since: dt.date, at: dt.datetime
) -> int:
    cited = set(
        SynthesisSource.objects.filter(
            record_id=record_id, kind=ElementKind.LINE, element_id__in=gone
        ).values_list("element_id", flat=True)
    )
    removed = [key for key in gone if key not in cited]
    withdrawn = [
        key
        for key in cited
        if not gone[key].withdrawn
        and (gone[key].occurred_on >= since or gone[key].section == ILLNESS_SECTION)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_TABLE} WHERE record_id = %s AND id = ANY(%s::uuid[])",
            [record_id, [str(key) for key in removed]],
        )
        cursor.execute(
            f"UPDATE {_TABLE} SET withdrawn_at = %s, withdrawn_reason = %s"
            " WHERE record_id = %s AND id = ANY(%s::uuid[])",
            [at, CANCELLED, record_id, [str(key) for key in withdrawn]],
        )
    return len(removed) + len(withdrawn)
