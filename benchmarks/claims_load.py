"""`claims_load` and `claims_reload`: claims from their file to the merged store, and again.

The load runs in a process of its own, as the worker's role, so that its memory is its own. The
floor is `COPY` of the same file into a bare table, measured in turn with it. The parts: the file
parsed alone; the first pass (parsed, staged, checked as a set); the second (merged).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from benchmarks.machine import ROOT
from benchmarks.results import Row, row
from imports.generating import files
from imports.generating.days import Calendar
from imports.generating.ledger import COLUMNS, Totals
from imports.models import ClaimLine


if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


UNTIL: Final = dt.date(2026, 11, 20)
_BULK_ROWS: Final = 20_000
_BULK_AT_ONCE: Final = 1_000
_COPIED: Final = "copy bare from stdin with (format csv, delimiter ';', header)"


def measure(here: Machine, sizes: Sizes) -> list[Row]:
    """Return the figures of a load, of its parts, of its memory and of the same load again."""
    count = sizes.lines
    file = _made_up(here.where.base / "lines.csv", count)
    tenth = _made_up(here.where.base / "tenth.csv", max(1, count // 10))
    small = _loaded(tenth)
    _empty_store()
    floors = [_copied(file)]
    first = _loaded(file)
    floors.append(_copied(file))
    again = _loaded(file)
    floors.append(_copied(file))
    with file.open("ab") as blank:  # the same rows, in a file not known by its bytes
        blank.write(b"\n")
    read_again = _loaded(file)
    accounted = sum(first[name] for name in ("created", "changed", "identical", "set_aside"))
    assert accounted == count
    for each in (again, read_again):
        assert each["created"] + each["changed"] == 0, "the same file changed something"
    floor = statistics.median(floors)
    bulk = _bulk_created(min(count, _BULK_ROWS)) * count
    on = {"lines": count}
    parts = {part: first[part] for part in ("parse", "first_pass", "second_pass")}
    return [
        row(f"claims_load.{count}", first["all"], floor, unit="s", n=1, sizes=on),
        *(
            row(f"claims_load.{part}", spent, floor, unit="s", n=1, sizes=on)
            for part, spent in parts.items()
        ),
        row("claims_load.over_bulk_create", bulk, first["all"], unit="s", n=1, sizes=on),
        row(
            "claims_load.memory", first["peak"], small["peak"], unit="MB", n=1,
            sizes=on | {"tenth": max(1, count // 10)},
        ),
        row(f"claims_reload.{count}", again["all"], first["all"], unit="s", n=1, sizes=on),
        row("claims_reload.same_rows", read_again["all"], first["all"], unit="s", n=1, sizes=on),
    ]  # fmt: skip


def _made_up(path: Path, count: int) -> Path:
    """Write a file of exactly so many lines, of people who are treated over two years."""
    calendar = Calendar(UNTIL)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(files.HEADERS["lines"])
        people = files.generate(people=count, seed=1, calendar=calendar, totals=Totals(calendar))
        for one in people:
            lines = one.lines[: count - written]
            file.writelines(lines)
            written += len(lines)
            if written == count:
                break
    return path


def _copied(path: Path) -> float:
    """The floor: seconds to `COPY` a file into a table of texts without key or index."""
    columns = ", ".join(f"{name} text" for name in COLUMNS)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"create table bare ({columns})")
        begins = time.perf_counter()
        with path.open("rb") as stream:
            cursor.copy_expert(_COPIED, stream)
        spent = time.perf_counter() - begins
        cursor.execute("drop table bare")
    return spent


def _loaded(path: Path) -> dict[str, Any]:
    """Load a file in a process of the worker's; see `benchmarks.loading`."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.loading", str(path)],
        cwd=ROOT,
        env={**os.environ, "DMP_PROCESS": "worker"},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _empty_store() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate imports_claimline")


def _bulk_created(count: int) -> float:
    """Seconds per row of Django's `bulk_create` of rows of the store: nothing is parsed."""
    owner = "owner"
    rows = list(ClaimLine.objects.using(owner).order_by("pk")[:count])
    _empty_store()
    begins = time.perf_counter()
    ClaimLine.objects.using(owner).bulk_create(rows, batch_size=_BULK_AT_ONCE)
    spent = time.perf_counter() - begins
    return spent / count
