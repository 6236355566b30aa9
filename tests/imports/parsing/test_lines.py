"""Line ends, encodings and bounds: what a physical line is, whoever wrote the file."""

from __future__ import annotations

import io

import pytest

from imports.parsing import Limits, open_stream, sentence
from tests.imports.parsing.files import (
    ILLNESS,
    LINE,
    accounted,
    codes,
    csv,
    opened,
    peak_memory,
    read,
    refused_at_once,
)


MARK = b"\xef\xbb\xbf"
ROWS = [{**LINE, "line_id": f"L{i}"} for i in range(3)]


@pytest.mark.parametrize(("end", "name"), [("\n", "unix"), ("\r\n", "windows"), ("\r", "mac")])
@pytest.mark.parametrize("block", [7, 64, 262144])
def test_every_line_end_is_recognised_and_lines_keep_their_numbers(end, name, block):
    data = csv(*ROWS, end=end)

    rows = read(data, block=block)

    assert opened(data).recognised.line_end == name
    assert [(row.number, row.line_id) for row in rows] == [(2, "L0"), (3, "L1"), (4, "L2")]
    assert read(data[: -len(end)], block=block) == rows  # the last end may be missing


def test_mixed_line_ends_and_blank_lines_are_taken_as_they_are():
    header, first, second, third = csv(*ROWS).splitlines()
    data = header + b"\n" + first + b"\r\n\r\n" + b";" * 31 + b"\n \n" + second + b"\n" + third

    rows = read(data)

    assert [row.number for row in rows] == [2, 6, 7]
    assert accounted(data).blank == 3


def test_a_stray_carriage_return_is_a_character_of_a_unix_file():
    data = csv(LINE, {**LINE, "label": "a\rb"}, LINE)

    assert codes(data) == [(3, "label", "control_character")]


@pytest.mark.parametrize("mark", [b"", MARK], ids=["no mark", "byte-order mark"])
def test_utf_8_is_recognised_with_or_without_its_mark(mark):
    reading = opened(mark + csv(LINE))

    assert reading.recognised.byte_order_mark is bool(mark)
    (batch,) = reading.batches()
    assert reading.recognised.encoding == "utf-8"
    assert reading.recognised.notices == ()
    assert "Paracétamol 1 g" in batch.rows[0]


def test_a_file_of_plain_letters_is_ascii():
    assert (
        opened(
            csv({**LINE, "label": "", "prescriber_specialty": "", "performer_name": ""})
        ).recognised.encoding
        == "ascii"
    )


def test_latin_1_is_recognised_and_said():
    data = csv({**LINE, "label": "Œil 5 €"}, end="\r\n").decode().encode("cp1252")
    reading = opened(data)
    list(reading.batches())

    (notice,) = reading.recognised.notices
    assert reading.recognised.encoding == "windows-1252"
    assert sentence(notice).startswith(
        "Fichier codé en Latin-1 ou Windows-1252, reconnu à la ligne 2."
    )
    assert read(data)[0].label == "Œil 5 €"


def test_latin_1_is_recognised_however_late_its_first_letter_comes():
    plain = {**LINE, "label": "", "prescriber_specialty": "", "performer_name": ""}
    rows = [{**plain, "line_id": f"L{i}"} for i in range(400)]
    late = [{**plain, "label": "Été"}, *rows, {**plain, "label": "Né"}]
    data = csv(*rows, *late).decode().encode("cp1252")
    reading = opened(data, block=4096)

    assert reading.recognised.encoding == "ascii"
    labels = [row[10] for batch in reading.batches() for row in batch.rows]

    assert (labels[400], labels[-1]) == ("Été", "Né")
    assert reading.recognised.encoding == "windows-1252"
    assert reading.recognised.notices[0].parameters == {"number": 402}


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
def test_letters_of_dos_or_of_a_mac_are_not_said_to_be_latin_1(encoding):
    reading = opened(csv({**LINE, "label": "Dr Hélène"}).decode().encode(encoding))

    list(reading.batches())
    (notice,) = reading.recognised.notices
    assert sentence(notice) == (
        "Les lettres accentuées de la ligne 2 ne sont d'aucun codage reconnu ici. Refaites "
        "l'export en UTF-8 avant de charger : les noms seraient faux."
    )


@pytest.mark.parametrize("label", ["KOŠTAL Élodie", "fin…suite, été", "l’œil", "5 € – cœur"])
def test_signs_of_windows_beside_its_letters_are_no_doubt(label):
    reading = opened(csv({**LINE, "label": label}).decode().encode("cp1252"))

    list(reading.batches())
    assert [notice.code for notice in reading.recognised.notices] == ["windows_1252"]


def test_a_mark_of_utf_8_over_latin_1_letters_is_a_contradiction_and_the_file_is_refused():
    data = MARK + csv(LINE, end="\r\n").decode().encode("cp1252")

    refusals = refused_at_once(data)

    assert sentence(refusals[0]) == (
        "Ce fichier annonce de l'UTF-8 mais la ligne 2 est codée autrement "
        "(Latin-1 ou Windows-1252). Enregistrez-le de nouveau en UTF-8."
    )


def test_the_contradiction_is_told_too_when_it_comes_late():
    plain = {**LINE, "label": "", "prescriber_specialty": "", "performer_name": ""}
    rows = [{**plain, "line_id": f"L{i}"} for i in range(400)]
    data = MARK + csv(*rows, {**plain, "label": "Été"}).decode().encode("cp1252")

    summary = accounted(data, block=4096)

    assert summary.stopped.code == "encoding_contradiction"
    assert summary.stopped.parameters["number"] == 402
    assert summary.accepted >= 380


def test_damaged_letters_in_a_utf_8_file_cost_their_line_only():
    lines = csv(*ROWS).split(b"\n")
    lines[2] = lines[2].replace("é".encode(), b"\xe9")

    assert codes(b"\n".join(lines)) == [(3, "", "undecodable")]


def test_damaged_letters_after_sound_blocks_cost_their_line_only():
    lines = csv(*[{**LINE, "line_id": f"L{i}"} for i in range(400)]).split(b"\n")
    lines[350] = lines[350].replace("é".encode(), b"\xe9")

    assert codes(b"\n".join(lines), block=4096) == [(351, "", "undecodable")]


def test_a_byte_that_windows_1252_does_not_have_costs_its_line_only():
    lines = csv(*ROWS).decode().encode("cp1252").split(b"\n")
    lines[2] = lines[2].replace(b"\xe9", b"\x81")

    assert codes(b"\n".join(lines)) == [(3, "", "undecodable")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_what_to_do(encoding):
    refusals = refused_at_once(csv(LINE).decode().encode(encoding))

    (refusal,) = refusals
    assert refusal.code == ("utf_16" if encoding == "utf-16" else "not_a_claims_file")


def test_a_nul_byte_costs_its_line_only():
    data = csv(LINE, {**LINE, "label": "a\0b"}, LINE)

    assert codes(data) == [(3, "", "nul_byte")]
    assert accounted(data).accepted == 2


@pytest.mark.parametrize("block", [512, 4096, 65536, 262144])
@pytest.mark.parametrize("extra", [0, 1, 700, 5000])
def test_a_line_over_the_limit_costs_itself_only(block, extra):
    header, row, *_ = csv(LINE).split(b"\n")
    longest = row + b" " * (4096 - len(row))
    data = b"\n".join([header, row, longest + b" " * extra, row, longest, b""])

    found = codes(data, block=block, line=4096)

    assert found == ([(3, "", "line_too_long")] if extra else [])
    assert accounted(data, block=block, line=4096).rows == 4


def test_a_line_that_is_too_long_and_never_ends_is_refused_once():
    assert codes(csv(LINE) + b"x" * 200_000, block=1000) == [(3, "", "line_too_long")]


def test_nothing_but_one_endless_line_is_refused():
    refusals = refused_at_once(b"x" * 200_000)

    assert refusals[0].code == "header_unreadable"


class Endless(io.RawIOBase):
    """A file of a header, a line of `size` bytes and a good row, never held in memory."""

    def __init__(self, size):
        self.parts = [csv(LINE), size, b"\n" + csv(LINE).split(b"\n")[1]]

    def read(self, count=-1):
        while self.parts:
            part = self.parts[0]
            if isinstance(part, bytes):
                return self.parts.pop(0)
            if part:
                self.parts[0] = max(0, part - count)
                return b"x" * min(part, count)
            self.parts.pop(0)
        return b""


def test_a_line_of_two_gigabytes_takes_no_memory_and_the_next_line_is_read():
    reading = open_stream(Endless(2 * 1024**3), Limits())
    with peak_memory() as peak:
        batches = list(reading.batches())

    refused = [row for batch in batches for row in batch.refused]
    assert [(row.line, row.refusals[0].code) for row in refused] == [(3, "line_too_long")]
    assert sum(len(batch.rows) for batch in batches) == 2
    assert peak() < 8 * 1024**2


def test_memory_does_not_grow_with_the_file():
    def peak(count):
        rows = [
            {**LINE, "line_id": f"L{i}", "prescriber_name": f"MARTIN {i}", "paid_cents": str(i)}
            for i in range(count)
        ]
        stream = io.BytesIO(csv(*rows))
        with peak_memory() as size:
            for _ in open_stream(stream).batches():
                pass
            return size()

    assert peak(16_000) < 1.5 * peak(4_000)


def test_a_file_of_blank_lines_is_empty():
    for data in (b"\n" * 10, MARK, b" \r\n \r\n", b"\n" * 100_000, b"sep=;\n"):
        refusals = refused_at_once(data)
        assert refusals[0].code == "empty_file"


def test_a_header_alone_says_that_there_are_no_rows():
    for data in (csv(ILLNESS).split(b"\n")[0], csv(ILLNESS).split(b"\n")[0] + b"\r\n\r\n"):
        summary = accounted(data)

        assert summary.stopped.code == "no_rows"
        assert sentence(summary.stopped).startswith("Ce fichier n'a qu'un en-tête")
