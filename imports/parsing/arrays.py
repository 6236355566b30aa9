"""Columns of thousands of rows as arrays, cut and joined in C; must not know what they mean."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import TYPE_CHECKING, Any, overload

import pyarrow as pa
from pyarrow import compute, csv

from imports.parsing.lines import BYTE_ORDER_MARK


if TYPE_CHECKING:
    from imports.parsing.lines import Chunk

pa.set_memory_pool(pa.system_memory_pool())  # as fast as its own, which keep what they don't hold

Array = Any
"""One of PyArrow, which has no types."""


def cut(chunk: Chunk, delimiter: str, width: int) -> tuple[list[Array], list[int]] | None:
    """Return the columns of the rows of a chunk without quotes, and the places of other lines.

    None of a chunk that must be read line by line.
    """
    data = chunk.utf_8 + b"\n"
    if len(data) < width * chunk.count:
        return None  # too short to be rows, each of which would take its memory
    if "\r" in chunk or data.startswith(BYTE_ORDER_MARK):
        return None  # not what they would be taken for here
    names = list(map(str, range(width)))
    others: list[int] = []

    def skip(line: Any) -> str:
        others.append(line.number - 1)
        return "skip"

    table = csv.read_csv(
        pa.py_buffer(data),
        csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        csv.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    each_line = len(table) + len(others) == chunk.count
    columns = [column.combine_chunks() for column in table.columns]
    return (columns, others) if each_line and len(table) else None


def empty(count: int) -> Array:
    """Return a column of empty texts."""
    return pa.repeat("", count)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as numbers into its distinct texts."""

    numbers: Array
    texts: list[str]

    @classmethod
    def of(cls, column: Array) -> Coded:
        """Find the distinct texts of a column."""
        coded = column.dictionary_encode()
        return cls(coded.indices, coded.dictionary.to_pylist())

    def beside(self, other: Coded) -> tuple[Array, list[tuple[int, int]]]:
        """Return the distinct pairs of two columns, by their numbers, and numbers into them."""
        width = len(other.texts)
        first = compute.multiply(self.numbers.cast(pa.int64()), width)
        coded = compute.add(first, other.numbers).dictionary_encode()
        return coded.indices, [divmod(pair, width) for pair in coded.dictionary.to_pylist()]

    def array(self) -> Array:
        """Return the texts row by row."""
        return spread(self.texts, self.numbers)

    def only(self, rows: Array) -> Coded:
        """Return some rows."""
        return Coded(self.numbers.filter(rows), self.texts)


class Arrays(Sequence[Sequence[str]]):
    """Columns of checked texts, in the order of `rows.COLUMNS`; lists where they are asked for."""

    def __init__(self, columns: list[Array], coded: dict[str, Coded]) -> None:
        self.columns = columns
        self.coded = coded
        """The same by name, before what is empty was filled from another column."""
        self.escapes = True
        """Whether a text may hold a backslash."""

    def __len__(self) -> int:
        return len(self.columns)

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[str]]: ...

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [column.to_pylist() for column in self.columns[at]]
        return self.columns[at].to_pylist()

    def only(self, rows: Array) -> Arrays:
        """Return some rows."""
        found = Arrays(
            [column.filter(rows) for column in self.columns],
            {name: column.only(rows) for name, column in self.coded.items()},
        )
        found.escapes = self.escapes
        return found


def spread(values: Sequence[str] | Sequence[int], numbers: Array) -> Array:
    """Return values row by row, given numbers into them."""
    return pa.array(values).take(numbers)


def hexed(values: Sequence[bytes], before: str) -> Array:
    """Return a column of bytes of one length in hexadecimal, with a text before each."""
    digits = pa.py_buffer(b"".join(values).hex().encode())
    each = pa.binary(2 * len(values[0]))
    written = pa.Array.from_buffers(each, len(values), [None, digits]).cast(pa.string())
    return compute.binary_join_element_wise(before, written, "")


def numbered(numbers: Sequence[int]) -> Array:
    """Return a column of numbers, as texts."""
    held = pa.py_buffer(array("q", numbers))
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, held]).cast(pa.string())


def all_plain(column: Array, longest: int, without: Sequence[str] = ()) -> bool:
    """Tell whether all texts are printable ASCII, none empty, too long or with blanks outside.

    Nor any that holds one of some texts.
    """
    lengths = compute.min_max(compute.binary_length(column)).as_py()
    if not lengths["min"] or lengths["max"] > longest:
        return False
    if any(compute.any(compute.match_substring(column, each)).as_py() for each in without):
        return False
    trimmed = compute.equal(compute.ascii_trim(column, " "), column)
    plain: bool = compute.all(compute.and_(trimmed, compute.ascii_is_printable(column))).as_py()
    return plain


def joined(columns: Sequence[Array], separator: str) -> Array:
    """Return the texts of columns, row by row, with a separator between them."""
    return compute.binary_join_element_wise(*columns, separator)


def as_bytes(column: Array) -> list[bytes]:
    """Return texts in UTF-8."""
    found: list[bytes] = column.view(pa.binary()).to_pylist()
    return found


def filled(column: Array, other: Array) -> Array:
    """Return a column with the texts of another where it has none."""
    return compute.if_else(compute.equal(column, ""), other, column)


def after(one: Array, other: Array) -> Array:
    """Mark the rows that have a greater text in one column than in the other."""
    return compute.greater(one, other)


def marked(numbers: Array, found: list[int]) -> Array:
    """Mark the rows that have one of some numbers."""
    return compute.is_in(numbers, pa.array(found, numbers.type))


def places(marks: Sequence[Array]) -> list[int]:
    """Return the places of the rows that one of the marks is on."""
    found: list[int] = []
    if marks:
        found = compute.indices_nonzero(reduce(compute.or_, marks)).to_pylist()
    return found


def all_but(count: int, without: Sequence[int]) -> Array:
    """Mark all of some rows but a few."""
    kept = [True] * count
    for place in without:
        kept[place] = False
    return pa.array(kept)


def at(columns: Sequence[Array], rows: Sequence[int]) -> list[list[str]]:
    """Return the texts of some rows, column by column."""
    wanted = pa.array(rows, pa.int64())
    return [column.take(wanted).to_pylist() for column in columns]


def summed(key: Array, amounts: Sequence[Array]) -> list[tuple[int, ...]]:
    """Return each number of a key, how many rows have it, and the sums of their amounts.

    PyArrow's own way to group takes 19 MB.
    """
    counted = compute.value_counts(key)
    found = sorted(
        zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    )
    order = compute.sort_indices(key)
    ends = pa.array([end - 1 for end in accumulate(count for _, count in found)], pa.int64())
    sums = []
    for amount in amounts:
        until = compute.cumulative_sum(amount.take(order)).take(ends).to_pylist()
        sums.append([one - other for one, other in zip(until, [0, *until], strict=False)])
    return [(*each, *of_it) for each, *of_it in zip(found, *sums, strict=True)]


def lines(columns: Sequence[Array], separator: str, order: Array) -> bytes:
    """Return the texts of rows one after the other, in the order of an array of numbers."""
    rows = joined(columns, separator).take(compute.sort_indices(order))
    _, offsets, data = rows.buffers()
    ends = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[ends[0] : ends[len(rows)]])
