"""Where the rows of each kind of file go: staged columns, table, key, when two are the same.

Must not know how a file was written, nor who has a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from imports.models import ClaimDoctor, ClaimIllness, ClaimLine, ControlTotal, PersonAlias
from imports.parsing import COLUMNS, Kind


if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model


# Empty in the file, not null in the store.
_TEXT: Final = "text"
_KEY: Final = (("key", "bytea"), ("pseudonym", "boolean"), ("line", "bigint"))


@dataclass(frozen=True)
class Target:
    """One kind of file: how its rows are staged and where they are merged.

    ``key`` is the store's column under which rows are kept together (a person's, or the row's
    own), ``identity`` the others that say which row it is, ``staged`` the columns of the file
    with their types, ``values`` the store's columns with what fills them from a staged row ``i``,
    ``compared`` the columns that ``same`` and the dates read on both sides.
    ``window`` names the staged day of which care too old reaches no record.
    ``moves`` names a column of the primary key that a newer state may change. What an ``undoable``
    load replaces is kept until it can't be undone any more.
    """

    kind: Kind
    table: str
    key: str
    identity: tuple[str, ...]
    staged: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    compared: tuple[str, ...]
    same: str
    dated: bool = True
    moves: str = ""
    window: str = ""
    about_persons: bool = True
    undoable: bool = False

    @property
    def staging_columns(self) -> tuple[tuple[str, str], ...]:
        """Every column of the staging table, in the order of `imports.encoding`."""
        return (*_KEY, *self.staged)

    @cached_property
    def primary_key(self) -> tuple[str, ...]:
        """The store's primary key."""
        moved = (self.moves,) if self.moves else ()
        key = (self.key,) if self.key else ()
        return (*key, *moved, *self.identity)


def _filled(staged: Iterable[tuple[str, str]], required: Iterable[str]) -> list[tuple[str, str]]:
    return [
        (
            name,
            f"coalesce(i.{name}, '')" if kind == _TEXT and name not in required else f"i.{name}",
        )
        for name, kind in staged
    ]


_LINE_TYPES: Final = {
    **dict.fromkeys(
        ("birth_date", "care_start", "care_end", "prescribed_on", "flow_date"), "date"
    ),
    **dict.fromkeys(("quantity", "paid_cents", "base_cents", "reimbursed_cents"), "integer"),
    "rate_pct": "smallint",
    "unpacked": "boolean",
}
_LINE_STAGED: Final = (
    ("digest", "bytea"),
    *(
        (name, _LINE_TYPES.get(name, _TEXT))
        for name in COLUMNS[Kind.LINES]
        if not name.startswith("person_")
    ),
)
_PERIOD: Final = (("since", "date"), ("until", "date"), ("flow_date", "date"))
_ILLNESS_STAGED: Final = (("icd10", _TEXT), ("label", _TEXT), *_PERIOD)
_DOCTOR_STAGED: Final = (("rpps", _TEXT), *_PERIOD)
_SLIP_STAGED: Final = (
    ("scheme", _TEXT),
    ("period", _TEXT),
    ("lines", "bigint"),
    ("paid_cents", "bigint"),
    ("reimbursed_cents", "bigint"),
)


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 - Django's own way


TARGETS: Final = {
    Kind.LINES: Target(
        Kind.LINES,
        _table(ClaimLine),
        key="person_key",
        identity=("scheme", "line_id"),
        staged=_LINE_STAGED,
        values=(
            *(
                (name, value)
                for name, value in _filled(_LINE_STAGED, {"scheme", "line_id"})
                if name not in {"scheme", "line_id", "operation"}
            ),
            ("cancelled", "i.operation = 'CANCEL'"),
        ),
        compared=("care_start", "flow_date", "digest"),
        same="h.digest = i.digest",
        moves="care_start",
        window="care_start",
        undoable=True,
    ),
    Kind.ILLNESSES: Target(
        Kind.ILLNESSES,
        _table(ClaimIllness),
        key="person_key",
        identity=("icd10", "since"),
        staged=_ILLNESS_STAGED,
        values=(
            ("label", "coalesce(i.label, '')"),
            ("until", "i.until"),
            ("flow_date", "i.flow_date"),
        ),
        compared=("label", "until", "flow_date"),
        same="(h.label, h.until) IS NOT DISTINCT FROM (coalesce(i.label, ''), i.until)",
    ),
    Kind.DECLARED_DOCTORS: Target(
        Kind.DECLARED_DOCTORS,
        _table(ClaimDoctor),
        key="person_key",
        identity=("rpps", "since"),
        staged=_DOCTOR_STAGED,
        values=(("until", "i.until"), ("flow_date", "i.flow_date")),
        compared=("until", "flow_date"),
        same="h.until IS NOT DISTINCT FROM i.until",
    ),
    Kind.ALIASES: Target(
        Kind.ALIASES,
        _table(PersonAlias),
        key="pseudonym_key",
        identity=(),
        staged=(("person_key", "bytea"),),
        values=(("person_key", "i.person_key"),),
        compared=("person_key",),
        same="h.person_key = i.person_key",
        dated=False,
    ),
    Kind.SLIP: Target(
        Kind.SLIP,
        _table(ControlTotal),
        key="",
        identity=("scheme", "period"),
        staged=_SLIP_STAGED,
        values=tuple((name, f"i.{name}") for name, _ in _SLIP_STAGED[2:]),
        compared=("lines", "paid_cents", "reimbursed_cents"),
        same=(
            "(h.lines, h.paid_cents, h.reimbursed_cents)"
            " = (i.lines, i.paid_cents, i.reimbursed_cents)"
        ),
        dated=False,
        about_persons=False,
    ),
}
