"""Which elements are of the same care: the published rules, each with its name.

A rule only ever adds links, and looks at two elements at a time: the links of a set of
elements don't depend on the order in which they arrived, and nothing that arrives unlinks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from records.care.documents import VISIT_REPORTS
from records.care.elements import (
    LinkRule,
    are_two_people,
    author_identities,
    element_of_document,
    element_of_line,
    encounter,
)
from records.care.kinds import MEETINGS, SERIES, EventKind, kind_of
from records.care.lines import CARE, PERSON
from records.care.people import performer_identities, prescriber_identities
from records.care.stays import AFTER_LEAVING, StayCalendar, stays_in


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from records.care.documents import DocumentFact
    from records.care.elements import Anchor, Element
    from records.care.lines import CareLine
    from records.care.people import Identity
    from records.care.stays import Stay

DAYS_AROUND: Final = 3


@dataclass(frozen=True, slots=True)
class Links:
    """The anchor each element opens, and every anchor it belongs to with the rule."""

    own: dict[UUID, Anchor]
    of: dict[UUID, dict[Anchor, LinkRule]]


class _Linker:
    """Applies the rules one after the other; the first rule that links two is the one told."""

    def __init__(self, lines: Iterable[CareLine], documents: Iterable[DocumentFact]) -> None:
        self.lines: Sequence[CareLine] = sorted(lines, key=lambda line: line.id.int)
        self.documents: Sequence[DocumentFact] = sorted(documents, key=lambda doc: doc.id.int)
        # A line's own anchor may not hang on other lines: an allowance is of no kind here.
        kinds = [kind_of(line) for line in self.lines]
        self.allowances = {
            line.id for line, kind in zip(self.lines, kinds, strict=True) if kind is None
        }
        self.kinds = [kind or EventKind.AUXILIARY for kind in kinds]
        self.on_lines = [
            element_of_line(line, kind) for line, kind in zip(self.lines, self.kinds, strict=True)
        ]
        self.on_documents = [element_of_document(document) for document in self.documents]
        self.elements = [*self.on_lines, *self.on_documents]
        self.own = {element.id: element.own for element in self.elements}
        self.of: dict[UUID, dict[Anchor, LinkRule]] = {
            element.id: {element.own: element.rule} for element in self.elements
        }

    def links(self) -> Links:
        self._by_prescription()
        self._by_prescriber()
        self._by_performer()
        self._by_allowance()
        self._by_stay()
        self._by_place()
        self._by_transport()
        self._by_nearness()
        self._by_name()
        return Links(self.own, self.of)

    def _enter(self, element: UUID, anchor: Anchor, rule: LinkRule) -> None:
        self.of[element].setdefault(anchor, rule)

    def _tie(self, one: Element, other: Element, rule: LinkRule) -> None:
        self._enter(one.id, other.own, rule)
        self._enter(other.id, one.own, rule)

    def _by_prescription(self) -> None:
        """Tie what carries one reference, unless it is known to be of two prescriptions.

        References aren't unique in practice: two prescribers, or two dates, are two.
        """
        by_reference: dict[str, list[Element]] = defaultdict(list)
        for element in self.elements:
            if element.reference:
                by_reference[element.reference].append(element)
        for found in by_reference.values():
            by_day: dict[date | None, dict[tuple[object, ...], Element]] = defaultdict(dict)
            for element in found:
                alike = (element.own, element.key, element.name)
                by_day[element.when].setdefault(alike, element)
            for element in found:
                days = by_day if element.when is None else (element.when, None)
                for other in (other for day in days for other in by_day.get(day, {}).values()):
                    if other.own != element.own and not are_two_people(element, other):
                        self._tie(element, other, LinkRule.SAME_PRESCRIPTION)

    def _by_prescriber(self) -> None:
        """Tie what was ordered to its visit when one of them names less than the other."""
        visits: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for line, kind, element in zip(self.lines, self.kinds, self.on_lines, strict=True):
            if kind in MEETINGS:
                for who in performer_identities(line):
                    visits[who, line.care_start].append(element)
        for line, element in zip(self.lines, self.on_lines, strict=True):
            if line.prescribed_on is not None:
                for who in prescriber_identities(line):
                    self._tie_all(element, visits.get((who, line.prescribed_on), ()))
        for document, element in zip(self.documents, self.on_documents, strict=True):
            for who in author_identities(document):
                self._tie_all(element, visits.get((who, document.occurred_on), ()))

    def _tie_all(self, element: Element, visits: Iterable[Element]) -> None:
        for visit in visits:
            if visit.own != element.own and not are_two_people(element, visit):
                self._tie(element, visit, LinkRule.SAME_PRESCRIBER_AND_DATE)

    def _by_performer(self) -> None:
        """Tie to a visit what the same person did that day unordered, as a dentist's X-ray."""
        visits: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        alone = [
            (line, element)
            for line, element in zip(self.lines, self.on_lines, strict=True)
            if element.own[0] == "act" and line.performer_kind == PERSON
        ]
        if not alone:
            return
        for line, kind, element in zip(self.lines, self.kinds, self.on_lines, strict=True):
            if kind in MEETINGS:
                for who in performer_identities(line):
                    visits[who, line.care_start].append(element)
        for line, element in alone:
            for who in performer_identities(line):
                for visit in visits.get((who, line.care_start), ()):
                    self._tie(element, visit, LinkRule.SAME_PERFORMER_AND_DATE)

    def _by_allowance(self) -> None:
        """Tie travel and unsocial hours to what the same performer did that day."""
        if not self.allowances:
            return
        acts: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for line, element in zip(self.lines, self.on_lines, strict=True):
            if line.section == CARE and line.id not in self.allowances:
                for who in performer_identities(line):
                    acts[who, line.care_start].append(element)
        for line, element in zip(self.lines, self.on_lines, strict=True):
            if line.id in self.allowances:
                for who in performer_identities(line):
                    for act in acts.get((who, line.care_start), ()):
                        self._tie(element, act, LinkRule.SAME_PERFORMER_AND_DATE)

    def _by_stay(self) -> None:
        stays = stays_in(self.lines)
        if not stays:
            return
        for stay in stays:
            for position in stay.members:
                self._enter_stay(self.on_lines[position].id, stay)
        calendar = StayCalendar(stays)
        for line, kind in zip(self.lines, self.kinds, strict=True):
            if kind is not EventKind.STAY:
                for stay in (*calendar.holding(line), *calendar.ordering(line)):
                    self._enter_stay(line.id, stay)
        for document in self.documents:
            for stay in stays:
                if _is_of_stay(document, stay):
                    self._enter_stay(document.id, stay)

    def _enter_stay(self, element: UUID, stay: Stay) -> None:
        for member in stay.members:
            self._enter(element, self.on_lines[member].own, LinkRule.DURING_STAY)

    def _by_place(self) -> None:
        """Tie medical acts and laboratory work of one day in one structure."""
        places: dict[tuple[str, date], list[int]] = defaultdict(list)
        for position, (line, kind) in enumerate(zip(self.lines, self.kinds, strict=True)):
            if line.performer_finess and (kind in _PLACED or kind is EventKind.LABORATORY):
                places[line.performer_finess, line.care_start].append(position)
        for found in places.values():
            acts = {self.on_lines[other].own for other in found if self.kinds[other] in _PLACED}
            for position in found:
                for anchor in acts:
                    element = self.on_lines[position].id
                    self._enter(element, anchor, LinkRule.SAME_PLACE_AND_DAY)

    def _by_transport(self) -> None:
        """Let a transport enter the care of its day; the care doesn't enter the transport's."""
        reached: dict[date, set[Anchor]] = defaultdict(set)
        for line, kind, element in zip(self.lines, self.kinds, self.on_lines, strict=True):
            if kind in _PLACED:
                reached[line.care_start].add(element.own)
        for document, element in zip(self.documents, self.on_documents, strict=True):
            if document.type_code in VISIT_REPORTS and document.by_professional:
                reached[document.occurred_on].add(element.own)
        for line, kind in zip(self.lines, self.kinds, strict=True):
            if kind is EventKind.TRANSPORT:
                for anchor in reached.get(line.care_start, ()):
                    self._enter(line.id, anchor, LinkRule.TRANSPORT_OF_THE_DAY)

    def _by_nearness(self) -> None:
        """Tie the care of one professional within three days, and a report to what it reports."""
        by_anchor: dict[Anchor, list[UUID]] = defaultdict(list)
        dates: dict[Identity, set[date]] = defaultdict(set)
        for element in self.elements:
            if element.own[0] == "encounter" and element.own[1] and element.when is not None:
                by_anchor[element.own].append(element.id)
                dates[element.own[1]].add(element.when)
        for who, days in dates.items():
            for day in days:
                # The same for all that was decided that day: said once, entered by each.
                near = [encounter(who, other) for other in _days_around(day) & days - {day}]
                rules = dict.fromkeys(near, LinkRule.WITHIN_THREE_DAYS)
                for element_id in by_anchor[encounter(who, day)]:
                    told = self.of[element_id]
                    self.of[element_id] = {**told, **rules, **told}
        if self.documents:
            self._tie_reports()

    def _tie_reports(self) -> None:
        """Tie a document to what its author performed: what is delivered, on the very day."""
        performed: dict[tuple[Identity, date], list[Element]] = defaultdict(list)
        for line, kind, element in zip(self.lines, self.kinds, self.on_lines, strict=True):
            if kind not in SERIES:
                near = frozenset({line.care_start})
                if kind in _PLACED or kind is EventKind.LABORATORY:
                    near = _days_around(line.care_start)
                for who in performer_identities(line):
                    for day in near:
                        performed[who, day].append(element)
        for document, element in zip(self.documents, self.on_documents, strict=True):
            for who in author_identities(document):
                for other in performed.get((who, document.occurred_on), ()):
                    self._tie(element, other, LinkRule.WITHIN_THREE_DAYS)

    def _by_name(self) -> None:
        if not self.documents:
            return
        by_id = {element.id: element for element in self.elements}
        for document, element in zip(self.documents, self.on_documents, strict=True):
            for named in document.related:
                if named in by_id:
                    self._tie(element, by_id[named], LinkRule.NAMED_BY_DOCUMENT)


# Care that takes place somewhere on a day, as opposed to what is fetched or brought home.
_PLACED: Final = frozenset({*MEETINGS, EventKind.IMAGING, EventKind.STAY})


@lru_cache(maxsize=4096)
def _days_around(day: date) -> frozenset[date]:
    return frozenset(day + timedelta(days=days) for days in range(-DAYS_AROUND, DAYS_AROUND + 1))


def _is_of_stay(document: DocumentFact, stay: Stay) -> bool:
    """Tell whether a document falls inside a stay, or was written there on leaving."""
    if stay.start < document.occurred_on < stay.end:
        return True
    here = stay.finess != "" and document.author_finess == stay.finess
    return here and stay.start <= document.occurred_on <= stay.end + AFTER_LEAVING


def link(lines: Iterable[CareLine], documents: Iterable[DocumentFact]) -> Links:
    """Apply every rule to the given elements; what they don't show links nothing."""
    return _Linker(lines, documents).links()
