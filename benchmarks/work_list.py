"""`work_list`: a professional's own list, beside one statement written by hand for its first page.

Three professionals of the population: a treating GP, a specialist, and one in the circle of a
quarter of all records. The floor starts from the grantee's periods, joins the names, looks each
record's last signed synthesis up and, for a treating GP, whether anything arrived since (LATERAL):
the same rows in the same order, without the rule's other lines.
"""

from __future__ import annotations

from functools import partial
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

# What is new, for whom they treat: others are told of none, and their floor looks for none.
_ARRIVED = """left join lateral (
  select a.kind = 'treating_gp' and (
    exists (select from records_document d
      where d.record_id = r.id and d.withdrawn_at is null and d.archived_at is null
        and d.created_at > coalesce(last.signed_at, '-infinity'))
    or exists (select from records_reimbursementline l
      where l.record_id = r.id and l.withdrawn_at is null
        and l.created_at > coalesce(last.signed_at, '-infinity'))) as ready) arrived on true"""
_READY = """case when arrived.ready and last.signed_at is null then 0
    when arrived.ready then 1 else 2 end,"""


def _statement(*, treats: bool) -> str:
    return f"""
select r.id, h.first_given, h.birth_name, h.sex, h.born_on, a.kind, last.number, last.signed_at,
  count(*) over ()
from access_authorisation a
join records_record r on r.id = a.record_id
join records_person h on h.id = r.holder_id
left join lateral (
  select s.number, s.signed_at from records_synthesis s
  where s.record_id = r.id order by s.number desc limit 1) last on true
{_ARRIVED if treats else ""}
where a.professional_id = %(professional)s and a.kind in ('treating_gp', 'circle')
  and a.since <= now() and (a.until is null or a.until > now())
  and (a.ended_at is null or a.ended_at > now())
  and r.status = 'open' and r.died_on is null
order by a.kind desc, {_READY if treats else ""} 3, 2, 1 limit %(limit)s
"""  # noqa: S608  # constants only; values are bound


_BY_HAND = {kind: _statement(treats=kind == "treating_gp") for kind in KINDS}


def ask(subject: Subject) -> tuple[int, list[Any]]:
    """Ask for the list as its page does; return how many records it is about, and the first."""
    with binding(subject.viewer):
        found = read_worklist(by=subject.viewer)
    return found.total, [one.record_id for one in found.rows]


def by_hand(subject: Subject, *, kind: str) -> tuple[int, list[Any]]:
    """Ask the statement written by hand for such a professional."""
    values: dict[str, Any] = {"professional": subject.viewer.professional_id, "limit": PAGE}
    with connections["owner"].cursor() as cursor:
        cursor.execute(_BY_HAND[kind], values)
        rows = cursor.fetchall()
    return (int(rows[0][-1]) if rows else 0), [row[0] for row in rows]


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
        hand = partial(by_hand, kind=kind)
        patients, first = hand(subject)
        assert ask(subject) == (patients, first), "the list and the floor are of other records"
        times = turn_by_turn([ask, hand], [subject] * sizes.repeat)
        for percent in (50, 95):
            ours, floor = (percentile(each, percent) for each in times)
            on = {"records": records, "patients": patients}
            name = f"work_list.{kind}.p{percent}"
            rows.append(row(name, ours, floor, n=sizes.repeat, sizes=on))
    return rows
