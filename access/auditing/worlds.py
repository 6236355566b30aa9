"""One auditor's row as rows of the database: people, doors, masks and the one element asked about.

Worlds are inserted as rows and not through use cases, so that a wrong world can be asked about.
Runs in a scratch database (``check_policy``) and in tests, never on live data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.auditing.doors import AnyElement, Doors
from access.auditing.elements import Elements
from access.auditing.people import People


if TYPE_CHECKING:
    from access.auditing.rows import Case
    from access.models import User
    from access.viewer import Viewer
    from records.models import Record


@dataclass(frozen=True, slots=True)
class World:
    """What was built: the record, the element asked about and the viewer who asks."""

    record: Record
    element: AnyElement
    viewer: Viewer
    user: User | None
    database: str


def build_world(case: Case, *, database: str = "default") -> World:
    """Insert one row's world by a connection that may write, and return what it is asked about."""
    people = People(case, database)
    doors = Doors(people)
    element = Elements(doors).element()
    doors.mask(element)
    if people.is_professional:
        doors.doors(element)
    doors.family(element)
    return World(people.record, element, people.viewer(), people.user, database)
