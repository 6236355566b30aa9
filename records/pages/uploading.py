"""A file sent with any form: held in memory as far as a deposit may go, never in clear on disk.

Whoever sends one may not be signed in: past the limit the rest is read and dropped. Knows no form.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from records.contents import MAX_BYTES


class BoundedUploadHandler(FileUploadHandler):
    """The only handler, but for the fund's files, which have their own."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = MAX_BYTES  # for all the files of a request
        self._kept, self._whole = BytesIO(), True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._kept, self._whole = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Hold a chunk, as long as there is room."""
        self._whole = self._whole and len(raw_data) <= self._left
        if self._whole:
            self._left -= len(raw_data)
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file with the size it had; one that isn't held whole is over the limit."""
        self._kept.seek(0)
        size = file_size if self._whole else max(file_size, MAX_BYTES + 1)
        return InMemoryUploadedFile(
            self._kept, self.field_name, self.file_name, self.content_type, size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
