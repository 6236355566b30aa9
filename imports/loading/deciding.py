"""What the fund's desk decides of a file: load it, pause, go on, undo. The worker does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from access.binding import note, use_case
from access.journal import SYSTEM, Action
from access.policy import NotVisible
from imports.loading import totals, undoing
from imports.loading.receiving import LONGEST_REASON, require_desk, wake
from imports.models import Load, LoadState


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer

SHORTEST_REASON: Final = 10


@use_case
def proceed(*, by: Viewer, load_id: uuid.UUID, reason: str = "") -> str:
    """Load for good a file that was only checked. Nothing happens to any other load.

    Where the fund's slip announces something else, a reason is needed: without one the sentence
    that asks for it is returned, and nothing happens. Raises ``NotVisible``.
    """
    load = _locked(by, load_id)
    if load.state != LoadState.CHECKED:
        return ""
    said = " ".join(reason.replace("\x00", " ").split())[:LONGEST_REASON]
    if totals.differs(load) and len(said) < SHORTEST_REASON:
        return _(
            "Écrivez pourquoi les totaux diffèrent de ceux du bordereau, en %(count)s caractères "
            "au moins. Rien n'est chargé sans cela."
        ) % {"count": SHORTEST_REASON}
    load.state, load.only_check, load.attempts = LoadState.WAITING, False, 0
    load.finished_at, load.chunks_merged, load.totals_reason = None, None, said
    load.chunk, load.merging_since, load.started_at = 0, None, timezone.now()
    load.save(
        update_fields=[
            "state", "only_check", "attempts", "finished_at", "chunks_merged", "totals_reason",
            "chunk", "merging_since", "started_at",
        ]
    )  # fmt: skip
    note(Action.LOAD_STARTED, SYSTEM, by=by, element_kind="load", element_id=load_id)
    wake(load_id)
    return ""


@use_case
def pause(*, by: Viewer, load_id: uuid.UUID) -> None:
    """Ask for a load to stop where it is, between two chunks. Raises ``NotVisible``."""
    load = _locked(by, load_id)
    if load.state == LoadState.WAITING:
        load.state = LoadState.PAUSED
        load.save(update_fields=["state"])
    elif load.state in {LoadState.CHECKING, LoadState.LOADING}:
        load.pause_asked = True
        load.save(update_fields=["pause_asked"])


@use_case
def resume(*, by: Viewer, load_id: uuid.UUID) -> None:
    """Let a load go on from where it was paused. Raises ``NotVisible``."""
    load = _locked(by, load_id)
    if load.state != LoadState.PAUSED:
        if load.pause_asked:
            load.pause_asked = False
            load.save(update_fields=["pause_asked"])
        return
    load.state = LoadState.LOADING if load.is_writing else LoadState.WAITING
    if not load.is_writing:
        load.started_at = timezone.now()
    if load.merging_since and load.heartbeat:  # a pause is no time of work
        load.merging_since += timezone.now() - load.heartbeat
    # From here on it waits for a worker: that is no time of work either, as who takes it knows.
    load.heartbeat = timezone.now() if load.is_writing else None
    load.pause_asked, load.attempts = False, 0
    load.save(
        update_fields=[
            "state", "pause_asked", "attempts", "heartbeat", "merging_since", "started_at",
        ]
    )  # fmt: skip
    wake(load_id)


@use_case
def undo(*, by: Viewer, load_id: uuid.UUID) -> None:
    """Ask for a load to be taken back. Raises ``NotVisible`` for one that can't be any more."""
    load = _locked(by, load_id)
    if load.state in {LoadState.UNDOING, LoadState.UNDONE}:
        return
    if not undoing.may_undo(load):
        raise NotVisible
    load.state, load.attempts, load.heartbeat = LoadState.UNDOING, 0, None
    load.save(update_fields=["state", "attempts", "heartbeat"])
    note(
        Action.LOAD_STARTED, SYSTEM, by=by, element_kind="load", element_id=load_id, reason="undo"
    )
    wake(load_id)


def _locked(by: Viewer, load_id: uuid.UUID) -> Load:
    require_desk(by)
    load = Load.objects.select_for_update().filter(id=load_id).first()
    if load is None:
        raise NotVisible
    return load
