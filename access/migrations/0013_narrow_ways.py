"""The last narrow ways past row security, without which it could not be enabled.

A letter joins its care, hidden or not; what is masked though withdrawn; the lines that say a word
whose consent ended; the version a GP takes back; which syntheses are due. Each answers for the
bound record and viewer, or for the bound professional's own patients, and to nobody else.
"""

from django.db import migrations


def function(signature, returns, body, *, kind="stable", declare=""):
    """Return a function with its owner's rights, planned once per connection."""
    declared = f"declare\n{declare}\n" if declare else ""
    return f"""
create function {signature} returns {returns}
language plpgsql {kind} security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
{declared}begin
{body}
end $$;
"""


ADMITTED = "current_setting('dmp.admitted', true) = 'yes'"

# What the rules of care read around a day: keys, days, codes and who, never a title or a text.
# Hidden elements too: a mask on the care covers the letter that joins it from its first moment.
LINES_NEAR = function(
    "dmp_lines_near(day date, days integer, stay text, but_section text)",
    """table (
  id uuid, section text, occurred_on date, care_end date, code_system text, code text,
  quantity integer, unpacked boolean, atc text, prescribed_on date, prescription_ref text,
  prescriber_id uuid, prescriber_name text, prescriber_specialty text, prescriber_finess text,
  performer_kind text, performer_id uuid, performer_name text, performer_specialty text,
  performer_finess text, episodes uuid[], categories integer)""",
    f"""  return query
    select l.id, l.section::text, l.occurred_on, l.care_end, l.code_system::text, l.code::text,
      l.quantity, l.unpacked, l.atc::text, l.prescribed_on, l.prescription_ref::text,
      l.prescriber_id, l.prescriber_name::text, l.prescriber_specialty::text,
      l.prescriber_finess::text, l.performer_kind::text, l.performer_id,
      l.performer_name::text, l.performer_specialty::text, l.performer_finess::text,
      l.episodes, l.categories
    from records_reimbursementline l
    where l.record_id = dmp_bound('record') and {ADMITTED}
      and l.withdrawn_at is null and l.section <> but_section
      and (l.occurred_on between day - days and day + days
        or l.prescribed_on between day - days and day + days or l.section = stay)
    order by l.id;""",
)
DOCUMENTS_NEAR = function(
    "dmp_documents_near(day date, days integer)",
    """table (
  id uuid, type_code text, occurred_on date, author_id uuid, author_name text,
  author_kind text, episodes uuid[], categories integer)""",
    f"""  return query
    select d.id, d.type_code::text, d.occurred_on, d.author_id, d.author_name::text,
      d.author_kind::text, d.episodes, d.categories
    from records_document d
    where d.record_id = dmp_bound('record') and {ADMITTED}
      and d.occurred_on between day - days and day + days
    order by d.id;""",
)
# An element never leaves an episode this way: a mask on it goes on covering it.
ENTER_EPISODES = function(
    "dmp_enter_episodes(given jsonb)",
    "integer",
    f"""  if {ADMITTED} is not true then
    return 0;
  end if;
  update records_document e set episodes = g.episodes
  from jsonb_to_recordset(given) as g (id uuid, episodes uuid[])
  where e.record_id = dmp_bound('record') and e.id = g.id and g.episodes @> e.episodes;
  get diagnostics documents = row_count;
  update records_reimbursementline e set episodes = g.episodes
  from jsonb_to_recordset(given) as g (id uuid, episodes uuid[])
  where e.record_id = dmp_bound('record') and e.id = g.id and g.episodes @> e.episodes;
  get diagnostics lines = row_count;
  return documents + lines;""",
    kind="volatile",
    declare="  documents integer;\n  lines integer;",
)

AIMED = "(array[record_id, id, author_id, performer_id, prescriber_id] || episodes)"
# The treating GP's alone: a synthesis must not say again what a mask still hides.
UNDER_A_MASK = function(
    "dmp_under_a_mask(among uuid[])",
    "uuid[]",
    """  if dmp_way('synthesis') is distinct from 'treating gp' then
    return '{}';
  end if;
  select coalesce(array_agg(case m.target when 'everything' then m.record_id
        else m.target_id end) filter (where m.target <> 'category'), '{}'),
      coalesce(bit_or(m.target_categories) filter (where m.target = 'category'), 0)
    into aims, kinds
    from access_mask m
    where m.record_id = dmp_bound('record')
      and dmp_live(m.since, m.until, m.ended_at, dmp_at());
  return array(
    """
    + "\n    union all ".join(
        f"select id from {table} where record_id = dmp_bound('record') and id = any(among)"
        f" and ({AIMED} && aims or categories & kinds <> 0)"
        for table in ("records_document", "records_entry", "records_reimbursementline")
    )
    + ");",
    declare="  aims uuid[];\n  kinds integer;",
)

# The holder's alone, who takes a consent back: lines they don't see may say the word too.
LINES_SAID = function(
    "dmp_lines_said()",
    "table (id uuid, said text)",
    """  return query
    select l.id, l.text::text from records_synthesisline l
    where l.record_id = dmp_bound('record') and dmp_way('synthesis') = 'holder'
    order by l.id;""",
)

# A version taken back is one its author no longer sees.
AUTHOR = """exists (
      select from records_synthesis s where s.id = version
        and s.record_id = dmp_bound('record')
        and s.author_id = (select w.professional from dmp_work(dmp_at()) w))
    and dmp_way('synthesis') = 'treating gp'"""
VERSION_IS_GONE = function(
    "dmp_version_is_gone(version uuid, reason text)",
    "boolean",
    f"""  return {AUTHOR} and exists (
    select from records_synthesisline l
    where l.record_id = dmp_bound('record') and l.synthesis_id = version
      and l.withdrawn_reason = reason);""",
)
WITHDRAW_VERSION = function(
    "dmp_withdraw_version(version uuid, reason text)",
    "integer",
    f"""  if not ({AUTHOR}) then
    return 0;
  end if;
  update records_synthesisline set withdrawn_at = dmp_at(), withdrawn_reason = reason
  where record_id = dmp_bound('record') and synthesis_id = version and withdrawn_at is null;
  get diagnostics done = row_count;
  return done;""",
    kind="volatile",
    declare="  done integer;",
)

# Of the bound professional's patients as treating GP: days and numbers, never what arrived.
# What the treating GP sees is all that isn't withdrawn (line 8).
ARRIVED = """select 1 from records_reimbursementline e
        where e.record_id = mine.record_id and e.withdrawn_at is null
          and (signed.at is null or e.created_at > signed.at)
        union all
        select 1 from records_document e
        where e.record_id = mine.record_id and e.withdrawn_at is null and e.archived_at is null
          and (signed.at is null or e.created_at > signed.at)"""
SYNTHESES_DUE = function(
    "dmp_syntheses_due()",
    "table (record_id uuid, signed_at timestamptz, arrived integer)",
    f"""  return query
    select mine.record_id, signed.at,
      case when signed.at is null then exists ({ARRIVED})::integer
        else (select count(*)::integer from ({ARRIVED}) new) end
    from (
      select distinct a.record_id from access_authorisation a
        join dmp_work(dmp_at()) w on w.professional = a.professional_id
      where a.kind = 'treating_gp' and {ADMITTED} and a.confirmed_at <= dmp_at()
        and dmp_live(a.since, a.until, a.ended_at, dmp_at())
    ) mine
    left join lateral (
      select s.signed_at as at from records_synthesis s
      where s.record_id = mine.record_id order by s.number desc limit 1
    ) signed on true;""",
)

MADE = {
    "dmp_lines_near(date, integer, text, text)": LINES_NEAR,
    "dmp_documents_near(date, integer)": DOCUMENTS_NEAR,
    "dmp_enter_episodes(jsonb)": ENTER_EPISODES,
    "dmp_under_a_mask(uuid[])": UNDER_A_MASK,
    "dmp_lines_said()": LINES_SAID,
    "dmp_version_is_gone(uuid, text)": VERSION_IS_GONE,
    "dmp_withdraw_version(uuid, text)": WITHDRAW_VERSION,
    "dmp_syntheses_due()": SYNTHESES_DUE,
}


class Migration(migrations.Migration):
    dependencies = [("access", "0012_told_as_a_professional"), ("records", "0008_synthesis_carried")]

    operations = [
        migrations.RunSQL(
            sql="".join(MADE.values()),
            reverse_sql="".join(f"drop function {name};\n" for name in MADE),
        )
    ]
