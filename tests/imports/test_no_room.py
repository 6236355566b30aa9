"""A file that does not arrive whole, or finds no room: told in a sentence, and nothing is left."""

from __future__ import annotations

import errno
import io
import os
import uuid

import pytest
from django.urls import reverse

from imports import files
from imports.models import Load
from tests.disk import written_down
from tests.imports.at_the_desk import drop, words


MIB = 1024 * 1024


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.django_db
@pytest.mark.parametrize("size", [10, 3 * MIB], ids=["at its end", "on its way"])
def test_a_file_that_finds_no_room_is_told_in_a_sentence_and_leaves_nothing(
    desk, monkeypatch, size
):
    before = {*files.folder().iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(files.keys, "seal_into", full)
        answer = drop(desk, b"x" * size)

    assert answer.status_code == 422
    assert "La place manque pour garder ce fichier" in words(answer)
    assert not Load.objects.exists()
    assert {*files.folder().iterdir()} == before


@pytest.mark.django_db
def test_a_file_whose_sender_hangs_up_leaves_nothing(desk, monkeypatch):
    before = {*files.folder().iterdir()}

    def hangs_up(writer, data):
        write(writer, data)
        raise ConnectionResetError

    write = files.Writer.write
    with monkeypatch.context() as patched:
        patched.setattr(files.Writer, "write", hangs_up)
        with pytest.raises(ConnectionResetError):
            drop(desk, b"x" * 10)

    assert {*files.folder().iterdir()} == before
    assert desk.get(reverse("imports:loads")).status_code == 200


def test_what_has_no_room_to_be_closed_is_forgotten_all_the_same():
    writer = files.Writer(uuid.uuid4())
    os.close(writer._stream.fileno())  # what is written is still to go to the disk
    path = writer._incoming

    writer.abandon()

    assert not path.exists()


def test_what_a_power_cut_leaves_has_the_file_of_its_load(monkeypatch):
    """Bytes first, then the name they bear: only both on the disk are a file that is there."""
    done = written_down(monkeypatch)

    files.keep(io.BytesIO(b"line"), uuid.uuid4())

    assert done == ["bytes", "name", "folder"]
