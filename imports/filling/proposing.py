"""The doctors declared to the fund, proposed to the holder. Must not know what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from dmp.keys import listed
from records.identifiers import professional_key
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Mapping, Sequence

    from imports.filling.store import Doctor


def propose_doctors(
    record_ids: Collection[uuid.UUID],
    declared: Mapping[uuid.UUID, Sequence[Doctor]],
    *,
    today: dt.date,
) -> None:
    """Propose the doctors of some records; what the holder answered already stays.

    One whom the fund no longer says is over: it came by a number that isn't the holder's, or by a
    load that was taken back.
    """
    rows = [
        (
            uuid7(), record_id, professional_key(doctor.rpps), doctor.rpps, doctor.since,
            doctor.until, doctor.flow_date,
        )
        for record_id, doctors in declared.items()
        for doctor in doctors
    ]  # fmt: skip
    said = [listed(row[1] for row in rows), listed(row[2] for row in rows)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_doctorproposal AS held SET until = least(held.flow_date, %s::date - 1)"
            " WHERE held.record_id = ANY(%s::uuid[]) AND held.dismissed_at IS NULL"
            " AND (held.until IS NULL OR held.until >= %s) AND NOT EXISTS ("
            "SELECT FROM unnest(%s::uuid[], %s::uuid[]) AS said (record_id, professional_id)"
            " WHERE said.record_id = held.record_id"
            " AND said.professional_id = held.professional_id)",
            [today, listed(record_ids), today, *said],
        )
        if not rows:
            return
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
