"""A tiny run of every figure, as `make bench` starts it: it works, and keeps what it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
KILLED = ("p50", "p95", "max")
WORKING = ("treating_gp", "circle", "quarter")
VIEWERS = ("treating_gp", "circle", "hidden_from", "quarter", "holder")


@pytest.mark.slow
def test_every_figure_runs_on_a_machine_of_its_own_and_is_kept(tmp_path):
    kept = tmp_path / "results.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "--small", "8", "--records", "16"),
            *("--repeat", "2", "--lines", "500", "--touched", "4", "--results", str(kept)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    rows = json.loads(kept.read_text())
    names = [row["name"] for row in rows]
    assert sorted(names) == sorted(
        [
            *(f"visible_list.{viewer}" for viewer in VIEWERS),
            *(f"visible_list_growth.{viewer}" for viewer in VIEWERS),
            *(f"row_security.{viewer}" for viewer in VIEWERS),
            "visible_list_parity",
            "guardian.circle",
            "guardian.quarter",
            *(f"record_filled.{lines}.p{part}" for lines in (60, 2000) for part in (50, 95)),
            *(
                f"bundle.{said}.{what}"
                for said in ("whole", "no_reference", "reference_alone", "sensitive")
                for what in ("found", "right")
            ),
            "claims_load.500",
            *(f"claims_load.{part}" for part in ("parse", "first_pass", "second_pass")),
            "claims_load.over_bulk_create",
            "claims_load.memory",
            "claims_reload.500",
            "claims_reload.same_rows",
            *(
                f"hidden_timing.{what}.{hidden}.p{part}"
                for what, parts in (
                    ("hidden", (50, 95)),
                    ("list", (50, 95)),
                    ("page", (5, 50, 95)),
                )
                for hidden in (1, 40)
                for part in parts
            ),
            "refill.4",
            "refill.4.added",
            "refill.4.over_copy",
            "refill.4.added.over_copy",
            *(f"recovery.{who}.{part}" for who in ("child", "worker") for part in KILLED),
            "revocation.requests",
            "revocation.next_request.p95",
            *(f"work_list.{who}.p{part}" for who in WORKING for part in (50, 95)),
        ]
    )
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == names
    assert all(row["value"] > 0 and row["floor"] > 0 for row in rows)
