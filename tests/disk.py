"""What is put on the disk, in its order: bytes, the name they bear, its folder. Knows no file."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def written_down(monkeypatch):
    """Return the list that each flush and each naming from now on is added to."""
    done = []
    fsync, rename = os.fsync, Path.rename

    def flushed(number):
        done.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "bytes")
        fsync(number)

    def named(path, to):
        done.append("name")
        return rename(path, to)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "rename", named)
    return done
