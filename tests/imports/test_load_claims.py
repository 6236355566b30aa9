"""The shell's door: the page's own use case, its result in words, its rejects in a folder."""

from __future__ import annotations

import io
import os
import stat
import tempfile

import pytest
from django.core.management import CommandError, call_command

from imports import files
from imports.models import Load
from tests.imports.loads import line, lines, store
from tests.imports.parsing.tables import PHA, PRS, table
from tests.imports.persons import make_record, rows


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


@pytest.fixture(autouse=True)
def _here(settings):
    """Run as the worker, where the load is done."""
    settings.DMP_PROCESS = "worker"


def run(*arguments):
    said = io.StringIO()
    call_command("load_claims", *[str(argument) for argument in arguments], stdout=said)
    return said.getvalue()


def write(folder, content, name="lines.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_loaded_and_its_rows_are_accounted_for(tmp_path):
    said = run(write(tmp_path, lines(line("A"), line("B", care_start="31/02/2026"))))

    assert "lines.csv: Chargé" in said
    assert "Nouvelles: 1" in said
    assert "Dates qui n'existent pas (care_start): 1." in said
    assert "3: 31/02/2026" in said
    assert len(store()) == 1


def test_a_check_writes_nothing(tmp_path):
    said = run("--check", write(tmp_path, lines(line("A"))))

    assert "Vérifié, rien n'est écrit" in said
    assert store() == []


def test_several_files_one_after_the_other(tmp_path):
    one = write(tmp_path, lines(line("A")), "one.csv")
    two = write(tmp_path, lines(line("B")), "two.csv")

    run(one, two)

    assert [load.file_name for load in Load.objects.order_by("uploaded_at")] == [
        "one.csv",
        "two.csv",
    ]


def test_a_refused_file_says_why_and_ends_with_one(tmp_path, capsys):
    path = write(tmp_path, b"%PDF-1.7")

    with pytest.raises(SystemExit) as ended:
        call_command("load_claims", str(path))

    assert ended.value.code == 1
    assert "format PDF" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        run(tmp_path / "nothing.csv")


def test_an_empty_file_gets_its_sentence(tmp_path):
    with pytest.raises(CommandError, match="vide"):
        run(write(tmp_path, b""))


def test_refused_rows_are_written_for_the_operator_alone(tmp_path):
    folder = tmp_path / "rejects"

    run("--rejects", folder, write(tmp_path, lines(line("A", care_start="31/02/2026"))))

    (path,) = folder.iterdir()
    assert "31/02/2026" in path.read_text("utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_waits_is_filled(as_owner):
    with as_owner():
        make_record()

    call_command("fill_waiting")

    assert rows("SELECT state FROM records_filling") == [("done",)]


@pytest.fixture
def tables(tmp_path):
    """A folder of tables, one of them of before archives could say when."""
    for name, row in {"ER_PRS_F": PRS, "ER_PHA_F": PHA}.items():
        write(tmp_path, table(row).encode(), f"{name}.csv")
    os.utime(tmp_path / "ER_PHA_F.csv", (0, 0))
    return tmp_path


def test_a_folder_of_tables_is_loaded_as_the_archive_it_would_be_sent_in(tables, monkeypatch):
    # Only sealed: there is no folder for anything else.
    monkeypatch.setattr(tempfile, "tempdir", str(tables / "nowhere"))

    assert "Mises à part: 1" in run(tables)


def test_a_folder_that_is_too_large_is_refused_in_words_and_forgotten(tables, monkeypatch):
    before = set(files.folder().iterdir())
    monkeypatch.setattr(files, "MOST_BYTES", 100)

    with pytest.raises(CommandError, match="dépasse"):
        run(tables)

    assert set(files.folder().iterdir()) == before
    assert not Load.objects.exists()
