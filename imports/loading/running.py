"""A load from its kept file to the store, by the worker, as often as it is begun.

The state row and the kept file are the truth. Killed anywhere, the next call goes on: the first
pass is one transaction, the second one transaction a chunk. Must not know messages or pages.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from access.binding import binding, moment_of, note, now
from access.journal import SYSTEM, Action
from access.viewer import WORKER
from imports import files, filling
from imports.faults import described
from imports.loading import (
    merging,
    recognising,
    reloading,
    staging,
    telling,
    totals,
    turns,
    undoing,
)
from imports.loading.heartbeat import Heartbeat, PausedError
from imports.loading.targets import TARGETS
from imports.models import Load, LoadState
from imports.parsing import FileRefusedError, Kind
from records.keys import SealBroken


if TYPE_CHECKING:
    import uuid

    from imports.loading.targets import Target

MOST_ATTEMPTS: Final = 20
"""A file that ends the worker every time is put aside, so that the next ones are loaded."""
STALE_SECONDS: Final = 5
"""Ten beats missed: the worker is gone, or the machine is on its knees."""
UNDER_WAY: Final = (
    LoadState.WAITING,
    LoadState.CHECKING,
    LoadState.LOADING,
    LoadState.UNDOING,
)
log = logging.getLogger(__name__)


class _TooLateError(Exception):
    """A load is to be taken back, and another of its scheme came first."""


def run(load_id: uuid.UUID) -> bool:
    """Do a load, or what is left of it. Returns whether anything was done.

    Nothing is done for a load that has ended, or while another one has what it needs.
    """
    try:
        with turns.at_work(load_id):
            load = _take(load_id)
            return load is not None and _run(load)
    except turns.NotYetError:
        return False


def _run(load: Load) -> bool:
    with Heartbeat(load.id) as heartbeat:
        try:
            state = _do(load, heartbeat)
        except turns.NotYetError:
            _wait(load)
            return False
        except PausedError:
            _pause(load)
        except _TooLateError:
            _stay(load)
        except FileRefusedError as error:
            _refuse(load, error)
        except (files.MissingError, SealBroken):
            log.error("load %s: its file is lost", load.id)  # noqa: TRY400 - says it all
            _end(load, LoadState.FAILED, problem="file_lost")
        else:
            _end(load, state)
    return True


def run_quietly(load_id: uuid.UUID) -> None:
    """Do a load; what goes wrong is told without a word of the file, and the load waits again."""
    try:
        run(load_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the rounds come back to it
        log.error("load %s: %s", load_id, described(error))  # noqa: TRY400 - no quotes


def _take(load_id: uuid.UUID) -> Load | None:
    """Take a load that waits, or that a dead worker left: under its lock there is no live one."""
    with transaction.atomic():
        load = (
            Load.objects.select_for_update(skip_locked=True)
            .filter(id=load_id, state__in=UNDER_WAY)
            .first()
        )
        if load is None:
            return None
        load.attempts += 1
        before, load.heartbeat = load.heartbeat, timezone.now()
        if load.staged_rows is None and not load.is_writing:  # the first pass begins anew
            load.started_at = load.heartbeat
        if load.is_writing and load.merging_since and before:  # nobody worked since
            load.merging_since += load.heartbeat - before
        if load.state == LoadState.WAITING:
            load.state = LoadState.CHECKING
        load.save(update_fields=["attempts", "heartbeat", "started_at", "merging_since", "state"])
    # Who looks on still sees it; nothing that follows from here builds on it, nor ends with it.
    recognising.forget_so_far(load)
    if load.attempts > MOST_ATTEMPTS and load.state != LoadState.UNDOING:
        _end(load, LoadState.FAILED, problem="too_many_attempts")
        return None
    return load


def _do(load: Load, heartbeat: Heartbeat) -> LoadState:
    if load.state == LoadState.UNDOING:
        with turns.taking_back(load):
            if not undoing.is_last(load):
                raise _TooLateError
            began = timezone.now()
            undoing.undo(load)
            filling.ask_known_since(began)
        return LoadState.UNDONE
    same = load.staged_rows is None and reloading.known(load, heartbeat)
    if load.staged_rows is None and not same:
        _staged(load, heartbeat)
    if not load.only_check and load.chunks_merged is None and totals.unexplained(load):
        # As a check: nothing is written until somebody says why.
        load.only_check = True
        load.save_work()
    if same:
        _reconcile(load)
        return LoadState.CHECKED if load.only_check else LoadState.DONE
    if load.only_check:
        return _second_pass(load, heartbeat)
    with turns.writing(load):
        return _second_pass(load, heartbeat)


def _second_pass(load: Load, heartbeat: Heartbeat) -> LoadState:
    target = _staged(load, heartbeat)
    if load.only_check or load.chunks_merged is None:
        _begin_second_pass(load)
    if merging.merge(load, target, write=not load.only_check, paused=heartbeat.paused):
        raise PausedError
    load.refresh_from_db()
    if target.about_persons and load.started_at and not load.only_check:
        filling.ask_known_since(load.started_at)
    _reconcile(load)
    return LoadState.CHECKED if load.only_check else LoadState.DONE


def _staged(load: Load, heartbeat: Heartbeat) -> Target:
    if staging.is_whole(load):
        heartbeat.hush()
        return TARGETS[Kind(load.file_kind)]
    if load.staged_rows is not None:
        # Emptied by a crash of the server: the file says the same again.
        Load.objects.filter(id=load.id).update(staged_rows=None)
    # As on the day it was brought, whenever it is read: once more, it must say the same.
    return staging.stage(load, heartbeat, today=moment_of(load.uploaded_at).today)


def _begin_second_pass(load: Load) -> None:
    merging.start(load)
    load.started_at = load.merging_since = timezone.now()
    if not load.only_check:
        load.state = LoadState.LOADING
    load.save_work()


def _wait(load: Load) -> None:
    """Let a load wait for its turn: the rounds come back to it, and this was no attempt."""
    keeps = load.is_writing or load.state == LoadState.UNDOING
    state = load.state if keeps else LoadState.WAITING
    Load.objects.filter(id=load.id).update(
        state=state, attempts=F("attempts") - 1, heartbeat=timezone.now()
    )


def _pause(load: Load) -> None:
    """Leave a load as it is until somebody resumes it: they may have, before it was heard."""
    this = Load.objects.filter(id=load.id)
    if not this.filter(pause_asked=True).update(
        state=LoadState.PAUSED, pause_asked=False, heartbeat=timezone.now()
    ):
        goes_on = LoadState.LOADING if load.is_writing else LoadState.WAITING
        this.update(state=goes_on, attempts=F("attempts") - 1, heartbeat=None)
    current_app.send_task("imports.sweep")


def _stay(load: Load) -> None:
    """Leave a load as it was: it ended when it did, and the one that came since is the last."""
    Load.objects.filter(id=load.id).update(state=LoadState.DONE, heartbeat=timezone.now())
    current_app.send_task("imports.sweep")


def _reconcile(load: Load) -> None:
    """Every row of the file is in exactly one count, or this is a defect of ours."""
    counted = (
        load.rows_created
        + load.rows_changed
        + load.rows_identical
        + load.rows_set_aside
        + load.rows_refused
    )
    if counted != load.rows_read:
        message = f"load {load.id}: {load.rows_read} rows read, {counted} accounted for"
        raise AssertionError(message)


def _refuse(load: Load, error: FileRefusedError) -> None:
    """Refuse the whole file: nothing of it was written."""
    first = error.refusals[0]
    load.problem_params = {
        "refusals": [
            {**asdict(refusal), "parameters": dict(refusal.parameters)}
            for refusal in error.refusals
        ]
    }
    _end(load, LoadState.REFUSED, problem=first.code)
    files.remove(load.id)


def _end(load: Load, state: LoadState, *, problem: str = "") -> None:
    with binding(WORKER):
        load.state = state
        load.pause_asked = False  # asked too late: nobody wants the next step to pause
        load.problem_code = problem
        load.finished_at = load.heartbeat = now()
        load.undo_ended = state is not LoadState.CHECKED and undoing.wrote_nothing(load)
        load.save(
            update_fields=[
                "state", "problem_code", "problem_params", "finished_at", "heartbeat",
                "undo_ended", "pause_asked", *recognising.COLUMNS,
            ]
        )  # fmt: skip
        note(
            Action.LOAD_DONE, SYSTEM, by=WORKER, element_kind="load", element_id=load.id,
            reason=state.value,
        )  # fmt: skip
        if state is not LoadState.CHECKED:
            staging.drop(load.id)
        transaction.on_commit(_wake_what_waits, robust=True)
        transaction.on_commit(lambda: telling.tell_uploader(load), robust=True)


def _wake_what_waits() -> None:
    current_app.send_task("imports.sweep")


def waiting() -> list[uuid.UUID]:
    """Return the loads that wait or seem to have stopped, the oldest first."""
    stale = timezone.now() - dt.timedelta(seconds=STALE_SECONDS)
    found = Load.objects.filter(state__in=UNDER_WAY).order_by("uploaded_at", "id")
    return [
        load.id
        for load in found.only("id", "heartbeat")
        if load.heartbeat is None or load.heartbeat < stale
    ]
