"""Something else given by mistake is named; nothing else of the project is needed to read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from imports.parsing import FileRefusedError, Kind, sample, sentence
from tests.imports.parsing.files import (
    ALIAS,
    DOCTOR,
    ILLNESS,
    LINE,
    SLIP,
    csv,
    opened,
    refused_at_once,
)  # fmt: skip


ROWS = {
    Kind.LINES: LINE,
    Kind.ILLNESSES: ILLNESS,
    Kind.DECLARED_DOCTORS: DOCTOR,
    Kind.SLIP: SLIP,
    Kind.ALIASES: ALIAS,
}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "XLS"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"7z\xbc\xaf\x27\x1c", "7Z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"BZh91AY&SY", "BZIP2"),
        (b"\xfd7zXZ\x00", "XZ"),
        (b"PAR1\x15\x04", "PARQUET"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"  <!DOCTYPE html>", "XML"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "BINARY"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_name(data, name):
    refusals = refused_at_once(data)

    assert sentence(refusals[0]) == (
        f"Ce fichier n'est pas un fichier de remboursements : format {name}. "
        "Déposez le fichier CSV de la caisse, tel quel ou compressé en gzip ou zstd."
    )


def test_resources_in_a_list_are_told_to_come_one_a_line():
    (refusal,) = refused_at_once(b'\n [{"resourceType": "ExplanationOfBenefit"}]')

    assert sentence(refusal) == (
        "Ce fichier JSON n'est pas en NDJSON : une ressource entière par ligne. Exportez les "
        "ressources ExplanationOfBenefit une par ligne, sans mise en forme."
    )


def test_an_empty_file_is_refused():
    refusals = refused_at_once(b"")

    with pytest.raises(FileRefusedError, match="empty_file"):
        opened(b"")
    assert sentence(refusals[0]) == (
        "Ce fichier est vide. Vérifiez l'export, puis déposez le fichier de nouveau."
    )


def test_a_claims_file_is_opened_without_limits_of_ones_own():
    assert opened(csv(LINE)).recognised.kind == "lines"


def test_parsing_needs_neither_the_framework_nor_the_clock_nor_the_database():
    code = (
        "import sys, imports.parsing;"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'django', 'celery', 'psycopg2', 'records', 'access', 'dmp'}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"


def test_what_may_be_shown_of_a_row_holds_no_person_and_no_care():
    shown = {kind: sample(next(opened(csv(row)).batches())) for kind, row in ROWS.items()}

    assert shown == {
        Kind.LINES: [["2", "general", "•••••••••••••89", "2026-10-05", "1250", "780", "UPSERT",
                      "2026-11-02"]],
        Kind.ILLNESSES: [["2", "•••••••••••••89", "2020-01-15", "", "2026-11-02"]],
        Kind.DECLARED_DOCTORS: [["2", "•••••••••••••89", "2020-01-15", "", "2026-11-02"]],
        Kind.SLIP: [["2", "general", "2026-11", "3", "3750", "2340"]],
        Kind.ALIASES: [["2", "••••••01", "•••••••••••••89"]],
    }  # fmt: skip
