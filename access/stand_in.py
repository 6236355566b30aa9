"""The ladder's SQL with a name in the place of each value: the same for all who stand alike.

A question is built for a stand-in, whose record, person and clock are nobody's; compiled, its
values are told by what they are. It must not know what is asked, nor run anything.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import connection

from access.standing import Standing
from access.viewer import Moment, PracticeFacts, Viewer


if TYPE_CHECKING:
    from collections.abc import Sequence


class LeftOver(Exception):
    """A value of the stand-in's stayed in the SQL: the ladder asks for it in another form."""


def _nobody(number: int) -> uuid.UUID:
    """A key that no row has."""
    return uuid.UUID(f"ffffffff-ffff-4fff-bfff-{number:012x}")


_RECORD, _USER, _PERSON, _PRACTICE, _PROFESSIONAL, _STRUCTURE, _SHARED = map(_nobody, range(1, 8))
_MOMENT = Moment(at=dt.datetime(1601, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC), today=dt.date(1602, 3, 4))
_NAMES: dict[Any, str] = {
    _RECORD: "record",
    _USER: "user",
    _PERSON: "person",
    _PRACTICE: "practice",
    _PROFESSIONAL: "professional",
    _STRUCTURE: "structure",
    (_SHARED,): "shared",
    _MOMENT.at: "at",
    _MOMENT.today: "today",
}
# How a stand-in's value looks in SQL, should one be left there.
_TRACES = re.compile(r"ffffffff-ffff-4fff-bfff-|160[123]-0[1-5]")


def values_of(standing: Standing) -> dict[str, Any]:
    """Return what the names stand for, for this viewer, record and clock."""
    viewer = standing.viewer
    return {
        "record": standing.record_id,
        "user": viewer.user_id,
        "person": viewer.person_id,
        "practice": viewer.practice.id if viewer.practice else None,
        "professional": viewer.professional_id,
        "structure": viewer.structure_id,
        "shared": list(standing.shared),
        "at": standing.moment.at,
        "today": standing.moment.today,
    }


def stand_in(standing: Standing) -> Standing:
    """Return the same standing held by nobody: what is left tells one SQL from another."""
    viewer = standing.viewer
    practice = viewer.practice
    # All that stays, so that it is made once for all who stand alike: it is asked at each reading.
    key = (
        _facts(standing),
        bool(standing.shared),
        _facts(viewer),
        *(bool(each) for each in (viewer.user_id, viewer.person_id, viewer.second_factor)),
        practice and (*_facts(practice), bool(practice.structure_id)),
    )
    found = _known.get(key)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[key] = replace(
            standing,
            viewer=_faceless(viewer),
            record_id=_RECORD,
            moment=_MOMENT,
            shared=(_SHARED,) if standing.shared else (),
        )
    return found


# What a stand-in hasn't of its own; whatever else these classes hold, or will, tells two apart.
_FACES = {
    Standing: {"viewer", "record_id", "moment", "shared"},
    Viewer: {"user_id", "person_id", "second_factor", "name", "practice"},
    PracticeFacts: {"id", "professional_id", "structure_id", "structure_name", "unit"},
}
_READERS: dict[type, attrgetter[Any]] = {
    kind: attrgetter(*(each.name for each in fields(kind) if each.name not in faces))
    for kind, faces in _FACES.items()
}
_MOST_KNOWN = 1000
_known: dict[tuple[Any, ...], Standing] = {}


def _facts(held: Standing | Viewer | PracticeFacts) -> Any:
    return _READERS[type(held)](held)


def _faceless(viewer: Viewer) -> Viewer:
    practice = viewer.practice
    return replace(
        viewer,
        user_id=viewer.user_id and _USER,
        person_id=viewer.person_id and _PERSON,
        second_factor="used" if viewer.second_factor else "",
        name="",
        practice=practice
        and replace(
            practice,
            id=_PRACTICE,
            professional_id=_PROFESSIONAL,
            structure_id=practice.structure_id and _STRUCTURE,
            structure_name="",
            unit="",
        ),
    )


def with_names(sql: str, values: Sequence[Any]) -> str:
    """Put ``%(name)s`` in the place of the stand-in's values, and the constants where they belong.

    Raises ``LeftOver`` rather than return SQL that would ask about the stand-in.
    """
    with connection.cursor() as cursor:
        named = sql % tuple(_named(cursor, value) for value in values)
    if _TRACES.search(named):
        raise LeftOver(named)
    return named


def _named(cursor: Any, value: Any) -> str:
    name = _NAMES.get(tuple(value) if isinstance(value, list) else value)
    if name is not None:
        return f"%({name})s"
    constant: str = cursor.mogrify("%s", [value]).decode()
    return constant.replace("%", "%%")
