"""Claims files as text, and a desk to bring them: nothing here calls the code under test."""

from __future__ import annotations

import io
import uuid

from access.binding import binding
from access.viewer import Role, Viewer
from imports import loading
from imports.models import Load
from tests.imports.persons import INS_TEST, NIR, rows


DESK = Viewer(
    user_id=uuid.UUID(int=99), role=Role.FUND_ADMINISTRATOR, active=True, second_factor="totp",
    name="Alix Gestion",
)  # fmt: skip
COLUMNS = (
    "line_id;scheme;person_system;person_value;birth_date;care_start;care_end;section;code_system;"
    "code;label;quantity;unpacked;prescribed_on;prescription_ref;prescriber_rpps;prescriber_name;"
    "prescriber_specialty;prescriber_finess;performer_kind;performer_rpps;performer_name;"
    "performer_specialty;performer_finess;atc;paid_cents;base_cents;reimbursed_cents;rate_pct;"
    "operation;reverses_line_id;flow_date"
)
BOX = {
    "scheme": "general", "person_system": INS_TEST, "person_value": NIR,
    "birth_date": "1985-03-14", "care_start": "2026-03-02", "section": "MED",
    "code_system": "CIP13", "code": "3400935955838", "label": "Doliprane 1000 mg, boîte de 8",
    "quantity": "1", "performer_kind": "structure", "performer_name": "Pharmacie du Port",
    "atc": "N02BE01", "paid_cents": "1000", "base_cents": "1000", "reimbursed_cents": "650",
    "rate_pct": "65", "operation": "UPSERT", "flow_date": "2026-04-05",
}  # fmt: skip


def line(line_id: str, **facts: str) -> str:
    row = BOX | {"line_id": line_id} | facts
    return ";".join(row.get(name, "") for name in COLUMNS.split(";"))


def lines(*given: str) -> bytes:
    return "\n".join((COLUMNS, *given, "")).encode()


def receive(content: bytes, name: str = "lines.csv", **options: object) -> uuid.UUID:
    with binding(DESK):
        return loading.receive(by=DESK, stream=io.BytesIO(content), file_name=name, **options)


def load(content: bytes, name: str = "lines.csv", **options: object) -> Load:
    load_id = receive(content, name, **options)
    assert loading.run(load_id)
    return Load.objects.get(id=load_id)


def counts(load: Load) -> dict[str, int]:
    """The counts that are not zero."""
    names = ("read", "created", "changed", "identical", "refused", "set_aside")
    found = {name: getattr(load, f"rows_{name}") for name in names}
    return {name: count for name, count in found.items() if count}


def store() -> list[tuple[object, ...]]:
    return rows(
        "SELECT scheme, line_id, care_start::text, quantity, paid_cents, cancelled,"
        " flow_date::text FROM imports_claimline ORDER BY 1, 2, 3"
    )


def refused() -> list[tuple[object, ...]]:
    return rows('SELECT line, "column", code, found FROM imports_refusedrow ORDER BY line, id')
