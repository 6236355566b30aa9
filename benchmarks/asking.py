"""Who asks, on which record: five ways of standing on the records of `population`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from access.viewer import PracticeFacts, Role, Viewer


if TYPE_CHECKING:
    import uuid


# The period by which each kind of professional holds their door: its number in `population`.
PROFESSIONALS = {"treating_gp": 0, "hidden_from": 1, "circle": 2, "quarter": 6}
KINDS = ("treating_gp", "circle", "hidden_from", "quarter", "holder")

_PROFESSIONALS = """
select r.id, u.id, w.id, w.professional_id, w.profession, w.structure_id
from (select id, row_number() over (order by id) as number from records_record) r
join lateral (
  select professional_id from access_authorisation a
  where a.record_id = r.id and a.ended_at is null order by a.id offset %(door)s limit 1
) held on true
join access_user u on u.professional_id = held.professional_id
join access_practice w on w.professional_id = held.professional_id
where r.number %% %(step)s = 0
order by r.number
"""
_HOLDERS = """
select r.id, u.id, r.holder_id
from (select *, row_number() over (order by id) as number from records_record) r
join access_user u on u.person_id = r.holder_id
where r.number %% %(step)s = 0
order by r.number
"""


@dataclass(frozen=True)
class Subject:
    """One question: a viewer and a record."""

    viewer: Viewer
    record_id: uuid.UUID

    @property
    def values(self) -> dict[str, Any]:
        """What a statement written by hand binds."""
        practice = self.viewer.practice
        return {
            "record": self.record_id,
            "user": self.viewer.user_id,
            "person": self.viewer.person_id,
            "professional": practice.professional_id if practice else None,
            "practice": practice.id if practice else None,
            "structure": practice.structure_id if practice else None,
        }


def subjects(kind: str, *, records: int, count: int) -> list[Subject]:
    """Return questions of one kind, over records spread evenly among all of them."""
    # Every fourth record is one of the quarter's, whoever asks.
    step = max(4, records // count // 4 * 4)
    with connection.cursor() as cursor:
        if kind == "holder":
            cursor.execute(_HOLDERS, {"step": step})
            return [
                Subject(_viewer(user, Role.PATIENT, person=person), record)
                for record, user, person in cursor.fetchall()
            ]
        cursor.execute(_PROFESSIONALS, {"step": step, "door": PROFESSIONALS[kind]})
        return [
            Subject(
                _viewer(
                    user,
                    Role.PROFESSIONAL,
                    practice=PracticeFacts(
                        id=practice,
                        professional_id=professional,
                        profession=profession,
                        structure_id=structure,
                        structure_kind="practice",
                    ),
                ),
                record,
            )
            for record, user, practice, professional, profession, structure in cursor.fetchall()
        ]


def _viewer(
    user: uuid.UUID,
    role: Role,
    *,
    person: uuid.UUID | None = None,
    practice: PracticeFacts | None = None,
) -> Viewer:
    return Viewer(
        user_id=user,
        person_id=person,
        role=role,
        active=True,
        second_factor="totp",
        practice=practice,
        name="Alix Exemple",
    )
