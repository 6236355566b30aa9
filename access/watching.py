"""What the worker finds unusual in the journal, afterwards: told once for each visit and rule.

The path of a read never waits for it. It goes on from where it had come to, a few minutes back:
an act may reach the journal later than its instant; what was told already is not told again. An
emergency is told at once by whoever opens it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Count

from access.binding import now, use_case
from access.models import JournalEvent, Rush, Watch
from access.notices import Unusual, tell_unusual
from access.notices.hours import NIGHT
from access.reading_journal import rules
from access.viewer import Role


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.reading_journal.rules import Stretch
    from access.viewer import Viewer


JOURNAL: Final = "journal"
#: How late an act may reach the journal, at most, after its own instant.
LATE: Final = dt.timedelta(minutes=15)
#: How much of the journal is looked through in one transaction.
SLICE: Final = dt.timedelta(hours=6)

# A representative is told of a visit by what names no element, and not where its only door was
# one that a minor gave alone (policy line 5).
_ALONE = """(a.kind <> 'treating_gp'
      and h.born_on + interval '18 years' > (e.at at time zone 'Europe/Paris')::date
      and exists (select 1 from access_user u where u.id = a.given_by and u.person_id = h.id))"""
_CAME_BY = """exists (select 1 from access_authorisation a
      where a.record_id = e.record_id and {0}
        and (a.professional_id = e.actor_professional_id or a.structure_id = e.actor_structure_id)
        and a.confirmed_at <= e.at and a.since <= e.at
        and (a.until is null or a.until > e.at) and (a.ended_at is null or a.ended_at >= e.at))"""
_LOOK = """{0}.actor_role = 'professional' and {0}.actor_professional_id is not null
    and {0}.act = any(%(reads)s) and {0}.door <> all(%(family)s)"""
_VISITS = f"""
with stretch as (
  select * from unnest(%(who)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[])
    as s (who, since, until)
), look as (
  select e.record_id, e.actor_professional_id as who, e.actor_structure_id as place, e.at,
    e.at at time zone 'Europe/Paris' as here,
    not e.rests_on_secret and e.element_id is null
      and not (e.door in ('circle', 'share')
        and {_CAME_BY.format(_ALONE)} and not {_CAME_BY.format(f"not {_ALONE}")}) as open,
    exists (select 1 from stretch s where s.who = e.actor_professional_id
      and e.at between s.since and s.until) as rush
  from access_journalevent e join records_record r on r.id = e.record_id
    join records_person h on h.id = r.holder_id
  where e.at >= %(begins)s and e.at <= %(ends)s and {_LOOK.format("e")}
), visit as (
  select record_id, who, place, here::date as day, min(at) as began,
    min(at) filter (where open) as began_open,
    bool_or(here::time >= %(evening)s or here::time < %(morning)s) as night,
    bool_or(open and (here::time >= %(evening)s or here::time < %(morning)s)) as night_open,
    bool_or(rush) as rush, bool_or(open and rush) as rush_open
  from look group by 1, 2, 3, 4
), judged as (
  select v.*,
    place is not null and not exists (select 1 from access_journalevent x
      where x.record_id = v.record_id and x.at < v.began
        and x.actor_structure_id = v.place and {_LOOK.format("x")}) as first,
    place is not null and began_open is not null and not exists (
      select 1 from access_journalevent x
      where x.record_id = v.record_id and x.at < v.began_open and not x.rests_on_secret
        and x.element_id is null and x.actor_structure_id = v.place
        and {_LOOK.format("x")}) as first_open
  from visit v
)
select record_id, who, place, day, first or first_open, first_open, night, night_open, rush,
  rush_open
from judged where first or first_open or night or rush
order by record_id, day, who, place
"""  # noqa: S608  # constants only; values are bound


@use_case
def look_out(*, by: Viewer) -> bool:  # noqa: ARG001  # the clock, whoever winds it
    """Look through a slice of the journal. Returns whether there is more to look through."""
    Watch.objects.get_or_create(name=JOURNAL, defaults={"seen_until": now() - rules.WITHIN})
    watch = Watch.objects.select_for_update(skip_locked=True).filter(name=JOURNAL).first()
    if watch is None:  # another worker is at it
        return False
    begins = watch.seen_until - LATE - rules.WITHIN
    ends = min(now(), watch.seen_until + SLICE)
    found = _rushes(begins, ends)
    _keep(found)
    tell_unusual(_unusual(begins, ends, found))
    watch.seen_until = max(ends, watch.seen_until)
    watch.save(update_fields=["seen_until"])
    return ends < now()


def _looks(begins: dt.datetime, ends: dt.datetime) -> QuerySet[JournalEvent]:
    looks = JournalEvent.objects.filter(
        at__gte=begins, at__lte=ends, actor_role=Role.PROFESSIONAL.value,
        actor_professional_id__isnull=False, act__in=rules.READS,
    )  # fmt: skip
    return looks.exclude(door__in=rules.FAMILY_DOORS).order_by()


def _rushes(begins: dt.datetime, ends: dt.datetime) -> dict[uuid.UUID, list[Stretch]]:
    """Who read too many records in too little time, and when. Two statements."""
    looks = _looks(begins, ends)
    counted = looks.values_list("actor_professional_id").annotate(
        count=Count("record_id", distinct=True)
    )
    many = [who for who, count in counted if count > rules.MOST_RECORDS]
    read: dict[uuid.UUID, list[tuple[dt.datetime, uuid.UUID]]] = defaultdict(list)
    rows = looks.filter(actor_professional_id__in=many)
    for who, at, record_id in rows.values_list("actor_professional_id", "at", "record_id"):
        if who is not None:  # none is, as asked above
            read[who].append((at, record_id))
    found = {who: rules.rushes(looked) for who, looked in read.items()}
    return {who: stretches for who, stretches in found.items() if stretches}


def _keep(found: dict[uuid.UUID, list[Stretch]]) -> None:
    """Write the stretches down with those that were known: what touches is one."""
    known: dict[uuid.UUID, list[Stretch]] = defaultdict(list)
    touched = []
    if found:
        low = min(since for stretches in found.values() for since, _until in stretches)
        old = Rush.objects.filter(professional_id__in=found, until__gte=low)
        for rush in old.order_by("id"):
            known[rush.professional_id].append((rush.since, rush.until))
            touched.append(rush.id)
    Rush.objects.filter(id__in=touched).delete()
    Rush.objects.bulk_create(
        Rush(professional_id=who, since=since, until=until)
        for who, stretches in found.items()
        for since, until in rules.joined([*stretches, *known[who]])
    )


def _unusual(
    begins: dt.datetime, ends: dt.datetime, found: dict[uuid.UUID, list[Stretch]]
) -> list[Unusual]:
    evening, morning = NIGHT
    stretches = [(who, *one) for who, some in found.items() for one in some]
    values: dict[str, Any] = {
        "who": [who for who, _since, _until in stretches],
        "since": [since for _who, since, _until in stretches],
        "until": [until for _who, _since, until in stretches],
        "begins": begins, "ends": ends, "evening": evening, "morning": morning,
        "reads": list(rules.READS), "family": list(rules.FAMILY_DOORS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, values)
        rows = cursor.fetchall()
    told = []
    for record_id, who, place, day, *verdicts in rows:
        visit = f"{record_id}|{who}|{place}|{day}"
        for rule, (broken, family) in zip(
            (rules.Unusual.FIRST, rules.Unusual.NIGHT, rules.Unusual.RUSH),
            zip(verdicts[::2], verdicts[1::2], strict=True),
            strict=True,
        ):
            if broken:
                told.append(Unusual(record_id, rule.value, bool(family), visit))
    return told
