"""Checked rows to the text that `COPY` takes, under keyed hashes: no identifier is in it.

Must not know models, nor the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from imports.parsing import (
    BUSINESS,
    MOST_SAMPLED,
    SEPARATOR,
    Kind,
    business_texts,
    copy_text,
    digests,
    sample,
)
from imports.parsing.checking import Batch
from imports.parsing.formats import Summary
from imports.parsing.persons import INS_DEMO, INS_NIA, INS_NIR, INS_TEST, NIR_RANK
from records.identifiers import keyed_digest


if TYPE_CHECKING:
    from imports.parsing import RefusedRow
    from imports.parsing.arrays import Arrays


NATIONAL_SYSTEMS: Final = frozenset({INS_NIR, INS_NIA, INS_TEST, INS_DEMO, NIR_RANK})
PSEUDONYM: Final = "pseudonym"
_MOST_REMEMBERED: Final = 16_384
"""Persons: 4 MB of them. A month names more; those of neighbouring rows recur."""
_BUCKET_ROWS: Final = 32
"""Rows whose keys begin alike are written together: a chunk of the second pass reads few pages."""
_KEY_BEGINS: Final = slice(2, 4)


@dataclass(slots=True)
class Encoded:
    """What became of some lines of a file, and rows for `COPY`: these, or some of before."""

    counts: Summary
    refused: list[RefusedRow]
    text: bytes
    sample: list[list[str]] = field(default_factory=list)
    """Of the first rows, what may be shown."""
    pseudonyms: bool = False
    """Whether a row so far was under a pseudonym."""
    refused_keys: list[tuple[bytes | str | int, ...]] = field(default_factory=list)
    """Of refused rows that say which one they are: the key, the rest of it, the line."""


class Encoder:
    """Turns batches of one file into text for `COPY`, rows with near keys together."""

    def __init__(self, key: bytes) -> None:
        self._persons = Persons(key)
        self._buckets: defaultdict[str, list[str]] = defaultdict(list)
        self._sampled = 0

    def encode(self, batch: Batch) -> Encoded:
        """Take a batch in; give what is full."""
        if batch.arrays and batch.numbers:
            text = _of_arrays(batch.arrays, batch, self._persons)
        else:
            text = self._from_buckets(batch)
        first = sample(batch) if self._sampled < MOST_SAMPLED and batch.numbers else []
        self._sampled += len(first)
        keys = [
            (*_identity(batch.kind, row.identity, self._persons), row.line)
            for row in batch.refused
            if row.identity
        ]
        return Encoded(batch.counts, batch.refused, text, first, self._persons.pseudonyms, keys)

    def _from_buckets(self, batch: Batch) -> bytes:
        buckets = self._buckets
        for row in encoded(batch, self._persons):
            buckets[row[_KEY_BEGINS]].append(row)
        full: list[str] = []
        for bucket in buckets.values():
            if len(bucket) >= _BUCKET_ROWS:
                full += bucket
                bucket.clear()
        return copy_text(full).encode()

    def rest(self) -> Encoded:
        """Give what is left."""
        left = [row for rows in self._buckets.values() for row in rows]
        self._buckets.clear()
        return Encoded(Summary(), [], copy_text(left).encode())


class Persons:
    """Keyed hashes of the identifiers of one file: made once each, as many as memory allows."""

    def __init__(self, key: bytes) -> None:
        self.pseudonyms = False
        """Whether one of them was no national identifier."""
        self._key = key
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
            # Not `set(values) - known`: that would walk through all that are known.
            for value in {value for value in values if value not in known}:
                known[value] = self._two_fields(system, value)
            found = list(map(known.get, values))
        return found  # type: ignore[return-value]  # every one is known by now

    def _two_fields(self, system: str, value: str) -> str:
        if system in NATIONAL_SYSTEMS:
            return _fields("\\x" + keyed_digest(self._key, system, value).hex(), "f")
        self.pseudonyms = True
        return _fields("\\x" + self.pseudonym(value).hex(), "t")

    def pseudonym(self, name: str) -> bytes:
        """Return the key of a source's pseudonym; alias files name no system, nor does it."""
        # In hexadecimal, because the hash of national numbers ignores case and dashes.
        return keyed_digest(self._key, PSEUDONYM, name.encode().hex())


Encode = Callable[[Batch, Persons], list[str]]
"""A batch to rows of the staging table, as COPY text without its ends: the key comes first."""


def encoded(batch: Batch, persons: Persons) -> list[str]:
    """Return each accepted row as text for `COPY` into the staging table, its key first."""
    return _ENCODERS[batch.kind](batch, persons) if batch.numbers else []


def _lines(batch: Batch, persons: Persons) -> list[str]:
    ids, schemes, systems, values, *_, flows = batch.columns
    said = business_texts(batch.kind, batch.columns)
    digested = digests(batch.kind, map(str.encode, said))
    rows = zip(
        persons.keys(systems, values), batch.numbers, digested, ids, schemes, said, flows,
        strict=True,
    )  # fmt: skip
    return [
        f"{key}\x1f{number}\x1f\\x{digest.hex()}\x1f{line_id}\x1f{scheme}\x1f{text}\x1f{flow}"
        for key, number, digest, line_id, scheme, text, flow in rows
    ]


def _of_arrays(found: Arrays, batch: Batch, persons: Persons) -> bytes:
    """Return what `_lines` says of rows, as COPY text in the order of their keys."""
    from imports.parsing import arrays  # noqa: PLC0415 - takes memory, for large files only

    system, value, flow = (found.coded[n] for n in ("person_system", "person_value", "flow_date"))
    numbers, pairs = system.beside(value)
    keys = persons.keys([system.texts[i] for i, _ in pairs], [value.texts[i] for _, i in pairs])
    rank = {key: i for i, key in enumerate(sorted(keys))}
    said = arrays.joined(found.columns[BUSINESS[Kind.LINES]], SEPARATOR)
    # A backslash is written twice: here, or in everything if the file holds one.
    escape = "\\" if found.escapes else "\\\\"
    digested = digests(Kind.LINES, arrays.as_bytes(said))
    text = arrays.lines(
        [
            arrays.spread([key.replace("\\", escape) for key in keys], numbers),
            arrays.numbered(batch.numbers),
            arrays.hexed(digested, f"{escape}x"),
            *found.columns[:2],
            said,
            arrays.spread([f"{day}\n" for day in flow.texts], flow.numbers),
        ],
        SEPARATOR,
        arrays.spread([rank[key] for key in keys], numbers),
    )
    return text.replace(b"\\", b"\\\\") if found.escapes else text


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
        _fields(_own_key(persons.pseudonym(name)), str(number), person.partition(SEPARATOR)[0])
        for number, name, person in zip(batch.numbers, pseudonyms, people, strict=True)
    ]


def _slip(batch: Batch, _persons: Persons) -> list[str]:
    return [
        _fields(_own_key(_slip_key(row)), str(number), *row)
        for number, row in zip(batch.numbers, batch.rows, strict=True)
    ]


def _identity(kind: Kind, said: Sequence[str], persons: Persons) -> tuple[bytes | str | int, ...]:
    """Return the key of a row and what else says which one it is, as it would be staged."""
    if kind is Kind.ALIASES:
        return (persons.pseudonym(said[0]),)
    if kind is Kind.SLIP:
        return (_slip_key(said), *said)
    (person,) = persons.keys(said[:1], said[1:2])
    return (bytes.fromhex(person.partition(SEPARATOR)[0].removeprefix("\\x")), *said[2:])


def _slip_key(row: Sequence[str]) -> bytes:
    return f"{row[0]}|{row[1]}".encode()


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
