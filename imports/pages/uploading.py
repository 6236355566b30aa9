"""A large file taken in as it arrives: sealed at once, never in the clear on disk, and bounded."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING, Any, Final, Self

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.db import connection

from imports import files
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from types import TracebackType

    from django.http import HttpRequest

_STIR_SECONDS: Final = 15
"""The database hangs up on a request that says nothing for a minute."""


class KeptUpload(UploadedFile):  # type: ignore[type-arg]  # has no parameter when it runs
    """An uploaded file that is kept already; forgotten with the request unless it was taken."""

    def __init__(self, kept: files.Kept, name: str) -> None:
        super().__init__(name=name, size=kept.size)
        self.kept = kept
        self.taken = False

    def close(self) -> None:
        """Forget a file that no load took."""
        if not self.taken:
            files.remove(self.kept.load_id)


_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class SealingUploadHandler(FileUploadHandler):
    """Gives every chunk to the writer of kept files. Use it in `with`.

    `too_large` says that one was refused, `no_room` that the disk is full.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.too_large = False
        self.no_room = False
        self._writer: files.Writer | None = None
        self._stirred = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget what is not whole, whatever ended it: half of a large file takes room."""
        self.upload_interrupted()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file that no other handler sees."""
        super().new_file(*args, **kwargs)
        self._writer = files.Writer(uuid7())
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Seal a chunk; past the limit, the rest is read and dropped."""
        assert self._writer is not None  # noqa: S101 - Django begins each file
        try:
            self._writer.write(raw_data)
        except files.TooLargeError as error:
            self.upload_interrupted()
            self.too_large = True
            raise SkipFile from error
        except OSError as error:
            self._see(error)
            raise SkipFile from error
        if time.monotonic() - self._stirred > _STIR_SECONDS:
            self._stirred = time.monotonic()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    def file_complete(self, file_size: int) -> KeptUpload | None:  # noqa: ARG002 - Django's signature
        """Return the file, kept; none where its end found no room."""
        assert self._writer is not None  # noqa: S101 - as above
        try:
            kept, self._writer = self._writer.finish(), None
        except OSError as error:
            self._see(error)
            return None
        return KeptUpload(kept, self.file_name or "")

    def _see(self, error: OSError) -> None:
        """Give back at once the room that a file took for nothing; what else is wrong goes on."""
        if error.errno not in _NO_ROOM:
            raise error
        self.upload_interrupted()
        self.no_room = True

    def upload_interrupted(self) -> None:
        """Forget a file that did not arrive whole."""
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
