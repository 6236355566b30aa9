"""Whatever the bytes, nothing crashes and every row is accounted for."""

from __future__ import annotations

import copy
import csv as standard
import gzip
import io
import json
from decimal import Decimal

import zstandard
from hypothesis import given, settings, strategies as st

from imports.parsing import COLUMNS, FileRefusedError, Kind, copy_fields, open_stream, sentence
from imports.parsing.codes import all_rpps, check_rpps
from imports.parsing.columns import SCHEMAS
from imports.parsing.dates import all_dates, check_date
from imports.parsing.limits import Limits
from imports.parsing.numbers import all_small, check_cents
from imports.parsing.refusals import Fault
from imports.parsing.texts import Text
from tests.imports.parsing.files import ALIAS, DOCTOR, ILLNESS, LINE, SLIP, accounted, csv, read
from tests.imports.parsing.tables import BENEFIT, IMB, KEYS, PHA, PRS, archive, ndjson, tar


HEADERS = st.sampled_from(
    [csv(row).split(b"\n")[0] for row in (LINE, ILLNESS, DOCTOR, SLIP, ALIAS)]
)
SMALL = st.builds(
    Limits,
    block=st.sampled_from([1, 13, 300, 262144]),
    line=st.sampled_from([2000, 65536]),
    many=st.sampled_from([0, 128 * 1024]),
    quoted_lines=st.integers(1, 4),
    refused=st.sampled_from([0, 3, 10**6]),
)
PIECES = st.lists(
    st.sampled_from([
        b"\n", b"\r\n", b"\r", b"\n\n", b";" * 31, b";", b'"', b'""', b'";', b'\n"', b"\0",
        b"\xef\xbb\xbf", b"\xe9", "é".encode(), b" ", b"x" * 700, csv(LINE).split(b"\n")[1],
        csv(ILLNESS).split(b"\n")[1], b"05/10/2026", b"-12", b"sep=;\n",
    ]) | st.binary(max_size=30),
    max_size=40,
).map(b"".join)  # fmt: skip


def read_to_the_end(data, limits):
    """Read a file, check the accounts, and return (accepted, refused) or None if refused whole."""
    try:
        reading = open_stream(io.BytesIO(data), limits)
    except FileRefusedError as refused:
        reasons = [sentence(refusal) for refusal in refused.refusals]
    else:
        return _accounted(reading, data)
    assert all(reasons)
    return None


def _accounted(reading, data):
    accepted = refused_rows = 0
    last = 0
    for batch in reading.batches():
        numbers = sorted([*batch.numbers, *(row.line for row in batch.refused)])
        assert len(numbers) == len(batch.rows) + len(batch.refused)
        assert len(set(numbers)) == len(numbers)
        assert not numbers or numbers[0] > last
        last = numbers[-1] if numbers else last
        accepted += len(batch.rows)
        refused_rows += len(batch.refused)
        assert all(sentence(each) for row in batch.refused for each in row.refusals)
        assert len(list(batch.typed())) == len(batch.rows)
        assert all("\t" not in text and "\n" not in text for row in batch.rows for text in row)
    summary = reading.summary
    assert (summary.accepted, summary.refused) == (accepted, refused_rows)
    assert last <= summary.last_line <= data.count(b"\n") + data.count(b"\r") + 1
    assert summary.rows or summary.stopped
    assert summary.stopped is None or sentence(summary.stopped)
    return accepted, refused_rows


@given(st.binary(max_size=400), SMALL)
def test_any_bytes_are_read_or_refused(data, limits):
    read_to_the_end(data, limits)


@settings(max_examples=300)
@given(HEADERS, PIECES, SMALL)
def test_any_bytes_behind_a_header_are_read_or_refused(header, rest, limits):
    read_to_the_end(header + b"\n" + rest, limits)


@given(
    HEADERS,
    PIECES,
    st.sampled_from([gzip.compress, zstandard.ZstdCompressor().compress]),
    st.data(),
)
def test_a_damaged_packed_file_is_read_or_refused(header, rest, pack, data):
    packed = bytearray(pack(header + b"\n" + rest))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(packed)))

    try:
        reading = open_stream(io.BytesIO(packed[:end]))
    except FileRefusedError:
        return
    rows = sum(len(batch.rows) + len(batch.refused) for batch in reading.batches())
    assert reading.summary.rows == rows


def row_of(facts):
    """Values of a row: right, empty, of another row, or anything."""
    return st.fixed_dictionaries(
        {
            name: st.sampled_from([value, value, value, "", "x", "-1", '"', "\0", "é"])
            for name, value in facts.items()
        }
    )


TABLES = st.fixed_dictionaries(
    {"ER_PRS_F": st.lists(row_of(PRS), min_size=1, max_size=6)},
    optional={
        "ER_PHA_F": st.lists(row_of(PHA), min_size=1, max_size=6),
        "ER_ETE_F": st.lists(
            row_of(KEYS | {"ETE_GHS_NUM": "0", "ETB_EXE_FIN": "75005819"}), min_size=1, max_size=3
        ),
        "aliases": st.lists(row_of(ALIAS), min_size=1, max_size=3),
        "notes": st.binary(max_size=20),
    },
)


@settings(max_examples=60)
@given(TABLES, st.sampled_from([1, 2, 60_000]), SMALL)
def test_every_prestation_and_every_detail_is_accounted_for(tables, joined, limits):
    limits = Limits(joined=joined, joined_parts=99, refused=limits.refused, block=limits.block)
    reading = open_stream(io.BytesIO(archive(**tables)), limits)
    numbers = []
    for batch in reading.batches():
        numbers += [*batch.numbers, *(row.line for row in batch.refused)]
        assert all(sentence(each) for row in batch.refused for each in row.refusals)
        assert len(list(batch.typed())) == len(batch.rows)

    assert reading.summary.rows == len(numbers) == len(set(numbers))
    if reading.summary.stopped is None:
        # A row is a line of its own, or goes into those of its prestation.
        coded = len(tables.get("ER_PHA_F", ()))
        assert max(coded, 1) <= len(numbers) <= sum(map(len, tables.values()))


@given(
    TABLES | st.fixed_dictionaries({"IR_IMB_R": st.lists(row_of(IMB), min_size=1, max_size=6)}),
    st.sampled_from([archive, tar, lambda **tables: gzip.compress(tar(**tables))]),
    st.data(),
)
def test_a_damaged_archive_is_read_or_refused(tables, pack, data):
    packed = bytearray(pack(**tables))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(packed), data.draw(st.integers(0, len(packed)))]))

    read_whole_or_refused(bytes(packed[:end]))


def read_whole_or_refused(data):
    try:
        reading = open_stream(io.BytesIO(data), Limits(json_line=3000))
    except FileRefusedError as refused:
        reasons = [sentence(refusal) for refusal in refused.refusals]
    else:
        return _numbered(reading)
    assert all(reasons)
    return None


def _numbered(reading):
    numbers = [
        number
        for batch in reading.batches()
        for number in [*batch.numbers, *(row.line for row in batch.refused)]
    ]
    assert len(numbers) == len(set(numbers)) == reading.summary.rows
    assert numbers or reading.summary.stopped
    return numbers


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@st.composite
def benefits(draw):
    """A right resource, some of whose elements, anywhere in it, are anything."""
    made = copy.deepcopy(BENEFIT)
    for _ in range(draw(st.integers(0, 3))):
        at = made
        while True:
            keys = [*at] if isinstance(at, dict) else range(len(at))
            key = draw(st.sampled_from(keys))
            if not (isinstance(at[key], dict | list) and at[key] and draw(st.booleans())):
                at[key] = draw(JSON)
                break
            at = at[key]
    return made


def wild(value):
    """Whether a number of more than forty figures is anywhere in it: then it can't be read."""
    if isinstance(value, dict | list):
        return any(map(wild, value.values() if isinstance(value, dict) else value))
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    written = json.dumps(value)
    number = Decimal(written)
    return len(written) > 40 or not number.is_finite() or abs(number.adjusted()) > 40


@settings(max_examples=200)
@given(st.lists(benefits(), min_size=1, max_size=3), st.binary(max_size=20))
def test_every_item_of_every_resource_is_accounted_for(resources, rest):
    numbers = read_whole_or_refused(ndjson(*resources) + rest)

    if not rest.strip():
        items = [None if wild(each) else each.get("item") for each in resources]
        counts = [len(each) if isinstance(each, list) else 1 for each in items]
        assert numbers is not None
        assert len(numbers) == sum(max(1, count) for count in counts)


VALUES = {name: st.sampled_from([value, "", "x", f" {value} "]) for name, value in LINE.items()}


@settings(max_examples=60)
@given(st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=30), SMALL)
def test_every_row_of_a_well_formed_file_is_accepted_or_refused(rows, limits):
    limits = Limits(block=limits.block)
    out = io.StringIO()
    writer = standard.DictWriter(out, list(LINE), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)

    told = read_to_the_end(out.getvalue().encode(), limits)
    blank = sum(not any(value.strip() for value in row.values()) for row in rows)
    assert sum(told) == len(rows) - blank


@given(st.integers(1, 400), st.integers(0, 399), st.sampled_from(["rate_pct", "label", "code"]))
def test_a_wrong_row_is_the_only_one_refused_wherever_it_stands(count, at, column):
    rows = [{**LINE, "line_id": f"L{i}", "paid_cents": str(i * 97)} for i in range(count)]
    at %= count
    rows[at] = {**rows[at], column: "a\tb"}
    data = csv(*rows)

    summary = accounted(data, block=5000)
    (refused,) = [item for item in read(data, block=5000) if isinstance(item, list)]

    assert (summary.accepted, summary.refused) == (count - 1, 1)
    assert (refused[0].line, refused[0].column) == (at + 2, column)


@given(st.permutations(list(LINE)), st.sampled_from(";,\t"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_order_delimiter_and_line_ends_change_nothing(order, delimiter, end):
    row = {name: LINE[name] for name in order}

    (line,) = read(csv(row, delimiter=delimiter, end=end))

    assert copy_fields(line) == tuple(LINE.values())


LATIN = st.text(st.characters(codec="cp1252", blacklist_categories=["C", "Z"]), max_size=30)


@given(LATIN)
def test_the_same_text_arrives_from_either_encoding(label):
    quoted = '"' + label.replace('"', '""') + '"'
    text = csv({**LINE, "label": quoted}).decode()

    (from_utf,), (from_latin,) = read(text.encode()), read(text.encode("cp1252"))

    assert from_utf == from_latin


DIGITS = st.text("0123456789", min_size=1, max_size=13)
ODD = st.sampled_from(["2026-W45-4", "2026-02-30", "٢٠٢٦-٠١-٠١", "-5", "+5", "0", "00", "1 ", "é"])
DATES = st.dates().map(str)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.lists(DIGITS | ODD | DATES | NAMES, min_size=1, max_size=5))
def test_what_is_taken_at_once_would_be_taken_one_by_one_and_unchanged(values):
    text = Text(10, kept=8)
    for at_once, one in (
        (all_small, check_cents),
        (all_dates, check_date),
        (all_rpps, check_rpps),
        (text.all_plain, text),
    ):
        if at_once(values):
            assert [one(value) for value in values] == values


@given(st.sampled_from([*SCHEMAS.values()]), st.data())
def test_every_check_gives_a_text_or_a_fault_for_any_value(schema, data):
    name = data.draw(st.sampled_from(schema.names))
    value = data.draw(NAMES | DIGITS | ODD).strip()
    column = schema.columns[name]
    systems = {"code": ["NABM", "CCAM", "CIP13", "UCD", "LPP", "GHS", "NGAP"]}
    if hasattr(column, "after"):
        system = data.draw(st.sampled_from(systems.get(name, ["psa", "nir:rank"])))
        result = column.check(system, value)
    else:
        result = column.check(value)

    assert isinstance(result, str | Fault)
    assert not isinstance(result, str) or result.isprintable()


def test_every_column_of_every_file_has_a_check():
    for kind in Kind:
        assert tuple(SCHEMAS[kind].columns) == COLUMNS[kind]
