"""Rows read at once as arrays are accepted, refused and written as they are one by one."""

from __future__ import annotations

import datetime as dt
import io

import pyarrow as pa
import pytest
from hypothesis import example, given, settings, strategies as st

from imports.encoding import Encoder
from imports.parsing import Fault, Kind, Limits, arrays, open_stream
from imports.parsing.columns import SCHEMAS
from imports.parsing.lines import Chunk, Lines, together
from imports.parsing.rules import Rule
from imports.parsing.texts import SPREADSHEET
from tests.imports.parsing.files import CIP13, CORSICAN_2A, FINESS, LINE, NIR, RPPS, accounted, csv


ONE_BY_ONE = 10**9
KEY = bytes(32)
DATES = ["2026-10-05", "2026-10-06", "2026-12-31", "2026-02-30", "31/01/2026", "", " 2026-10-05"]
CENTS = ["1250", "", "0", "-780", "12,50", "+5", "x"]
TEXTS = [
    "Martin",
    "",
    " Martin ",
    "a\\b",
    "e\u0301te\u0301",
    "x" * 300,
    "a\x1fb",
    "\ufeffx",
    "a\xa0b",
]
VALUES = {
    "line_id": ["L1", "L2", "", "\ufeffL3", "L\\4", "x" * 70, "L 5 ", "é"],
    "scheme": ["general", "Agricole", "", "é"],
    "person_system": ["INS-NIR", "1.2.250.1.213.1.4.10", "dcir", "nir:rank", "", "NIR"],
    "person_value": [NIR, CORSICAN_2A, "p-1", "x y", "", "279035121518988", f"{NIR}:1"],
    **dict.fromkeys(("birth_date", "care_start", "care_end", "prescribed_on", "flow_date"), DATES),
    "section": ["MED", "med", "x", ""],
    "code_system": ["CIP13", "NGAP", "ngap", "", "x"],
    "code": [CIP13, "G", "g", "", "3400939169003"],
    **dict.fromkeys(("label", "prescriber_name", "performer_specialty"), TEXTS),
    "unpacked": ["0", "1", "", "oui"],
    "prescriber_rpps": [RPPS, "", "10100997246"],
    "performer_finess": [FINESS, "", "2a1234567", "1"],
    **dict.fromkeys(("quantity", "paid_cents", "base_cents", "reimbursed_cents"), CENTS),
    "operation": ["UPSERT", "CANCEL", "", "x"],
    "reverses_line_id": ["", "", "L1", "L0"],
}  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 8), max_size=4)
OTHER_LINES = st.sampled_from(["", ";" * 31, " ", "x", ";" * 40, "a;b", 'x"y', "\r"])
ABSENT = st.sets(st.sampled_from(["care_end", "label", "reverses_line_id", "operation", "atc"]))


def content(changes, absent, *, reordered):
    """Return a file of rows that differ from the usual one in some columns, and other lines."""
    names = [name for name in LINE if name not in absent]
    if reordered:
        names = [*names[::-1], "inconnue"]
    lines = [";".join(names)]
    for each in changes:
        if isinstance(each, str):
            lines.append(each)
            continue
        other = {name: VALUES[name][at % len(VALUES[name])] for name, at in each.items()}
        row = {**LINE, "inconnue": "?", **other}
        lines.append(";".join(row[name] for name in names))
    return "\n".join(lines).encode()


def found(data, many, others=()):
    """Return everything that became of a file, its rows encoded too; `others` are refused too."""
    limits = Limits(many=many, latest=dt.date(2026, 12, 1))
    encoder, texts, refused, batches = Encoder(KEY), [], [], []
    reading = open_stream(io.BytesIO(data), limits)
    reading.refuse({number: ("line_id", Fault("duplicate_in_file")) for number in others})
    for batch in reading.batches():
        texts.append(encoder.encode(batch).text)
        batches += zip(batch.numbers, batch.rows, strict=True)
        refused += batch.refused
    texts.append(encoder.rest().text)
    return sorted(b"".join(texts).split(b"\n")), batches, refused, reading.summary


@settings(max_examples=200)
@given(
    st.lists(CHANGES | OTHER_LINES, max_size=8),
    ABSENT,
    st.booleans(),
    st.sets(st.integers(2, 10), max_size=2),
)
def test_rows_at_once_are_what_they_are_one_by_one(changes, absent, reordered, others):
    data = content([{}, *changes], absent, reordered=reordered)

    at_once = found(data, 0, others)

    assert at_once == found(data, ONE_BY_ONE, others)
    assert others.isdisjoint(number for number, _ in at_once[1])


def test_right_and_wrong_rows_of_one_block_are_told_apart():
    rows = [{**LINE, "line_id": f"L{n}"} for n in range(1, 9)]
    rows[1]["care_start"] = "2026-02-30"
    rows[3] |= {"paid_cents": "-1250", "base_cents": "", "reimbursed_cents": "-780"}
    rows[4]["birth_date"] = "2026-10-06"
    rows[5]["reverses_line_id"] = "L0"
    rows[6] |= {"quantity": "-2", "paid_cents": "-1", "base_cents": "", "reimbursed_cents": "0"}
    rows[6]["reverses_line_id"] = "L0"
    data = csv(*rows) + b"short;row\n\n" + csv({**LINE, "line_id": "L9"}).split(b"\n")[1]
    data += b"\n"

    batch = next(open_stream(io.BytesIO(data), Limits(many=0)).batches())

    assert batch.arrays is not None
    assert [row[0] for row in batch.rows] == ["L1", "L3", "L7", "L8", "L9"]
    assert batch.columns[1:3] == [["general"] * 5, [LINE["person_system"]] * 5]
    assert list(batch.numbers) == [2, 4, 8, 9, 12]
    assert [(row.line, row.refusals[0].code) for row in batch.refused] == [
        (3, "date_not_real"),
        (5, "negative_without_original"),
        (6, "birth_after_care"),
        (7, "reversal_not_negative"),
        (10, "column_count"),
    ]
    assert accounted(data, many=0).blank == 1


@pytest.mark.parametrize("many", [0, ONE_BY_ONE])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_files_put_end_to_end_are_one_but_for_the_header_of_the_second(mark, many):
    one, other = csv(LINE, {**LINE, "line_id": "L2"}), csv({**LINE, "line_id": "line_id"})
    header = other.split(b"\n")[0].replace(b"line_id", b"Line-ID")
    data = mark + one + mark + header + other.removeprefix(other.split(b"\n")[0])

    _, accepted, (refused,), _ = found(data, many)

    assert [number for number, _ in accepted] == [2, 3, 5]
    assert refused.line == 4
    assert [each.code for each in refused.refusals] == ["header_repeated"]


@pytest.mark.parametrize("text", ["a;b\r;c", "\ufeffa;b;c", "a;b", "a;b;c;d", "\n\n\n\n\n\na;b;c"])
def test_what_could_be_taken_otherwise_is_left_to_be_read_line_by_line(text):
    assert arrays.cut(Chunk(1, text, text.count("\n") + 1), ";", 3) is None


def test_chunks_are_put_together_again():
    chunks = list(Lines(b"a\n", Limits()).chunks([b"a\n\nb\n", b"c\nd"]))

    for some, expected in ((chunks[1:], (4, "c\nd", 2)), (chunks, (1, "a\n\nb\nc\nd", 5))):
        found = together(some)
        assert (found.first, found.text, found.count) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_the_lines_of_a_file_are_the_same_as_text_and_in_utf_8(encoding):
    data = "éœ\n".encode(encoding)
    (chunk,) = Lines(data, Limits()).chunks([data])

    assert (chunk.text, chunk.utf_8) == ("éœ", "éœ".encode())
    assert together([chunk]).text == chunk.text
    assert ("œ" in chunk, "x" in chunk, "œ" in together([chunk])) == (True, False, True)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8")) | st.text("a \x1f\x7f~é'1E+", max_size=5), min_size=1
    )
)
@example(["'1"])
@example(["1E+12"])
def test_keys_said_at_once_to_be_plain_are_what_their_check_returns(values):
    column = SCHEMAS[Kind.LINES].columns["line_id"]

    if arrays.all_plain(pa.array(values, pa.string()), column.longest_plain, SPREADSHEET):
        assert [column.check(value.strip()) for value in values] == values


def test_keys_are_plain_up_to_their_longest():
    assert arrays.all_plain(pa.array(["A 1", "x" * 64]), 64)
    assert not arrays.all_plain(pa.array(["x" * 65]), 64)


def test_few_rows_are_read_one_by_one():
    (batch,) = open_stream(io.BytesIO(csv(LINE)), Limits()).batches()

    assert batch.arrays is None


def test_what_one_by_one_would_accept_is_never_lost(monkeypatch):
    answers = iter([[("flow_date", None)], []])
    schema = SCHEMAS[Kind.LINES]
    rule = Rule(
        lambda _columns: [],
        lambda _row: iter(next(answers)),
        in_order=(("care_end", "birth_date"),),
    )
    monkeypatch.setitem(SCHEMAS, Kind.LINES, type(schema)(schema.kind, schema.columns, rule))

    with pytest.raises(AssertionError, match="1 rows are right one by one"):
        list(open_stream(io.BytesIO(csv(LINE)), Limits(many=0)).batches())
