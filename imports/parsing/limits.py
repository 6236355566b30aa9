"""The bounds every parser keeps, whatever it is given; knows no format and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may ask of us. Sizes in bytes.

    `latest` is the day the caller considers today: a flow date after it is refused. Without it
    no date is refused for being in the future, as this package has no clock.
    """

    block: int = 64 * 1024
    """Read at once: enough rows to spread the work per block over, few enough that their texts
    stay near the processor, which is a fifth of the time of reading them."""
    many: int = 128 * 1024
    """Characters from which claim lines are read as arrays: fewer are sooner read one by one."""
    line: int = 64 * 1024
    """One physical line, and one row whose quotes span several lines."""
    quoted_lines: int = 20
    """Physical lines that one quoted row may span before its quote counts as never closed."""
    columns: int = 200
    decompressed: int = 64 * 1024**3
    """A month of the largest scheme is about 45 GB in the clear."""
    ratio: int = 200
    """Claims shrink 10 to 60 times; gzip can reach 1,000 and zstd 30,000 on purpose."""
    ratio_from: int = 32 * 1024**2
    """Decompressed bytes below which the ratio says nothing."""
    zstd_window: int = 64 * 1024**2
    """Memory a zstd frame may demand; level 19 takes 8 MiB."""
    totals: int = 2_000
    """Distinct (scheme, month) pairs of one file."""
    refused: int = 1_000_000
    """Refused rows, each of which someone stores: beyond, one mistake repeats itself."""
    json_line: int = 1024 * 1024
    """One resource of an NDJSON file, with all its items."""
    json_value: int = 2_000
    """Characters kept of one value of a resource: a longer one is refused whatever it says."""
    joined: int = 60_000
    """Rows of the joined tables held at once: about 60 MB."""
    joined_row: int = 500
    """Characters that are read of one of them: an honest one has 300."""
    joined_parts: int = 250
    """How often the tables are read: 15 million rows, and more belongs in several archives."""
    kept_rows: int = 100_000
    """Rows of a table that is kept whole, as the names of medicines are."""
    latest: date | None = None
    correction: bool = False
    """Whether these are said to be refused rows that come back: without our columns, too."""
