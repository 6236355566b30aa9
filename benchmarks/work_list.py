"""`work_list`: a professional's own list, beside one statement written by hand for its first page.

Three professionals of the population: a treating GP, a specialist, and one in the circle of a
quarter of all records. The floor starts from the grantee's periods, joins the names and looks each
record's last signed synthesis up (LATERAL): the same rows, without the rule's other lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from access.binding import binding
from access.worklist import PAGE, read_worklist
from benchmarks import population
from benchmarks.asking import subjects
from benchmarks.figures import turn_by_turn
from benchmarks.results import Row, percentile, row


if TYPE_CHECKING:
    from benchmarks.asking import Subject
    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


KINDS = ("treating_gp", "circle", "quarter")

_BY_HAND = """
select r.id, h.first_given, h.birth_name, h.sex, h.born_on, a.kind, last.number, last.signed_at,
  count(*) over ()
from access_authorisation a
join records_record r on r.id = a.record_id
join records_person h on h.id = r.holder_id
left join lateral (
  select s.number, s.signed_at from records_synthesis s
  where s.record_id = r.id order by s.number desc limit 1) last on true
where a.professional_id = %(professional)s and a.kind in ('treating_gp', 'circle')
  and a.since <= now() and (a.until is null or a.until > now())
  and (a.ended_at is null or a.ended_at > now())
  and r.status = 'open' and r.died_on is null
order by a.kind desc, 3, 2, 1 limit %(limit)s
"""


def ask(subject: Subject) -> int:
    """Ask for the list as its page does; return how many records it is about."""
    with binding(subject.viewer):
        return read_worklist(by=subject.viewer).total


def by_hand(subject: Subject) -> int:
    """Ask the statement written by hand."""
    values: dict[str, Any] = {"professional": subject.viewer.professional_id, "limit": PAGE}
    with connections["owner"].cursor() as cursor:
        cursor.execute(_BY_HAND, values)
        rows = cursor.fetchall()
    return int(rows[0][-1]) if rows else 0


def measure(here: Machine, sizes: Sizes) -> list[Row]:  # noqa: ARG001  # every figure's signature
    """Return one figure per professional, at the size that is there or the large one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from records_record")
        records = int(cursor.fetchone()[0])
    if not records:
        population.people()
        population.grow(1, sizes.large, documents=sizes.documents)
        records = sizes.large
    rows = []
    for kind in KINDS:
        subject = subjects(kind, records=records, count=4)[0]
        patients = by_hand(subject)
        assert ask(subject) == patients, "the list and the floor are about other records"
        times = turn_by_turn([ask, by_hand], [subject] * sizes.repeat)
        for percent in (50, 95):
            ours, floor = (percentile(each, percent) for each in times)
            on = {"records": records, "patients": patients}
            name = f"work_list.{kind}.p{percent}"
            rows.append(row(name, ours, floor, n=sizes.repeat, sizes=on))
    return rows
