"""The same visibility as guardian would keep it: one permission row per document and viewer.

Its best switches: no groups, no superuser's shortcut, no global permissions, one record only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections
from guardian.shortcuts import get_objects_for_user

from access.models import User
from benchmarks.bypass import as_owner
from records.dossier.documents import LIST
from records.models import Document


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from benchmarks.asking import Subject


_MIRROR = """
insert into guardian_userobjectpermission (permission_id, content_type_id, object_pk, user_id)
select p.id, p.content_type_id, d.id::text, g.user_id
from access_recordusergrant g
join access_user u on u.id = g.user_id
join records_document d on d.record_id = g.content_object_id
join auth_permission p on p.codename = 'view_document'
where g.user_id = any(%(users)s) and d.withdrawn_at is null
  and not exists (select 1 from access_mask m
    where m.record_id = d.record_id and m.ended_at is null
      and d.author_id is distinct from u.professional_id
      and (m.audience = 'everyone' or m.audience_id = u.professional_id)
      and (m.target = 'element' and m.target_id = d.id
        or m.target = 'category' and m.target_categories & d.categories <> 0))
on conflict do nothing
"""


class Mirror:
    """guardian's generic table, filled with what the gate would answer to some viewers."""

    def __init__(self) -> None:
        self._users: dict[uuid.UUID, User] = {}
        self._kind = ContentType.objects.get_for_model(Document)

    def lay_down(self, user_ids: Iterable[uuid.UUID | None]) -> None:
        """Write the rows of these users, and let the web's role of the benchmark read them."""
        wanted = [key for key in user_ids if key is not None]
        with connections["owner"].cursor() as cursor:
            cursor.execute("grant select on guardian_userobjectpermission to dmp_app")
            cursor.execute(_MIRROR, {"users": wanted})
            cursor.execute("vacuum analyze guardian_userobjectpermission")
        self._users |= {user.id: user for user in User.objects.filter(id__in=wanted)}

    def documents(self, subject: Subject) -> list[tuple[Any, ...]]:
        """Return what guardian finds for this viewer on this record, in the same columns."""
        user = self._users[subject.viewer.user_id]  # type: ignore[index]  # laid down before
        with as_owner():
            return self._asked(user, subject)

    def _asked(self, user: User, subject: Subject) -> list[tuple[Any, ...]]:
        of_record = Document.objects.filter(record_id=subject.record_id, archived_at=None)
        found = get_objects_for_user(
            user,
            "view_document",
            of_record,
            use_groups=False,
            with_superuser=False,
            accept_global_perms=False,
        )
        return list(found.order_by("-occurred_on", "-id").values_list(*LIST.columns))
