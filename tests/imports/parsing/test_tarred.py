"""Tables in a tar archive: read as from a ZIP archive; whatever is hostile is refused in words."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
import zstandard

from imports.parsing import FileRefusedError, Limits, open_stream, sentence
from tests.imports.parsing.files import opened, peak_memory
from tests.imports.parsing.tables import ALIAS, PHA, PRS, another, archive, table, tar


COUNT = 40
LONG = f"{'x' * 300}/{'y' * 300}"
"""A folder that takes a header of its own."""
TABLES = {
    "ER_PRS_F": [another(PRS, n) for n in range(COUNT)],
    "notes": "x" * 5000,
    "ER_PHA_F": [another(PHA, n) for n in reversed(range(COUNT))],
    "aliases": [ALIAS],
}


def rows(data, **limits):
    return {row for batch in opened(data, **limits).batches() for row in batch.rows}


def special(kind, name="ER_PHA_F.csv", **facts):
    info = tarfile.TarInfo(name)
    info.type = kind
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info


def zstd(data):
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_tables_are_the_same_in_a_tar_archive_whatever_packs_it(form, pack):
    long = {} if form == tarfile.USTAR_FORMAT else {LONG: "x"}
    folder = special(tarfile.DIRTYPE, "export")
    data = pack(tar(form, folder=folder, **long, **TABLES))
    # As small as rows allow, so that each table is gone over in many pieces, and many times.
    reading = opened(data, block=500, joined=7)

    assert len(rows(data)) == COUNT
    assert {row for batch in reading.batches() for row in batch.rows} == rows(archive(**TABLES))
    assert (reading.recognised.compression, reading.summary.bytes_in) == ("tar", len(data))
    assert [each.code for each in reading.recognised.notices] == ["table_unread"] * (
        2 if long else 1
    )


def test_a_size_that_a_header_of_its_own_gives_is_the_size_and_one_of_all_files_is_not():
    first = tarfile.TarInfo("x")
    about_all = first.create_pax_global_header({"comment": "made by a fund", "path": "notes"})
    text = table(another(PRS, 1, PRS_NAT_REF="1111")).encode()
    info = tarfile.TarInfo("ER_PRS_F.csv")
    info.pax_headers = {"size": str(len(text))}
    whole = info.tobuf(tarfile.PAX_FORMAT) + text + bytes(-len(text) % 512) + bytes(1024)

    assert len(rows(about_all + whole)) == 1


def damaged(data, at, value):
    return data[:at] + value + data[at + len(value) :]


def extended(content, size=None):
    """An archive that begins with a header of `content` about the next one."""
    info = special(tarfile.XHDTYPE, "x", size=len(content) if size is None else size)
    return info.tobuf() + content + bytes(-len(content) % 512) + tar(**CENTRAL)


CENTRAL = {"ER_PRS_F": [another(PRS, 1, PRS_NAT_REF="1111")]}
WHOLE = tar(**CENTRAL)
SUM = WHOLE[148:156]
TERA = 2**40
MANY = {f"n{i}": "x" for i in range(101)}
FOLDERS = {f"n{i}": special(tarfile.DIRTYPE, "x") for i in range(1001)}
BOMB = gzip.compress(tar(ER_PRS_F="x" * 10**6))


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (tar(readme="x"), {}, "tables_missing"),
        (tar(**CENTRAL, ER_PRS_F_2="x"), {}, "table_twice"),
        (tar(**CENTRAL, **MANY), {}, "archive_members"),
        (tar(**FOLDERS), {}, "archive_members"),
        *(
            (tar(link=special(kind, linkname="/etc/passwd")), {}, "archive_not_a_file")
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
                         tarfile.GNUTYPE_SPARSE, b"?")
        ),
        (extended(b"22 GNU.sparse.major=1\n"), {}, "archive_not_a_file"),
        # Cut: in a header, in a file, between two files.
        (WHOLE[:700], {}, "archive_damaged"),
        (WHOLE[:512] + WHOLE[512:1024].rstrip(b"\0")[:-9], {}, "archive_damaged"),
        (WHOLE.rstrip(b"\0").ljust(1024, b"\0"), {}, "archive_damaged"),
        (gzip.compress(WHOLE[:700]), {}, "archive_damaged"),
        (gzip.compress(WHOLE)[:-20], {}, "compressed_truncated"),
        (damaged(gzip.compress(WHOLE), 30, b"\xff" * 9), {}, "compressed_corrupt"),
        (WHOLE[:1024] + b"x" * 512, {}, "archive_damaged"),
        # Names and sizes that nobody would write.
        (extended(b"x" * 600, size=TERA), {}, "archive_damaged"),
        (extended(b"99 path=x\n"), {}, "archive_damaged"),
        (extended(b"3 path=x\n"), {}, "archive_damaged"),
        (extended(b"nothing\n"), {}, "archive_damaged"),
        (extended(b"11 size=-1\n"), {}, "archive_damaged"),
        (tar(tarfile.GNU_FORMAT, it=special(b"0", size=-512)), {}, "archive_damaged"),
        (tar(tarfile.GNU_FORMAT, it=special(b"0", size=TERA)), {}, "too_large"),
        (tar(tarfile.GNU_FORMAT, it=special(b"0", size=2**33)), {}, "archive_damaged"),
        (gzip.compress(tar(it=special(b"0", size=2**33))), {}, "archive_damaged"),
        (BOMB, {"ratio_from": 9999}, "ratio_too_high"),
        (BOMB, {"decompressed": 10**5}, "too_large"),
    ],
)  # fmt: skip
def test_an_archive_that_cannot_be_gone_through_is_refused_at_once_in_words(data, limits, code):
    with pytest.raises(FileRefusedError) as refused, peak_memory() as peak:
        open_stream(io.BytesIO(data), Limits(**limits))

    assert {each.code for each in refused.value.refusals} == {code}
    assert all(map(sentence, refused.value.refusals))
    assert peak() < 8 * 1024**2


def test_an_archive_cut_while_it_is_read_stops_with_what_was_read():
    stream = io.BytesIO(WHOLE)
    reading = open_stream(stream)
    stream.truncate(600)

    assert [batch.numbers for batch in reading.batches()] == [()]
    assert reading.summary.stopped.code == "archive_member"
