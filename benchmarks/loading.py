"""One load, timed, in the process it runs in: `python -m benchmarks.loading FILE`, as the worker.

Writes what it found as JSON: counts, seconds of each part, and the most memory held, in MB.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django


if TYPE_CHECKING:
    from collections.abc import Callable


def main(path: Path) -> dict[str, Any]:
    """Load a file and say what it took."""
    django.setup()
    from access.binding import binding  # noqa: PLC0415 - all of these read the settings
    from imports import loading  # noqa: PLC0415
    from imports.loading import merging, staging  # noqa: PLC0415
    from imports.management.commands.load_claims import OPERATOR  # noqa: PLC0415
    from imports.models import Load  # noqa: PLC0415

    found: dict[str, Any] = {"first_pass": 0.0, "second_pass": 0.0}

    def timed(module: Any, name: str, part: str) -> None:
        work: Callable[..., Any] = getattr(module, name)

        def measured(*args: Any, **options: Any) -> Any:
            begins = time.perf_counter()
            result = work(*args, **options)
            found[part] = time.perf_counter() - begins
            return result

        setattr(module, name, measured)

    timed(staging, "stage", "first_pass")
    timed(merging, "merge", "second_pass")
    begins = time.perf_counter()
    with path.open("rb") as stream, binding(OPERATOR):
        load_id = loading.receive(by=OPERATOR, stream=stream, file_name=path.name)
    assert loading.run(load_id)
    found["all"] = time.perf_counter() - begins
    found["peak"] = _peak()
    load = Load.objects.get(id=load_id)
    assert load.state == "done", load.problem_code
    for name in ("created", "changed", "identical", "refused", "set_aside"):
        found[name] = getattr(load, f"rows_{name}")
    found["parse"] = _parsed(path)
    return found


def _parsed(path: Path) -> float:
    """Seconds to read and check every row, and do nothing with them."""
    from imports.loading import beside  # noqa: PLC0415 - as above
    from imports.parsing import open_lines  # noqa: PLC0415 - as above
    from imports.parsing.checking import Batch  # noqa: PLC0415 - as above

    begins = time.perf_counter()
    with path.open("rb") as stream:
        reading = open_lines(stream)
        assert reading
        rows = reading.layout.reader()
        for _ in reading.through(
            lambda pieces: (
                piece if isinstance(piece, Batch) else rows.read(piece)
                for piece in beside.gathered(pieces)
            )
        ):
            pass
    return time.perf_counter() - begins


def _peak() -> float:
    """The most memory held since the program began, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1])), sys.stdout)
