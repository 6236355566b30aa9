"""What is remembered of a column accepts, refuses and returns what its check does: no more."""

from __future__ import annotations

from hypothesis import given, strategies as st

from imports.parsing import Kind
from imports.parsing.columns import SCHEMAS
from imports.parsing.refusals import Fault
from imports.parsing.remembering import reader


LINES = SCHEMAS[Kind.LINES].columns
# The same text is right under one list and wrong under another, or comes out otherwise.
CODES = st.tuples(
    st.sampled_from(["CIP13", "UCD", "LPP", "GHS", "CCAM", "NGAP", "NABM", Fault("x")]),
    st.sampled_from(
        ["1234567", "g", "G", " G", "1208", "HBMD053", "hbmd053", "3400935955838", ""]
    ),
)
DATES = st.sampled_from(
    ["2026-01-31", "2026-02-31", "31/01/2026", " 2026-01-31", "", "2026-W05-6"]
)


def one_by_one(pair):
    system, text = pair
    value = text.strip()
    if not value:
        return Fault("missing_value")
    return value if isinstance(system, Fault) else LINES["code"].check(system, value)


@given(st.lists(st.lists(CODES, min_size=1, max_size=12), max_size=6))
def test_a_column_read_by_another_is_judged_as_one_by_one(batches):
    read = reader(LINES["code"])
    for pairs in batches:
        systems, texts = ([*column] for column in zip(*pairs, strict=True))

        values, faulty = read(texts, systems)

        assert list(values) == [one_by_one(pair) for pair in pairs]
        assert faulty is any(isinstance(value, Fault) for value in values)


@given(st.lists(st.lists(DATES, min_size=1, max_size=12), max_size=6))
def test_a_column_is_judged_as_one_by_one(batches):
    column = LINES["prescribed_on"]
    read = reader(column)
    for texts in batches:
        values, faulty = read(texts, None)

        expected = [column.check(text.strip()) if text.strip() else "" for text in texts]
        assert list(values) == expected
        assert faulty is any(isinstance(value, Fault) for value in values)
