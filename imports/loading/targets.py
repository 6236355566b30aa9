"""Where the rows of each kind of file go: staged columns, table, key, when two are the same.

Must not know how a file was written, nor who has a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from imports.models import ClaimDoctor, ClaimIllness, ClaimLine, ControlTotal, PersonAlias
from imports.parsing import COLUMNS, SEPARATOR, Kind, business_texts, digests
from imports.parsing.checking import Batch
from imports.parsing.persons import INS_DEMO, INS_NIA, INS_NIR, INS_TEST, NIR_RANK
from records.identifiers import identifier_digest


if TYPE_CHECKING:
    from django.db.models import Model


NATIONAL_SYSTEMS: Final = frozenset({INS_NIR, INS_NIA, INS_TEST, INS_DEMO, NIR_RANK})
PSEUDONYM: Final = "pseudonym"
_MOST_REMEMBERED: Final = 50_000

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
    ``moves`` names a column of the primary key that a newer state may change.
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
    about_persons: bool = True

    @property
    def staging_columns(self) -> tuple[tuple[str, str], ...]:
        """Every column of the staging table, in the order of `copy_text`."""
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


class Persons:
    """Keyed hashes of the identifiers of one file: made once each, as many as memory allows."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def keys(self, systems: Sequence[str], values: Sequence[str]) -> Sequence[str]:
        """Return each person's key, and whether it stands for a pseudonym, as two COPY fields."""
        if len(set(systems)) == 1:
            return self._of_one_system(systems[0], values)
        return [
            self._of_one_system(system, (value,))[0]
            for system, value in zip(systems, values, strict=True)
        ]

    def _of_one_system(self, system: str, values: Sequence[str]) -> Sequence[str]:
        known = self._known.setdefault(system, {})
        found = list(map(known.get, values))
        if None in found:
            if len(known) > _MOST_REMEMBERED:
                known.clear()
            new = {value: _person_key(system, value) for value in set(values) - known.keys()}
            known.update(new)
            found = list(map(known.get, values))
        return found  # type: ignore[return-value]  # every one is known by now


def pseudonym_digest(pseudonym: str) -> bytes:
    """Return the key of a source's pseudonym; alias files name no system, so neither does it."""
    # In hexadecimal, because the hash of national numbers ignores case and dashes.
    return identifier_digest(PSEUDONYM, pseudonym.encode().hex())


def _person_key(system: str, value: str) -> str:
    if system in NATIONAL_SYSTEMS:
        return _fields("\\x" + identifier_digest(system, value).hex(), "f")
    return _fields("\\x" + pseudonym_digest(value).hex(), "t")


Encode = Callable[[Batch, Persons], list[str]]
"""A batch to rows of the staging table, as COPY text without its ends: the key comes first."""


def encoded(batch: Batch, persons: Persons) -> list[str]:
    """Return each accepted row as text for `COPY` into the staging table, its key first."""
    return _ENCODERS[batch.kind](batch, persons) if batch.numbers else []


def _lines(batch: Batch, persons: Persons) -> list[str]:
    ids, schemes, systems, values, *_, flows = batch.columns
    said = business_texts(batch.kind, batch.columns)
    rows = zip(
        persons.keys(systems, values), batch.numbers, digests(batch.kind, said), ids, schemes,
        said, flows, strict=True,
    )  # fmt: skip
    return [
        f"{key}\x1f{number}\x1f\\x{digest}\x1f{line_id}\x1f{scheme}\x1f{text}\x1f{flow}"
        for key, number, digest, line_id, scheme, text, flow in rows
    ]


def _of_persons(batch: Batch, persons: Persons) -> list[str]:
    keys = persons.keys(batch.columns[0], batch.columns[1])
    return [
        _fields(key, str(number), *row[2:])
        for key, number, row in zip(keys, batch.numbers, batch.rows, strict=True)
    ]


def _aliases(batch: Batch, persons: Persons) -> list[str]:
    pseudonyms, systems, values = batch.columns
    people = persons.keys(systems, values)
    return [
        _fields(_own_key(pseudonym_digest(name)), str(number), person.partition(SEPARATOR)[0])
        for number, name, person in zip(batch.numbers, pseudonyms, people, strict=True)
    ]


def _slip(batch: Batch, _persons: Persons) -> list[str]:
    return [
        _fields(_own_key(f"{row[0]}|{row[1]}".encode()), str(number), *row)
        for number, row in zip(batch.numbers, batch.rows, strict=True)
    ]


def _own_key(key: bytes) -> str:
    return _fields("\\x" + key.hex(), "f")


def _fields(*texts: str) -> str:
    return SEPARATOR.join(texts)


_ENCODERS: Final[dict[Kind, Encode]] = {
    Kind.LINES: _lines,
    Kind.ILLNESSES: _of_persons,
    Kind.DECLARED_DOCTORS: _of_persons,
    Kind.ALIASES: _aliases,
    Kind.SLIP: _slip,
}
