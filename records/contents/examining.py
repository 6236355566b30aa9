"""Which kind of file bytes are, by how they begin."""

from __future__ import annotations

from records.contents.content import Content, check_size
from records.contents.pdf import read_pdf
from records.contents.pictures import read_picture
from records.contents.texts import read_text


def examine(data: bytes) -> Content:
    """Open a file by its content and return what will be kept. Raises ``WrongContent``."""
    check_size(len(data))
    if data.startswith(b"%PDF-"):
        return read_pdf(data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return read_picture(data)
    return read_text(data)
