"""The hot pages' statements, explained anew: none reads a table of care or of rights whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import plans


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_no_statement_of_a_hot_page_reads_a_long_table_whole(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.plans", "--into", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    made = {path.stem for path in tmp_path.glob("*.txt")}
    assert made == {path.stem for path in plans.PLANS.glob("*.txt")}, "make plans"
    assert {name.partition(".")[0] for name in made} == set(plans.pages())


def test_what_is_kept_reads_no_long_table_whole_and_names_nobody():
    kept = [path.read_text() for path in plans.PLANS.glob("*.txt")]

    assert len(kept) > 10
    assert not [text for text in kept if plans.LONG.search(text)]
    assert any("Index Scan" in text for text in kept)
    # A document that is there: its versions are read too.
    assert "records_documentversion" in (plans.PLANS / "document.holder.txt").read_text()


def test_a_table_read_whole_is_told():
    assert plans.Plan("select", "  ->  Seq Scan on records_document_p3").read_whole
    assert plans.Plan("select", "Index Scan using x on records_document").read_whole == []
    assert plans.Plan("select", "Seq Scan on access_practice").read_whole == []
