"""The doctors declared to the fund, proposed to the holder. Must not know what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from records.identifiers import professional_key
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from imports.filling.store import Doctor


def propose_doctors(declared: Mapping[uuid.UUID, Sequence[Doctor]]) -> None:
    """Propose the doctors of some records; what the holder answered already stays."""
    rows = [
        (
            uuid7(), record_id, professional_key(doctor.rpps), doctor.rpps, doctor.since,
            doctor.until, doctor.flow_date,
        )
        for record_id, doctors in declared.items()
        for doctor in doctors
    ]  # fmt: skip
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_doctorproposal AS held"
            " (id, record_id, professional_id, rpps, since, until, flow_date)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::date[],"
            " %s::date[], %s::date[])"
            " ON CONFLICT (record_id, professional_id) DO UPDATE"
            " SET since = excluded.since, until = excluded.until, flow_date = excluded.flow_date"
            " WHERE (held.since, held.until, held.flow_date)"
            " IS DISTINCT FROM (excluded.since, excluded.until, excluded.flow_date)",
            [list(column) for column in zip(*rows, strict=True)],
        )
