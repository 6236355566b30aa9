"""The file of figures: rows anybody can read, beside floors, rewritten one figure at a time."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as command, results
from benchmarks.results import Row, keep, percentile, read, row, table


FIELDS = {"name", "value", "unit", "floor", "ratio", "n", "sizes", "commit"}


def test_every_figure_kept_is_whole_and_named_after_a_figure_that_can_be_run_again():
    kept = json.loads(results.RESULTS.read_text())

    assert kept
    for each in kept:
        assert set(each) == FIELDS
        assert each["name"].split(".")[0] in command.FIGURES
        assert each["value"] > 0
        assert each["floor"] > 0
        assert each["n"] > 0
        assert each["sizes"]
        assert each["commit"]


def test_running_a_figure_again_rewrites_its_rows_of_the_same_sizes_only(tmp_path):
    path = tmp_path / "results.json"

    def ran(name, value, **sizes):
        return row(name, value, 1, n=1, sizes=sizes)

    others = [ran("visible_list.holder", 2, lines=4), ran("load.a", 3, lines=40), ran("load.b", 3)]
    keep([*others, ran("load.a", 3, lines=4)], path)
    keep([ran("load.a", 9, lines=4)], path)

    assert read(path) == [*others, Row("load.a", 9, "ms", 1, 9, 1, {"lines": 4})]
    assert set(json.loads(path.read_text())[0]) == FIELDS


def test_the_ratio_is_value_over_floor():
    assert row("x", 3.0, 1.5, n=1, sizes={}).ratio == 2


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50.5), (95, 95), (100, 100), (1, 1)], ids=str
)
def test_a_percentile_is_what_that_share_did_not_exceed(percent, expected):
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


def test_the_table_shows_value_floor_and_ratio():
    shown = table([row("visible_list.holder", 0.5, 0.25, n=300, sizes={"records": 20_000})])

    assert shown.splitlines()[1].split() == [
        "visible_list.holder", "0.5", "ms", "0.25", "2.00", "300", "20,000", "records",
    ]  # fmt: skip


def test_a_figure_that_does_not_exist_is_said_with_those_that_do(capsys):
    with pytest.raises(SystemExit):
        command.main(["visible_lists"])

    assert "no figure is called visible_lists: choose among visible_list," in (
        capsys.readouterr().err
    )
