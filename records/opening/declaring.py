"""« Son médecin traitant », said where the person is: from their identity to what waits for them.

The answer is one, whatever the record says. Must not know screens.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from access import circle
from access.binding import today, use_case
from access.policy import NotVisible
from records.opening.checking import may_open, record_of
from records.opening.codes import has_own_sign_in


if TYPE_CHECKING:
    from access.viewer import Viewer
    from records.opening.facts import Identity


#: Asked about where there is no record, so that the same is read.
_NOWHERE: Final = uuid.UUID(int=0)


def came_alone(identity: Identity) -> bool:
    """Tell whether it may be a minor who let a professional in by a code of their own.

    No representative may know of that visit (policy, line 5): nothing is declared during it.
    """
    age = identity.traits.age_on(today())
    return not identity.from_card and has_own_sign_in(age) and identity.traits.is_minor_on(today())


@use_case
def declare_doctor(
    *, by: Viewer, identity: Identity, professional_id: uuid.UUID, in_presence: bool = False
) -> None:
    """Note whom a person said their treating GP is: nothing opens until they confirm it.

    ``in_presence`` is for the doctor whom they are with, who names themself and nobody else: to
    the person, the act is then of that visit.
    """
    may_open(by)
    if in_presence and (professional_id != by.professional_id or came_alone(identity)):
        raise NotVisible
    record = record_of(identity)
    circle.declare_at_counter(
        by=by,
        record_id=record.id if record else _NOWHERE,
        professional_id=professional_id,
        door="presence" if in_presence else "counter",
    )
