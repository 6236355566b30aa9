"""Measure on a machine of its own: `python -m benchmarks [FIGURE] [--records N]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import results
from benchmarks.machine import ROOT, machine


# Which module measures a figure; several come from one run over the same data.
FIGURES = {
    "visible_list": "visible_list",
    "visible_list_growth": "visible_list",
    "visible_list_parity": "visible_list",
    "row_security": "visible_list",
    "guardian": "visible_list",
    "record_filled": "record_filled",
    "bundle": "bundle",
    "claims_load": "claims_load",
    "claims_reload": "claims_load",
    "refill": "refill",
    "recovery": "recovery",
    "hidden_timing": "hidden_timing",
    "revocation": "hidden_timing",
    "work_list": "work_list",
}


def main(arguments: list[str]) -> int:
    """Measure everything or one figure, print the table and keep the rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="?", default="", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--records", type=int, default=20_000, help="records of the large size")
    parser.add_argument("--small", type=int, default=1_000, help="records of the small size")
    parser.add_argument("--repeat", type=int, default=300, help="measures of each kind")
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the claims file")
    parser.add_argument("--touched", type=int, default=20_000, help="records of one load")
    parser.add_argument("--results", type=Path, default=results.RESULTS, help="the file to keep")
    asked = parser.parse_args(arguments)
    if asked.only and asked.only not in FIGURES:
        parser.error(f"no figure is called {asked.only}: choose among {', '.join(FIGURES)}")
    modules = dict.fromkeys([FIGURES[asked.only]] if asked.only else FIGURES.values())
    found: list[results.Row] = []
    with machine() as here:
        from benchmarks import figures  # noqa: PLC0415  # reads the settings

        sizes = figures.Sizes(
            small=asked.small,
            large=asked.records,
            repeat=asked.repeat,
            lines=asked.lines,
            touched=asked.touched,
        )
        for name in modules:
            found += figures.measure(name, here, sizes)
    commit = results.commit_of(ROOT)
    kept = [
        results.Row(**{**vars(each), "commit": commit})
        for each in found
        if not asked.only or each.figure == asked.only
    ]
    print(results.table(kept))
    results.keep(kept, asked.results)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
