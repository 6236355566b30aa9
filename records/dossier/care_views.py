"""Care events as a page shows them: words, icons and marks. Reads nothing and decides nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import policy
from access.naming import the
from records import reference
from records.care.kinds import EventKind
from records.care.lines import STAY
from records.care.people import plain_name
from records.care.words import phrase
from records.dossier import telling
from records.dossier.facts import care_line
from records.reference.people import plain


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from records.care.events import CareEvent, EventItem
    from records.care.lines import CareLine


ICONS = {
    EventKind.STAY: "bed",
    EventKind.VISIT: "stethoscope",
    EventKind.DENTAL: "smile",
    EventKind.IMAGING: "scan-line",
    EventKind.LABORATORY: "test-tube",
    EventKind.PHARMACY: "pill",
    EventKind.VACCINE: "syringe",
    EventKind.DEVICE: "accessibility",
    EventKind.NURSING: "bandage",
    EventKind.PHYSIOTHERAPY: "activity",
    EventKind.AUXILIARY: "activity",
    EventKind.TRANSPORT: "ambulance",
}
# Visits whose title says all that the name of the act would.
SAID_BY_TITLE = frozenset({"consultation", "home_visit", "remote_visit"})
FOLLOWED_SHOWN = 4
# All of the names when they are few, else fewer still and how many are left: a blood sample is
# many tests, that a page about the whole year need not count off.
MOST_LABELS = 5
LABELS_SHOWN = 4
MOST_TESTS = 3
TESTS_SHOWN = 2
# What is billed beside the act, and tells nothing of the care.
FEE = "fee"
# A box is called by its name: the dose, the form and the number of tablets come after it.
_AFTER_THE_NAME = re.compile(r",| (?=\d)")
# A stay is called by what was done: age, severity and length are the hospital's billing.
_AFTER_THE_STAY = re.compile(
    r", (?=âge |niveau |très courte durée|en ambulatoire|en séances"
    r"|over \d|under \d|level |very short stay|day surgery)"
)
MARK_NAMES = {"padlock": "masked", "not announced": "not_announced", "secret": "secret"}


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as the gate gave it out: the facts of care, the window's day, the marks."""

    care: CareLine
    marks: tuple[str, ...]


def read_row(row: Sequence[Any], *, euros: bool) -> ReadLine:
    """Return one line as the care rules read it; who may not see amounts knows none."""
    facts, shown = row[: -len(policy.MARKS)], row[-len(policy.MARKS) :]
    return ReadLine(care=care_line(facts, euros=euros), marks=policy.mark_names(shown))


@dataclass(frozen=True, slots=True)
class EventView:
    """One event as a page shows it."""

    head: uuid.UUID
    elements: str
    when: str
    month: str
    iso: str
    what: str
    lines: tuple[str, ...]
    icon: str
    kind: str
    marks: tuple[str, ...]
    marks_attr: str
    # What became of it since its reader's last visit: added, corrected or nothing.
    news: str = ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line of an event, in words."""

    element: uuid.UUID
    what: str
    who: str
    detail: tuple[str, ...]
    marks: tuple[str, ...]
    marks_attr: str


def mark_words(marks: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which the components show the gate's marks."""
    return tuple(MARK_NAMES[mark] for mark in marks)


def named(line: CareLine) -> CareLine:
    """The reference's name of a code wins over the file's label."""
    name = reference.label(line.code_system, line.code, telling.language())
    return line._replace(label=name) if name else line


def is_fee(line: CareLine) -> bool:
    """Tell what is on the bill, and not among the tests."""
    act = reference.act(line.code_system, line.code)
    return act is not None and act.family == FEE


def sentence_of(line: CareLine) -> CareLine:
    """The line as an event's sentences name it: a fee is on the bill, not among the tests."""
    return line._replace(label="") if is_fee(line) else named(line)


def event_view(
    event: CareEvent,
    marks: Mapping[uuid.UUID, tuple[str, ...]],
    *,
    news: str = "",
    gone: bool = False,
) -> EventView:
    """Return one event as a page shows it; it bears every mark of its lines.

    What the fund took back is ``gone``: it is no longer paid back.
    """
    found = sorted({mark for line in event.line_ids for mark in marks[line]})
    return EventView(
        head=event.line_ids[0],
        elements=" ".join(str(line) for line in event.line_ids),
        when=telling.long_date(event.occurred_on),
        month=telling.month(event.occurred_on),
        iso=event.occurred_on.isoformat(),
        what=telling.tell(event.headline.title),
        lines=tuple(_below(event, "had_been_paid_back" if gone else "paid_back")),
        icon=ICONS[event.kind],
        kind=event.kind.value,
        marks=mark_words(found),
        marks_attr="+".join(found),
        news=news,
    )


def _below(event: CareEvent, paid_back: str) -> Iterable[str]:
    """The lines under a title: what was done, what followed, what was paid back."""
    head, *followed = event.items
    if event.headline.form in SAID_BY_TITLE:
        trade = reference.specialty_label(event.headline.specialty, telling.language())
        if trade:
            yield trade
    elif head.labels:
        yield _few(head)
    if head.prescriber is not None and head.prescriber.name and not _by_oneself(head):
        yield telling.tell(phrase("event.prescribed_by", name=the(head.prescriber.name)))
    said = Counter(map(_followed, followed))
    for words, count in list(said.items())[:FOLLOWED_SHOWN]:
        again = _("%(words)s, %(count)s fois") % {"words": words, "count": count}
        yield again if count > 1 else words
    if event.reimbursed_cents is not None:
        amount = telling.euros(event.reimbursed_cents)
        yield telling.tell(phrase(f"event.{paid_back}", amount=amount))


def _by_oneself(item: EventItem) -> bool:
    """Tell whether who did it had asked for it: the title has said their name."""
    did, asked = item.performer, item.prescriber
    if asked is None or (did.key and asked.key):
        return asked is not None and did.key == asked.key
    return plain_name(did.name) == plain_name(asked.name)


def _followed(item: EventItem) -> str:
    name = item.performer.name
    form = {EventKind.PHARMACY: "then_pharmacy", EventKind.VACCINE: "then_vaccine"}.get(item.kind)
    if form is None and item.labels:
        return f"{_few(item)} – {name}" if name else _few(item)
    if form is None:  # a name alone would not say what was done there
        form = "consultation" if item.kind is EventKind.VISIT else item.kind.value
    if name:
        said = telling.tell(phrase(f"event.{form}_with", count=item.count, name=name))
    else:
        said = telling.tell(phrase(f"event.{form}", count=item.count))
    if not item.labels:
        return said
    return _("%(what)s : %(names)s") % {"what": said, "names": _few(item)}


def _few(item: EventItem) -> str:
    """The names of an item in the order of the alphabet, each once, or the first and a number."""
    known = {_short(item.kind, label) for label in item.labels}
    labels = sorted(known, key=lambda name: (plain(name), name))
    tests = item.kind is EventKind.LABORATORY
    most, shown = (MOST_TESTS, TESTS_SHOWN) if tests else (MOST_LABELS, LABELS_SHOWN)
    said = labels if len(labels) <= most else labels[:shown]
    # A name that holds a comma would read as two.
    names = (_(" ; ") if any(", " in name for name in said) else ", ").join(said)
    left = len(labels) - len(said)
    return _("%(names)s et %(count)s autres") % {"names": names, "count": left} if left else names


def name_on_box(label: str) -> str:
    """Return what people call a box, without its strength and its number of tablets."""
    return _AFTER_THE_NAME.split(label, maxsplit=1)[0].strip() or label


def _short(kind: EventKind, label: str) -> str:
    """Return the plain part of a name; all of it where there is no plain part."""
    if kind in {EventKind.PHARMACY, EventKind.VACCINE}:
        return name_on_box(label)
    if kind is EventKind.STAY:
        return _AFTER_THE_STAY.split(label, maxsplit=1)[0] or label
    return label


def item_view(line: CareLine, marks: tuple[str, ...]) -> ItemView:
    """Return one line of an event in words; no amount where the reader may see none."""
    detail = [telling.long_date(line.care_start)]
    what = _short(EventKind.STAY, line.label) if line.section == STAY else line.label
    if what != line.label:
        detail.append(line.label)
    if line.prescriber_name:
        detail.append(telling.tell(phrase("event.prescribed_by", name=the(line.prescriber_name))))
    if line.quantity > 1:
        detail.append(_("Quantité : %(count)s") % {"count": line.quantity})
    if line.paid_cents is not None and line.reimbursed_cents is not None:
        detail.append(
            _("Payé %(paid)s, remboursé %(back)s")
            % {
                "paid": telling.euros(line.paid_cents),
                "back": telling.euros(line.reimbursed_cents),
            }
        )
    return ItemView(
        element=line.id,
        what=what or f"{line.code_system} {line.code}",
        who=line.performer_name,
        detail=tuple(detail),
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )
