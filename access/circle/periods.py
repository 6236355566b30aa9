"""Periods and their mirrors: an authorisation's row, and guardian's beside it while it is live.

The truth is the period; guardian's row exists exactly while one is live, written and removed in
the same transaction. Decides nothing: who may ask is the use cases' business.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils.translation import gettext as _

from access.binding import PARIS, now, today, use_case
from access.models import (
    Authorisation,
    AuthorisationKind,
    GivenGround,
    RecordGroupGrant,
    RecordUserGrant,
    Structure,
    User,
)
from access.models.periods import live
from access.policy import Refused


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.models import Professional
    from access.viewer import Viewer


PERMISSIONS = {
    AuthorisationKind.TREATING_GP: "treat_record",
    AuthorisationKind.CIRCLE: "consult_record",
    AuthorisationKind.SHARE: "receive_share",
}


def end_of_day(last_day: dt.date) -> dt.datetime:
    """Return the instant a last day ends: it counts until 24:00 in Paris."""
    following = last_day + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), tzinfo=PARIS)


def last_day_of(until: dt.datetime | None) -> dt.date | None:
    """Return the last civil day that counts, from the instant a period stops."""
    if until is None:
        return None
    return (until - dt.timedelta(microseconds=1)).astimezone(PARIS).date()


def stop_after(last_day: dt.date | None) -> dt.datetime | None:
    """Return the instant a period given until ``last_day`` stops. Raises ``Refused`` if passed."""
    if last_day is None:
        return None
    if last_day < today():
        raise Refused(_("Cette date est passée. Choisissez aujourd'hui ou un jour à venir."))
    return end_of_day(last_day)


def open_period(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    kind: AuthorisationKind,
    professional_id: uuid.UUID | None = None,
    structure_id: uuid.UUID | None = None,
    ground: GivenGround = GivenGround.HOLDER,
    until: dt.datetime | None = None,
    confirmed: bool = True,
    given_by: uuid.UUID | None = None,
) -> Authorisation:
    """Write a period that begins now, and guardian's row when nothing is left to confirm."""
    at = now()
    period = Authorisation.objects.create(
        record_id=record_id,
        kind=kind,
        professional_id=professional_id,
        structure_id=structure_id,
        ground=ground,
        given_by=given_by or by.user_id,
        given_at=at,
        confirmed_at=at if confirmed else None,
        since=at,
        until=until,
    )
    _mirror([period])
    return period


def open_share_periods(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    professional: Professional,
    element_ids: Iterable[uuid.UUID],
    until: dt.datetime | None,
) -> list[Authorisation]:
    """Write a share of each of these elements, and guardian's one row: statements don't grow."""
    at = now()
    periods = [
        Authorisation(
            record_id=record_id,
            kind=AuthorisationKind.SHARE,
            professional=professional,
            element_id=key,
            given_by=by.user_id,
            given_at=at,
            confirmed_at=at,
            since=at,
            until=until,
        )
        for key in element_ids
    ]
    Authorisation.objects.bulk_create(periods)
    _mirror(periods)
    return periods


def confirm_period(period: Authorisation, *, by: Viewer) -> None:
    """Make a waiting period take effect. It is the holder's own act from then on."""
    period.confirmed_at = now()
    period.ground = GivenGround.HOLDER
    period.given_by = by.user_id
    period.save(update_fields=["confirmed_at", "ground", "given_by"])
    _mirror([period])


def close_periods(
    periods: Iterable[Authorisation], *, by: Viewer, removed_by_holder: bool
) -> list[Authorisation]:
    """End periods now and take guardian's rows away where nothing live is left.

    One that has ended already, by a minor alone, stops now for who wasn't told: it keeps its end.
    """
    closed = list(periods)
    for period in closed:
        if period.ended_at is not None and period.ended_at <= now():
            period.until = now()
            period.save(update_fields=["until"])
            continue
        period.ended_at = now()
        period.ended_by = by.user_id
        period.removed_by_holder = removed_by_holder
        period.save(update_fields=["ended_at", "ended_by", "removed_by_holder"])
    _mirror(closed)
    return closed


def _mirror(periods: Iterable[Authorisation]) -> None:
    """Make guardian's rows of the grantees of these periods say what is live now, each once."""
    grantees = {
        (period.record_id, period.kind, period.professional_id, period.structure_id): period
        for period in periods
    }
    for period in grantees.values():
        kind = AuthorisationKind(period.kind)
        same = Authorisation.objects.filter(
            live(now()),
            record_id=period.record_id,
            kind=kind,
            professional=period.professional_id,
            structure=period.structure_id,
            confirmed_at__lte=now(),
        )
        held = same.exists()
        permission = _permission(kind)
        if period.structure_id is not None:
            _mirror_structure(period.record_id, period.structure_id, permission, held=held)
        elif period.professional_id is not None:
            users = User.objects.filter(professional_id=period.professional_id)
            rows = [
                RecordUserGrant(
                    user_id=user, permission=permission, content_object_id=period.record_id
                )
                for user in users.order_by("id").values_list("id", flat=True)
            ]
            if held:
                RecordUserGrant.objects.bulk_create(rows, ignore_conflicts=True)
            else:
                RecordUserGrant.objects.filter(
                    user__in=users, permission=permission, content_object_id=period.record_id
                ).delete()


def _mirror_structure(
    record_id: uuid.UUID, structure_id: uuid.UUID, permission: Permission, *, held: bool
) -> None:
    structure = Structure.objects.select_related("group").get(id=structure_id)
    group = structure.group
    if held and group is None:
        # guardian names groups; a structure's is made with its first door.
        group, _made = Group.objects.get_or_create(name=f"structure {structure.id}")
        structure.group = group
        structure.save(update_fields=["group"])
    if held and group is not None:
        row = RecordGroupGrant(group=group, permission=permission, content_object_id=record_id)
        RecordGroupGrant.objects.bulk_create([row], ignore_conflicts=True)
    elif group is not None:
        RecordGroupGrant.objects.filter(
            group=group, permission=permission, content_object_id=record_id
        ).delete()


def _permission(kind: AuthorisationKind) -> Permission:
    return Permission.objects.get(content_type__app_label="records", codename=PERMISSIONS[kind])


@use_case
def grants_for_new_user(user: User) -> None:
    """Write guardian's rows of the periods a professional holds, when an account is made for them.

    No act of anybody on a record: the doors were given before, and are in the journal already.
    """
    if user.professional_id is None:
        return
    held = Authorisation.objects.filter(
        live(now()), professional_id=user.professional_id, confirmed_at__lte=now()
    )
    permissions = {kind: _permission(kind) for kind in PERMISSIONS}
    pairs = held.order_by("record_id", "kind").values_list("record_id", "kind").distinct()
    RecordUserGrant.objects.bulk_create(
        [
            RecordUserGrant(
                user=user,
                permission=permissions[AuthorisationKind(kind)],
                content_object_id=record_id,
            )
            for record_id, kind in pairs
        ],
        ignore_conflicts=True,
    )


_LIVE_PERIOD = """exists (
    select 1 from access_authorisation a
    where a.record_id = g.content_object_id and a.kind = k.kind and {grantee}
      and a.confirmed_at <= %(at)s and a.since <= %(at)s
      and (a.until is null or a.until > %(at)s)
      and (a.ended_at is null or a.ended_at > %(at)s))"""

_KINDS = """(values ('treat_record', 'treating_gp'), ('consult_record', 'circle'),
    ('receive_share', 'share')) as k (codename, kind)"""

_SWEEP_USERS = f"""
delete from access_recordusergrant g using auth_permission p, access_user u, {_KINDS}
where p.id = g.permission_id and p.codename = k.codename and u.id = g.user_id
  and not {_LIVE_PERIOD.format(grantee="a.professional_id = u.professional_id")}
"""  # noqa: S608  # constants only; values are bound

_SWEEP_GROUPS = f"""
delete from access_recordgroupgrant g using auth_permission p, access_structure s, {_KINDS}
where p.id = g.permission_id and p.codename = k.codename and s.group_id = g.group_id
  and not {_LIVE_PERIOD.format(grantee="a.structure_id = s.id")}
"""  # noqa: S608  # constants only; values are bound


@use_case
def sweep_ended() -> int:
    """Remove guardian's rows whose period has run out, and return how many.

    The gate asks for a live period too: a late sweep opens nothing.
    """
    removed = 0
    with connection.cursor() as cursor:
        for statement in (_SWEEP_USERS, _SWEEP_GROUPS):
            cursor.execute(statement, {"at": now()})
            removed += cursor.rowcount
    return removed
