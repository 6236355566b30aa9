-- What the policies compare a row with, asked of one function once a question (0016), now told in
-- short steps: most of what a statement costs here is being begun, with all that it might read, so
-- each asks for little and is left out where nothing is to be found. The answers are the same.

-- 13. What the matrix lets a profession read, as the keys of an object: found by halves, twice.
do $make$
declare
  -- Those that dmp_profile names: any other reads nothing.
  every_profession text[] := array[
    '10', '50', '21', '60', '40', '70', '80', '91', '92', '94', '95', '96', '98', '26', '28',
    '81', '82', '83', '84', '85', '41', '93', '330'];
begin
  execute format(
    'create or replace function dmp_readable(profession text) returns jsonb'
    ' language plpgsql immutable parallel safe as $$ begin'
    ' return coalesce(%L::jsonb -> (%L::jsonb ->> profession), ''{}''); end $$',
    (select jsonb_object_agg(profile, readable) from (
      select distinct on (profile) dmp_profile(profession) as profile, (
        select jsonb_object_agg(type, true) from unnest(dmp_readable_types(profession)) type
      ) as readable
      from unnest(every_profession) profession) one),
    (select jsonb_object_agg(profession, dmp_profile(profession))
      from unnest(every_profession) profession));
end $make$;

-- That guardian holds a row for where somebody works, beside a period of a kind.
create function dmp_place_granted(ours uuid, place uuid, asked text) returns boolean
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from public.access_recordgroupgrant g
      join public.access_structure s on s.group_id = g.group_id
    where g.content_object_id = ours and s.id = place and (
        select p.codename from public.auth_permission p where p.id = g.permission_id
      ) = case asked when 'circle' then 'consult_record' when 'share' then 'receive_share' end);
end $$;

-- 6, 9 and 12. The live masks aimed at whoever looks: at a delegate; at everyone, at a
-- professional by name, by profession or by where they work. Under an emergency opening, a mask
-- that the holder let open hides from whom it names only.
create function dmp_aimed_at(
  me uuid, place uuid, my_profession text, delegate uuid, ours uuid, now_at timestamptz)
returns table (target text, aim uuid, kinds integer, hides boolean, names boolean)
language sql stable rows 4 begin atomic
  select m.target::text, case m.target when 'everything' then ours else m.target_id end,
    case m.target when 'category' then m.target_categories else 0 end,
    me is null or m.audience = 'professional' or not m.opens_in_emergency
      or not public.dmp_opened('emergency'),
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

-- What a question is told: the way its viewer comes to the record (holder, family, treating gp,
-- professional, nothing), and what the policies compare a row with on that way.
create type dmp_told as (
  way text,
  -- The holder's and the family's; how far the family may, what they never see.
  today date, now_at timestamptz, scope text[], secret_care uuid[],
  -- A professional's, at work: where, if they have a door of the circle; the types they may read,
  -- if they have a door; what is shared with them.
  me uuid, my_place uuid, reads jsonb, shared uuid[],
  -- What hides: elements, by their own keys; what reaches several; sensitive categories. Of what
  -- names whoever looks: all but categories; categories. Where nothing is aimed at several, or by
  -- name, there is no array.
  hidden uuid[], hidden_with uuid[], hidden_kinds integer, named uuid[], named_kinds integer
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
  taken_away boolean;
  holder uuid;
  status text;
  died_on date;
  representation text;
  delegate uuid;
  me uuid;
  place uuid;
  profession text;
  practice uuid;
  account uuid;
  granted text[];
  kind text;
  element uuid;
  in_circle boolean;
  is_gp boolean;
  several boolean;
begin
  told.way := 'nothing';
  -- 1. Admitted: signed in, second factor used, account active.
  if now_at is null or current_setting('dmp.admitted', true) is distinct from 'yes' then
    return told;
  end if;
  -- 3. Closed, suspended, dead; the archive of a closed record may be taken away.
  taken_away := current_setting('dmp.purpose', true) is not distinct from 'take away';
  select r.holder_id, r.status, r.died_on into holder, status, died_on
    from public.records_record r where r.id = ours;
  if status is null or status = 'closed' and not taken_away then
    return told;
  end if;
  if died_on is not null then
    if died_on <= public.dmp_today() then
      return told;
    end if;
  end if;
  told.shared := '{}';
  if person is not null then
    told.now_at := now_at;
    told.today := public.dmp_today();
    -- 4. The holder. 5. Who represents them.
    if person = holder then
      told.way := 'holder';
      return told;
    end if;
    representation := public.dmp_representation();
    if representation = 'live' then
      told.way := 'family';
      told.scope := '{everything}';
      told.secret_care := public.dmp_secret_care(ours);
      told.hidden := '{}';
      told.hidden_kinds := 0;
    end if;
    if representation in ('live', 'suspended') then
      return told;
    end if;
  end if;
  if status <> 'open' or taken_away then
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
    told.way := 'professional';
    told.me := me;
    -- 8 and 10. Their live, confirmed periods or those of where they work, each with guardian's
    -- row beside it; but for whoever the holder removed and who came back by another's act.
    account := public.dmp_bound('viewer');
    granted := array(
      select case (select p.codename from public.auth_permission p where p.id = g.permission_id)
        when 'consult_record' then 'circle' when 'treat_record' then 'treating_gp'
        when 'receive_share' then 'share' end
      from public.access_recordusergrant g
      -- Not "=": of an index by user, one professional's rows are thousands.
      where g.content_object_id = ours and g.user_id is not distinct from account);
    for kind, element in
      select a.kind, a.element_id
      from public.access_authorisation a
      where a.record_id = ours and (a.professional_id = me or a.structure_id = place)
        and a.confirmed_at <= now_at
        and a.since <= now_at and (a.until is null or now_at < a.until)
        and (a.ended_at is null or now_at < a.ended_at)
        and case when a.professional_id is not null
            then a.professional_id = me and a.kind = any (granted)
          else a.kind <> 'treating_gp' and public.dmp_place_granted(ours, place, a.kind) end
        and (a.ground = 'holder' or not public.dmp_removed(
          ours, a.kind, me, a.professional_id, a.structure_id, a.given_at))
    loop
      if kind = 'circle' then
        in_circle := true;
      elsif kind = 'treating_gp' then
        is_gp := true;
      elsif kind = 'share' then
        told.shared := told.shared || element;
      end if;
    end loop;
    -- The treating GP while registered; "treating_gp" is never a structure's.
    if is_gp then
      perform from public.access_professional gp
        where gp.id = me
          and (gp.registration_ended_at is null or now_at < gp.registration_ended_at);
      if found then
        told.way := 'treating gp';
        return told;
      end if;
    end if;
    -- 11. The door.
    if in_circle then
      told.my_place := place;
    elsif not public.dmp_opened('emergency') and not public.dmp_opened('regulation') then
      return told;
    end if;
    -- 13. The matrix.
    told.reads := public.dmp_readable(profession);
  elsif public.dmp_is_capacity('delegate') then
    -- 6. A delegate, within scope.
    if not public.dmp_in_scope(element_kind) then
      return told;
    end if;
    told.way := 'family';
    told.scope := public.dmp_scope();
    told.secret_care := public.dmp_secret_care(ours);
    delegate := person;
  else
    return told;
  end if;
  -- 6, 9 and 12. What hides from them.
  select array_agg(m.aim) filter (where m.hides and m.target = 'element'),
      array_agg(m.aim) filter (where m.names and m.target <> 'category'),
      bool_or(m.target <> 'element')
    into told.hidden, told.named, several
    from public.dmp_aimed_at(me, place, profession, delegate, ours, now_at) m;
  told.hidden := coalesce(told.hidden, '{}');
  told.hidden_kinds := 0;
  told.named_kinds := 0;
  if several then
    select array_agg(m.aim) filter (where m.hides and m.target not in ('element', 'category')),
        coalesce(bit_or(m.kinds) filter (where m.hides), 0),
        coalesce(bit_or(m.kinds) filter (where m.names), 0)
      into told.hidden_with, told.hidden_kinds, told.named_kinds
      from public.dmp_aimed_at(me, place, profession, delegate, ours, now_at) m;
  end if;
  return told;
end $$;
