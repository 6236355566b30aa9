"""The door of this package: a binary stream in, the reading of the right format out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from imports.parsing.benefits import BenefitsParser
from imports.parsing.compression import Source
from imports.parsing.dcir import DcirParser
from imports.parsing.delimited import DelimitedParser, DelimitedReading
from imports.parsing.limits import Limits
from imports.parsing.refusals import Fault, FileRefusedError, Refusal, of_file
from imports.parsing.signatures import signature


if TYPE_CHECKING:
    from imports.parsing.formats import Parser, Reading


PARSERS: Final[tuple[Parser, ...]] = (DcirParser(), BenefitsParser(), DelimitedParser())
"""Asked in turn. Delimited text comes last: it takes whatever is not something else."""

_OF_THEIR_OWN: Final = {"UTF-16": "utf_16", "JSON": "json_not_by_line"}
"""What is said of files that are nearly right."""
_EMPTY: Final = Fault("empty_file")


def open_stream(stream: BinaryIO, limits: Limits | None = None) -> Reading:
    """Recognise a file and start reading it, in memory that does not grow with the file.

    Raise FileRefusedError, with the sentence to show, for a file that is empty, is something
    else, or lacks a column. What is found wrong further on is told row by row, and at the end
    in `summary.stopped`.
    """
    limits = limits or Limits()
    source = Source(stream, limits)
    if not source.head:
        raise FileRefusedError(of_file(source.stopped.fault if source.stopped else _EMPTY))
    for parser in PARSERS:
        if parser.recognises(source.head):
            return parser.open(source, limits)
    name = signature(source.head) or ""
    code = _OF_THEIR_OWN.get(name, "not_a_claims_file")
    raise FileRefusedError(Refusal(0, "", code, parameters={"format": name}))


def open_lines(stream: BinaryIO) -> DelimitedReading | None:
    """Start reading a file of delimited lines; None for any other."""
    source = Source(stream, limits := Limits())
    parser = DelimitedParser()
    if not source.head or not parser.recognises(source.head):
        return None
    return parser.open(source, limits)
