"""What was measured: one row per figure and variant, kept in results.json beside its floor."""

from __future__ import annotations

import json
import statistics
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


RESULTS = Path(__file__).with_name("results.json")
_PERCENT = 100


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, beside the floor measured in the same run.

    ``ratio`` is value over floor in the same unit; for ``guardian``, guardian's time over ours.
    ``n`` is how many times it was measured; ``sizes`` says on how much.
    """

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    n: int
    sizes: dict[str, int] = field(default_factory=dict)
    commit: str = ""

    @property
    def figure(self) -> str:
        """The name before the first dot: what ONLY names."""
        return self.name.partition(".")[0]


def row(
    name: str, value: float, floor: float, *, unit: str = "ms", n: int, sizes: dict[str, int]
) -> Row:
    """Return a figure whose ratio is value over floor."""
    return Row(name, _short(value), unit, _short(floor), _short(value / floor), n, dict(sizes))


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def percentile(times: Sequence[float], percent: int) -> float:
    """Return the time that this share of the measures did not exceed."""
    ordered = sorted(times)
    if percent == _PERCENT // 2:
        return statistics.median(ordered)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // _PERCENT) - 1)]


def commit_of(root: Path) -> str:
    """Return the commit measured, with a mark where files differ from it; empty outside git."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return ""
    return said.stdout.strip()


def read(path: Path = RESULTS) -> list[Row]:
    """Return the rows of the last runs."""
    if not path.exists():
        return []
    return [Row(**each) for each in json.loads(path.read_text())]


def keep(rows: Iterable[Row], path: Path = RESULTS) -> None:
    """Write the rows of this run over the same ones, of the same sizes; leave the others alone.

    A run on ten million lines says nothing of a million: both stay.
    """
    new = list(rows)
    measured = [(each.name, each.sizes) for each in new]
    kept = [each for each in read(path) if (each.name, each.sizes) not in measured] + new
    lines = [json.dumps(asdict(each), ensure_ascii=False) for each in kept]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a table to read in a terminal."""
    head = ("figure", "value", "unit", "floor", "ratio", "n", "on")
    body = [
        (
            each.name,
            f"{each.value:g}",
            each.unit,
            f"{each.floor:g}",
            f"{each.ratio:.2f}",
            str(each.n),
            ", ".join(f"{number:,} {what}" for what, number in each.sizes.items()),
        )
        for each in rows
    ]
    widths = [max(len(line[i]) for line in (head, *body)) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            part.ljust(width) if i in {0, 2, 6} else part.rjust(width)
            for i, (part, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (head, *body)
    )
