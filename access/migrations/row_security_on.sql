-- What row_security.sql asks of the viewer and the record, asked once and told at once: to begin
-- a function, a statement or the plan of a sub-select costs more than what each of them reads.
-- The answers are the same. Variables where a function's words would be repeated for each row.

-- Sensitive categories as keys, so that whatever masks aim at is one array.
create function dmp_kinds(categories integer) returns uuid[]
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  return array[
    {KINDS}
  ];
end $$;

-- 13. What the matrix lets a profession read, as the keys of an object: found by halves.
do $make$
declare
  whens text := (
    select string_agg(format('when %L then %L::jsonb', profile,
        (select jsonb_object_agg(type, true) from unnest(dmp_readable_types(profession)) type)),
      ' ' order by profile)
    from (values ('doctors', '10'), ('close', '21'), ('dentists', '40'), ('other care', '70'),
      ('social', '93')) one (profile, profession));
begin
  execute format(
    'create function dmp_readable(profession text) returns jsonb'
    ' language plpgsql immutable parallel safe set search_path = '''' as $$ begin'
    ' return case public.dmp_profile(profession) %s else ''{{}}'' end; end $$', whens);
end $make$;

-- That the holder removed somebody, or where they work, before a period that another gave at this
-- moment to one of them, and had not let them in again themselves.
create function dmp_removed(
  ours uuid, asked text, me uuid, person uuid, place uuid, given timestamptz)
returns boolean language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from public.access_authorisation gone
    where gone.record_id = ours and gone.kind = asked and gone.removed_by_holder
      and gone.ended_at <= given and (gone.professional_id = me or gone.structure_id = place)
      and not exists (
        select from public.access_authorisation again
        where again.record_id = ours and again.kind = asked and again.ground = 'holder'
          and again.given_at between gone.ended_at and given
          and coalesce(again.professional_id, again.structure_id) in (
            coalesce(gone.professional_id, gone.structure_id), coalesce(person, place))));
end $$;

-- The live, confirmed periods on a record of somebody who works somewhere: theirs or their
-- structure's, each with guardian's row beside it; but for whoever the holder removed and who
-- came back by another's act.
create function dmp_periods_of(
  me uuid, place uuid, account uuid, ours uuid, now_at timestamptz)
returns table (kind text, personal boolean, element uuid)
language sql stable rows 2 begin atomic
  select a.kind::text, a.professional_id is not null, a.element_id
  from public.access_authorisation a
  where a.record_id = ours and a.confirmed_at <= now_at
    and public.dmp_live(a.since, a.until, a.ended_at, now_at)
    and case
      when a.professional_id is not null then a.professional_id = me and exists (
        select from public.access_recordusergrant g
        where g.content_object_id = ours and g.user_id = account and (
            select p.codename from public.auth_permission p where p.id = g.permission_id
          ) = case a.kind when 'circle' then 'consult_record'
            when 'treating_gp' then 'treat_record' when 'share' then 'receive_share' end)
      else a.kind <> 'treating_gp' and a.structure_id = place and exists (
        select from public.access_recordgroupgrant g
          join public.access_structure s on s.group_id = g.group_id
        where g.content_object_id = ours and s.id = place and (
            select p.codename from public.auth_permission p where p.id = g.permission_id
          ) = case a.kind when 'circle' then 'consult_record'
            when 'share' then 'receive_share' end)
      end
    and (a.ground = 'holder'
      or not public.dmp_removed(ours, a.kind, me, a.professional_id, a.structure_id, a.given_at));
end;

-- 6, 9 and 12. The live masks aimed at whoever looks: at a delegate; at everyone, at a
-- professional by name, by profession or by where they work. Under an emergency opening, a mask
-- that the holder let open hides from whom it names only.
create function dmp_aimed_at(
  me uuid, place uuid, my_profession text, ours uuid, now_at timestamptz)
returns table (aims uuid[], hides boolean, names boolean)
language sql stable rows 4 begin atomic
  select case m.target when 'everything' then array[ours]
      when 'category' then public.dmp_kinds(m.target_categories) else array[m.target_id] end,
    me is null or m.audience = 'professional' or not m.opens_in_emergency
      or not public.dmp_opened('emergency'),
    m.audience <> 'everyone'
  from public.access_mask m
  where m.record_id = ours and public.dmp_live(m.since, m.until, m.ended_at, now_at)
    and case
      when me is null then m.audience = 'delegate' and m.audience_id = public.dmp_bound('person')
      else case m.audience
        when 'everyone' then true
        when 'professional' then m.audience_id = me
        when 'structure' then m.audience_id = place
        when 'profession' then m.audience_profession = my_profession
        else false end
      end;
end;

-- Lines 1 and 3 to 12: the way the bound viewer comes to elements of a kind on the bound record
-- (holder, family, treating gp, professional, nothing), and what the policies compare a row with
-- on that way: they say what each way shows.
create function dmp_sight(
  element_kind text,
  out way text, out today date, out now_at timestamptz,
  -- The family's: what they never see, how far they may.
  out secret_care uuid[], out scope text[],
  -- A professional's, at work: where, if they have a door of the circle; the types they may read,
  -- if they have a door.
  out me uuid, out my_place uuid, out reads jsonb, out shared uuid[],
  -- What hides: all masks; those that name them.
  out hidden uuid[], out naming uuid[]
)
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan
-- Of a small table the planner thinks that reading it whole costs nothing: here it does.
set enable_seqscan = off as $$
declare
  ours uuid;
  person uuid;
  account uuid;
  is_open boolean;
  representation text;
begin
  -- 1. Admitted: signed in, second factor used, account active. 3. Closed, suspended, dead; the
  -- archive of a closed record may be taken away. 4. The holder.
  select r.id, public.dmp_bound('person'), public.dmp_bound('viewer'), public.dmp_at(),
      public.dmp_today(), '{{}}',
      r.status = 'open' and current_setting('dmp.purpose', true) is distinct from 'take away',
      case
        when current_setting('dmp.admitted', true) is distinct from 'yes'
          or public.dmp_at() is null or r.died_on <= public.dmp_today() then 'nothing'
        when r.status = 'closed'
          and current_setting('dmp.purpose', true) is distinct from 'take away' then 'nothing'
        when r.holder_id = public.dmp_bound('person') then 'holder' end
    into ours, person, account, now_at, today, shared, is_open, way
    from public.records_record r where r.id = public.dmp_bound('record');
  if way is not null or ours is null then
    way := coalesce(way, 'nothing');
    return;
  end if;
  -- 5. Who represents the holder.
  if person is not null then
    representation := public.dmp_representation();
    if representation = 'live' then
      way := 'family';
      secret_care := public.dmp_secret_care(ours);
      scope := '{{everything}}';
      hidden := '{{}}';
      return;
    end if;
  end if;
  if not is_open or representation = 'suspended' then
    way := 'nothing';
  -- 6. A delegate, within scope.
  elsif public.dmp_is_capacity('delegate') and public.dmp_in_scope(element_kind) then
    way := 'family';
    scope := public.dmp_scope();
    secret_care := public.dmp_secret_care(ours);
    hidden := array(
      select unnest(m.aims) from public.dmp_aimed_at(null, null, null, ours, now_at) m);
  else
    -- 7. At work as a professional, and not blocked. 8. The treating GP, in person, while
    -- registered. 10. What is shared with them. 11. The door. 9 and 12. What hides from them.
    select w.professional, case when held.circle then w.structure end,
        case when door.by_door then public.dmp_readable(w.profession) end, held.shared,
        came.way, masked.hidden, masked.naming
      into me, my_place, reads, shared, way, hidden, naming
      from public.dmp_work(now_at) w, lateral (
        select bool_or(p.kind = 'treating_gp' and p.personal) as gp,
          bool_or(p.kind = 'circle') as circle,
          coalesce(array_agg(p.element) filter (where p.kind = 'share'), '{{}}') as shared
        from public.dmp_periods_of(w.professional, w.structure, account, ours, now_at) p
      ) held, lateral (
        select case
          when exists (
            select from public.access_block b
            where b.record_id = ours and b.professional_id = w.professional
              and public.dmp_live(b.since, null, b.ended_at, now_at)) then 'nothing'
          when held.gp and exists (
            select from public.access_professional gp
            where gp.id = w.professional
              and (gp.registration_ended_at is null or now_at < gp.registration_ended_at))
            then 'treating gp'
          else 'professional' end as way
        offset 0  -- once, though it is asked below; so is what follows
      ) came, lateral (
        select came.way = 'professional' and (held.circle
          or public.dmp_opened('emergency') or public.dmp_opened('regulation')) as by_door
        offset 0
      ) door, lateral (
        select coalesce(array_agg(m.aim) filter (where m.hides), '{{}}') as hidden,
          coalesce(array_agg(m.aim) filter (where m.names), '{{}}') as naming
        from (
          select unnest(one.aims) as aim, one.hides, one.names
          from public.dmp_aimed_at(w.professional, w.structure, w.profession, ours, now_at) one
          where door.by_door) m
      ) masked;
    way := coalesce(way, 'nothing');
  end if;
end $$;

create or replace function dmp_way(element_kind text) returns text
language plpgsql stable set search_path = ''
set plan_cache_mode = force_generic_plan as $$
begin
  return (public.dmp_sight(element_kind)).way;
end $$;
