"""What every format's parser offers, and what it tells of a file; must not know any format.

A new format is one module with a `Parser`, named in `imports.parsing.opening`. It turns its file
into columns and gives them to `imports.parsing.checking`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from imports.parsing.refusals import Fault, Refusal, StreamStoppedError
from imports.parsing.rows import COLUMNS, Kind


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imports.parsing.checking import Batch
    from imports.parsing.compression import Source
    from imports.parsing.limits import Limits
    from imports.parsing.lines import Chunk
    from imports.parsing.prints import Print
    from imports.parsing.refusals import Notice
    from imports.parsing.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a file turned out to be, to be shown before anything is loaded."""

    kind: Kind
    format: str
    compression: str
    encoding: str
    byte_order_mark: bool
    line_end: str
    delimiter: str
    columns: tuple[str, ...]
    """As written in the file, in its order: those of the file of rejects."""
    notices: tuple[Notice, ...]


@dataclass(slots=True)
class Totals:
    """Sums of the accepted lines of one scheme and month, in cents, as a slip gives them."""

    lines: int = 0
    paid_cents: int = 0
    reimbursed_cents: int = 0


@dataclass(slots=True)
class Summary:
    """Counts that move while a file is read: `rows` = `accepted` + `refused`, always.

    Blank lines are counted apart. `totals` are by scheme and month of the flow date, for claim
    lines only, cancelling lines included as the slip includes them. `stopped` says why reading
    ended before the end of the file, or that there was nothing in it.
    """

    accepted: int = 0
    refused: int = 0
    blank: int = 0
    bytes_in: int = 0
    """Read of the file as it is kept, for progress against its size."""
    last_line: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    """By code; a row may have several."""
    totals: dict[tuple[str, str], Totals] = field(default_factory=dict)
    stopped: Refusal | None = None

    @property
    def rows(self) -> int:
        """Return the rows read."""
        return self.accepted + self.refused

    def add(self, other: Summary) -> None:
        """Count what another one counted, in a part of the same file."""
        self.accepted += other.accepted
        self.refused += other.refused
        self.blank += other.blank
        self.refusals.update(other.refusals)
        for load, sums in other.totals.items():
            if (totals := self.totals.get(load)) is None:
                totals = self.totals[load] = Totals()
            totals.lines += sums.lines
            totals.paid_cents += sums.paid_cents
            totals.reimbursed_cents += sums.reimbursed_cents

    def check(self, limits: Limits) -> None:
        """Raise StreamStoppedError for a file not worth reading on: each row would cost."""
        if len(self.totals) > limits.totals:
            fault = Fault("too_many_loads", parameters=(("limit", limits.totals),))
            raise StreamStoppedError(fault)
        if self.refused > limits.refused:
            fault = Fault("too_many_refused", parameters=(("limit", limits.refused),))
            raise StreamStoppedError(fault)


def sums(columns: Sequence[Sequence[str]]) -> dict[tuple[str, str], Totals]:
    """Return the totals of checked claim lines given by columns, by scheme and month."""
    months = [flow[:7] for flow in columns[_FLOW]]
    loads = list(zip(columns[_SCHEME], months, strict=True))
    found = {load: Totals() for load in set(loads)}
    for load, paid, reimbursed in zip(loads, columns[_PAID], columns[_REIMBURSED], strict=True):
        totals = found[load]
        totals.lines += 1
        if paid:
            totals.paid_cents += int(paid)
        if reimbursed:
            totals.reimbursed_cents += int(reimbursed)
    return found


_AT = COLUMNS[Kind.LINES].index
_SCHEME = _AT("scheme")
_FLOW = _AT("flow_date")
_PAID = _AT("paid_cents")
_REIMBURSED = _AT("reimbursed_cents")


class Part(Protocol):
    """What was made of some consecutive lines of a file."""

    @property
    def counts(self) -> Summary:
        """Return what became of their rows."""
        ...


AnyPart = TypeVar("AnyPart", bound=Part)


class Reading(Protocol):
    """One file being read, once and forward. `summary` moves with it."""

    summary: Summary

    @property
    def recognised(self) -> Recognised:
        """Return what the file is, as far as known: later lines may settle the encoding."""
        ...

    def refuse(self, rows: Mapping[int, tuple[str, Fault]]) -> None:
        """Refuse some more rows, by number: the column, what is wrong.

        For who saw the whole file; asked before `batches`.
        """
        ...

    def batches(self) -> Iterator[Batch]:
        """Yield what became of the rows, a few hundred at a time: the fast way."""
        ...


class Rows(Protocol):
    """Reads rows from parts of one file that stand alone."""

    def read(self, chunk: Chunk) -> Batch:
        """Return what became of the rows of a chunk."""
        ...


class Layout(Protocol):
    """How the rows of one file are written: all that is needed to read some of them elsewhere."""

    def reader(self) -> Rows:
        """Return what reads its rows."""
        ...


@runtime_checkable
class Divided(Protocol):
    """A reading of lines, whose rows can be read in several places at once."""

    summary: Summary
    print: Print

    @property
    def layout(self) -> Layout:
        """What a reader elsewhere is made from."""
        ...

    def through(
        self, way: Callable[[Iterator[Chunk | Batch]], Iterator[AnyPart]]
    ) -> Iterator[AnyPart]:
        """Yield what `way` makes of the chunks of the file, in their order, and count it."""
        ...


class Parser(Protocol):
    """One format."""

    @property
    def name(self) -> str:
        """Return the name the administrator sees."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Tell from its first decompressed bytes whether a file is of this format."""
        ...

    def open(self, source: Source, limits: Limits) -> Reading:
        """Start reading; raise FileRefusedError if the file can't be read at all."""
        ...


def each_row(reading: Reading) -> Iterator[Row | list[Refusal]]:
    """Yield every row in the order of the file: typed, or the list of its refusals.

    A file that stopped early ends with the one refusal, of line 0 or of the line reached.
    """
    for batch in reading.batches():
        accepted = zip(batch.numbers, batch.typed(), strict=True)
        refused = ((row.line, list(row.refusals)) for row in batch.refused)
        for _, item in merge(accepted, refused, key=itemgetter(0)):
            yield item
    if reading.summary.stopped:
        yield [reading.summary.stopped]
