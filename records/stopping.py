"""« Je ne le prends plus »: an entry of the holder's own about a medicine of the claims.

It is said of care that may be hidden, so it is never more visible than that care. Knows no screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from access import policy
from access.binding import note, now, today, use_case
from access.journal import Action
from access.masks import hide_alike
from access.matrix import ENTRY_TYPE
from access.policy import NotVisible, Refused
from records import reference
from records.dossier.entrance import enter
from records.dossier.treatments import stopped_of, treatments_of
from records.entries import MAX_ENTRIES, PROFILE, check_can_write
from records.models import Entry, EntryKind
from records.turns import take_turn
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.care.treatments import Treatment


@use_case
def stop_taking(*, by: Viewer, record_id: uuid.UUID, treatment: str) -> None:
    """Write that the holder no longer takes a medicine, named by its key; twice is once.

    Raises ``NotVisible`` for a medicine the asker doesn't see as for one that isn't there, and
    ``Refused`` for who may not write.
    """
    dossier = enter(by=by, record_id=record_id)
    author = check_can_write(dossier.standing)
    take_turn(record_id, PROFILE)
    found = next((one for one in treatments_of(dossier) if one.key == treatment), None)
    if found is None:
        raise NotVisible
    held = policy.visible_entries(dossier.standing)
    if found.key in stopped_of([found], held):
        return
    if held.count() >= MAX_ENTRIES:
        raise Refused(_("Ce profil est plein : retirez d'abord une information."))
    lines = policy.visible_lines(dossier.standing).filter(id__in=found.line_ids)
    facts = list(
        lines.values_list("secret", "episodes", "categories", "prescriber_id", "performer_id")
    )
    entry = Entry(
        id=uuid7(),
        record_id=record_id,
        kind=EntryKind.TREATMENT,
        type_code=ENTRY_TYPE,
        content={"text": _sentence(found), "treatment": found.key},
        occurred_on=today(),
        created_at=now(),
        author_kind=author,
        author_person_id=by.person_id,
        secret=any(secret for secret, *_rest in facts),
        episodes=sorted({episode for _secret, episodes, *_rest in facts for episode in episodes}),
        categories=found.categories | reference.sensitive_categories(type_code=ENTRY_TYPE),
    )
    entry.save()
    note(
        Action.ENTRY_WRITTEN, record_id, by=by, door=author, element_kind="entry",
        element_id=entry.id, rests_on_secret=entry.secret,
    )  # fmt: skip
    hide_alike(
        by=by,
        record_id=record_id,
        element_id=entry.id,
        elements=found.line_ids,
        people={person for *_rest, by_, of in facts for person in (by_, of) if person},
    )


def _sentence(found: Treatment) -> str:
    """In French whatever the page: professionals read it."""
    with translation.override("fr"):
        named = reference.atc_label(found.atc, "fr") if found.atc else found.substance
        return _("Je ne prends plus : %(name)s") % {"name": named or found.substance}
