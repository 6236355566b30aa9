"""Packed files: recognised by their bytes, bounded, and honest about where they break."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
import zstandard

from imports.parsing import Limits, open_stream, sentence
from tests.imports.parsing.files import (
    LINE,
    accounted,
    csv,
    opened,
    peak_memory,
    read,
    refused_at_once,
)


ROWS = csv(
    *[{**LINE, "line_id": f"L{i}", "prescription_ref": f"{i * 7919:x}"} for i in range(3000)]
)
MIB = 1024**2


def gz(data):
    return gzip.compress(data, mtime=0)


def zst(data):
    return zstandard.ZstdCompressor().compress(data)


PACKERS = pytest.mark.parametrize("pack", [gz, zst], ids=["gzip", "zstd"])


@PACKERS
@pytest.mark.parametrize("block", [3, 1000, 262144])
def test_a_packed_file_reads_like_the_plain_one(pack, block):
    data = csv(LINE, {**LINE, "line_id": "L2"})

    assert read(pack(data), block=block) == read(data)
    assert opened(pack(data)).recognised.compression == {gz: "gzip", zst: "zstd"}[pack]
    assert opened(data).recognised.compression == ""


@PACKERS
@pytest.mark.parametrize("padding", [b"", b"\0" * 10, b"\0" * 5000])
@pytest.mark.parametrize("block", [50, 262144])
def test_packed_parts_and_padding_follow_one_another(pack, padding, block):
    data = pack(ROWS[:100_000]) + padding + pack(ROWS[100_000:]) + padding

    assert accounted(data, block=block).accepted == 3000


def test_a_zstd_file_may_begin_with_a_frame_to_skip():
    skipped = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"

    assert read(skipped + zst(csv(LINE))) == read(csv(LINE))


@PACKERS
def test_progress_counts_the_bytes_of_the_file_and_not_what_comes_out(pack):
    data = pack(ROWS)
    summary = accounted(data)

    assert summary.bytes_in == len(data)
    assert summary.last_line == 3001


@PACKERS
@pytest.mark.parametrize("missing", [1, 10, 5000])
def test_a_packed_file_cut_short_keeps_the_rows_before_and_says_so(pack, missing):
    summary = accounted(pack(ROWS)[:-missing], block=4096)

    assert summary.stopped.code == "compressed_truncated"
    assert sentence(summary.stopped) == (
        "Ce fichier compressé s'arrête avant sa fin, après la ligne "
        f"{summary.last_line}. Le transfert a été coupé : déposez le fichier de nouveau."
    )
    assert 0 < summary.accepted <= 3000
    assert summary.refused == 0


@PACKERS
def test_a_packed_file_damaged_on_the_way_keeps_the_rows_before_and_says_so(pack):
    summary = accounted(pack(ROWS) + b"garbage behind the last part")

    assert summary.stopped.code == "compressed_corrupt"
    assert summary.accepted == 3000


def test_a_gzip_file_whose_checksum_is_wrong_is_damaged():
    data = bytearray(gz(ROWS))
    data[-6] ^= 0xFF

    summary = accounted(bytes(data), block=4096)

    assert summary.stopped.code == "compressed_corrupt"
    assert 2900 < summary.accepted <= 3000


@PACKERS
def test_a_small_packed_file_cut_short_keeps_the_rows_before(pack):
    rows = csv(*[{**LINE, "line_id": f"L{i}"} for i in range(800)])  # two blocks of zstd

    summary = accounted(pack(rows)[:-1])

    assert summary.stopped.code == "compressed_truncated"
    assert summary.accepted > 0


def test_a_packed_file_cut_short_within_its_first_block_keeps_its_rows():
    summary = accounted(gz(csv(LINE, LINE))[:-1])

    assert summary.stopped.code == "compressed_truncated"
    assert summary.accepted == 2


@PACKERS
def test_a_packed_file_cut_within_its_header_is_refused(pack):
    for length in (5, 10, 40):
        refusals = refused_at_once(pack(ROWS)[:length])
        assert refusals[0].code == "compressed_truncated"


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"\x28\xb5\x2f\xfd"])
def test_bytes_that_only_begin_like_a_packed_file_are_refused(magic):
    refusals = refused_at_once(magic + b"not at all packed, whatever it says" * 10)

    assert refusals[0].code == "compressed_corrupt"


@PACKERS
def test_a_packed_empty_file_is_empty(pack):
    refusals = refused_at_once(pack(b""))

    assert refusals[0].code == "empty_file"


@pytest.mark.parametrize(("outer", "inner"), [(gz, gz), (gz, zst), (zst, gz)])
def test_a_file_packed_twice_is_refused(outer, inner):
    refusals = refused_at_once(outer(inner(csv(LINE))))

    assert refusals[0].code == "not_a_claims_file"


def bomb(pack_block, flush):
    """Return a header and a row, then 64 MiB of blank lines, packed a block at a time."""
    blank = b"\n" * MIB
    parts = [pack_block(csv(LINE))]
    parts += [pack_block(blank) for _ in range(64)]
    return b"".join([*parts, flush()])


def gzip_bomb():
    packer = zlib.compressobj(9, wbits=31)
    return bomb(packer.compress, packer.flush)


def zstd_bomb():
    packer = zstandard.ZstdCompressor().compressobj()
    return bomb(packer.compress, packer.flush)


@pytest.mark.parametrize("make", [gzip_bomb, zstd_bomb])
def test_a_bomb_is_stopped_by_its_ratio_within_bounded_memory(make):
    data = make()
    with peak_memory() as peak:
        summary = accounted(data, ratio_from=4 * MIB)

    assert summary.stopped.code == "ratio_too_high"
    assert "200 fois" in sentence(summary.stopped)
    assert summary.accepted == 1
    assert peak() < 80 * MIB


def test_a_bomb_without_a_header_is_refused():
    data = zstandard.ZstdCompressor().compress(b"line_id;section" + bytes(100 * MIB))

    refusals = refused_at_once(data)

    assert refusals[0].code in {"ratio_too_high", "not_a_claims_file"}


def test_what_comes_out_is_bounded_whatever_the_ratio():
    summary = accounted(gz(ROWS), decompressed=500_000, block=10_000)

    assert summary.stopped.code == "too_large"
    assert summary.bytes_in < len(gz(ROWS))
    assert 0 < summary.accepted < 3000


def test_a_small_file_may_shrink_as_much_as_it_likes():
    rows = csv(*[{**LINE, "line_id": f"L{i}"} for i in range(20_000)])

    assert len(rows) > 50 * len(gz(rows))
    assert accounted(zst(rows), ratio=2).accepted == 20_000


def test_a_zstd_file_that_asks_for_too_much_memory_is_refused():
    parameters = zstandard.ZstdCompressionParameters(window_log=28)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packer.compress(csv(LINE)) + packer.flush()

    refusals = refused_at_once(data)

    assert refusals[0].code == "zstd_window"


class Trickle(io.RawIOBase):
    """A file that comes a byte at a time, as from a slow pipe."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def read(self, count=-1):
        return self.data.read(min(count, 1))


@pytest.mark.parametrize("pack", [bytes, gz, zst], ids=["plain", "gzip", "zstd"])
def test_a_file_that_comes_a_byte_at_a_time_is_read(pack):
    reading = open_stream(Trickle(pack(csv(LINE))), Limits())

    assert sum(len(batch.rows) for batch in reading.batches()) == 1
    assert reading.recognised.compression == {bytes: "", gz: "gzip", zst: "zstd"}[pack]


def test_a_zstd_file_that_needs_a_dictionary_says_so():
    learnt = zstandard.train_dictionary(
        2000, [f"line_id;scheme;{n} abcdefgh".encode() * 20 for n in range(200)]
    )
    (refusal,) = refused_at_once(zstandard.ZstdCompressor(dict_data=learnt).compress(csv(LINE)))

    assert refusal.code == "zstd_dictionary"
    assert "dictionnaire" in sentence(refusal)
