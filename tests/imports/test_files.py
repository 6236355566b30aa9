"""Kept files: sealed block by block, bounded, forgotten in time."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import uuid

import pytest

from imports import files, loading, tidying
from imports.models import Load
from records.keys import SealBroken
from tests.imports.loads import line, lines, load, receive
from tests.imports.persons import make_record, rows


BLOCK = 1024 * 1024


def read(load_id, size=70_000):
    with files.KeptFile(load_id) as stream:
        return b"".join(iter(lambda: stream.read(size), b""))


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5])
def test_what_is_kept_comes_back(size):
    content = os.urandom(size)
    load_id = uuid.uuid4()

    kept = files.keep(io.BytesIO(content), load_id)

    assert (kept.size, len(kept.sha256)) == (size, 64)
    assert read(load_id) == content
    assert read(load_id, -1) == content


@pytest.mark.parametrize(
    "sizes", [(300_000,) * 8, (BLOCK, 5, BLOCK, BLOCK), (5, BLOCK, BLOCK - 5)]
)
def test_what_comes_in_pieces_of_any_size_comes_back(sizes):
    pieces = [os.urandom(size) for size in sizes]
    writer = files.Writer(uuid.uuid4())
    for piece in pieces:
        writer.write(piece)

    kept = writer.finish()

    assert kept.sha256 == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert read(kept.load_id) == b"".join(pieces)


@pytest.fixture
def kept():
    load_id = uuid.uuid4()
    files.keep(io.BytesIO(bytes(3 * BLOCK)), load_id)
    return load_id


def sealed(load_id):
    return files.folder() / load_id.hex


@pytest.mark.parametrize("left", [0, 10, 28, 29])
def test_a_block_lost_at_the_end_is_noticed(kept, left):
    with sealed(kept).open("r+b") as stream:
        stream.truncate(sealed(kept).stat().st_size - BLOCK - 28 + left)

    with pytest.raises(SealBroken):
        read(kept)


def test_a_kept_file_is_read_from_anywhere_in_it():
    content = os.urandom(2 * BLOCK + 9)
    load_id = uuid.uuid4()
    files.keep(io.BytesIO(content), load_id)

    with files.KeptFile(load_id) as stream:
        assert stream.seek(-7, io.SEEK_END) == len(content) - 7
        assert (stream.read(), stream.read(5), stream.tell()) == (content[-7:], b"", len(content))
        stream.seek(BLOCK - 2)
        assert stream.read(9) + stream.read(9) == content[BLOCK - 2 : BLOCK + 9]
        stream.seek(-BLOCK, io.SEEK_CUR)
        assert stream.read(4) == content[9:13]
        with pytest.raises(ValueError, match="-1"):
            stream.seek(-1)


def test_blocks_that_change_places_are_noticed(kept):
    content = bytearray(sealed(kept).read_bytes())
    start, size = 60, BLOCK + 28
    one, two = content[start : start + size], content[start + size : start + 2 * size]
    content[start : start + 2 * size] = two + one
    sealed(kept).write_bytes(bytes(content))

    with pytest.raises(SealBroken):
        read(kept)


def test_a_file_under_another_load_s_name_is_not_read(kept):
    other = uuid.uuid4()
    sealed(kept).rename(sealed(other))

    with pytest.raises(SealBroken):
        read(other)


def test_a_file_that_is_not_there_says_so():
    with pytest.raises(files.MissingError):
        read(uuid.uuid4())


def test_too_many_bytes_leave_nothing(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    before = set(files.folder().iterdir())

    with pytest.raises(files.TooLargeError):
        files.keep(io.BytesIO(bytes(11)), uuid.uuid4())

    assert set(files.folder().iterdir()) == before


def test_nobody_else_on_the_machine_reads_them(kept):
    assert sealed(kept).stat().st_mode & 0o777 == 0o600
    assert files.folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db
@pytest.mark.usefixtures("as_worker")
def test_after_thirty_days_the_file_and_its_rows_are_forgotten_and_the_counts_stay(as_owner):
    found = load(lines(line("A"), line("B", care_start="31/02/2026")))
    young = load(lines(line("C", care_start="31/02/2026")))
    checked = load(lines(line("D")), only_check=True)
    with as_owner():
        make_record()
        long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=31)
        Load.objects.filter(id__in=[found.id, checked.id]).update(finished_at=long_ago)

    tidying.tidy()

    assert not sealed(found.id).exists()
    assert sealed(young.id).exists()
    kept = "SELECT load_id, original_sealed IS NOT NULL FROM imports_refusedrow"
    assert dict(rows(kept)) == {found.id: False, young.id: True}
    found.refresh_from_db()
    assert (found.state, found.rows_created, found.rows_refused) == ("done", 1, 1)
    checked.refresh_from_db()
    assert (checked.state, checked.problem_code) == ("failed", "file_lost")
    assert rows("SELECT count(*) FROM records_filling") == [(1,)]


@pytest.mark.django_db
@pytest.mark.usefixtures("as_worker")
def test_states_of_fillings_are_forgotten_but_each_record_s_last(as_owner):
    with as_owner():
        record = make_record()
        rows(
            "UPDATE records_filling SET state = 'done', finished_at = now() - interval '40 days',"
            " requested_at = now() - interval '40 days' RETURNING 1"
        )
    tidying.tidy()
    assert rows("SELECT count(*) FROM records_filling") == [(1,)]
    with as_owner():
        rows(
            "INSERT INTO records_filling (id, record_id, state, requested_at, attempts, lines,"
            " set_aside, older_lines) VALUES (gen_random_uuid(), %s, 'waiting', now(), 0, 0, 0, 0)"
            " RETURNING 1",
            record,
        )

    tidying.tidy()

    assert rows("SELECT state FROM records_filling") == [("waiting",)]


@pytest.mark.django_db
@pytest.mark.usefixtures("as_worker")
def test_an_upload_that_no_load_names_is_removed_after_a_day(kept):
    receive(lines(line("A")))
    tidying.tidy()
    assert sealed(kept).exists()
    old = dt.datetime.now().timestamp() - 25 * 3600  # noqa: DTZ005 - the file system's clock
    os.utime(sealed(kept), (old, old))

    tidying.tidy()

    assert not sealed(kept).exists()
    assert sealed(Load.objects.get().id).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("as_worker")
def test_what_goes_on_again_while_old_files_are_forgotten_is_kept(monkeypatch):
    """Two were checked long ago; as the first one is forgotten, the desk loads the other."""
    first, other = (load(lines(line(name)), only_check=True).id for name in ("A", "B"))
    Load.objects.update(finished_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=31))
    drop = tidying.staging.drop

    def and_the_desk_decides(load_id):
        drop(load_id)
        if load_id == first:
            Load.objects.filter(id=other).update(state="waiting", only_check=False)

    monkeypatch.setattr(tidying.staging, "drop", and_the_desk_decides)
    tidying.tidy()

    assert list(Load.objects.order_by("id").values_list("state", flat=True)) == [
        "failed",
        "waiting",
    ]
    assert loading.run(other)
    assert Load.objects.get(id=other).state == "done"
