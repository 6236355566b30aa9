"""Reading care: the last 24 months told as events, euros for the family only.

The window of 24 months is read from the clock of the binding, never stored.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from access import policy
from access.binding import bound, note, today
from access.journal import Action
from records import reference
from records.care.events import CareEvent, care_events
from records.care.treatments import Treatment, treatments
from records.care.window import window_start
from records.dossier import telling
from records.dossier.care_views import (
    EventView,
    ReadLine,
    event_view,
    mark_words,
    named,
    read_row,
    sentence_of,
)
from records.dossier.entrance import Dossier, enter, enter_by_list
from records.dossier.facts import ILLNESS_SECTION, LINE_FIELDS
from records.dossier.late import funds_that_may_be_theirs, late_funds
from records.dossier.news import changes, gone_events, sentence
from records.models import Filling, FillingState, ReimbursementLine


if TYPE_CHECKING:
    from collections.abc import Iterable

    from access.viewer import Viewer
    from records.dossier.news import Changes

PAGE_SIZE = 40
UNDER_WAY = (FillingState.WAITING, FillingState.RUNNING)


@dataclass(frozen=True, slots=True)
class Illness:
    """A long-term illness covered 100 %."""

    element: uuid.UUID
    name: str
    when: str
    marks: tuple[str, ...]
    marks_attr: str
    news: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the care page was asked to show; what it doesn't know is left aside."""

    kind: str = ""
    year: str = ""
    who: str = ""
    news: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Tell whether something is left out by a filter."""
        return bool(self.kind or self.year or self.who or self.news)


@dataclass(frozen=True, slots=True)
class CareView:
    """The care page: events of a page, filters counted after the gate, and why it may be empty."""

    dossier: Dossier
    events: tuple[EventView, ...]
    illnesses: tuple[Illness, ...]
    kinds: tuple[tuple[str, str], ...]
    years: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    asked: Asked
    pages: int
    total: int
    arriving: bool
    late: tuple[str, ...]
    empty: str
    # What changed since the reader's last visit, in a sentence; what the fund took back.
    news: str
    gone: tuple[EventView, ...]


def read_lines(dossier: Dossier) -> list[ReadLine]:
    """Return the lines of the window that this reader sees, as the care rules read them."""
    rows = (
        policy.visible_lines(dossier.standing)
        .filter(occurred_on__gte=window_start(today()))
        .exclude(section=ILLNESS_SECTION)
        .order_by("-occurred_on", "id")
        .values_list(*LINE_FIELDS, *policy.MARKS)
    )
    return [read_row(row, euros=dossier.by_family) for row in rows.iterator(2_000)]


def events_of(dossier: Dossier, lines: Iterable[ReadLine]) -> tuple[CareEvent, ...]:
    """Tell lines as events, with the names the reference gives to codes."""
    return care_events([sentence_of(line.care) for line in lines], record=dossier.record_id)


def kind_labels() -> dict[str, str]:
    """Return the words of each kind of event, for filters."""
    return {
        "visit": _("Consultations"),
        "pharmacy": _("Pharmacie"),
        "laboratory": _("Analyses"),
        "imaging": _("Imagerie"),
        "stay": _("Hôpital"),
        "dental": _("Soins dentaires"),
        "nursing": _("Soins infirmiers"),
        "physiotherapy": _("Kinésithérapie"),
        "auxiliary": _("Rééducation"),
        "vaccine": _("Vaccins"),
        "device": _("Matériel médical"),
        "transport": _("Transports"),
    }


def people_of(dossier: Dossier, events: Iterable[CareEvent]) -> dict[str, str]:
    """Return who the events name, under a word that says nothing in an address."""
    names = {party.name for event in events for party in event.people if party.name}
    return {uuid.uuid5(dossier.record_id, name).hex[:12]: name for name in sorted(names)}


def read_care(*, by: Viewer, record_id: uuid.UUID, asked: Asked) -> CareView:
    """Return the care page; unknown filters show everything, counts come after the gate."""
    dossier = enter_by_list(by=by, record_id=record_id, model=ReimbursementLine)
    lines = read_lines(dossier)
    marks = {line.care.id: line.marks for line in lines}
    events = events_of(dossier, lines)
    held = {kind.value for event in events for kind in event.kinds}
    years = sorted({str(event.occurred_on.year) for event in events}, reverse=True)
    people = people_of(dossier, events)
    changed = changes(dossier, by=by)
    gone = _gone(dossier, changed) if asked.news else ()
    illnesses = read_illnesses(dossier, changed)
    kind = asked.kind if asked.kind in held else ""
    year = asked.year if asked.year in years else ""
    who = people.get(asked.who, "")
    chosen = [
        event
        for event in events
        if (not kind or kind in {k.value for k in event.kinds})
        and (not year or str(event.occurred_on.year) == year)
        and (not who or who in {party.name for party in event.people})
        and (not asked.news or (changed is not None and changed.of(event.line_ids)))
    ]
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(max(asked.page, 1), pages)
    shown = chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, element_kind="line",
        shown=len(shown) + len(illnesses) + len(gone),
    )  # fmt: skip
    return CareView(
        dossier=dossier,
        events=tuple(
            event_view(event, marks, news=changed.of(event.line_ids) if changed else "")
            for event in shown
        ),
        illnesses=illnesses,
        kinds=tuple((key, word) for key, word in kind_labels().items() if key in held),
        years=tuple(years),
        people=tuple(people.items()),
        asked=Asked(kind, year, asked.who if who else "", asked.news, page),
        pages=pages,
        total=len(chosen),
        arriving=is_arriving(dossier),
        late=late_funds(dossier) if events else (),
        empty=why_empty(dossier) if not events else "",
        news=sentence(dossier, changed, events) if changed else "",
        gone=gone,
    )


def _gone(dossier: Dossier, changed: Changes | None) -> tuple[EventView, ...]:
    if changed is None:
        return ()
    marks = {line.care.id: line.marks for line in changed.gone}
    return tuple(event_view(event, marks, gone=True) for event in gone_events(dossier, changed))


def still_arriving(*, by: Viewer, record_id: uuid.UUID) -> bool:
    """Tell whoever came by a door whether reimbursements are on their way; nothing is read."""
    return is_arriving(enter(by=by, record_id=record_id))


def is_arriving(dossier: Dossier) -> bool:
    """Tell the family whether a filling is under way; nobody else learns of it.

    After the first, the holder alone: what comes then may be of nothing but a secret care.
    """
    if not dossier.by_family:
        return False
    fillings = Filling.objects.filter(record_id=dossier.record_id)
    if not dossier.by_holder and fillings.filter(state=FillingState.DONE).exists():
        return False
    return fillings.filter(state__in=UNDER_WAY).exists()


def is_told(dossier: Dossier) -> bool:
    """Tell whether this reader is told what the fund has sent, and what it has not."""
    return dossier.may_decide or dossier.by_treating_gp


def why_empty(dossier: Dossier) -> str:
    """The same words to every professional and delegate; the others are told the reason.

    What the fund has sent is no delegate's business whose scope isn't that.
    """
    if not is_told(dossier):
        return _("Aucun soin à lire sur les 24 derniers mois.")
    if is_arriving(dossier):
        return _("Les remboursements arrivent. Cela prend quelques secondes.")
    return " ".join((_what_was_sent(dossier), *funds_that_may_be_theirs(dossier)))


def _what_was_sent(dossier: Dossier) -> str:
    """Say whether nothing ever came, or nothing of these 24 months.

    A representative must not count a minor's secrets: they are told of what came before only
    that it was looked for.
    """
    done = Filling.objects.filter(record_id=dossier.record_id, state=FillingState.DONE)
    own = dossier.by_holder
    lens = bound().lens
    sees_all = own or (dossier.by_treating_gp and (lens is None or lens.own.is_holder))
    sent = Q(lines__gt=0) | Q(older_lines__gt=0) | Q(set_aside__gt=0)
    if not (done.filter(sent) if sees_all else done).exists():
        return (
            _("Votre caisse n'a encore rien envoyé pour vous.") if own
            else _("La caisse n'a encore rien envoyé pour cette personne.")
        )  # fmt: skip
    none = (
        _("Votre caisse n'a aucun remboursement pour vous sur les 24 derniers mois.") if own
        else _("La caisse n'a aucun remboursement pour cette personne sur les 24 derniers mois.")
    )  # fmt: skip
    last = done.order_by("-finished_at").first() if sees_all else None
    before = (
        _("Vos soins d'avant ne sont pas repris ici.") if own
        else _("Ses soins d'avant ne sont pas repris ici.")
    )  # fmt: skip
    aside = _(
        "Des remboursements portent ce numéro avec une autre date de naissance : ils ne sont pas "
        "montrés. Si celle du dossier est fausse, demandez à la caisse de la vérifier."
    )
    told = ((before, last and last.older_lines), (aside, last and last.set_aside))
    return " ".join((none, *(words for words, count in told if count)))


def read_illnesses(dossier: Dossier, changed: Changes | None = None) -> tuple[Illness, ...]:
    """Return the long-term illnesses the fund declared, through the gate like any line."""
    rows = (
        policy.visible_lines(dossier.standing)
        .filter(section=ILLNESS_SECTION)
        .order_by("occurred_on", "id")
    )
    found = []
    for row in rows:
        marks = policy.marks_of(row)
        found.append(
            Illness(
                element=row.id,
                name=reference.label(row.code_system, row.code, telling.language()) or row.label,
                when=illness_days(row),
                marks=mark_words(marks),
                marks_attr="+".join(marks),
                news=changed.of([row.id]) if changed else "",
            )
        )
    return tuple(found)


def illness_days(line: ReimbursementLine) -> str:
    """Say since when an illness is covered, or from when to when it was: over is not running."""
    since, until = telling.day_and_month(line.occurred_on), telling.day_and_month(line.care_end)
    if line.occurred_on < line.care_end < today():
        return _("du %(since)s au %(until)s") % {"since": since, "until": until}
    return _("depuis le %(since)s") % {"since": since}


def current_treatments(lines: Iterable[ReadLine]) -> tuple[Treatment, ...]:
    """Return the treatments in progress, or given lately, that visible lines tell of."""
    cares = [named(line.care) for line in lines]
    found = treatments(cares, reference, on=today(), lang=telling.language())
    return tuple(t for t in found if t.current)
