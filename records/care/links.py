"""Which elements are of the same care: the published rules, each with its name.

A rule only ever adds links, and looks at two elements at a time: the links of a set of
elements don't depend on the order in which they arrived, and nothing that arrives unlinks.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from records.care.documents import VISIT_REPORTS
from records.care.elements import (
    LinkRule,
    are_two_people,
    element_of_document,
    element_of_line,
    encounter,
)
from records.care.kinds import MEETINGS, SERIES, EventKind, kind_of
from records.care.lines import CARE, PERSON
from records.care.people import performer_identities
from records.care.stays import AFTER_LEAVING, StayCalendar, stays_in


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from records.care.documents import DocumentFact
    from records.care.elements import Anchor, Element
    from records.care.lines import CareLine
    from records.care.people import Identity
    from records.care.stays import Stay

DAYS_AROUND: Final = 3
# A line's own anchor may not hang on other lines: an allowance is of no kind here.
_OF_NONE: Final = EventKind.AUXILIARY


class _Linker:
    """Applies the rules one after the other; the first rule that links two is the one told."""

    def __init__(self, lines: Iterable[CareLine], documents: Iterable[DocumentFact]) -> None:
        self.lines: Sequence[CareLine] = sorted(lines, key=lambda line: line.id.int)
        kinds = [kind_of(line) for line in self.lines]
        self.allowances = {place for place, kind in enumerate(kinds) if kind is None}
        self.on_lines = [
            (line, kind or _OF_NONE, element_of_line(line, kind or _OF_NONE))
            for line, kind in zip(self.lines, kinds, strict=True)
        ]
        self.on_documents = [
            (document, element_of_document(document))
            for document in sorted(documents, key=lambda document: document.id.int)
        ]
        self.elements = [
            *(element for _, _, element in self.on_lines),
            *(element for _, element in self.on_documents),
        ]
        self.visits: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for line, kind, element in self.on_lines:
            if kind in MEETINGS:
                for who in performer_identities(line):
                    self.visits[who, line.care_start].append(element)

    def links(self) -> list[Element]:
        self._by_prescription()
        self._by_prescriber()
        self._by_performer()
        self._by_allowance()
        self._by_stay()
        self._by_place()
        self._by_transport()
        self._by_nearness()
        self._by_name()
        return self.elements

    def _by_prescription(self) -> None:
        """Tie what carries one reference, unless it is known to be of two prescriptions.

        References aren't unique in practice: two prescribers, or two dates, are two.
        """
        by_reference: dict[str, list[Element]] = defaultdict(list)
        for element in self.elements:
            if element.reference:
                by_reference[element.reference].append(element)
        for found in by_reference.values():
            if len(found) > 1:
                _tie_prescribed(found)

    def _by_prescriber(self) -> None:
        """Tie what was ordered to its visit when one of them names less than the other."""
        for line, _, element in self.on_lines:
            if line.prescribed_on is not None:
                self._tie_to_visit(element, line.prescribed_on)
        for document, element in self.on_documents:
            self._tie_to_visit(element, document.occurred_on)

    def _tie_to_visit(self, element: Element, day: date) -> None:
        for who in element.asked:
            for visit in self.visits.get((who, day), ()):
                if visit.own != element.own and not are_two_people(element, visit):
                    _tie(element, visit, LinkRule.SAME_PRESCRIBER_AND_DATE)

    def _by_performer(self) -> None:
        """Tie to a visit what the same person did that day unordered, as a dentist's X-ray."""
        for line, _, element in self.on_lines:
            if element.own[0] == "act" and line.performer_kind == PERSON:
                for who in performer_identities(line):
                    for visit in self.visits.get((who, line.care_start), ()):
                        _tie(element, visit, LinkRule.SAME_PERFORMER_AND_DATE)

    def _by_allowance(self) -> None:
        """Tie travel and unsocial hours to what the same performer did that day."""
        if not self.allowances:
            return
        acts: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for place, (line, _, element) in enumerate(self.on_lines):
            if line.section == CARE and place not in self.allowances:
                for who in performer_identities(line):
                    acts[who, line.care_start].append(element)
        for place in self.allowances:
            line, _, element = self.on_lines[place]
            for who in performer_identities(line):
                for act in acts.get((who, line.care_start), ()):
                    _tie(element, act, LinkRule.SAME_PERFORMER_AND_DATE)

    def _by_stay(self) -> None:
        stays = stays_in(self.lines)
        if not stays:
            return
        for stay in stays:
            for place in stay.members:
                self._enter_stay(self.elements[place], stay)
        calendar = StayCalendar(stays)
        for line, kind, element in self.on_lines:
            if kind is not EventKind.STAY:
                for stay in (*calendar.holding(line), *calendar.ordering(line)):
                    self._enter_stay(element, stay)
        for document, element in self.on_documents:
            for stay in stays:
                if _is_of_stay(document, stay):
                    self._enter_stay(element, stay)

    def _enter_stay(self, element: Element, stay: Stay) -> None:
        for place in stay.members:
            element.of.setdefault(self.elements[place].own, LinkRule.DURING_STAY)

    def _by_place(self) -> None:
        """Tie medical acts and laboratory work of one day in one structure."""
        places: dict[tuple[str, date], list[tuple[EventKind, Element]]] = defaultdict(list)
        for line, kind, element in self.on_lines:
            if line.performer_finess and (kind in _PLACED or kind is EventKind.LABORATORY):
                places[line.performer_finess, line.care_start].append((kind, element))
        for found in places.values():
            acts = {element.own for kind, element in found if kind in _PLACED}
            for _, element in found:
                for anchor in acts:
                    element.of.setdefault(anchor, LinkRule.SAME_PLACE_AND_DAY)

    def _by_transport(self) -> None:
        """Let a transport enter the care of its day; the care doesn't enter the transport's."""
        if not any(kind is EventKind.TRANSPORT for _, kind, _ in self.on_lines):
            return
        reached: dict[date, set[Anchor]] = defaultdict(set)
        for line, kind, element in self.on_lines:
            if kind in _PLACED:
                reached[line.care_start].add(element.own)
        for document, element in self.on_documents:
            if document.type_code in VISIT_REPORTS and document.by_professional:
                reached[document.occurred_on].add(element.own)
        for line, kind, element in self.on_lines:
            if kind is EventKind.TRANSPORT:
                for anchor in reached.get(line.care_start, ()):
                    element.of.setdefault(anchor, LinkRule.TRANSPORT_OF_THE_DAY)

    def _by_nearness(self) -> None:
        """Tie the care of one professional within three days, and a report to what it reports."""
        met: dict[Identity, dict[date, list[Element]]] = defaultdict(lambda: defaultdict(list))
        for element in self.elements:
            own = element.own
            if own[0] == "encounter" and own[1] and element.when is not None:
                met[own[1]][element.when].append(element)
        for who, days in met.items():
            for day, found in days.items():
                near = [encounter(who, on) for on in days_around(day) if on in days and on != day]
                # The same for all that was decided that day: said once, entered by each.
                rules = dict.fromkeys(near, LinkRule.WITHIN_THREE_DAYS)
                for element in found if near else ():
                    element.of = {**element.of, **rules, **element.of}
        if self.on_documents:
            self._tie_reports()

    def _tie_reports(self) -> None:
        """Tie a document to what its author performed: what is delivered, on the very day."""
        performed: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for line, kind, element in self.on_lines:
            if kind not in SERIES:
                near = frozenset({line.care_start})
                if kind in _PLACED or kind is EventKind.LABORATORY:
                    near = days_around(line.care_start)
                for who in performer_identities(line):
                    for day in near:
                        performed[who, day].append(element)
        for document, element in self.on_documents:
            for who in element.asked:
                for other in performed.get((who, document.occurred_on), ()):
                    _tie(element, other, LinkRule.WITHIN_THREE_DAYS)

    def _by_name(self) -> None:
        if not self.on_documents:
            return
        by_id = {element.id: element for element in self.elements}
        for document, element in self.on_documents:
            for named in document.related:
                if named in by_id:
                    _tie(element, by_id[named], LinkRule.NAMED_BY_DOCUMENT)


def _tie(one: Element, other: Element, rule: LinkRule) -> None:
    one.of.setdefault(other.own, rule)
    other.of.setdefault(one.own, rule)


def _tie_prescribed(found: Iterable[Element]) -> None:
    """Tie what carries one reference: each with what is of its day, or of no day."""
    by_day: dict[date | None, dict[tuple[object, ...], Element]] = defaultdict(dict)
    for element in found:
        alike = (element.own, element.key, element.name)
        by_day[element.when].setdefault(alike, element)
    for element in found:
        days = by_day if element.when is None else (element.when, None)
        for other in (other for day in days for other in by_day.get(day, {}).values()):
            if other.own != element.own and not are_two_people(element, other):
                _tie(element, other, LinkRule.SAME_PRESCRIPTION)


# Care that takes place somewhere on a day, as opposed to what is fetched or brought home.
_PLACED: Final = frozenset({*MEETINGS, EventKind.IMAGING, EventKind.STAY})


@lru_cache(maxsize=4096)
def days_around(day: date) -> frozenset[date]:
    """Return the days that are near to one, itself among them."""
    return frozenset(day + timedelta(days=days) for days in range(-DAYS_AROUND, DAYS_AROUND + 1))


def _is_of_stay(document: DocumentFact, stay: Stay) -> bool:
    """Tell whether a document falls inside a stay, or was written there on leaving."""
    if stay.start < document.occurred_on < stay.end:
        return True
    here = stay.finess != "" and document.author_finess == stay.finess
    return here and stay.start <= document.occurred_on <= stay.end + AFTER_LEAVING


def opening(line: CareLine) -> Anchor:
    """Return the anchor that a line opens, whatever else there is."""
    return element_of_line(line, kind_of(line) or _OF_NONE).own


def link(lines: Iterable[CareLine], documents: Iterable[DocumentFact]) -> list[Element]:
    """Apply every rule to the given elements; what they don't show links nothing."""
    return _Linker(lines, documents).links()
