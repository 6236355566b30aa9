"""How PostgreSQL goes about what every visit asks: `python -m benchmarks.plans` keeps the plans.

Every statement of the hot pages, as several viewers, is explained on invented records in
docs/plans, reading a table whole being priced out, as its size does in life: what is read whole
all the same has no index to go by. A test explains them anew. Says how, never how fast.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.asking import Subject


PLANS: Final = Path(__file__).resolve().parent.parent / "docs" / "plans"
RECORDS: Final = 40
VIEWERS: Final = ("circle", "treating_gp", "holder")
#: Tables of care and of rights: too long to be read whole, whoever asks.
LONG: Final = re.compile(
    r"Seq Scan on (records_(?:document|documentversion|documentfile|reimbursementline|entry"
    r"|synthesis|synthesisline|synthesissource)\w*|access_(?:mask|authorisation|recordusergrant"
    r"|recordgroupgrant|journalevent)\w*)"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"'\d{4}-\d\d-\d\d[ T][^']*'")
_DAY = re.compile(r"'\d{4}-\d\d-\d\d'")
_MOST_SAID = 300
_SETTING = re.compile(r"^(?:set local [^;]*;\s*)+", re.IGNORECASE)
_READS = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """One statement of a page, and how PostgreSQL goes about it."""

    statement: str
    plan: str

    @property
    def read_whole(self) -> list[str]:
        """Long tables that are read from one end to the other."""
        return LONG.findall(self.plan)

    def __str__(self) -> str:
        said = _faceless(" ".join(self.statement.split()))
        short = said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]} [...]"
        return f"{short}\n\n{_faceless(self.plan)}\n"


def _faceless(words: str) -> str:
    """Without keys and instants, which change from one run to the next."""
    return _DAY.sub("'...'", _TIME.sub("'...'", _UUID.sub("...", words)))


def pages() -> dict[str, Callable[[Subject], Any]]:
    """What is asked at every visit, by the use cases of its pages."""
    from access.policy import NotVisible  # noqa: PLC0415  # reads the settings
    from access.worklist import read_worklist  # noqa: PLC0415
    from records.dossier.care import Asked, read_care  # noqa: PLC0415
    from records.dossier.documents import read_document, read_documents  # noqa: PLC0415
    from records.dossier.entries import read_entries  # noqa: PLC0415
    from records.dossier.home import read_home  # noqa: PLC0415
    from records.dossier.synthesis import read_synthesis  # noqa: PLC0415
    from records.models import Document  # noqa: PLC0415

    def document(subject: Subject) -> None:
        found = Document.objects.using("owner").filter(record_id=subject.record_id)
        for key in found.order_by("id").values_list("id", flat=True):
            try:
                read_document(by=subject.viewer, record_id=subject.record_id, document_id=key)
            except NotVisible:
                continue
            return
        raise LookupError(subject)

    def missing_document(subject: Subject) -> None:
        try:
            read_document(
                by=subject.viewer, record_id=subject.record_id, document_id=uuid.UUID(int=1)
            )
        except NotVisible:
            return

    def work_list(subject: Subject) -> None:
        if subject.viewer.is_professional:
            read_worklist(by=subject.viewer)

    return {
        "home": lambda s: read_home(by=s.viewer, record_id=s.record_id),
        "documents": lambda s: read_documents(by=s.viewer, record_id=s.record_id),
        "document": document,
        "missing_document": missing_document,
        "care": lambda s: read_care(by=s.viewer, record_id=s.record_id, asked=Asked()),
        "entries": lambda s: read_entries(by=s.viewer, record_id=s.record_id),
        "synthesis": lambda s: read_synthesis(by=s.viewer, record_id=s.record_id),
        "work_list": work_list,
    }


def lay_down(records: int = RECORDS) -> None:
    """Insert invented records with every kind of element, and let the planner know them."""
    from django.db import connections  # noqa: PLC0415  # as above

    from benchmarks import population  # noqa: PLC0415  # as above

    population.people()
    population.grow(1, records)
    for rows in _elements(records):
        type(rows[0])._default_manager.using("owner").bulk_create(rows)  # noqa: SLF001
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")


def _elements(records: int) -> Iterator[list[Any]]:
    """Lines, entries, a signed synthesis of each record; somebody opened it in an emergency."""
    from django.utils import timezone  # noqa: PLC0415  # as above

    from access.models import Opening, Professional  # noqa: PLC0415  # as above
    from records.models import (  # noqa: PLC0415  # as above
        Document,
        DocumentVersion,
        Entry,
        Record,
        ReimbursementLine,
        Synthesis,
        SynthesisLine,
        SynthesisSource,
    )

    at = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC)
    keys = list(
        Record.objects.using("owner").order_by("id").values_list("id", flat=True)[:records]
    )
    day = dt.date(2026, 1, 1)
    common = {"occurred_on": day, "created_at": at}
    yield [
        ReimbursementLine(
            record_id=key, type_code="REMB", pays_for="11488-4", scheme="general",
            line_key=f"{n}", section="CARE", care_end=day, code_system="NGAP", code="G",
            label="Consultation", flow_date=day, digest=bytes(32), **common,
        )
        for key in keys for n in range(40)
    ]  # fmt: skip
    yield [
        Entry(record_id=key, kind="history", content={"text": "x"}, type_code="EXPPAT_2",
              author_kind="holder", **common)
        for key in keys for _n in range(20)
    ]  # fmt: skip
    signed = [
        Synthesis(record_id=key, number=1, author_id=uuid.UUID(int=2), author_name="Dr Exemple",
                  author_structure_name="", signed_at=at)
        for key in keys
    ]  # fmt: skip
    yield signed
    said = [
        SynthesisLine(record_id=one.record_id, synthesis=one, section="problems", position=n,
                      text="x", type_code="SYNTH", **common)
        for one in signed for n in range(20)
    ]  # fmt: skip
    yield said
    documents = dict(Document.objects.using("owner").order_by("id").values_list("record_id", "id"))
    yield [
        SynthesisSource(record_id=line.record_id, line=line, kind="document",
                        element_id=documents[line.record_id])
        for line in said
    ]  # fmt: skip
    pairs = Document.objects.using("owner").order_by("id").values_list("record_id", "id")
    somebody = Professional.objects.using("owner").order_by("-id")[0]
    now = timezone.now()
    yield [
        Opening(record_id=key, professional=somebody, kind="emergency", since=now,
                until=now + dt.timedelta(hours=8))
        for key in keys
    ]  # fmt: skip
    yield [
        DocumentVersion(record_id=record, document_id=key, number=1, deposited_at=at)
        for record, key in pairs
    ]


def explain(ask: Callable[[Subject], Any], subject: Subject) -> list[Plan]:
    """Ask once, and explain every statement that was read by it, bound as it was."""
    from django.db import connection  # noqa: PLC0415  # as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from access.binding import binding, turn_to  # noqa: PLC0415

    settings = connection.settings_dict
    kept = settings.get("DISABLE_SERVER_SIDE_CURSORS", False)
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True  # each statement is then sent whole
    try:
        with binding(subject.viewer) as state:
            with CaptureQueriesContext(connection) as asked:
                ask(subject)
            state.events.clear()
            turn_to(subject.record_id)
            return [
                Plan(sql, _plan(sql))
                for sql in dict.fromkeys(_SETTING.sub("", each["sql"]) for each in asked)
                if _READS.match(sql) and " FROM " in sql.upper()
            ]
    finally:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = kept


def _plan(sql: str) -> str:
    from django.db import connection  # noqa: PLC0415  # as above

    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain (costs off) {sql.replace('%', '%%')}", [])
        said = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("set local enable_seqscan = on")
    return said


def every_plan(records: int = RECORDS) -> dict[str, list[Plan]]:
    """Return the plans of each page for each viewer: « documents.circle »."""
    from benchmarks.asking import subjects  # noqa: PLC0415  # as above

    asked = {kind: subjects(kind, records=records, count=4)[0] for kind in VIEWERS}
    found = {
        f"{page}.{kind}": explain(ask, subject)
        for page, ask in pages().items()
        for kind, subject in asked.items()
    }
    return {name: plans for name, plans in found.items() if plans}


def main(arguments: list[str]) -> int:
    """Write the plans anew; 1 where a long table is read whole."""
    from benchmarks.machine import machine  # noqa: PLC0415  # starts servers

    parser = argparse.ArgumentParser(prog="python -m benchmarks.plans", description=__doc__)
    parser.add_argument("--into", type=Path, default=PLANS, help="the folder to write")
    into = parser.parse_args(arguments).into
    with machine():
        lay_down()
        found = every_plan()
    into.mkdir(exist_ok=True)
    for old in into.glob("*.txt"):
        old.unlink()
    for name, plans in found.items():
        # What is asked of each record of a list is planned alike: told once.
        told = {_faceless(plan.plan): str(plan) for plan in plans}
        (into / f"{name}.txt").write_text("\n".join(told.values()))
    print(f"{sum(map(len, found.values()))} statements of {len(found)} pages")
    whole = {name: [plan.read_whole for plan in plans] for name, plans in found.items()}
    bad = {name: each for name, each in whole.items() if any(each)}
    print(bad or "No long table is read whole.")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
