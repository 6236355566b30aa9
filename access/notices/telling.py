"""What is written down to be told, and to whom: the holder, and who speaks for them.

The row is the truth of what is to be sent; the message that wakes the worker is not. Neutral
words only, in the language of whoever reads: never a type, a title, a name.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import translation

from access.binding import bound, now, today
from access.conditions import representing
from access.models import Authorisation, Notice, NoticeState
from access.notices.hours import next_round
from access.notices.wording import (
    ATTEMPT,
    BY_POST,
    CASE_ANSWERED,
    CHOICE_ENDS,
    CONSENT,
    ERASURE_ASKED,
    ERASURE_DONE,
    INSISTENT,
    NEW_DOCUMENT,
    NEW_DOOR,
    NUMBER,
    ON_THE_SITE,
    QUESTION,
    REPRESENTATION,
    TO_EXPLAIN,
    URGENT,
    WITHDRAWN,
    words,
)
from records.days import age_on
from records.models import Record, RecordStatus, Representation
from records.traits import MAJORITY


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from records.models import Person


_NOBODY: Final = uuid.UUID(int=0)


def tell_new_door(period: Authorisation, *, family: bool) -> None:
    """Tell at once that someone was given a door, or waits for it to be confirmed.

    ``family`` is false for a door that a minor gave alone: no representative may know of it.
    """
    tell(Record.objects.select_related("holder").get(id=period.record_id), NEW_DOOR, family)


def tell_delegate(record_id: uuid.UUID) -> None:
    """Tell at once that a delegate was named, changed or taken away."""
    tell(Record.objects.select_related("holder").get(id=record_id), NEW_DOOR, family=True)


def tell_representation(record_id: uuid.UUID) -> None:
    """Tell at once, all but whoever was suspended, that who represents the holder changed."""
    record = Record.objects.select_related("holder").get(id=record_id)
    tell(record, REPRESENTATION, family=True)


def tell_number(record_id: uuid.UUID) -> None:
    """Tell that the fund noted another number: whoever didn't ask for it is to say so."""
    record = Record.objects.select_related("holder").get(id=record_id)
    tell(record, NUMBER, family=True)


def tell_new_document(record: Record, *, family: bool, once: str = "") -> None:
    """Tell that something was added by somebody else, without saying what."""
    tell(record, NEW_DOCUMENT, family, once=once)


def tell_withdrawn(record: Record, *, family: bool) -> None:
    """Tell that its author took something back; the journal says who, when and why."""
    tell(record, WITHDRAWN, family)


def tell_question(record: Record, *, family: bool) -> None:
    """Tell that a professional asks to be shown something: not who, not what."""
    tell(record, QUESTION, family)


def tell_consent(record: Record) -> None:
    """Tell the holder, and nobody else, that their consent was written down: not what it is."""
    tell(record, CONSENT, family=False)


def tell_to_explain(record: Record, *, family: bool, once: str) -> None:
    """Tell that something waits to be explained by a doctor, once, without saying what."""
    tell(record, TO_EXPLAIN, family, once=once)


def tell_choice_ends(record: Record, *, holder: bool, family: bool, once: str) -> None:
    """Tell, once, that a mask ends in seven days, without the word."""
    tell(record, CHOICE_ENDS, family, once=once, holder=holder)


def tell_erasure_asked(record: Record) -> None:
    """Tell at once that everything will be destroyed unless it is taken back."""
    tell(record, ERASURE_ASKED, family=True)


def tell_erasure_done(record: Record, people: Iterable[Person]) -> None:
    """Tell these people that everything is destroyed: the notice no longer says of which record.

    ``record`` is the row as it was read before, with its holder.
    """
    _write(people, record, ERASURE_DONE, kept=False)


def tell_case_answered(record: Record, *, family: bool) -> None:
    """Tell that the fund answered; what was asked and of whom is read on the site."""
    tell(record, CASE_ANSWERED, family)


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is to be told of one visit, once: by which rule; to the family where they may know."""

    record_id: uuid.UUID
    rule: str
    family: bool
    once: str


def tell_unusual(found: Iterable[Unusual]) -> None:
    """Tell of visits that are unusual, each rule once a visit. As many statements for one as all.

    Nothing for a record that isn't open.
    """
    found = list(found)
    keys = {one.record_id for one in found}
    rows = Record.objects.select_related("holder").filter(
        id__in=keys, status=RecordStatus.OPEN, died_on=None, merged_into=None
    )
    records = {record.id: record for record in rows.order_by("id")}
    families = _families(records.values())
    told = []
    for one in found:
        record = records.get(one.record_id)
        if record is not None:
            speak = families[record.id]
            told += _notices(
                [record.holder, *(speak if one.family else [])], record, f"unusual_{one.rule}",
                once=one.once, alone=_alone(record, speak, family=one.family),
            )  # fmt: skip
    Notice.objects.bulk_create(told, ignore_conflicts=True)


def tell_attempt(record: Record | None) -> None:
    """Tell the holder, and nobody else, that somebody asked for an opening and has none.

    Without a record nobody is told, and as much is asked: how long it takes tells nothing.
    """
    if record is None:
        _families([Record(id=_NOBODY)])
        Notice.objects.filter(id=_NOBODY).update(state=NoticeState.ON_SITE)
    else:
        tell(record, ATTEMPT, family=False)


def tell(
    record: Record,
    kind: str,
    family: bool,  # noqa: FBT001
    *,
    once: str = "",
    holder: bool = True,
) -> None:
    """Write what the holder is told, and, where ``family`` says so, who speaks for them."""
    speak = _families([record])[record.id]
    readers = [*([record.holder] if holder else []), *(speak if family else [])]
    if kind not in URGENT:
        # Whoever did it knows; a door or a demand in their name is told to them all the same.
        readers = [person for person in readers if person.id != bound().viewer.person_id]
    alone = _alone(record, speak, family=family)
    _write(readers, record, kind, once=once, alone=alone)


def _families(records: Collection[Record]) -> dict[uuid.UUID, list[Person]]:
    """Return who represents the holder of each record now, by the gate's own condition."""
    found: dict[uuid.UUID, list[Person]] = {record.id: [] for record in records}
    held = representing(bound().moment, record_ids=found)
    # Asked of nobody too: how long it takes doesn't tell whether somebody represents them.
    live = Representation.objects.filter(id__in=[*held, _NOBODY]).select_related("person")
    for one in live.order_by("id"):
        found[one.record_id].append(one.person)
    return found


def _alone(record: Record, speak: Collection[Person], *, family: bool) -> bool:
    """Tell whether somebody lives beside the holder who may not know of this."""
    minor = age_on(record.holder.born_on, today()) < MAJORITY
    return not family and (minor or bool(speak))


def _write(
    people: Iterable[Person], record: Record, kind: str, *, once: str = "", kept: bool = True,
    alone: bool = False,
) -> None:  # fmt: skip
    rows = _notices(people, record, kind, once=once, kept=kept, alone=alone)
    Notice.objects.bulk_create(rows, ignore_conflicts=bool(once))
    wake_for(kind, rows)


def wake_for(kind: str, rows: Iterable[Notice]) -> None:
    """Wake the worker for what leaves at once."""
    if kind in URGENT:
        keys = [str(row.id) for row in rows]
        # The row is the truth: what is not woken now is found by the worker's own rounds.
        transaction.on_commit(lambda: _wake(keys), robust=True)


def _notices(
    people: Iterable[Person], record: Record, kind: str, *, once: str = "", kept: bool = True,
    alone: bool = False,
) -> list[Notice]:  # fmt: skip
    """Make one row a person. ``alone`` is for what who represents the holder may not know of.

    It takes the holder's own confirmed contact, or stays on the site: a letter is opened at home.
    """
    insists = kind in INSISTENT
    minor = age_on(record.holder.born_on, today()) < MAJORITY
    rows = []
    for person in people:
        wish = record.choice("notify_by", to_family=minor and person.id != record.holder_id)
        wish = "" if alone and wish == BY_POST else wish
        with translation.override(person.language):
            body = words(kind, own=person.id == record.holder_id)
        rows.append(
            Notice(
                record_id=record.id if kept else None, person_id=person.id, kind=kind, body=body,
                made_at=now(), channel=wish or ON_THE_SITE,
                # Who wishes none reads it on the site; only what is urgent leaves all the same.
                state=NoticeState.WAITING if wish or insists else NoticeState.ON_SITE,
                due_at=now() if kind in URGENT else next_round(now()),
                once=once_of(kind, person.id, once) if once else None,
            )
        )  # fmt: skip
    return rows


def _wake(keys: list[str]) -> None:
    for key in keys:
        current_app.send_task("access.send_notice", args=[key], retry=False)


def once_of(kind: str, reader_id: uuid.UUID, about: str) -> bytes:
    """Return what tells that this was told already; nobody reads from it what it was about."""
    message = f"notice|{kind}|{reader_id}|{about}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).digest()
