"""`make chaos`, small: worker, broker and database killed while a file is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.committed import ROOT


@pytest.mark.slow
def test_a_load_during_which_everything_is_killed_once_ends_as_in_peace():
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--kills", "3", "--lines", "12000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills ({'worker': 1, 'database': 1, 'broker': 1})" in done.stdout
