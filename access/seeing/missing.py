"""What somebody doesn't see of what the asker sees: the gaps of the frame « see as », named.

Asked of the gate twice, as both; told to a decider alone. Knows no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access import policy
from access.binding import note
from access.elements import KINDS, Named, named
from access.journal import Action
from access.policy import NotVisible
from access.seeing.looking import decider_of, look_as


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


MOST = 200
"""Elements told of, the latest first."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing from somebody's pages, and how many more there are than are told."""

    dossier: Dossier
    name: str
    elements: tuple[Named, ...]
    untold: int

    @property
    def count(self) -> int:
        """How many elements are missing."""
        return len(self.elements) + self.untold


def read_missing(*, by: Viewer, record_id: uuid.UUID, key: str) -> Missing:
    """Return what the person under ``key`` doesn't see of what the asker sees.

    For the holder and their representative. Raises ``NotVisible`` for anybody else, and where
    that person has no way to the record any more.
    """
    dossier = decider_of(by, record_id)
    lens = look_as(by=by, record_id=record_id, key=key)
    if lens is None:
        raise NotVisible
    found: list[Named] = []
    count = 0
    for model in KINDS.values():
        rows: Any = policy.visible(model, lens.own)
        theirs: Any = policy.visible(model, lens.shown)
        gaps = rows.exclude(id__in=theirs.order_by().values("id"))
        count += gaps.count()
        found += map(named, gaps.order_by("-occurred_on", "-id")[:MOST])
    found.sort(key=lambda one: (one.on, one.id), reverse=True)
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, shown=len(found[:MOST]),
    )  # fmt: skip
    return Missing(dossier, lens.name, tuple(found[:MOST]), count - len(found[:MOST]))
