"""Row security: what the database itself shows of each clinical table, whoever wrote the query.

The functions are in row_security.sql; here is what each way of coming to a record shows of each
kind of element, the policies on the tables, and the few narrow ways past them. A policy holds
from when its table's row security is enabled, which is a migration of its own.
"""

import re
from pathlib import Path

from django.db import migrations


FUNCTIONS = Path(__file__).with_name("row_security.sql").read_text(encoding="utf-8")

# --- What each kind of element shows (columns are the row's own) ---------------------------------

AIMED = "(array[record_id, id, author_id, performer_id, prescriber_id] || episodes)"
UNANNOUNCED = "dmp_unannounced(unannounced_until, released_at)"
KEPT = (
    "dmp_kept(secret, about_another, episodes, (select dmp_secret_care(dmp_bound('record'))))"
    f" or {UNANNOUNCED}"
)


def covered(naming_only):
    """Say that a mask hides the row from whoever looks, or one that names them."""
    return (
        f"({AIMED} && (select dmp_hidden({naming_only}))"
        f" or categories <> 0 and categories & (select dmp_hidden_categories({naming_only})) <> 0)"
    )


TYPES = "(select dmp_readable_types(w.profession) from dmp_work(dmp_at()) w)::text[]"
MATRIX = f"type_code = any({TYPES})"  # line 13
MINE = "author_id = (select dmp_bound('professional'))"  # line 9; at work, says the way
# A colleague of the author, with a circle door, whom no mask names.
COLLEAGUE = (
    f"author_structure_id = (select dmp_my_structure()) and not {covered(True)}"
    " and (select dmp_in_circle())"
)
SHARED = "id = any((select dmp_shared())::uuid[])"  # line 10
HIDDEN = covered(False)  # line 12
SCOPE = "dmp_scope_shows(type_code, (select dmp_scope()))"
SIGHTED = "not id = any((select dmp_blind_lines())::uuid[])"  # line 14


def shows(kind, *, alone, by_door, scope="true", sighted="true"):
    """Say when a row of a kind is shown, by the way its viewer comes to the record.

    ``by_door`` is what a door shows; where that is not so, ``alone`` may still show the row.
    """
    return f"""withdrawn_at is null and coalesce(case (select dmp_way('{kind}'))
  when 'nothing' then false
  when 'treating gp' then true
  when 'holder' then (not {UNANNOUNCED} and {sighted}) is true
  when 'representative' then (not ({KEPT}) and {sighted}) is true
  when 'delegate' then ({scope} and not ({KEPT}) and not {HIDDEN} and {sighted}) is true
  when 'door' then nullif({by_door}, false)
  end, {alone}, false)"""


DOCUMENT = shows(
    "document",
    scope=SCOPE,
    alone=f"{MINE} or {SHARED}",
    by_door=f"{MATRIX} and (not {HIDDEN} or ({COLLEAGUE}))",
)
CLAIM = shows(
    "claim",
    alone=SHARED,
    by_door=f"{MATRIX} and pays_for = any({TYPES}) and not {HIDDEN}",
)
# The emergency card is readable under an emergency opening, whatever is masked.
CARD = "on_emergency_card and (select dmp_opened('emergency'))"
ENTRY = shows("entry", alone=SHARED, by_door=f"{MATRIX} and (not {HIDDEN} or ({CARD}))")
SYNTHESIS_LINE = shows(
    "synthesis",
    sighted=SIGHTED,
    alone=f"{MINE} or ({SHARED} and {SIGHTED})",
    by_door=f"{MATRIX} and (not {HIDDEN} or ({COLLEAGUE})) and {SIGHTED}",
)

# Line 14: the lines of the synthesis that cite something whoever looks doesn't see. It reads
# elements as their owner and applies the same words to them.
BLIND = f"""
create function dmp_blind_lines() returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select distinct s.line_id from records_synthesissource s
    where s.record_id = dmp_bound('record')
      and not exists (select from records_document
        where record_id = dmp_bound('record') and id = s.element_id and {DOCUMENT})
      and not exists (select from records_reimbursementline
        where record_id = dmp_bound('record') and id = s.element_id and {CLAIM})
      and not exists (select from records_entry
        where record_id = dmp_bound('record') and id = s.element_id and {ENTRY}));
end $$;
"""

# A share covers the versions filed before it was given (section 3), unless its reader is there
# otherwise: as author, as a colleague of the author's. Asked of shared documents only.
SHARE_COVERS = """
create function dmp_share_covers(document uuid, deposited timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
      select from access_authorisation a join dmp_work(dmp_at()) w
        on w.professional = a.professional_id or w.structure = a.structure_id
      where a.record_id = dmp_bound('record') and a.kind = 'share' and a.element_id = document
        and a.confirmed_at <= dmp_at() and dmp_live(a.since, a.until, a.ended_at, dmp_at())
        and deposited <= a.given_at)
    or dmp_way('document') not in ('door', 'no door')
    or exists (
      select from records_document d join dmp_work(dmp_at()) w on true
      where d.id = document and (d.author_id = w.professional
        or d.author_structure_id = w.structure and dmp_in_circle()));
end $$;
"""

# --- Narrow ways past the policies, one function each --------------------------------------------

PAST = f"""
-- What the bound professional deposited, on any record: keys to ask the gate about.
create function dmp_deposited_by_me(most integer) returns table (record_id uuid, id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select d.record_id, d.id from records_document d
    where d.author_id = (select w.professional from dmp_work(dmp_at()) w)
      and current_setting('dmp.admitted', true) = 'yes'
    order by d.created_at desc, d.id limit most;
end $$;

-- The record of a document, of a file: where to ask the gate, nothing of what is there.
create function dmp_record_of_document(document uuid) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return (select d.record_id from records_document d where d.id = document);
end $$;

create function dmp_document_of_file(file uuid) returns table (record_id uuid, document_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select v.record_id, v.document_id from records_documentfile f
      join records_documentversion v on v.id = f.version_id
    where f.id = file;
end $$;

-- Which of these elements of the bound record wait to be announced: the journal stays silent.
create function dmp_not_announced(among uuid[]) returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    {" union all ".join(
        f"select id from {table} where record_id = dmp_bound('record') and id = any(among)"
        f" and {UNANNOUNCED}"
        for table in (
            "records_document", "records_reimbursementline", "records_entry",
            "records_synthesisline",
        )
    )});
end $$;

-- Withdrawing: the new row is one its writer doesn't see, which row security refuses. Only the
-- author withdraws (the family what the family wrote), and only what they see.
create function dmp_withdraw_document(document uuid, reason text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  done integer;
begin
  update records_document set withdrawn_at = dmp_at(), withdrawn_reason = reason
  where record_id = dmp_bound('record') and id = document and {DOCUMENT}
    and case when author_kind = 'professional'
      then author_id = (select w.professional from dmp_work(dmp_at()) w)
      else dmp_way('document') in ('holder', 'representative', 'delegate') end;
  get diagnostics done = row_count;
  return done;
end $$;

create function dmp_withdraw_entries(entries uuid[], reason text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  done integer;
begin
  update records_entry set withdrawn_at = dmp_at(), withdrawn_reason = reason
  where record_id = dmp_bound('record') and id = any(entries) and {ENTRY}
    and dmp_way('entry') in ('holder', 'representative', 'delegate');
  get diagnostics done = row_count;
  return done;
end $$;

-- On which records something waits to be announced: what the worker's clock tells of.
create function dmp_unannounced_deposits(until_after date)
returns table (
  record_id uuid, created_at timestamptz, unannounced_until date, secret boolean,
  about_another boolean
) language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select d.record_id, d.created_at, d.unannounced_until, d.secret, d.about_another
    from records_document d
    where d.unannounced_until > until_after and d.released_at is null
      and d.withdrawn_at is null;
end $$;

-- The records that hold a line from before a day: what the worker rolls, without reading a line.
create function dmp_records_past(since date, but_section text) returns table (record_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select distinct l.record_id from records_reimbursementline l
    where l.occurred_on < since and l.section <> but_section;
end $$;
"""

# --- The policies ---------------------------------------------------------------------------------

HERE = "record_id = (select dmp_bound('record'))"

# table -> when the web sees a row of the bound record.
SHOWN = {
    "records_document": DOCUMENT,
    "records_documentversion": "exists (select from records_document d"
    " where d.record_id = records_documentversion.record_id"
    " and d.id = records_documentversion.document_id)"
    " and (document_id <> all((select dmp_shared())::uuid[])"
    " or dmp_share_covers(document_id, deposited_at))",
    "records_documentfile": "exists (select from records_documentversion v"
    " where v.record_id = records_documentfile.record_id"
    " and v.id = records_documentfile.version_id)",
    "records_reimbursementline": CLAIM,
    "records_entry": ENTRY,
    "records_synthesisline": SYNTHESIS_LINE,
    "records_synthesissource": "exists (select from records_synthesisline l"
    " where l.record_id = records_synthesissource.record_id"
    " and l.id = records_synthesissource.line_id)",
    "records_synthesis": "coalesce((select dmp_way('synthesis')) = 'treating gp', false)"
    " or exists (select from records_synthesisline l"
    " where l.record_id = records_synthesis.record_id"
    " and l.synthesis_id = records_synthesis.id)",
    "records_synthesisdraft": "author_id = (select dmp_bound('professional'))"
    " and (select dmp_way('synthesis')) = 'treating gp'",
}
# What the worker reads and writes while it fills the record it has bound.
FILLED = ("records_document", "records_reimbursementline", "records_synthesissource")


def policies(table, shown):
    """Return the policies of one table: a row of the bound record, shown by the policy."""
    seen = f"{HERE} and ({shown})"
    statements = [
        f"create policy web_reads on {table} for select to dmp_app using ({seen})",
        f"create policy web_adds on {table} for insert to dmp_app with check ({HERE})",
        f"create policy web_changes on {table} for update to dmp_app"
        f" using ({seen}) with check ({HERE})",
        f"create policy web_removes on {table} for delete to dmp_app using ({seen})",
    ]
    if table in FILLED:
        statements.append(
            f"create policy worker_fills on {table} to dmp_worker using ({HERE})"
            f" with check ({HERE})"
        )
    return ";\n".join(statements) + ";\n"


def undo():
    """Return the statements that take it all away again."""
    names = ("web_reads", "web_adds", "web_changes", "web_removes", "worker_fills")
    gone = [f"drop policy if exists {name} on {table};" for table in SHOWN for name in names]
    made = re.findall(r"create function (\w+)", FUNCTIONS + BLIND + SHARE_COVERS + PAST)
    several = ", ".join(f"'{name}'" for name in made)
    gone.append(
        "do $$ declare one text; begin"
        " foreach one in array array(select oid::regprocedure::text from pg_proc"
        f" where pronamespace = 'public'::regnamespace and proname in ({several}))"
        " loop execute 'drop function if exists ' || one || ' cascade'; end loop; end $$;"
    )
    return "\n".join(gone)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_notices_are_sent"),
        ("records", "0008_synthesis_carried"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(
            sql=FUNCTIONS
            + BLIND
            + SHARE_COVERS
            + PAST
            + "".join(policies(table, shown) for table, shown in SHOWN.items()),
            reverse_sql=undo(),
        )
    ]
