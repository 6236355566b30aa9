"""The one element an auditor's row asks about, and what it rests on, as rows of the database."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from access import matrix
from access.auditing.moments import ENDED, LONG_AGO, NOON, YESTERDAY
from access.models import Mask, Practice
from access.unannounced import release_day
from records import reference
from records.models import (
    Document,
    DocumentVersion,
    Entry,
    Episode,
    ReimbursementLine,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)


if TYPE_CHECKING:
    from access.auditing.doors import AnyElement, Doors


TITLE = "Élément de la ligne d'audit"


class Elements:
    """Inserts the element of one row: a document, a claim line, an entry, a synthesis line."""

    def __init__(self, doors: Doors) -> None:
        self.who = doors.who
        self.doors = doors

    def element(self) -> AnyElement:
        """Insert the element and return it."""
        code = self.who.case["type"]
        if code == matrix.CLAIMS_TYPE:
            return self._line()
        if code in matrix.SYNTHESIS_TYPES:
            return self._synthesis_line()
        if code == matrix.ENTRY_TYPE:
            return self.who.insert(
                Entry,
                **self._common(),
                kind="allergy",
                content={"text": TITLE},
                author_kind="holder",
            )
        return self._document(**self._common())

    def _common(self) -> dict[str, Any]:
        case = self.who.case
        facts: dict[str, Any] = {
            "record": self.who.record,
            "type_code": case["type"],
            "occurred_on": YESTERDAY.date(),
            "created_at": YESTERDAY,
            "secret": case["invisible_to_representatives"] == "yes",
            "about_another": case["about_another"] == "yes",
            **self._author(),
        }
        if case["withdrawn"] != "no":
            facts["withdrawn_at"] = YESTERDAY
            facts["withdrawn_reason"] = case["withdrawn"]
        if case["unannounced"] != "no":
            released = case["unannounced"] == "released"
            days = 10 if released else int(case["unannounced"].split()[0])
            deposited = NOON - dt.timedelta(days=days)
            facts["created_at"] = deposited
            facts["unannounced_until"] = release_day(deposited.date())
            facts["released_at"] = YESTERDAY if released else None
        if case["same_care_secret"] == "yes":  # noqa: S105  # a column
            facts["episodes"] = [self._secret_episode()]
        return facts

    def _author(self) -> dict[str, Any]:
        wrote = self.who.case["wrote"]
        if wrote == "self" and self.who.professional is not None:
            return {
                "author_id": self.who.professional.id,
                "author_structure_id": self.who.structure.id,
            }
        other = {"author_id": uuid.uuid4(), "author_structure_id": uuid.uuid4()}
        if wrote == "structure":
            other["author_structure_id"] = self.who.structure.id
        elif wrote == "former structure" and self.who.professional is not None:
            former = self.who.make_structure("practice")
            self.who.insert(
                Practice,
                professional=self.who.professional, structure=former,
                profession=self.who.case["profession"], since=LONG_AGO, until=ENDED,
            )  # fmt: skip
            other["author_structure_id"] = former.id
        return other

    def _secret_episode(self) -> uuid.UUID:
        episode = self.who.insert(Episode, record=self.who.record, created_at=YESTERDAY)
        self._document(
            record=self.who.record, type_code="11488-4", occurred_on=YESTERDAY.date(),
            created_at=YESTERDAY, secret=True, episodes=[episode.id], author_id=uuid.uuid4(),
        )  # fmt: skip
        return episode.id

    def _document(self, **facts: Any) -> Document:
        kind = reference.document_type(facts["type_code"])
        document = self.who.insert(
            Document,
            **facts, title=TITLE, class_code=kind.class_code if kind else "10",
            author_kind="professional", author_name="Alix Exemple",
        )  # fmt: skip
        self.who.insert(
            DocumentVersion,
            record_id=self.who.record.id, document=document, number=1,
            deposited_at=document.created_at,
        )  # fmt: skip
        return document

    def _line(self) -> ReimbursementLine:
        facts = self._common() | {"author_id": None, "author_structure_id": None}
        return self.who.insert(
            ReimbursementLine,
            **facts, pays_for=self.who.case["pays_for"], scheme="general",
            line_key=uuid.uuid4().hex, section="MED", care_end=YESTERDAY.date(),
            code_system="CIP13", code="3400900000000", label=TITLE,
            flow_date=YESTERDAY.date(), digest=b"\0" * 32,
        )  # fmt: skip

    def _synthesis_line(self) -> SynthesisLine:
        synthesis = self.who.insert(
            Synthesis,
            record=self.who.record, number=1, author_id=uuid.uuid4(), author_name="Dr Exemple",
            signed_at=YESTERDAY,
        )  # fmt: skip
        line = self.who.insert(
            SynthesisLine,
            **self._common(),
            synthesis=synthesis,
            section="problems",
            position=1,
            text=TITLE,
        )
        if self.who.case["source_visible"] != "-":
            self._source(line, visible=self.who.case["source_visible"] == "yes")
        return line

    def _source(self, line: SynthesisLine, *, visible: bool) -> None:
        """A source nobody but the treating GP sees: not announced, secret, masked from all."""
        hidden: dict[str, Any] = {}
        if not visible:
            deposited = NOON - dt.timedelta(days=10)
            hidden = {"secret": True, "unannounced_until": release_day(deposited.date())}
        source = self._document(
            record=self.who.record, type_code="11488-4", occurred_on=YESTERDAY.date(),
            created_at=YESTERDAY, author_id=uuid.uuid4(), **hidden,
        )  # fmt: skip
        self.who.insert(
            SynthesisSource,
            record_id=self.who.record.id,
            line=line,
            kind="document",
            element_id=source.id,
        )
        if not visible:
            self.who.insert(
                Mask,
                record=self.who.record, target="element", target_id=source.id, audience="everyone",
                since=LONG_AGO,
            )  # fmt: skip
        elif self.who.case["share"] == "live":
            self.doors.period("share", element_id=source.id)
