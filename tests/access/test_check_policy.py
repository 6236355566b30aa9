"""The auditor's command: its own rows through gate and pages, in a scratch database."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest


ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases.csv"


def begin(path: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "check_policy", str(path), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def check(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    done = begin(path, *options)
    out, err = done.communicate()
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def test_every_row_of_the_policy_passes_the_gate_and_one_that_differs_is_printed_and_fails(
    tmp_path,
):
    policy = CASES.read_text(encoding="utf-8")
    right = next(line for line in policy.splitlines() if line.startswith("S005,"))
    wrong = right.replace("S005,", "X005,").replace(",nothing,-,11", ",sees,-,15")
    rows = tmp_path / "rows.csv"
    rows.write_text(f"{policy.rstrip()}\n{wrong}\n", encoding="utf-8")

    done = check(rows, "--gate-only")

    assert done.stdout.splitlines() == [
        "X005: list: expected sees -, found nothing -",
        "X005: single: expected sees -, found nothing -",
        "X005: line: expected sees - 15, found nothing - 11",
        "327 rows, 1 differ.",
    ], done.stdout + done.stderr
    assert done.returncode == 1


@pytest.mark.slow
def test_every_row_of_the_policy_passes_the_pages():
    """The answer stands alone, though the pages hide what they should."""
    done = check(CASES)

    assert done.stdout == "326 rows, 0 differ.\n", done.stdout + done.stderr
    assert done.returncode == 0


def test_two_checks_of_one_database_take_turns(tmp_path):
    """The scratch database has one name: the second would drop it under the first."""
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join(CASES.read_text("utf-8").splitlines()[:2]), encoding="utf-8")
    first = psycopg2.connect(os.environ["DATABASE_URL"])
    with contextlib.closing(first), first.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 2)", [0x444D50])
        second = begin(rows, "--gate-only")
        told = second.stderr.readline()
        cursor.execute(
            "SELECT count(*) FROM pg_database WHERE datname = current_database() || '_policy'"
        )
        scratch = cursor.fetchone()
        second.terminate()  # that it goes on afterwards, every other test here says
        second.communicate()

    assert "this one waits for its end" in told
    assert scratch == (0,)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (None, "doesn't exist: give the path of a CSV file."),
        ("folder", "can't be read (Is a directory): give the path of a CSV file."),
        ("caf\xe9".encode("latin-1"), "isn't in UTF-8: save it again as UTF-8."),
    ],
)
def test_a_file_that_cannot_be_opened_gets_a_sentence(tmp_path, made, sentence):
    path = tmp_path / "rows.csv"
    if made == "folder":
        path.mkdir()
    elif made:
        path.write_bytes(made)

    done = check(path)

    assert f"CommandError: {path} {sentence}" in done.stderr
    assert "Errno" not in done.stderr
    assert done.returncode == 1


def test_a_row_that_cannot_be_read_names_its_line_and_column(tmp_path):
    lines = CASES.read_text(encoding="utf-8").splitlines()
    rows = tmp_path / "rows.csv"
    rows.write_text(f"{lines[0]}\n{lines[1].replace(',anonymous,', ',nobody,')}\n", "utf-8")

    done = check(rows)

    assert "Line 2, column role: found 'nobody'" in done.stderr
    assert done.returncode == 1
