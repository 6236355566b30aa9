"""Files made to do harm: each gets its sentence, in a process of bounded memory, and no more."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import uuid
import zipfile
import zlib

import pytest
import zstandard

from imports import files
from imports.loading.refused import Refusals
from imports.parsing import Refusal, RefusedRow
from tests.committed import ROOT, addresses
from tests.imports.loads import COLUMNS, line, lines, store
from tests.imports.parsing.tables import PRS
from tests.imports.persons import rows


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MIB = 1024**2
# What the process may hold, its threads' stacks included: the files are larger, once unpacked.
MOST_BYTES = 200 * MIB
LIMITED = (
    "import os, resource, sys;"
    f"resource.setrlimit(resource.RLIMIT_DATA, ({MOST_BYTES}, {MOST_BYTES}));"
    "os.execv(sys.executable, [sys.executable, 'manage.py', 'load_claims', *sys.argv[1:]])"
)
LARGE = 250
GOOD = lines(line("A"), line("B"))


def gzip(parts):
    packer = zlib.compressobj(6, wbits=31)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def zstd(parts):
    packer = zstandard.ZstdCompressor().compressobj()
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def bomb():
    """Right rows, then blank lines."""
    yield GOOD
    for _ in range(LARGE):
        yield b"\n" * MIB


def zipped(parts):
    """A table of prestations in an archive."""
    out = io.BytesIO()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("ER_PRS_F.csv", "w") as member:
        member.writelines(parts)
    return out.getvalue()


HEADER = COLUMNS.encode()
HOSTILE = {
    "bomb.csv.gz": (gzip(bomb()), "Ce fichier gonfle plus de 200 fois en se décompressant."),
    "bomb.csv.zst": (zstd(bomb()), "Ce fichier gonfle plus de 200 fois en se décompressant."),
    "endless.csv": (
        [HEADER, *[b";x" * (MIB // 2)] * LARGE],
        "L'en-tête de ce fichier est illisible : plus de 64 Kio ou codage abîmé.",
    ),
    "wide.csv": ([HEADER, b"\n", b";" * 10_000_000], "Lignes trop longues"),
    "columns.csv": (
        [HEADER + b";x" * 300 + b"\n" + b";" * 331],
        "Ce fichier a 332 colonnes ; 200 au plus sont acceptées.",
    ),
    "cut.csv.gz": (
        [b"".join(gzip([GOOD]))[:-6]],
        "Ce fichier compressé s'arrête avant sa fin, après la ligne 3.",
    ),
    "cut.csv.zst": (
        [b"".join(zstd([GOOD, *(line(f"{n}").encode() + b"\n" for n in range(9))]))[:-3]],
        "Ce fichier compressé s'arrête avant sa fin",
    ),
    "nul.csv": (
        [HEADER + b"\n" + line("A").encode().replace(b"general", b"gene\0ral") + b"\n"],
        "Octets nuls (): 1.",
    ),
    "bomb.zip": (
        [zipped([b";".join(name.encode() for name in PRS), *[b"\n" * MIB] * LARGE])],
        "Ce fichier gonfle plus de 200 fois en se décompressant.",
    ),
    "directory.zip": (
        [b"PK\3\4", bytes(MIB), b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 9, 9, MIB, 4, 0)],
        "Cette archive est abîmée, coupée, ou son sommaire est démesuré.",
    ),
    "deep.ndjson": ([b'{"a":' + b"[" * 500_000 + b"}\n"], "Ressources trop imbriquées (): 1."),
    "long.ndjson": ([b'{"a": "', *[b"x" * MIB] * LARGE], "Lignes trop longues (): 1."),
    "long.csv": ([HEADER, b"\n", *[b"x" * MIB] * LARGE], "Lignes trop longues (): 1."),
}


def test_hostile_files_are_refused_in_words_within_bounded_memory(tmp_path, as_owner):
    paths = []
    for name, (parts, _sentence) in HOSTILE.items():
        path = tmp_path / name
        with path.open("wb") as file:
            file.writelines(parts)
        paths.append(path)

    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *map(str, paths)],
        cwd=ROOT,
        env={**addresses(), "DMP_PROCESS": "worker"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    said = {}
    for text in done.stdout.split("\n"):
        if not text.startswith(" "):
            name = text.partition(":")[0]
        said[name] = said.get(name, "") + text
    for name, (_parts, sentence) in HOSTILE.items():
        assert sentence in said[name], name
    with as_owner():
        assert store() == []
    assert rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'imports_staging'") == [(0,)]
    kept = {path.name for path in files.folder().iterdir()}
    refused = rows("SELECT stored_as FROM imports_load WHERE state = 'refused'")
    assert len(refused) == 8
    assert not kept & {name for (name,) in refused}


def test_elements_that_a_sender_names_anew_in_each_row_do_not_grow_what_lists_of_loads_read():
    refusals = Refusals(uuid.uuid4())

    refusals.add(
        RefusedRow(n, (), (Refusal(n, f"part{n}", "element_unmapped"),)) for n in range(1, 1_501)
    )
    refusals.add([RefusedRow(1_501, (), (Refusal(1_501, "part7", "element_unmapped"),))])

    counts = {each["column"]: each["count"] for each in refusals.groups}
    assert len(counts) == 1_001
    assert (counts[""], counts["part7"]) == (500, 2)
    assert sum(counts.values()) == refusals.rows == 1_501
