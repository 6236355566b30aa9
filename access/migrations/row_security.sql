-- The policy (access-policy section 2) said by the database itself: what the bound viewer may
-- see of the bound record. Written from the policy, not from access/ladder.py: the two, and the
-- oracle of the tests, must agree. Nothing above PostgreSQL 15.
--
-- A function without arguments from the row is asked once per query, as a scalar sub-select of
-- the policies (0010_row_security.py); the short SQL ones are inlined, the others planned once per
-- connection. Names are bound when a function is made, or qualified under a fixed search path.
-- Whatever is missing answers "nothing". What is asked at every question was then put together in
-- one function: row_security_on.sql.

-- --- What is bound (access/binding.py): '' after a transaction that set it, so never cast bare ---

create function dmp_bound(name text) returns uuid language sql stable parallel safe
  return nullif(current_setting('dmp.' || name, true), '')::uuid;

create function dmp_at() returns timestamptz language sql stable parallel safe
  return nullif(current_setting('dmp.at', true), '')::timestamptz;

create function dmp_today() returns date language sql stable parallel safe
  return (dmp_at() at time zone 'Europe/Paris')::date;

create function dmp_is_capacity(name text) returns boolean language sql stable parallel safe
  return coalesce(current_setting('dmp.capacity', true) = name, false);

create function dmp_live(since timestamptz, until timestamptz, ended timestamptz, at timestamptz)
returns boolean language sql immutable parallel safe
  return coalesce(since <= at and (until is null or at < until) and (ended is null or at < ended),
    false);

-- --- Who looks ---

-- The place of work of the bound professional today; no row for whoever works nowhere now.
create function dmp_work(at timestamptz)
returns table (professional uuid, profession text, structure uuid, kind text)
language sql stable rows 1 begin atomic
  select p.professional_id, p.profession::text, p.structure_id, s.kind::text
  from public.access_practice p left join public.access_structure s on s.id = p.structure_id
  where dmp_is_capacity('professional') and p.id = dmp_bound('practice')
    and p.professional_id = dmp_bound('professional')
    and dmp_live(p.since, p.until, null, at);
end;

-- What the bound person is to the holder as representative: live, suspended or nothing more.
create function dmp_representation() returns text
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  found_live boolean;
  found_suspended boolean;
begin
  if public.dmp_bound('person') is null then
    return 'none';
  end if;
  select bool_or(not hers.suspended), bool_or(hers.suspended) into found_live, found_suspended
  from (
    select coalesce(x.suspended_at <= public.dmp_at(), false) as suspended
    from public.records_representation x
      join public.records_record r on r.id = x.record_id
      join public.records_person h on h.id = r.holder_id
    where x.record_id = public.dmp_bound('record') and x.person_id = public.dmp_bound('person')
      and public.dmp_live(x.since, x.until, null, public.dmp_at())
      -- At 18 what a parent had ends, and whatever began before that day.
      and (public.dmp_today() < h.born_on + interval '18 years'
        or (x.ground <> 'parent' and (x.since at time zone 'Europe/Paris')::date
          >= h.born_on + interval '18 years'))
  ) hers;
  return case when found_live then 'live' when found_suspended then 'suspended' else 'none' end;
end $$;

-- The live, confirmed periods of the bound professional on the bound record, theirs or of where
-- they work, each with guardian's row beside it; but for whoever the holder removed and who came
-- back by another's act.
create function dmp_periods(asked text) returns table (kind text, personal boolean, element uuid)
language plpgsql stable rows 2 set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  me uuid;
  place uuid;
  ours uuid := public.dmp_bound('record');
  now_at timestamptz := public.dmp_at();
begin
  select w.professional, w.structure into me, place from public.dmp_work(now_at) w;
  if me is null then
    return;
  end if;
  return query
    select a.kind::text, a.professional_id is not null, a.element_id
    from public.access_authorisation a
    where a.record_id = ours and (asked is null or a.kind = asked) and a.confirmed_at <= now_at
      and public.dmp_live(a.since, a.until, a.ended_at, now_at)
      and case
        when a.professional_id is not null then a.professional_id = me and exists (
          select from public.access_recordusergrant g
            join public.auth_permission p on p.id = g.permission_id
          where g.content_object_id = ours and g.user_id = public.dmp_bound('viewer')
            and p.codename = case a.kind when 'circle' then 'consult_record'
              when 'treating_gp' then 'treat_record' when 'share' then 'receive_share' end)
        else a.kind <> 'treating_gp' and a.structure_id = place and exists (
          select from public.access_recordgroupgrant g
            join public.auth_permission p on p.id = g.permission_id
            join public.access_structure s on s.group_id = g.group_id
          where g.content_object_id = ours and s.id = place
            and p.codename = case a.kind when 'circle' then 'consult_record'
              when 'share' then 'receive_share' end)
        end
      and not (a.ground <> 'holder' and exists (
        select from public.access_authorisation gone
        where gone.record_id = ours and gone.kind = a.kind and gone.removed_by_holder
          and gone.ended_at <= a.given_at
          and (gone.professional_id = me or gone.structure_id = a.structure_id)
          and not exists (
            select from public.access_authorisation again
            where again.record_id = ours and again.kind = a.kind and again.ground = 'holder'
              and again.given_at between gone.ended_at and a.given_at
              and coalesce(again.professional_id, again.structure_id) in (
                coalesce(gone.professional_id, gone.structure_id),
                coalesce(a.professional_id, a.structure_id)))));
end $$;

-- Doors (b) and (c) of line 11, and what a mask asks about door (b).
create function dmp_opened(asked text) returns boolean
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  ours uuid := public.dmp_bound('record');
  now_at timestamptz := public.dmp_at();
begin
  return exists (
    select from public.access_opening o
      join public.dmp_work(now_at) w on w.professional = o.professional_id
      join public.records_record r on r.id = o.record_id
    where o.record_id = ours and o.kind = asked and w.profession = '10'
      and public.dmp_live(o.since, o.until, o.ended_at, now_at)
      and case asked when 'emergency' then r.emergency_refused is not true
        when 'regulation' then w.kind = 'samu' and r.regulation_refused is not true end);
end $$;

-- --- The lines of the policy ---

-- Lines 1 and 3 to 8, and the door of line 11: the way the bound viewer comes to elements of a
-- kind on the bound record. The policies say what each way shows.
create function dmp_way(element_kind text) returns text
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  ours uuid := public.dmp_bound('record');
  now_at timestamptz := public.dmp_at();
  is_holder boolean;
  is_family boolean;
  state text;
  representation text;
  me uuid;
  is_gp boolean;
  in_circle boolean;
begin
  -- 1. Admitted: signed in, second factor used, account active.
  if current_setting('dmp.admitted', true) is distinct from 'yes' or now_at is null then
    return 'nothing';
  end if;
  -- 3. Closed, suspended, dead.
  select coalesce(r.holder_id = public.dmp_bound('person'), false),
      case when r.died_on <= public.dmp_today() then 'dead' else r.status end
    into is_holder, state
    from public.records_record r where r.id = ours;
  if state is null or state = 'dead' then
    return 'nothing';
  end if;
  representation := case when is_holder then 'none' else public.dmp_representation() end;
  is_family := is_holder or representation = 'live';
  if current_setting('dmp.purpose', true) = 'take away' then
    if not is_family then
      return 'nothing';
    end if;
  elsif state = 'closed' or (state <> 'open' and not is_family) then
    return 'nothing';
  end if;
  -- 4 and 5. The holder; who represents them.
  if is_family then
    return case when is_holder then 'holder' else 'representative' end;
  end if;
  if representation = 'suspended' or public.dmp_is_capacity('representative') then
    return 'nothing';
  end if;
  -- 6. A delegate, within scope.
  if public.dmp_is_capacity('delegate') then
    return case when public.dmp_in_scope(element_kind) then 'delegate' else 'nothing' end;
  end if;
  -- 7. At work as a professional, and not blocked.
  select w.professional into me from public.dmp_work(now_at) w;
  if me is null or exists (
    select from public.access_block b
    where b.record_id = ours and b.professional_id = me
      and public.dmp_live(b.since, null, b.ended_at, now_at)
  ) then
    return 'nothing';
  end if;
  -- 8. The treating GP, in person, while registered.
  select bool_or(p.kind = 'treating_gp' and p.personal), bool_or(p.kind = 'circle')
    into is_gp, in_circle from public.dmp_periods(null) p;
  if is_gp and exists (
    select from public.access_professional gp
    where gp.id = me and (gp.registration_ended_at is null or now_at < gp.registration_ended_at)
  ) then
    return 'treating gp';
  end if;
  -- 11. The door.
  return case
    when in_circle or public.dmp_opened('emergency') or public.dmp_opened('regulation') then 'door'
    else 'no door' end;
end $$;

-- 4. Not announced, and not released by a professional or by the month that passed.
create function dmp_unannounced(until date, released timestamptz)
returns boolean language sql stable parallel safe
  return until is not null and until > dmp_today()
    and (released is null or released > dmp_at());

-- 5. The care of something secret: its episodes on one record, present and future elements alike.
-- Reads elements that whoever looks may not see: with its owner's rights.
create function dmp_secret_care(record uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select unnest(e.episodes) from public.records_document e
    where e.record_id = record and e.secret
    union select unnest(e.episodes) from public.records_reimbursementline e
    where e.record_id = record and e.secret
    union select unnest(e.episodes) from public.records_entry e
    where e.record_id = record and e.secret
    union select unnest(e.episodes) from public.records_synthesisline e
    where e.record_id = record and e.secret
    union select e.id from public.records_episode e where e.record_id = record and e.secret);
end $$;

-- 5 and 6. What the family never sees of another's care: secret, of a secret care, on another.
create function dmp_kept(secret boolean, about_another boolean, episodes uuid[], care uuid[])
returns boolean language sql immutable parallel safe
  return secret or about_another or episodes && care;

-- 6. The scope of the bound delegate: what kinds of care; null where nothing is live.
create function dmp_scope() returns text[]
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select array_agg(kind) from (
      select unnest(case when d.everything then array['everything'] else d.kinds::text[] end)
      from public.access_delegation d
        join public.records_record r on r.id = d.record_id
        join public.records_person h on h.id = r.holder_id
      where d.record_id = public.dmp_bound('record') and d.person_id = public.dmp_bound('person')
        and public.dmp_live(d.since, d.until, d.ended_at, public.dmp_at())
        and not (d.named_by_representative
          and public.dmp_today() >= h.born_on + interval '18 years')
    ) given (kind));
end $$;

create function dmp_in_scope(element_kind text) returns boolean
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce(public.dmp_scope() && case element_kind
    when 'claim' then array['everything', 'claims']
    when 'entry' then array['everything', 'entries']
    when 'synthesis' then array['everything', 'letters']
    else array['everything', 'medicines', 'results', 'letters', 'claims', 'entries'] end, false);
end $$;

-- The kind of care a document counts under: null for a type that no list names.
create function dmp_kind_of_care(type text) returns text
language plpgsql immutable parallel safe set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return case
    when type in ('11502-2', '60568-3', '51969-4', '70004-7', '96173-0', 'DOCPAT05')
      or public.dmp_class(type) = '31' then 'results'
    when type = '56445-0' or public.dmp_class(type) in ('42', '43', '45') then 'medicines'
    when public.dmp_class(type) = '60' then 'claims'
    when public.dmp_class(type) = '90' then 'entries'
    when public.dmp_class(type) is not null then 'letters' end;
end $$;

create function dmp_scope_shows(type text, scope text[]) returns boolean
language sql immutable parallel safe
  return scope && array['everything', dmp_kind_of_care(type)];

-- 9. Where the bound professional works, and whether they have a circle door.
create function dmp_my_structure() returns uuid
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return (select w.structure from public.dmp_work(public.dmp_at()) w);
end $$;

create function dmp_in_circle() returns boolean
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return exists (select from public.dmp_periods('circle'));
end $$;

-- 10. The elements of the bound record that a live share gives the bound professional.
create function dmp_shared() returns uuid[]
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  if not exists (
    select from public.access_authorisation a
    where a.record_id = public.dmp_bound('record') and a.kind = 'share'
  ) then
    return '{}';
  end if;
  return array(select p.element from public.dmp_periods('share') p);
end $$;

-- 6, 9 and 12. The live masks that hide from whoever looks: from a delegate, those aimed at them;
-- from a professional, those aimed at everyone or naming them, their profession or where they
-- work. Under an emergency opening, a mask that the holder let open hides from whom it names only.
create function dmp_hiding(naming_only boolean, ours uuid, at timestamptz)
returns table (target text, target_id uuid, categories integer)
language sql stable rows 4 begin atomic
  select m.target::text, m.target_id, m.target_categories
  from public.access_mask m left join dmp_work(at) w on true
  where m.record_id = ours and dmp_live(m.since, m.until, m.ended_at, at)
    and case when dmp_is_capacity('delegate')
      then m.audience = 'delegate' and m.audience_id = dmp_bound('person')
      else case m.audience
          when 'everyone' then not naming_only
          when 'professional' then m.audience_id = w.professional
          when 'structure' then m.audience_id = w.structure
          when 'profession' then m.audience_profession = w.profession
          else false end
        and (naming_only or m.audience = 'professional' or not m.opens_in_emergency
          or not dmp_opened('emergency'))
      end;
end;

-- What those masks aim at: keys of elements, episodes and people; the record's for everything.
create function dmp_hidden(naming_only boolean) returns uuid[]
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  ours uuid := public.dmp_bound('record');
  now_at timestamptz := public.dmp_at();
begin
  return array(
    select case m.target when 'everything' then ours else m.target_id end
    from public.dmp_hiding(naming_only, ours, now_at) m where m.target <> 'category');
end $$;

create function dmp_hidden_categories(naming_only boolean) returns integer
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  ours uuid := public.dmp_bound('record');
  now_at timestamptz := public.dmp_at();
begin
  return coalesce(
    (select bit_or(m.categories) from public.dmp_hiding(naming_only, ours, now_at) m
     where m.target = 'category'), 0);
end $$;

-- 13. The matrix: the class of each type that the national table names, and what each profile of
-- professions may not read.
create function dmp_class(type text) returns text
language sql immutable parallel safe
  return case
    when type in ('11488-4', '11490-0', '11502-2', '11505-5', '11506-3', '11526-1', '15507-7',
      '15508-5', '28653-4', '29274-8', '34112-3', '34749-2', '34794-8', '34874-8', '34875-5',
      '47420-5', '51969-4', '59283-2', '60568-3', '67851-6', '70004-7', '75482-0', '75492-9',
      '75496-0', '77436-4', '78513-9', '78601-2', '83981-1', '85208-7', '93024-8', '96349-6',
      'BIL_AUTO', 'DOCPAT03', 'DOCPAT05', 'DOCPAT06') then '10'
    when type in ('18761-7', '34133-9', '34842-5', '56445-0', '57055-6', '57057-2', '57075-4',
      '60591-5', '68599-0', '68817-6', '74207-2', '78489-2', '80820-4', '83836-7', '83901-9',
      '88348-8', '89235-6', 'DOCPAT01', 'DOCPAT08', 'SYNTH') then '11'
    when type in ('18748-4', '52040-3', 'DOCPAT04', 'IMG-KOS') then '31'
    when type in ('55115-0', '57828-6', '57832-8', '57833-6', '61357-0', '75468-9', 'DOCPAT02',
      'PRESC-AAT', 'PRESC-BIO', 'PRESC-INF', 'PRESC-KINE', 'PRESC-ORTHOPHO',
      'PRESC-ORTHOPTIE', 'PRESC-PEDI') then '42'
    when type in ('60593-1', 'DISP_AUT') then '43'
    when type in ('18776-5', '77604-7', '80771-9', '80788-3', '83869-8', 'PROT_ALD') then '44'
    when type = '80565-5' then '45'
    when type in ('11369-6', '87273-9', '89601-9', '96173-0', '96874-3', 'CERT_DECL',
      'DOCPAT07') then '52'
    when type = 'REMB' then '60'
    when type in ('74465-6', 'EXPPAT_1', 'EXPPAT_2', 'EXPPAT_3') then '90'
    when type in ('59284-0', '86531-1', 'ATTEST-ASS-COMPL', 'ATTEST-DROITS-AM', 'ATTEST-HEBGT',
      'ATTEST-RESID', 'AUTORIS-SOINS', 'DOCPAT09') then '95' end;

create function dmp_profile(profession text) returns text
language sql immutable parallel safe
  return case
    when profession = '10' then 'doctors'
    when profession in ('50', '21', '60') then 'close'
    when profession = '40' then 'dentists'
    when profession in ('70', '80', '91', '92', '94', '95', '96', '98', '26', '28', '81', '82',
      '83', '84', '85') then 'other care'
    when profession in ('41', '93', '330') then 'social' end;

create function dmp_matrix(profile text, type text) returns boolean
language sql immutable parallel safe
  return case
    when profile is null or dmp_class(type) is null then false
    -- The synthesis is readable by every profession of the matrix.
    when type in ('SYNTH', '60591-5') then true
    else case profile
      when 'doctors' then type <> 'ATTEST-RESID'
      when 'close' then type <> '68599-0'
      when 'dentists' then dmp_class(type) <> '95'
        and type not in ('75496-0', '83981-1', '83901-9', '68599-0', '80788-3')
      when 'other care' then dmp_class(type) <> '95'
        and type not in ('51969-4', '34794-8', '83901-9', '68599-0')
      when 'social' then type in ('34133-9', '88348-8', '34842-5', 'EXPPAT_1', 'EXPPAT_3')
        or (dmp_class(type) not in ('11', '31', '42', '43', '45', '52', '60', '90')
          and type not in ('15507-7', 'BIL_AUTO', '34794-8', '34112-3', '11506-3'))
      end
    end;

-- What each profile may read, worked out once from the lines above.
do $$
declare
  every_type text[] := array(
    select match[1] from regexp_matches(
      pg_get_functiondef('dmp_class(text)'::regprocedure), '''([^'']+)''::text', 'g') match);
  whens text;
begin
  select string_agg(format('when %L then %L::text[]', profile, array(
      select type from unnest(every_type) type where dmp_matrix(profile, type) order by type
    )::text), ' ' order by profile)
    into whens
    from unnest(array['doctors', 'close', 'dentists', 'other care', 'social']) profile;
  execute format(
    'create function dmp_readable_types(profession text) returns text[] language sql immutable'
    ' parallel safe return case dmp_profile(profession) %s else ''{}'' end', whens);
end $$;
