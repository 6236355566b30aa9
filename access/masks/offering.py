"""Offering to hide a sensitive subject when the first element of it has come: to the holder alone.

Nothing is hidden by an offer. It stops when the holder makes any rule on the subject, or puts it
aside. Knows no screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from access import policy
from access.binding import use_case
from access.elements import KINDS
from access.masks.subjects import Subject, bit_of, subjects
from access.models import Mask, MaskTarget
from access.notices.aside import left_to_offer, put_aside
from access.policy import NotVisible
from records.dossier.entrance import enter


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


def subjects_to_offer(dossier: Dossier) -> tuple[Subject, ...]:
    """Return the subjects of what the holder sees that they have decided nothing about yet.

    Theirs alone: through anybody's eyes the dossier isn't the holder's, and nothing is offered.
    """
    person_id = dossier.standing.viewer.person_id
    if not dossier.by_holder or person_id is None:
        return ()
    present = _present(dossier)
    if not present:
        return ()
    record_id = dossier.record_id
    decided = Mask.objects.filter(record_id=record_id, target=MaskTarget.CATEGORY)
    for categories in decided.values_list("target_categories", flat=True):
        present &= ~categories
    found = [one for one in subjects(record_id) if one.bit & present]
    left = left_to_offer(
        person_id=person_id, record_id=record_id, offers=[one.key for one in found]
    )
    return tuple(one for one in found if one.key in left)


def _present(dossier: Dossier) -> int:
    """Return the categories of all that the holder sees, in one query."""
    first, *rest = [
        policy.visible(model, dossier.standing)
        .exclude(categories=0).values_list("categories", flat=True)
        for model in KINDS.values()
    ]  # fmt: skip
    present = 0
    for categories in first.union(*rest):
        present |= categories
    return present


@use_case
def put_subjects_aside(*, by: Viewer, record_id: uuid.UUID, keys: Collection[str]) -> None:
    """Offer these subjects no more. Nobody sees more or less by it: nothing is journalled.

    Raises ``NotVisible`` for anybody but the holder, and for what is no subject.
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_holder or by.person_id is None:
        raise NotVisible
    if not keys or not all(bit_of(record_id, key) for key in keys):
        raise NotVisible
    put_aside(person_id=by.person_id, record_id=record_id, offers=keys)
