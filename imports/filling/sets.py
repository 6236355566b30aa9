"""Filling some records, one or a set, in one transaction: the store read, netted, mapped, written.

Each step asks and writes once, however many records there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from access import masks
from access.binding import catch_up, note, now, today, turn_to, turn_to_all, use_case
from access.journal import Action
from imports.filling import proposing, store, waiting, writing
from imports.filling.documents import DOCUMENTS, document_facts
from imports.filling.growing import grow
from imports.filling.mapping import care_lines, illness_line, record_lines
from imports.filling.netting import net
from imports.filling.settled import bases, settle
from records.care.episodes import assign_episodes
from records.care.window import window_start
from records.dossier.facts import ILLNESS_SECTION
from records.turns import EPISODES, take_free_turns, take_turn


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from access.viewer import Viewer
    from imports.filling.netting import StoreLine
    from imports.filling.record_line import RecordLine
    from imports.filling.settled import Basis
    from imports.filling.store import Subject
    from records.care.documents import DocumentFact

_Entered = dict[tuple["uuid.UUID", "uuid.UUID"], tuple["uuid.UUID", ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record: lines it holds, those the fund touched, those of somebody else."""

    lines: int
    touched: int
    set_aside: int


@use_case
def fill(*, by: Viewer, filling_ids: Sequence[uuid.UUID], by_itself: bool) -> int:
    """Fill the records of fillings that were taken. Returns how many were.

    ``by_itself`` it waits for its turn, and everything is worked out again. In a set, a record
    that somebody is writing on is left for another time, and where the fund only sent other
    numbers they alone are written.
    """
    with connection.cursor() as cursor:
        # Lost with its row in a crash of the server, and done again: no need to wait for the disk.
        # Compiling a statement for one set takes longer than the set; a set fits in memory.
        cursor.execute(
            "SET LOCAL synchronous_commit = off; SET LOCAL jit = off; SET LOCAL work_mem = '16MB'"
        )
    fillings = _locked(filling_ids, by_itself=by_itself)
    if not fillings:
        return 0
    record_ids = [filling.record_id for filling in fillings]
    basis = bases(record_ids)
    since = window_start(today())
    subjects = store.subjects(record_ids)
    declared = {
        record_id: [(one.lasts_into(since), illness_line(record_id, one)) for one in found]
        for record_id, found in store.read_illnesses(subjects).items()
    }
    illnesses = {key: [line for lasts, line in found if lasts] for key, found in declared.items()}
    over = {
        (key, line.id) for key, found in declared.items() for lasts, line in found if not lasts
    }
    outcomes: dict[uuid.UUID, Outcome] = {}
    written: dict[uuid.UUID, int] = {}
    if not by_itself:
        outcomes, written = _settled(subjects, basis, illnesses, since)
    left = [each for each in subjects if each.record_id not in outcomes]
    if left:
        outcomes |= _worked_out(left, illnesses, over, since, written)
    proposing.propose_doctors(record_ids, store.read_doctors(subjects), today=today())
    _finish(fillings, outcomes, basis, store.count_before(subjects, since))
    for filling in fillings:
        outcome = outcomes[filling.record_id]
        if outcome.touched or basis[filling.record_id].last is None:
            details = {"element_kind": "line", "shown": outcome.lines}
            note(Action.FILLED, filling.record_id, by=by, **details)
    return len(fillings)


def _locked(filling_ids: Sequence[uuid.UUID], *, by_itself: bool) -> list[waiting.Taken]:
    """Lock fillings, take the turn to link on their records, and have the database show them.

    What was hidden while it came to its turn is hidden: the clock says when that was.
    """
    fillings = waiting.lock(filling_ids)
    record_ids = [filling.record_id for filling in fillings]
    if by_itself:
        for record_id in record_ids:
            turn_to(record_id)
            take_turn(record_id, EPISODES)
        catch_up()
        return fillings
    free = take_free_turns(record_ids, EPISODES)
    turn_to_all(free)
    catch_up()
    return [filling for filling in fillings if filling.record_id in free]


def _settled(
    subjects: Sequence[Subject],
    basis: Mapping[uuid.UUID, Basis],
    illnesses: Mapping[uuid.UUID, Sequence[RecordLine]],
    since: dt.date,
) -> tuple[dict[uuid.UUID, Outcome], dict[uuid.UUID, int]]:
    """Write the numbers of the records where nothing else changed, and what is new by itself.

    Returns what became of them, and how many lines were written of those that aren't done.
    """
    same = [each for each in subjects if basis[each.record_id].last == basis[each.record_id].now]
    if not same:
        return {}, {}
    held = writing.held_lines([each.record_id for each in same], section=ILLNESS_SECTION)
    same = [
        each
        for each in same
        if not writing.differs(illnesses.get(each.record_id, ()), held[each.record_id])
    ]
    settled = settle(same, since=since, at=now())
    came = {record_id: found.come for record_id, found in settled.items() if found.come}
    grown = grow(came, since=since, at=now()) if came else {}
    done, written = {}, {}
    for record_id, found in settled.items():
        if found.come and record_id not in grown:
            written[record_id] = found.touched
            continue
        lines = found.lines + len(illnesses.get(record_id, ()))
        touched = found.touched + grown.get(record_id, 0)
        done[record_id] = Outcome(lines, touched, found.set_aside)
    return done, written


def _worked_out(
    subjects: Sequence[Subject],
    illnesses: Mapping[uuid.UUID, Sequence[RecordLine]],
    over: Collection[tuple[uuid.UUID, uuid.UUID]],
    since: dt.date,
    written: Mapping[uuid.UUID, int],
) -> dict[uuid.UUID, Outcome]:
    """Make the lines of records what the store says, with their episodes worked out.

    ``written`` are those whose numbers were written already, and no longer differ.
    """
    record_ids = [each.record_id for each in subjects]
    sent = store.read_lines(subjects, since)
    held = writing.held_lines(record_ids)
    documents = document_facts(record_ids)
    works, entered, set_aside = [], _Entered(), {}
    for each in subjects:
        record_id = each.record_id
        ours = [line for line in sent[record_id] if line.birth_date in {None, each.born_on}]
        set_aside[record_id] = len(sent[record_id]) - len(ours)
        wanted, joined = _lines(
            record_id, _remaining(ours, since), held[record_id], documents[record_id]
        )
        wanted += illnesses.get(record_id, ())
        works.append(writing.Work(record_id, wanted, held[record_id]))
        entered |= joined
    touched = writing.write(works, since=since, over=over, at=now())
    masks.cover_new_claims(_new_lines(works))
    # A mask on the care then covers the letter too.
    writing.enter(DOCUMENTS, entered)
    return {
        work.record_id: Outcome(
            len(work.wanted),
            touched[work.record_id] + written.get(work.record_id, 0),
            set_aside[work.record_id],
        )
        for work in works
    }


def _new_lines(works: Iterable[writing.Work]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the lines that came to records which held some, withdrawn ones included."""
    found = {}
    for work in works:
        came = [line.id for line in work.wanted if line.id not in work.held] if work.held else []
        if came:
            found[work.record_id] = came
    return found


def _remaining(sent: Iterable[StoreLine], since: dt.date) -> list[StoreLine]:
    return sorted(
        (line for line in net(sent) if line.care_start >= since), key=lambda line: line.key
    )


def _lines(
    record_id: uuid.UUID,
    lines: Sequence[StoreLine],
    held: Mapping[uuid.UUID, writing.Held],
    documents: Sequence[DocumentFact],
) -> tuple[list[RecordLine], _Entered]:
    """Return the lines of one record, and the documents that enter episodes with theirs."""
    cares = care_lines(record_id, lines, {key: line.state.episodes for key, line in held.items()})
    memberships = assign_episodes(record_id, cares, documents)
    joined = {
        (record_id, document.id): memberships[document.id].episodes
        for document in documents
        if memberships[document.id].episodes != document.episodes
    }
    return record_lines(lines, cares, memberships), joined


def _finish(
    fillings: Sequence[waiting.Taken],
    outcomes: Mapping[uuid.UUID, Outcome],
    basis: Mapping[uuid.UUID, Basis],
    older: Mapping[uuid.UUID, int],
) -> None:
    done = []
    for filling in fillings:
        outcome = outcomes[filling.record_id]
        before = older.get(filling.record_id, 0)
        worked_from = basis[filling.record_id].now
        done.append(
            waiting.Done(filling.id, outcome.lines, outcome.set_aside, before, worked_from)
        )
    waiting.finish(done, at=now())
