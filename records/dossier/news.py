"""What changed in a record since its reader's last day there: counted after the gate.

The last day is read from the journal, which holds each reading already: nothing is kept beside
it of who came when. On a first visit nothing is new.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import gettext as _, ngettext

from access import policy
from access.binding import PARIS, bound, today
from access.journal import Action
from access.models import JournalEvent
from access.reading_journal.known import known_as
from records.care.events import care_events
from records.care.window import window_start
from records.dossier import telling
from records.dossier.care_views import read_row, sentence_of
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS, care_line


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from access.viewer import Viewer
    from records.care.events import CareEvent
    from records.care.lines import CareLine
    from records.dossier.care_views import ReadLine
    from records.dossier.entrance import Dossier

ADDED = "added"
CORRECTED = "corrected"
_NO_ID: Final = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Changes:
    """Since when, and what became of each line the reader sees; what they would see and went."""

    last: dt.datetime
    lines: dict[uuid.UUID, str]
    gone: tuple[ReadLine, ...]
    # Those of them that are no care: the long-term illnesses the fund declared.
    illnesses: frozenset[uuid.UUID]

    @property
    def since(self) -> str:
        """The day of it, in words."""
        return telling.day_and_month(self.last)

    @property
    def added(self) -> frozenset[uuid.UUID]:
        """The lines that came: not those that say of one gone what it said, or another price."""
        return frozenset(key for key, became in self.lines.items() if became == ADDED)

    def of(self, line_ids: Iterable[uuid.UUID]) -> str:
        """Return what became of something made of lines: added, corrected or nothing."""
        found = {self.lines.get(line_id, "") for line_id in line_ids}
        return next((each for each in (ADDED, CORRECTED) if each in found), "")


def last_day_here(dossier: Dossier, by: Viewer) -> dt.datetime | None:
    """Return when the reader last read a list of this record, on a day before today.

    Through somebody's eyes: as far as who looks may know that they came.
    """
    midnight = dt.datetime.combine(today(), dt.time(), tzinfo=PARIS)
    lens = bound().lens
    events = JournalEvent.objects.filter(record_id=dossier.record_id)
    if lens is not None:
        events = known_as(lens.own)
    mine = events.filter(act=Action.LIST_READ, actor_user_id=by.user_id, at__lt=midnight)
    return mine.order_by("-at").values_list("at", flat=True).first()


def changes(dossier: Dossier, *, by: Viewer) -> Changes | None:
    """Return what changed in care since the reader's last day here; None on a first visit.

    A price that was corrected is said to whoever reads prices, the family.
    """
    last = last_day_here(dossier, by)
    if last is None:
        return None
    corrected = Q(corrected_at__gt=last)
    if dossier.by_family:
        corrected |= Q(price_corrected_at__gt=last)
    changed = (
        policy.visible_lines(dossier.standing)
        .filter(Q(created_at__gt=last) | corrected)
        .filter(Q(occurred_on__gte=window_start(today())) | Q(section=ILLNESS_SECTION))
    )
    rows = changed.values_list("id", "created_at", "section")
    taken_back = policy.lines_taken_back(dossier.standing, last, ("created_at", *LINE_FIELDS))
    # Come and gone since: nobody read it here, so that nothing is missing.
    gone = [
        read_row(row, euros=dossier.by_family) for created, *row in taken_back if created <= last
    ]
    sections = [(key, section) for key, _created, section in rows]
    sections += [(read.care.id, read.care.section) for read in gone]
    lines = {key: ADDED if created > last else CORRECTED for key, created, _section in rows}
    if gone:
        came = changed.filter(created_at__gt=last).values_list(*LINE_FIELDS)
        coming = [care_line(row, euros=dossier.by_family) for row in came]
        for line, before in replacements(coming, [read.care for read in gone]):
            gone = [read for read in gone if read.care.id != before.id]
            if _told(line) != _told(before):
                lines[line.id] = CORRECTED
            else:
                lines.pop(line.id, None)
    return Changes(
        last=last,
        lines=lines,
        gone=tuple(gone),
        illnesses=frozenset(key for key, section in sections if section == ILLNESS_SECTION),
    )


def replacements(
    came: Iterable[CareLine], gone: Iterable[CareLine]
) -> Iterable[tuple[CareLine, CareLine]]:
    """Pair lines that came with those that went and are of the same care, each once.

    Some funds correct a line by taking it back and sending it under another name: for who reads
    it, it is corrected, or nothing happened. What says the same is paired first.
    """
    left = sorted(gone, key=lambda line: line.id)
    coming = sorted(came, key=lambda line: line.id)
    for alike in (_told, _care):
        waiting: defaultdict[object, list[CareLine]] = defaultdict(list)
        for line in left:
            waiting[alike(line)].append(line)
        pairs = [(line, waiting[alike(line)].pop(0)) for line in coming if waiting[alike(line)]]
        yield from pairs
        paired = {line.id for pair in pairs for line in pair}
        left = [line for line in left if line.id not in paired]
        coming = [line for line in coming if line.id not in paired]


def _care(line: CareLine) -> object:
    """Return what care a line is of: what, which day, who gave it."""
    what = (line.section, line.code_system, line.code or line.label)
    who = (line.performer_key, line.performer_name, line.performer_finess)
    return (*what, line.care_start, *who)


def _told(line: CareLine) -> object:
    """Return all that is told of a line; of prices, nothing to who reads none."""
    return line._replace(id=_NO_ID, atc="", episodes=(), categories=0)


def gone_events(dossier: Dossier, found: Changes) -> tuple[CareEvent, ...]:
    """Tell the lines the fund took back as the events they were."""
    return care_events([sentence_of(read.care) for read in found.gone], record=dossier.record_id)


def sentence(dossier: Dossier, found: Changes, events: Collection[CareEvent]) -> str:
    """Say what changed, event by event; empty where nothing did. An illness is no care."""
    became = [found.of(event.line_ids) for event in events]
    of_events = {line_id for event in events for line_id in event.line_ids} | found.illnesses
    became += [each for line_id, each in found.lines.items() if line_id not in of_events]
    taken_back = gone_events(dossier, found)
    gone = sum(not found.illnesses.issuperset(event.line_ids) for event in taken_back)
    said = [*_said(became, gone, by_holder=dossier.by_holder), *_of_illnesses(found)]
    if not said:
        return ""
    return _("Depuis votre dernière visite, le %(day)s : %(changes)s.") % {
        "day": found.since,
        "changes": ", ".join(said),
    }


def _said(became: Sequence[str], gone: int, *, by_holder: bool) -> Iterable[str]:
    """Counts in words; the first says what is counted, the last who did it."""
    added, corrected = became.count(ADDED), became.count(CORRECTED)
    if added:
        words = ngettext("%(count)s soin ajouté", "%(count)s soins ajoutés", added)
        yield words % {"count": added}
    by_fund = [*_by_fund(corrected, gone, first=not added)]
    if not by_fund:
        return
    said = by_fund[0]
    if len(by_fund) > 1:
        said = _("%(one)s et %(other)s") % {"one": by_fund[0], "other": by_fund[1]}
    words = _("%(words)s par votre caisse") if by_holder else _("%(words)s par la caisse")
    yield words % {"words": said}


def _of_illnesses(found: Changes) -> Iterable[str]:
    became = [each for key, each in found.lines.items() if key in found.illnesses]
    if added := became.count(ADDED):
        yield ngettext(
            "%(count)s maladie prise en charge à 100 %% (ALD) ajoutée",
            "%(count)s maladies prises en charge à 100 %% (ALD) ajoutées",
            added,
        ) % {"count": added}
    if corrected := became.count(CORRECTED):
        yield ngettext(
            "%(count)s maladie prise en charge à 100 %% (ALD) corrigée",
            "%(count)s maladies prises en charge à 100 %% (ALD) corrigées",
            corrected,
        ) % {"count": corrected}
    if gone := sum(read.care.id in found.illnesses for read in found.gone):
        yield ngettext(
            "%(count)s maladie prise en charge à 100 %% (ALD) retirée",
            "%(count)s maladies prises en charge à 100 %% (ALD) retirées",
            gone,
        ) % {"count": gone}


def _by_fund(corrected: int, gone: int, *, first: bool) -> Iterable[str]:
    if corrected:
        words = ngettext("%(count)s corrigé", "%(count)s corrigés", corrected)
        if first:
            words = ngettext("%(count)s soin corrigé", "%(count)s soins corrigés", corrected)
        yield words % {"count": corrected}
    if gone:
        words = ngettext("%(count)s annulé", "%(count)s annulés", gone)
        if first and not corrected:
            words = ngettext("%(count)s soin annulé", "%(count)s soins annulés", gone)
        yield words % {"count": gone}
