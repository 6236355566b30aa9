"""Files that are something else, told by their first bytes, so that the sentence names them."""

from __future__ import annotations

from typing import Final

from imports.parsing.lines import BYTE_ORDER_MARK


_MAGIC: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),  # and every office document since 2007
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"),
    (b"\x1f\x8b", "GZIP"),  # only inside another compression: the outer one is undone
    (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"PAR1", "PARQUET"),
    (b"{\\rtf", "RTF"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_TEXT_OPENINGS: Final = ((b"<", "XML"), (b"{", "JSON"), (b"[", "JSON"))


def signature(head: bytes) -> str | None:
    """Return the name of the format a file is in, or None for what may be delimited text."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    for opening, name in _TEXT_OPENINGS:
        if text.startswith(opening):
            return name
    # A damaged row may hold a NUL byte; a header of text never does.
    return "BINARY" if b"\0" in text.partition(b"\n")[0].partition(b"\r")[0] else None
