"""What the fund's desk reads: files, states, counts, refused rows with identifiers masked.

Never whether a person has a record, nor what a load did to records: not even a count of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from access.policy import NotVisible
from imports.loading import wording
from imports.loading.expected import Expected, expected
from imports.loading.findings import Findings, findings_of
from imports.loading.groups import MOST_GROUPS, Group, groups_of
from imports.loading.progress import Progress, progress_of
from imports.loading.receiving import require_desk
from imports.loading.refused import MOST_KEPT
from imports.loading.repeated import brought_nothing, goes_with, gone_since, same_file
from imports.loading.totals import SchemeTotals, by_scheme, differs, totals_of
from imports.loading.undoing import is_overtaken, may_undo
from imports.models import Load, LoadState


if TYPE_CHECKING:
    import uuid

    from django.core.paginator import Page

    from access.viewer import Viewer

PAGE_SIZE: Final = 20
REFUSED_KEPT: Final = dt.timedelta(days=30)
RUNNING: Final = (
    LoadState.WAITING,
    LoadState.CHECKING,
    LoadState.LOADING,
    LoadState.UNDOING,
)
_FOUND_FIRST: Final = (LoadState.WAITING, LoadState.CHECKING, LoadState.PAUSED)
_FIGURES: Final = (LoadState.DONE, LoadState.CHECKED, LoadState.UNDONE)


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One file of the list."""

    id: uuid.UUID
    file_name: str
    kind: str
    scheme: str
    period: str
    uploaded_at: dt.datetime
    state: tuple[str, str, str]
    figures: str
    paid_cents: int | None
    whose: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another file of the same rows: corrected in it, or the one it corrects."""

    id: uuid.UUID
    file_name: str
    uploaded_at: dt.datetime
    state: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class LoadView:
    """The page of a load."""

    id: uuid.UUID
    file_name: str
    uploaded_at: dt.datetime
    finished_at: dt.datetime | None
    state: tuple[str, str, str]
    running: bool
    done: bool
    checked: bool
    progress: Progress
    found: Findings
    found_first: bool
    problem_title: str
    problems: list[str]
    counts: list[tuple[str, str, str]]
    read: str
    nothing_changed: bool
    all_refused: bool
    same_as: dt.datetime | None
    gone_since: dt.datetime | None
    goes_with: dt.datetime | None
    all_right: bool
    refused: str
    groups: list[Group]
    more_groups: int
    totals: list[SchemeTotals]
    may_download: bool
    kept_refused: str
    rows_loadable: int
    loadable: str
    paused: str
    pausing: bool
    may_pause: bool
    undone: bool
    may_undo: bool
    for_good: str
    differs: bool
    totals_reason: str
    corrects: Related | None
    corrected_by: list[Related]


def read_loads(*, by: Viewer, page: int = 1) -> Page[LoadRow]:
    """Return a page of the files brought so far, the last first."""
    require_desk(by)
    loads = Load.objects.order_by("-uploaded_at", "-id")
    found: Any = Paginator(loads, PAGE_SIZE).get_page(page)
    found.object_list = [_row(load, by) for load in found.object_list]
    return found  # type: ignore[no-any-return]  # rows in the place of models


def _row(load: Load, by: Viewer) -> LoadRow:
    figures = ""
    if load.state in _FIGURES:
        read = ngettext("%(count)s ligne lue", "%(count)s lignes lues", load.rows_read)
        figures = read % {"count": wording.number(load.rows_read)}
        if load.rows_refused:
            refused = ngettext("%(count)s refusée", "%(count)s refusées", load.rows_refused)
            figures = f"{figures}, {refused % {'count': wording.number(load.rows_refused)}}"
    return LoadRow(
        id=load.id,
        file_name=load.file_name,
        kind=wording.kind(load.file_kind),
        scheme=wording.schemes(load.scheme),
        period=wording.period(load.totals),
        uploaded_at=load.uploaded_at,
        state=wording.state(load),
        figures=figures,
        paid_cents=load.paid_cents if load.state in _FIGURES and load.totals else None,
        whose=_whose(load, by),
    )


def _whose(load: Load, by: Viewer) -> str:
    if load.uploaded_by is None:
        return _("par la ligne de commande")
    return _("par vous") if load.uploaded_by == by.user_id else _("par un collègue")


def find(load_id: uuid.UUID) -> Load:
    """Return a load. Raises ``NotVisible``."""
    load = Load.objects.filter(id=load_id).first()
    if load is None:
        raise NotVisible
    return load


def read_progress(*, by: Viewer, load_id: uuid.UUID) -> tuple[Progress, Findings] | None:
    """Return how far a load is, and what was recognised; None once it has ended.

    Raises ``NotVisible``.
    """
    require_desk(by)
    load = find(load_id)
    return (progress_of(load), findings_of(load)) if load.state in RUNNING else None


def read_load(*, by: Viewer, load_id: uuid.UUID) -> LoadView:
    """Return the page of a load. Raises ``NotVisible``."""
    require_desk(by)
    load = find(load_id)
    done = load.state == LoadState.DONE
    checked = load.state == LoadState.CHECKED
    loadable = load.rows_created + load.rows_changed + load.rows_identical + load.rows_set_aside
    held = totals_of(load)
    undoable = may_undo(load)
    return LoadView(
        id=load.id,
        file_name=load.file_name,
        uploaded_at=load.uploaded_at,
        finished_at=load.finished_at,
        state=wording.state(load),
        running=load.state in RUNNING,
        done=done,
        checked=checked,
        progress=progress_of(load),
        found=findings_of(load),
        found_first=load.state in _FOUND_FIRST and load.in_first_step,
        problem_title=wording.problem_title(load),
        problems=wording.problems(load),
        counts=_counts(load, checked=checked) if load.state in _FIGURES else [],
        read=wording.number(load.rows_read),
        nothing_changed=brought_nothing(load),
        all_refused=wording.all_refused(load),
        same_as=same_file(load),
        gone_since=gone_since(load),
        goes_with=goes_with(load) if done else None,
        all_right=(done or checked) and not load.rows_refused,
        refused=wording.number(load.rows_refused),
        groups=groups_of(load),
        more_groups=max(0, len(load.refusal_groups) - MOST_GROUPS),
        totals=by_scheme(held),
        may_download=_may_download(load, by),
        kept_refused=wording.number(MOST_KEPT) if load.rows_refused > MOST_KEPT else "",
        rows_loadable=loadable,
        loadable=wording.number(loadable),
        paused=wording.paused(load),
        pausing=load.pause_asked,
        may_pause=load.state in RUNNING and load.state != LoadState.UNDOING,
        undone=load.state == LoadState.UNDONE,
        may_undo=undoable,
        for_good=wording.for_good(load, overtaken=done and not undoable and is_overtaken(load)),
        differs=differs(load, held),
        totals_reason=load.totals_reason,
        corrects=_corrected(load),
        corrected_by=[*map(_related, Load.objects.filter(corrects=load.id).order_by("id"))],
    )


def read_undoable(*, by: Viewer, load_id: uuid.UUID) -> LoadView:
    """Return the page of a load that can be taken back. Raises ``NotVisible``."""
    view = read_load(by=by, load_id=load_id)
    if not view.may_undo:
        raise NotVisible
    return view


def _corrected(load: Load) -> Related | None:
    first = Load.objects.filter(id=load.corrects).first() if load.corrects else None
    return _related(first) if first else None


def _related(load: Load) -> Related:
    return Related(load.id, load.file_name, load.uploaded_at, wording.state(load))


def read_expected(*, by: Viewer) -> list[Expected]:
    """Return the files that should have come and have not."""
    require_desk(by)
    return expected(timezone.localdate())


def _counts(load: Load, *, checked: bool) -> list[tuple[str, str, str]]:
    """Return the counts that add up to the rows read: words, figure, what it means."""
    created = _("Nouvelles") if not checked else _("Seraient ajoutées")
    changed = _("Remplacées") if not checked else _("Seraient remplacées")
    again = _("à corriger puis à déposer de nouveau") if load.rows_refused else ""
    rows = [
        (created, load.rows_created, _("lignes que nous n'avions pas")),
        (changed, load.rows_changed, _("annulations et états plus récents de lignes connues")),
        (
            _("Déjà connues"),
            load.rows_identical,
            _("identiques, ou plus anciennes que ce que nous avons : rien n'a changé"),
        ),
        (_("Mises à part"), load.rows_set_aside, wording.set_aside(load)),
        (_("Refusées"), load.rows_refused, again),
    ]
    return [(words, wording.number(count), meaning) for words, count, meaning in rows]


def _may_download(load: Load, by: Viewer) -> bool:
    """The refused rows hold persons: they go back to who sent them, for thirty days."""
    ended = load.finished_at
    return bool(
        load.rows_refused
        and by.user_id is not None
        and load.uploaded_by == by.user_id
        and load.state in _FIGURES
        and ended
        and timezone.now() - ended < REFUSED_KEPT
    )


def may_download(*, by: Viewer, load_id: uuid.UUID) -> Load:
    """Return a load whose refused rows go back to this viewer. Raises ``NotVisible``."""
    require_desk(by)
    load = find(load_id)
    if not _may_download(load, by):
        raise NotVisible
    return load
