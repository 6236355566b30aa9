"""What comes with a form fills neither the disk nor the memory, and is nowhere in clear."""

from __future__ import annotations

import tempfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from records.contents import MAX_BYTES


def sent(**sizes: int):
    files = {name: SimpleUploadedFile(f"{name}.txt", b"a" * size) for name, size in sizes.items()}
    return RequestFactory().post("/compte/connexion/", files).FILES


def test_a_file_of_the_size_of_a_deposit_is_whole_and_on_no_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))

    file = sent(file=MAX_BYTES)["file"]

    assert file.size == len(file.read()) == MAX_BYTES


def test_past_it_the_rest_is_dropped_and_the_size_still_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))

    file = sent(file=2 * MAX_BYTES)["file"]

    assert file.size == 2 * MAX_BYTES
    assert len(file.read()) <= MAX_BYTES


def test_several_files_of_one_request_are_held_as_one_and_none_passes_for_whole():
    files = sent(one=MAX_BYTES - 10, two=MAX_BYTES // 2, three=5)

    assert sum(len(file.read()) for file in files.values()) <= MAX_BYTES
    assert [files[name].size > MAX_BYTES for name in ("one", "two", "three")] == [
        False, True, False,
    ]  # fmt: skip
