"""The holder's consent to words that name what they hid: one by one, given in person, taken back.

The GP records it with the person there; the person is told, reads it in the journal, and takes it
back alone. Knows no screen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import narrow_ways, policy
from access.binding import note, now, use_case
from access.journal import Action
from access.masks import cover_line
from access.notices import tell_consent
from access.policy import Refused
from records import files, keys
from records.dossier import telling
from records.dossier.entrance import Dossier, enter
from records.hidden_words import words_written
from records.models import (
    Document,
    ElementKind,
    Entry,
    Record,
    ReimbursementLine,
    SynthesisConsent,
    SynthesisSource,
)
from records.uuid7 import uuid7


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from access.viewer import Viewer
    from records.synthesis.naming import Hit, Word


@dataclass(frozen=True, slots=True)
class Consent:
    """A live consent, as its holder reads it."""

    row: SynthesisConsent
    key: str
    word: str
    line: str
    on: str


def live_consents(record_id: uuid.UUID, key: bytes) -> list[Consent]:
    """Return the consents in force on a record, the oldest first."""
    rows = SynthesisConsent.objects.filter(record_id=record_id, ended_at=None)
    found = []
    for row in rows.order_by("recorded_at", "id"):
        covers: dict[str, Any] = json.loads(
            keys.unseal(key, row.covers_sealed, about=row.id.bytes)
        )
        found.append(
            Consent(row, covers["key"], covers["word"], covers["line"],
                    telling.day_and_month(row.recorded_at))
        )  # fmt: skip
    return found


def agreed_words(record_id: uuid.UUID, key: bytes) -> frozenset[str]:
    """Return the words the holder agreed to, under their keys."""
    return frozenset(one.key for one in live_consents(record_id, key))


def record_consents(
    dossier: Dossier, hits: Collection[tuple[Hit, Word]], *, by: Viewer, author_id: uuid.UUID
) -> None:
    """Keep the holder's yes to each of these words; one event, one notice, no word in either."""
    record = Record.objects.select_related("holder").get(id=dossier.record_id)
    record_key = files.record_key(record)
    for hit, word in hits:
        if word.rests_on is None:
            continue
        key = uuid7()
        covers = json.dumps({"key": hit.key, "word": hit.word, "line": hit.line})
        kind, element = word.rests_on
        SynthesisConsent(
            id=key, record=record, recorded_by=author_id, recorded_at=now(),
            covers_sealed=keys.seal(record_key, covers.encode(), about=key.bytes),
            rests_on_kind=kind, rests_on=element,
        ).save(force_insert=True)  # fmt: skip
    note(
        Action.CONSENT_RECORDED, record.id, by=by, door=dossier.door,
        rests_on_secret=_keeps_secrets(dossier),
    )  # fmt: skip
    tell_consent(record)


def _keeps_secrets(dossier: Dossier) -> bool:
    """A minor's consents, and those of whoever keeps a secret, are not told to representatives."""
    if not dossier.standing.holder_is_adult:
        return True
    models = (Document, Entry, ReimbursementLine)
    return any(
        policy.visible(model, dossier.standing).filter(secret=True).exists() for model in models
    )


def read_consents(*, by: Viewer, record_id: uuid.UUID) -> list[Consent]:
    """Return what the holder agreed to; nothing to anybody else. Noted by its page."""
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_holder:
        return []
    return live_consents(record_id, files.record_key(Record.objects.get(id=record_id)))


@use_case
def take_consent_back(*, by: Viewer, record_id: uuid.UUID, consent_id: uuid.UUID) -> None:
    """End a consent: from now on, lines that say the word are hidden as what they name is.

    For the holder alone, who gave it. Taken back twice, it was taken back once.
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.by_holder:
        raise Refused(_("Seule la personne qui a donné son accord peut le reprendre."))
    record = Record.objects.select_for_update(of=("self",), no_key=True).get(id=record_id)
    held = live_consents(record_id, files.record_key(record))
    word = next((one.key for one in held if one.row.id == consent_id), None)
    if word is None:
        return
    for one in held:
        if one.key == word:
            one.row.ended_at = now()
            one.row.save(update_fields=["ended_at"])
            _withhold(one, record_id)
    note(
        Action.CONSENT_ENDED, record_id, by=by, door=dossier.door,
        rests_on_secret=_keeps_secrets(dossier),
    )  # fmt: skip


def _withhold(consent: Consent, record_id: uuid.UUID) -> None:
    """Make every line that says the word rest on what the holder hid."""
    lines = narrow_ways.synthesis_lines_said()
    found = words_written([text for _key, text in lines])
    saying = [
        key for (key, _text), said in zip(lines, found, strict=True) if consent.key in said
    ]  # fmt: skip
    if consent.row.rests_on_kind == ElementKind.SYNTHESIS_LINE:
        for line_id in saying:
            cover_line(record_id=record_id, like=consent.row.rests_on, line_id=line_id)
        return
    SynthesisSource.objects.bulk_create(
        [
            SynthesisSource(
                id=uuid7(), record_id=record_id, line_id=line_id, kind=consent.row.rests_on_kind,
                element_id=consent.row.rests_on,
            )
            for line_id in saying
        ],
        ignore_conflicts=True,
    )  # fmt: skip
