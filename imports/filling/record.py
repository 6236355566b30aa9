"""Filling one record, in one transaction: the store read, netted, mapped, linked and written."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone

from access.binding import binding, moment_of, note, now, today, turn_to, use_case
from access.journal import Action
from access.viewer import WORKER
from imports.faults import described
from imports.filling import store, waiting, writing
from imports.filling.documents import document_facts, relink
from imports.filling.mapping import care_lines, illness_line, record_lines
from imports.filling.netting import net
from records.care.episodes import assign_episodes
from records.care.window import window_start
from records.deposits.joining import EPISODES
from records.dossier.facts import ILLNESS_SECTION
from records.identifiers import professional_key
from records.models import DoctorProposal, Filling, FillingState
from records.turns import take_turn


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from imports.filling.store import Subject

DRAIN_SECONDS: Final = 1.5
"""Then other messages have their turn: a person may be at a counter. Rounds come every 2 s."""
_AT_ONCE: Final = 200
log = logging.getLogger(__name__)


def fill(record_id: uuid.UUID) -> bool:
    """Fill a record that waits for it. Returns whether it was done.

    Nothing is done when nothing waits, or when another worker is at it.
    """
    filling_id = waiting.take(record_id)
    if filling_id is None:
        return False
    try:
        with binding(WORKER):
            return _fill(by=WORKER, record_id=record_id, filling_id=filling_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the record waits for its next turn
        log.error("filling of record %s: %s", record_id, described(error))  # noqa: TRY400 - no quotes
        waiting.give_back(filling_id)
        return False


def fill_waiting(*, seconds: float = DRAIN_SECONDS) -> bool:
    """Fill the records that wait, for a while. Returns whether some are left."""
    until = time.monotonic() + seconds
    while records := waiting.next_records(_AT_ONCE):
        done = 0
        for record_id in records:
            done += fill(record_id)
            if time.monotonic() > until:
                return True
        if not done:
            return False  # others are at them, or they must wait
    return False


def roll() -> int:
    """Ask for every record that holds a line older than the window. Returns how many."""
    with transaction.atomic():
        since = window_start(moment_of(timezone.now()).today)
        return waiting.ask_past_window(since, ILLNESS_SECTION)


@use_case
def _fill(*, by: Viewer, record_id: uuid.UUID, filling_id: uuid.UUID) -> bool:
    filling = waiting.lock(filling_id)
    if filling is None:
        return False
    turn_to(record_id)
    with connection.cursor() as cursor:
        # Lost with its row in a crash of the server, and done again: no need to wait for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")
    take_turn(record_id, EPISODES)
    is_first = not Filling.objects.filter(record_id=record_id, state=FillingState.DONE).exists()
    touched = _fill_lines(filling, store.subject(record_id))
    filling.state = FillingState.DONE
    filling.finished_at = filling.heartbeat = now()
    filling.save()
    if touched or is_first:
        note(Action.FILLED, record_id, by=by, element_kind="line", shown=filling.lines)
    return True


def _fill_lines(filling: Filling, subject: Subject) -> int:
    """Make the record's lines what the store says. Returns how many the fund touched."""
    record_id = subject.record_id
    since = window_start(today())
    sent = store.read_lines(subject, since)
    ours = [line for line in sent if line.birth_date in {None, subject.born_on}]
    lines = sorted(
        (line for line in net(ours) if line.care_start >= since), key=lambda line: line.key
    )
    held = writing.held_lines(record_id)
    cares = care_lines(record_id, lines, {key: line.episodes for key, line in held.items()})
    documents = document_facts(record_id)
    episodes = {
        key: membership.episodes
        for key, membership in assign_episodes(record_id, cares, documents).items()
    }
    wanted = record_lines(lines, cares, episodes)
    wanted += [
        illness_line(record_id, illness) for illness in store.read_illnesses(subject, since)
    ]
    touched = writing.write(record_id, wanted, held, since=since, at=now())
    relink(record_id, documents, episodes)
    _propose_doctors(subject)
    filling.lines = len(wanted)
    filling.set_aside = len(sent) - len(ours)
    filling.older_lines = store.count_before(subject, since)
    return touched


def _propose_doctors(subject: Subject) -> None:
    """Propose the doctors declared to the fund; what the holder answered already stays."""
    rows = [
        DoctorProposal(
            record_id=subject.record_id,
            professional_id=professional_key(doctor.rpps),
            rpps=doctor.rpps,
            since=doctor.since,
            until=doctor.until,
            flow_date=doctor.flow_date,
        )
        for doctor in store.read_doctors(subject)
    ]
    if rows:
        DoctorProposal.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["record", "professional_id"],
            update_fields=["since", "until", "flow_date"],
        )
