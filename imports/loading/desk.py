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
from imports.loading.progress import Progress, progress_of
from imports.loading.receiving import require_desk
from imports.models import ControlTotal, Load, LoadState, RefusedRow


if TYPE_CHECKING:
    import uuid

    from django.core.paginator import Page

    from access.viewer import Viewer

PAGE_SIZE: Final = 20
EXAMPLES: Final = 5
MOST_GROUPS: Final = 50
REFUSED_KEPT: Final = dt.timedelta(days=30)
RUNNING: Final = (LoadState.WAITING, LoadState.CHECKING, LoadState.LOADING)


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One file of the list."""

    id: uuid.UUID
    file_name: str
    kind: str
    scheme: str
    uploaded_at: dt.datetime
    state: tuple[str, str, str]
    figures: str


@dataclass(frozen=True, slots=True)
class Example:
    """One refused row: its line, what was found (masked), what it most likely should be."""

    line: str
    found: str
    correction: str


@dataclass(frozen=True, slots=True)
class Group:
    """Refused rows to repair together."""

    title: str
    column: str
    count: str
    expected: str
    advice: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one scheme and month beside the fund's slip; None while no slip came."""

    scheme: str
    period: str
    lines: int
    paid_cents: int
    reimbursed_cents: int
    slip: ControlTotal | None

    @property
    def agrees(self) -> bool:
        """Whether the file holds what the slip announces, to the cent."""
        found = (self.lines, self.paid_cents, self.reimbursed_cents)
        slip = self.slip
        return slip is not None and found == (slip.lines, slip.paid_cents, slip.reimbursed_cents)

    @property
    def month(self) -> dt.date:
        """The first day of the month."""
        return dt.date.fromisoformat(f"{self.period}-01")

    @property
    def counted(self) -> str:
        """The lines of the file."""
        return wording.number(self.lines)

    @property
    def announced(self) -> str:
        """The lines of the slip."""
        return wording.number(self.slip.lines) if self.slip else ""


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
    recognised: list[tuple[str, str]]
    notices: list[str]
    problem_title: str
    problems: list[str]
    counts: list[tuple[str, str, str]]
    read: str
    nothing_changed: bool
    all_refused: bool
    same_as: dt.datetime | None
    all_right: bool
    refused: str
    groups: list[Group]
    more_groups: int
    totals: list[Total]
    may_download: bool
    loadable: str


def read_loads(*, by: Viewer, page: int = 1) -> Page[LoadRow]:
    """Return a page of the files brought so far, the last first."""
    require_desk(by)
    loads = Load.objects.order_by("-uploaded_at", "-id")
    found: Any = Paginator(loads, PAGE_SIZE).get_page(page)
    found.object_list = [_row(load) for load in found.object_list]
    return found  # type: ignore[no-any-return]  # rows in the place of models


def _row(load: Load) -> LoadRow:
    figures = ""
    if load.state in {LoadState.DONE, LoadState.CHECKED}:
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
        uploaded_at=load.uploaded_at,
        state=wording.state(load.state),
        figures=figures,
    )


def find(load_id: uuid.UUID) -> Load:
    """Return a load. Raises ``NotVisible``."""
    load = Load.objects.filter(id=load_id).first()
    if load is None:
        raise NotVisible
    return load


def read_progress(*, by: Viewer, load_id: uuid.UUID) -> Progress | None:
    """Return how far a load is; None once it has ended. Raises ``NotVisible``."""
    require_desk(by)
    load = find(load_id)
    return progress_of(load) if load.state in RUNNING else None


def read_load(*, by: Viewer, load_id: uuid.UUID) -> LoadView:
    """Return the page of a load. Raises ``NotVisible``."""
    require_desk(by)
    load = find(load_id)
    done = load.state == LoadState.DONE
    checked = load.state == LoadState.CHECKED
    loadable = load.rows_created + load.rows_changed + load.rows_identical + load.rows_set_aside
    return LoadView(
        id=load.id,
        file_name=load.file_name,
        uploaded_at=load.uploaded_at,
        finished_at=load.finished_at,
        state=wording.state(load.state),
        running=load.state in RUNNING,
        done=done,
        checked=checked,
        progress=progress_of(load),
        recognised=wording.recognised(load),
        notices=wording.notices(load),
        problem_title=wording.problem_title(load),
        problems=wording.problems(load),
        counts=_counts(load, checked=checked) if done or checked else [],
        read=wording.number(load.rows_read),
        nothing_changed=done and not (load.rows_created or load.rows_changed),
        all_refused=done and 0 < load.rows_refused == load.rows_read,
        same_as=_same_file(load),
        all_right=(done or checked) and not load.rows_refused,
        refused=wording.number(load.rows_refused),
        groups=_groups(load),
        more_groups=max(0, len(load.refusal_groups) - MOST_GROUPS),
        totals=_totals(load),
        may_download=_may_download(load, by),
        loadable=wording.number(loadable),
    )


def _counts(load: Load, *, checked: bool) -> list[tuple[str, str, str]]:
    """Return the counts that add up to the rows read: words, figure, what it means."""
    created = _("Nouvelles") if not checked else _("Seraient ajoutées")
    changed = _("Remplacées") if not checked else _("Seraient remplacées")
    rows = [
        (created, load.rows_created, _("lignes que nous n'avions pas")),
        (changed, load.rows_changed, _("annulations et états plus récents de lignes connues")),
        (
            _("Déjà connues"),
            load.rows_identical,
            _("identiques, ou plus anciennes que ce que nous avons : rien n'a changé"),
        ),
        (
            _("Mises à part"),
            load.rows_set_aside,
            _("sous un pseudonyme sans correspondance : elles attendent le fichier qui la donne"),
        ),
        (_("Refusées"), load.rows_refused, _("à corriger puis à déposer de nouveau")),
    ]
    return [(words, wording.number(count), meaning) for words, count, meaning in rows]


def _same_file(load: Load) -> dt.datetime | None:
    """Return when the very same file was loaded before."""
    same = Load.objects.filter(
        file_sha256=load.file_sha256, state=LoadState.DONE, uploaded_at__lt=load.uploaded_at
    )
    last = same.exclude(id=load.id).order_by("-uploaded_at").first()
    return last.uploaded_at if last else None


def _groups(load: Load) -> list[Group]:
    found = []
    for group in load.refusal_groups[:MOST_GROUPS]:
        rows = RefusedRow.objects.filter(load=load, code=group["code"], column=group["column"])
        examples = list(rows.order_by("line")[:EXAMPLES])
        values = dict(examples[0].params) if examples else {}
        title, expected, advice = wording.reason(group["code"], values)
        found.append(
            Group(
                title=title,
                column=group["column"],
                count=wording.number(group["count"]),
                expected=expected,
                advice=advice,
                examples=tuple(
                    Example(wording.number(row.line), row.found, row.correction)
                    for row in examples
                ),
            )
        )
    return found


def _totals(load: Load) -> list[Total]:
    slips = {(slip.scheme, slip.period): slip for slip in ControlTotal.objects.order_by("pk")}
    return [
        Total(
            **(total | {"scheme": wording.schemes(total["scheme"])}),
            slip=slips.get((total["scheme"], total["period"])),
        )
        for total in load.totals
    ]


def _may_download(load: Load, by: Viewer) -> bool:
    """The refused rows hold persons: they go back to who sent them, for thirty days."""
    ended = load.finished_at
    return bool(
        load.rows_refused
        and by.user_id is not None
        and load.uploaded_by == by.user_id
        and load.state in {LoadState.DONE, LoadState.CHECKED}
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
