"""Reading the synthesis: made per reader from the lines the gate gives, version by version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming, policy
from access.binding import note
from access.journal import Action
from access.policy import NotVisible
from records.dossier import telling
from records.dossier.care_views import mark_words
from records.dossier.entrance import Dossier, enter, enter_by_element
from records.dossier.treating_gp import Asked, may_ask, synthesis_asked, treating_gp_of
from records.models import Section, Synthesis, SynthesisLine, ticked_answer


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the synthesis in words: as it was signed, and where it is a ticked answer."""

    element: uuid.UUID
    text: str
    answer: str
    evidence: tuple[str, ...]
    marks: tuple[str, ...]
    marks_attr: str
    history: str = ""


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line in words, and the element itself, to tell who sees it."""

    dossier: Dossier
    line: LineView
    element: SynthesisLine


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section with its visible lines."""

    key: str
    title: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version as this reader sees it: versions equal for them are one, with the older date."""

    id: uuid.UUID
    author: str
    structure: str
    signed_on: str
    signed_at: dt.datetime
    sections: tuple[SectionView, ...]
    shown: int


@dataclass(frozen=True, slots=True)
class SynthesisPage:
    """The synthesis page: the version read and the dates of the others.

    Where there is none, whoever decides is told of whom it may be asked, and since when it is.
    """

    dossier: Dossier
    version: VersionView | None
    versions: tuple[VersionView, ...]
    current: bool
    gp: str
    asked: Asked | None

    @property
    def may_ask(self) -> bool:
        """It may be asked for today, for the first time or again."""
        return not self.versions and may_ask(self.dossier, gp=self.gp, asked=self.asked)


def read_versions(dossier: Dossier) -> tuple[VersionView, ...]:
    """Return the versions a reader can tell apart, the newest first."""
    rows = policy.visible_synthesis_lines(dossier.standing)
    return versions_of(list(rows.order_by("synthesis_id", "position")))


def versions_of(rows: list[SynthesisLine]) -> tuple[VersionView, ...]:
    """Return the versions that lines given by the gate make, the newest first.

    No number is shown: a version that differs only in lines hidden from this reader must not be
    guessed from a gap (policy section 5). Lines come by synthesis and position.
    """
    by_version = {
        key: list(lines) for key, lines in groupby(rows, key=lambda line: line.synthesis_id)
    }
    # The frame of lines that the gate gave out: who signed and when, no word of the content.
    signed = Synthesis.objects.filter(id__in=by_version).order_by("number")
    kept: list[tuple[Synthesis, list[SynthesisLine]]] = []
    for synthesis in signed:
        lines = by_version[synthesis.id]
        # The older lines stay too: the key of a line says when it was written.
        if not (kept and _same(kept[-1][1], lines)):
            kept.append((synthesis, lines))
    return tuple(_version(synthesis, lines) for synthesis, lines in reversed(kept))


def _same(one: list[SynthesisLine], other: list[SynthesisLine]) -> bool:
    return [(line.section, line.text, line.evidence) for line in one] == [
        (line.section, line.text, line.evidence) for line in other
    ]


def _version(synthesis: Synthesis, lines: list[SynthesisLine]) -> VersionView:
    sections = []
    for section in Section:
        held = tuple(_line(line) for line in lines if line.section == section)
        if held:
            sections.append(SectionView(section.value, str(section.label), held))
    return VersionView(
        id=synthesis.id,
        author=synthesis.author_name,
        structure=synthesis.author_structure_name,
        signed_on=telling.day_and_month(synthesis.signed_at),
        signed_at=synthesis.signed_at,
        sections=tuple(sections),
        shown=len(lines),
    )


def _line(line: SynthesisLine) -> LineView:
    marks = policy.marks_of(line)
    return LineView(
        element=line.id,
        text=line.text,
        answer=ticked_answer(line.key),
        evidence=tuple(str(part) for part in line.evidence),
        marks=mark_words(marks),
        marks_attr="+".join(marks),
    )


def read_synthesis(
    *, by: Viewer, record_id: uuid.UUID, version_id: uuid.UUID | None = None
) -> SynthesisPage:
    """Return the synthesis page: the newest version, or the one asked for.

    Raises ``NotVisible`` for a version this reader can't tell apart or that doesn't exist.
    """
    dossier = enter(by=by, record_id=record_id)
    versions = read_versions(dossier)
    version = versions[0] if versions else None
    if version_id is not None:
        version = next((found for found in versions if found.id == version_id), None)
        if version is None:
            raise NotVisible
    note(
        Action.SYNTHESIS_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="synthesis_line",
        shown=version.shown if version else 0,
    )
    gp = None if versions else treating_gp_of(dossier)
    return SynthesisPage(
        dossier=dossier,
        version=version,
        versions=versions,
        current=bool(versions) and version is versions[0],
        gp=gp.full_name if gp else "",
        asked=synthesis_asked(dossier, by=by, gp=gp) if gp else None,
    )


def _history(dossier: Dossier, line: SynthesisLine) -> str:
    """Say who first signed a line and when, from the versions of it that this reader sees."""
    rows = policy.visible_synthesis_lines(dossier.standing).filter(id=line.id)
    if line.key:
        rows = policy.visible_synthesis_lines(dossier.standing).filter(key=line.key)
    first = rows.select_related("synthesis").order_by("synthesis__number").first()
    if first is None:
        return ""
    return _("Dans la synthèse depuis le %(day)s, par %(name)s") % {
        "day": telling.day_and_month(first.synthesis.signed_at),
        "name": naming.the(first.synthesis.author_name),
    }


def read_line(*, by: Viewer, record_id: uuid.UUID, line_id: uuid.UUID) -> LinePage:
    """Return one line with what it rests on. Raises ``NotVisible`` if it isn't this reader's."""
    line = policy.get_visible(SynthesisLine, policy.standing_on(record_id), line_id)
    dossier = enter_by_element(by=by, record_id=record_id, element_id=line_id)
    note(
        Action.ELEMENT_READ,
        record_id,
        by=by,
        door=dossier.door,
        element_kind="synthesis_line",
        element_id=line_id,
        shown=1,
    )
    return LinePage(dossier, replace(_line(line), history=_history(dossier, line)), line)
