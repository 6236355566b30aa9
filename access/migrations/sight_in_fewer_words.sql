-- What the policies compare a row with (0018), asked with fewer words: each function that a
-- statement or a policy calls is looked up and its right to be called checked at every question,
-- needed or not. What is rare is asked apart. The answers are the same.

-- 13. What the matrix lets a profession read, as the keys of an object: written out where it is
-- asked.
do $make$
declare
  -- Those that dmp_profile names: any other reads nothing.
  every_profession text[] := array[
    '10', '50', '21', '60', '40', '70', '80', '91', '92', '94', '95', '96', '98', '26', '28',
    '81', '82', '83', '84', '85', '41', '93', '330'];
begin
  execute format(
    'create or replace function dmp_readable(profession text) returns jsonb'
    ' language sql immutable parallel safe'
    ' return coalesce(%L::jsonb -> (%L::jsonb ->> profession), ''{}'')',
    (select jsonb_object_agg(profile, readable) from (
      select distinct on (profile) dmp_profile(profession) as profile, (
        select jsonb_object_agg(type, true) from unnest(dmp_readable_types(profession)) type
      ) as readable
      from unnest(every_profession) profession) one),
    (select jsonb_object_agg(profession, dmp_profile(profession))
      from unnest(every_profession) profession));
end $make$;

-- 6. The kind of care a document counts under, of each type that has one: asked of each row.
do $make$
declare
  every_type text[] := array(
    select match[1] from regexp_matches(
      pg_get_functiondef('dmp_class(text)'::regprocedure), '''([^'']+)''::text', 'g') match);
  kinds jsonb := (
    select jsonb_object_agg(type, dmp_kind_of_care(type)) from unnest(every_type) type
    where dmp_kind_of_care(type) is not null);
begin
  execute format(
    'create or replace function dmp_kind_of_care(type text) returns text'
    ' language sql immutable parallel safe return %L::jsonb ->> type', kinds);
end $make$;

-- The number of guardian's permission beside a period of a kind, so that its row is found by its
-- unique key. Written into the function by `migrate`, as its last step: nothing else writes
-- permissions (dmp/roles.py). Until then there is none, and no door.
create function dmp_number_permissions() returns void language plpgsql as $make$
declare
  numbered text := (
    select string_agg(format('when %L then %s', one.kind, p.id), ' ' order by one.kind)
    from (values ('circle', 'consult_record'), ('share', 'receive_share'),
      ('treating_gp', 'treat_record')) one (kind, codename)
      join auth_permission p on p.codename = one.codename
      join django_content_type c on c.id = p.content_type_id
        and c.app_label = 'records' and c.model = 'record');
begin
  execute format(
    'create or replace function dmp_permission(kind text) returns integer'
    ' language sql immutable parallel safe return %s',
    coalesce('case kind ' || numbered || ' end', 'null::integer'));
end $make$;
select dmp_number_permissions();

-- That guardian holds a row for where somebody works, beside a period of a kind.
create or replace function dmp_place_granted(ours uuid, place uuid, asked text) returns boolean
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return asked <> 'treating_gp' and exists (
    select from public.access_recordgroupgrant g
      join public.access_structure s on s.group_id = g.group_id
    where s.id = place and g.permission_id = public.dmp_permission(asked)
      and g.content_object_id = ours);
end $$;

-- 6, 9 and 12. The live masks aimed at whoever looks: at a delegate; at everyone, at a
-- professional by name, by profession or by where they work. Under an emergency opening, a mask
-- that the holder let open hides from whom it names only.
create or replace function dmp_aimed_at(
  me uuid, place uuid, my_profession text, delegate uuid, ours uuid, now_at timestamptz)
returns table (target text, aim uuid, kinds integer, hides boolean, names boolean)
language sql stable rows 4 begin atomic
  select m.target::text, case m.target when 'everything' then ours else m.target_id end,
    case m.target when 'category' then m.target_categories else 0 end,
    me is null or m.audience = 'professional' or not m.opens_in_emergency
      or not (select public.dmp_opened('emergency')),
    m.audience <> 'everyone'
  from public.access_mask m
  where m.record_id = ours and case m.audience
      when 'everyone' then me is not null
      when 'professional' then m.audience_id = me
      when 'structure' then m.audience_id = place
      when 'profession' then m.audience_profession = my_profession
      when 'delegate' then m.audience_id = delegate
      else false end
    and public.dmp_live(m.since, m.until, m.ended_at, now_at);
end;

-- What a question is told: the way its viewer comes to the record (a professional's, the treating
-- GP's, the holder's, the family's, or none), and what the policies compare a row with on it.
create type dmp_told as (
  -- A professional's, at work: who they are; the types they may read, if they have a door; what is
  -- shared with them (and, where it is no element, the doors of below).
  me uuid, reads jsonb, shared uuid[],
  -- What hides from them: elements, by their own keys. Where they work, if they have a door of the
  -- circle. From them and from the family, where something hides several at once: sensitive
  -- categories; whatever has one of these keys.
  hidden uuid[], my_place uuid, hidden_kinds integer, hidden_with uuid[],
  treating_gp boolean, holder boolean, family boolean,
  -- The holder's and the family's; how far the family may, what they never see.
  today date, now_at timestamptz, scope text[], secret_care uuid[]
);

-- Lines 1 and 3 to 12, of elements of a kind on the bound record.
create function dmp_sight(element_kind text) returns dmp_told
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan
-- Of a small table the planner thinks that reading it whole costs nothing: here it does. Nor are
-- two indexes read where one finds a handful.
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  told public.dmp_told;
  now_at timestamptz := public.dmp_at();
  ours uuid := public.dmp_bound('record');
  person uuid := public.dmp_bound('person');
  holder uuid;
  status text;
  died_on date;
  representation text;
  me uuid;
  place uuid;
  profession text;
  practice uuid;
  account uuid;
begin
  -- 1. Admitted: signed in, second factor used, account active.
  if now_at is null or current_setting('dmp.admitted', true) is distinct from 'yes' then
    return told;
  end if;
  select r.holder_id, r.status, r.died_on into holder, status, died_on
    from public.records_record r where r.id = ours;
  if person is not null or died_on is not null then
    -- 3. Dead, closed; the archive of a closed record may be taken away.
    if died_on <= public.dmp_today() or status = 'closed'
      and current_setting('dmp.purpose', true) is distinct from 'take away'
    then
      return told;
    end if;
    -- 4. The holder. 5. Who represents them.
    representation := case when person = holder then 'none' else public.dmp_representation() end;
    if person = holder or representation = 'live' then
      told.holder := person = holder;
      told.family := representation = 'live';
      told.now_at := now_at;
      told.today := public.dmp_today();
      told.shared := '{}';
      if told.family then
        told.scope := '{everything}';
        told.secret_care := public.dmp_secret_care(ours);
      end if;
      return told;
    elsif representation = 'suspended' then
      return told;
    end if;
  end if;
  -- 3. Open, for anybody else.
  if status is distinct from 'open'
    or current_setting('dmp.purpose', true) is not distinct from 'take away'
  then
    return told;
  end if;
  if public.dmp_is_capacity('professional') then
    -- 7. At work as a professional, and not blocked.
    me := public.dmp_bound('professional');
    practice := public.dmp_bound('practice');
    select p.structure_id, p.profession into place, profession
      from public.access_practice p
      where p.id = practice and p.professional_id = me
        and p.since <= now_at and (p.until is null or now_at < p.until);
    if not found then
      return told;
    end if;
    perform from public.access_block b
      where b.record_id = ours and b.professional_id = me
        and b.since <= now_at and (b.ended_at is null or now_at < b.ended_at);
    if found then
      return told;
    end if;
    -- 8 and 10. Their live, confirmed periods or those of where they work, each with guardian's
    -- row beside it; but for whoever the holder removed and who came back by another's act. The
    -- element that is shared; in the place of one, the record for a door of the circle, and the
    -- professional for the treating GP's, who is never a structure.
    account := public.dmp_bound('viewer');
    told.shared := array(
      select coalesce(a.element_id, case a.kind when 'circle' then ours else me end)
      from public.access_authorisation a
      where a.record_id = ours and (a.professional_id = me or a.structure_id = place)
        and a.confirmed_at <= now_at
        and a.since <= now_at and now_at < least(a.until, a.ended_at, 'infinity')
        and case when a.professional_id is null
            then public.dmp_place_granted(ours, place, a.kind)
          else exists (
            select from public.access_recordusergrant g
            where g.user_id = account and g.permission_id = public.dmp_permission(a.kind)
              and g.content_object_id = ours)
          end
        and (a.ground = 'holder' or not public.dmp_removed(
          ours, a.kind, me, a.professional_id, a.structure_id, a.given_at)));
    -- The treating GP while registered.
    if me = any (told.shared) then
      perform from public.access_professional gp
        where gp.id = me
          and (gp.registration_ended_at is null or now_at < gp.registration_ended_at);
      if found then
        told.treating_gp := true;
        return told;
      end if;
    end if;
    told.me := me;
    -- 11. The door.
    if ours = any (told.shared) then
      told.my_place := place;
    elsif not public.dmp_opened('emergency') and not public.dmp_opened('regulation') then
      return told;
    end if;
    -- 13. The matrix.
    told.reads := public.dmp_readable(profession);
    -- 12. What hides from them. Most masks name one element, whatever happens: where one doesn't,
    -- null, they are told apart.
    told.hidden := array(
      select case when m.target = 'element' and not m.opens_in_emergency then m.target_id end
      from public.access_mask m
      where m.record_id = ours and (m.audience = 'everyone' or m.audience_id = me
          or m.audience_id = place or m.audience_profession = profession)
        and m.since <= now_at and now_at < least(m.until, m.ended_at, 'infinity'));
    if array_position(told.hidden, null) is not null then
      select coalesce(array_agg(m.aim) filter (where m.target = 'element'), '{}'),
          coalesce(bit_or(m.kinds), 0),
          array_agg(m.aim) filter (where m.target not in ('element', 'category'))
        into told.hidden, told.hidden_kinds, told.hidden_with
        from public.dmp_aimed_at(me, place, profession, null, ours, now_at) m where m.hides;
    end if;
  elsif public.dmp_is_capacity('delegate') then
    -- 6. A delegate, within scope, and what hides from them.
    if public.dmp_in_scope(element_kind) then
      told.family := true;
      told.now_at := now_at;
      told.today := public.dmp_today();
      told.shared := '{}';
      told.scope := public.dmp_scope();
      told.secret_care := public.dmp_secret_care(ours);
      select coalesce(bit_or(m.kinds), 0), array_agg(m.aim) filter (where m.target <> 'category')
        into told.hidden_kinds, told.hidden_with
        from public.dmp_aimed_at(null, null, null, person, ours, now_at) m;
    end if;
  end if;
  return told;
end $$;

create or replace function dmp_way(element_kind text) returns text
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  told public.dmp_told := public.dmp_sight(element_kind);
begin
  return case when told.treating_gp then 'treating gp' when told.holder then 'holder'
    when told.family then 'family' when told.me is not null then 'professional'
    else 'nothing' end;
end $$;

-- 9. What the masks aim at that name the bound professional, their profession or where they work:
-- asked where something is hidden that a colleague wrote.
create type dmp_aims as (keys uuid[], kinds integer);
create function dmp_naming_me() returns dmp_aims
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
declare
  now_at timestamptz := public.dmp_at();
  ours uuid := public.dmp_bound('record');
  aims public.dmp_aims;
begin
  select array_agg(m.aim) filter (where m.target <> 'category'), bit_or(m.kinds)
    into aims.keys, aims.kinds
    from public.dmp_work(now_at) w, lateral public.dmp_aimed_at(
      w.professional, w.structure, w.profession, null, ours, now_at) m
    where m.names;
  return aims;
end $$;

-- That a mask which aims at several elements reaches this one.
create function dmp_reached(aims dmp_aims, keys uuid[], episodes uuid[], categories integer)
returns boolean language plpgsql immutable parallel safe as $$
begin
  return coalesce(keys && aims.keys or episodes && aims.keys, false)
    or coalesce(categories & aims.kinds <> 0, false);
end $$;

-- 4, 5, 6 and 12, of a row, for the family: within scope where its type says which care it is,
-- nothing kept, unannounced or hidden.
create function dmp_family_sees(
  today date, now_at timestamptz, scope text[], secret_care uuid[],
  hidden_kinds integer, hidden_with uuid[],
  type text, kept boolean, unannounced_until date, released_at timestamptz,
  keys uuid[], episodes uuid[], categories integer)
returns boolean language plpgsql immutable parallel safe as $$
begin
  return (type is null or array['everything', public.dmp_kind_of_care(type)] && scope)
    and not (kept or episodes && secret_care)
    and (unannounced_until is null or unannounced_until <= today or released_at <= now_at)
    and (hidden_kinds is null or categories & hidden_kinds = 0
      and (hidden_with is null or not (keys && hidden_with or episodes && hidden_with)));
end $$;
