"""A refused row sent back as it went out is refused again, whatever the format it came in."""

from __future__ import annotations

import csv as standard
import io
import json
import zipfile

import pytest
from hypothesis import given, settings, strategies as st

from imports.parsing import ADDED, Kind, guarded, to_width
from imports.parsing.returned import is_elsewhere
from tests.imports.parsing.files import DOCTOR, ILLNESS, LINE, SLIP, csv, opened
from tests.imports.parsing.tables import BENEFIT, IMB, ITEM, PHA, PRS, archive, ndjson


def sent_back(data, *, emptied):
    """Each refused row of a file with its reasons, then what became of the same rows again."""
    reading = opened(data)
    refused = [row for batch in reading.batches() for row in batch.refused]
    known = reading.recognised
    out = io.StringIO()
    writer = standard.writer(out, delimiter=known.delimiter or ";", lineterminator="\r\n")
    writer.writerow([*map(guarded, known.columns), *ADDED])
    for row in refused:
        codes = "" if emptied else " | ".join(each.code for each in row.refusals)
        whole = to_width(row.values, known.columns, known.kind)
        writer.writerow([*map(guarded, whole), str(row.line), codes, "x", ""])
    again = opened(("\ufeff" + out.getvalue()).encode())
    found = {}
    for batch in again.batches():
        found |= dict.fromkeys(batch.numbers, None)
        found |= {row.line: row for row in batch.refused}
    return refused, [found[line] for line in sorted(found)]


def refused_again(data):
    """Fail unless each row is refused again: by a value that it still lacks or has wrong.

    A row whose values say nothing of what is wrong is taken once somebody says that it is right.
    """
    first, unchanged = sent_back(data, emptied=False)
    assert None not in unchanged
    assert len(unchanged) == len(first)
    _, emptied = sent_back(data, emptied=True)
    for row, again in zip(first, emptied, strict=True):
        reasons = {each.code for each in row.refusals}
        if not all(map(is_elsewhere, reasons)):
            assert again is not None, row
    return first, emptied


ODD = ["", "x", "-1", "12,50", "12.50", "abc", "2026-02-30", "05/10/2026", "1;2", '"', "a\tb"]


def odd(facts):
    return st.fixed_dictionaries(
        {name: st.sampled_from([value, value, value, *ODD]) for name, value in facts.items()}
    )


@settings(max_examples=150)
@given(st.sampled_from([LINE, ILLNESS, DOCTOR, SLIP]).flatmap(
    lambda facts: st.lists(odd(facts), min_size=1, max_size=4)
))  # fmt: skip
def test_of_the_funds_own_file(rows):
    """Its cells are not in quotes here: some rows are too long, and some not to be cut."""
    first = rows[0]
    data = csv(dict.fromkeys(first, "x"), *rows)
    refused_again(data)


@given(st.integers(1, len(LINE) - 1))
def test_of_a_row_that_was_cut_off(kept):
    header, whole = csv(LINE).decode().split("\n")[:2]
    data = f"{header}\n{';'.join(whole.split(';')[:kept])}\n".encode()

    first, (again,) = refused_again(data)

    assert [each.code for each in first[0].refusals] == ["column_count"]
    assert again is not None
    missing = list(LINE)[kept:]
    amounts = {"paid_cents", "base_cents", "reimbursed_cents", "rate_pct"} & {*missing}
    assert amounts <= {each.column for each in again.refusals}


def test_of_a_row_laid_out_under_its_header():
    """What was not read at all has nothing missing; what has no header has no place."""
    columns = ["line_id", "label", "Paid-Cents", "other"]
    assert to_width(["L", "a", "1", "b", "c"], columns, Kind.LINES) == ["L", "a", "1", "b c"]
    assert to_width(["L"], columns, Kind.LINES) == ["L", "", "?", ""]
    assert to_width([""], columns, Kind.LINES) == [""] * 4
    assert to_width(["L"], [], Kind.LINES) == []


def number(*path, value):
    def put(at, way):
        name, *rest = way
        inside = put(at[name], rest) if rest else value
        if isinstance(at, list):
            return [*at[:name], inside, *at[name + 1 :]]
        return at | {name: inside}

    return put(BENEFIT | {"item": [ITEM]}, path)


NOT_NUMBERS = {
    '"12.50"': "12.50", '"12"': "12", '"abc"': "abc", '""': "", '" "': " ", '"-3"': "-3",
    "true": True, '["12"]': [12], '{"value": "12"}': {"value": 12},
}  # fmt: skip


@pytest.mark.parametrize(("said", "value"), NOT_NUMBERS.items())
@pytest.mark.parametrize(
    ("path", "column"),
    [
        (("item", 0, "net", "value"), "paid_cents"),
        (("item", 0, "adjudication", 0, "amount", "value"), "base_cents"),
        (("item", 0, "adjudication", 1, "amount", "value"), "reimbursed_cents"),
    ],
)
def test_an_amount_written_as_text_goes_out_as_it_was_and_not_as_none(path, column, said, value):
    data = ndjson(number(*path, value=value))

    (row,), (again,) = refused_again(data)

    assert [each.code for each in row.refusals] == ["element_not_number"]
    given = dict(zip(opened(data).recognised.columns, row.values, strict=True))
    assert given[column] == said
    assert [(each.column, each.code) for each in again.refusals] == [(column, "cents_format")]


@pytest.mark.parametrize("money", [12.5, "12.50", [{"value": 12.5}]])
def test_an_amount_that_is_no_money_is_refused_and_not_left_out(money):
    (row,), (again,) = refused_again(ndjson(number("item", 0, "net", value=money)))

    assert [(each.column, each.code) for each in row.refusals] == [
        ("item.net", "element_not_number")
    ]
    assert [each.column for each in again.refusals] == ["paid_cents"]


def test_of_two_amounts_of_one_name_both_go_out_and_none_is_taken():
    twice = [*ITEM["adjudication"], *ITEM["adjudication"]]
    _, (again,) = refused_again(ndjson(number("item", 0, "adjudication", value=twice)))

    assert [(each.column, each.found) for each in again.refusals] == [
        ("base_cents", "1200 / 1200"), ("reimbursed_cents", "780 / 780"), ("rate_pct", "65 / 65"),
    ]  # fmt: skip


def test_a_state_that_is_not_taken_is_none_of_ours_when_the_row_comes_back():
    _, (again,) = refused_again(ndjson(number("status", value="draft")))

    assert [(each.column, each.found) for each in again.refusals] == [("operation", "draft")]


def test_a_code_of_an_unknown_list_goes_out_with_its_list():
    coding = {"system": "http://loinc.org", "code": "1-8", "display": "Sodium"}
    data = ndjson(number("item", 0, "productOrService", value={"coding": [coding]}))
    (row,), (again,) = refused_again(data)

    given = dict(zip(opened(data).recognised.columns, row.values, strict=True))
    assert [given[name] for name in ("code_system", "code", "label")] == [*coding.values()]
    assert {each.column for each in again.refusals} == {"code_system", "section"}


ANYTHING = st.sampled_from([None, True, 0, -1.5, 12, 1e30, "", "12", "12.50", "abc", [], {}, [1]])


@st.composite
def resources(draw):
    """A right resource with anything in place of some of what a row is made of."""
    made = json.loads(json.dumps(BENEFIT | {"item": [ITEM]}))
    item = made["item"][0]
    places = [
        (made, name) for name in ("status", "use", "created", "outcome", "patient", "identifier")
    ] + [
        (item, name) for name in ("sequence", "quantity", "net", "servicedDate", "adjudication")
    ] + [
        (item["quantity"], "value"), (item["net"], "value"), (item["net"], "currency"),
    ] + [(each["amount"], "value") for each in item["adjudication"][:2]] + [
        (item["adjudication"][2], "value")
    ]  # fmt: skip
    for at in draw(st.sets(st.integers(0, len(places) - 1), min_size=1, max_size=3)):
        holder, name = places[at]
        holder[name] = draw(ANYTHING)
    return made


@settings(max_examples=150)
@given(st.lists(resources(), min_size=1, max_size=3))
def test_of_fhir_resources(found):
    refused_again(ndjson(*found))


@settings(max_examples=60)
@given(
    st.lists(odd(PRS), min_size=1, max_size=3),
    st.lists(odd(PHA), min_size=1, max_size=3),
    st.sampled_from(["", "x;y\n"]),
)
def test_of_joined_tables(prestations, medicines, rest):
    tables = archive(ER_PRS_F=quoted(prestations) + rest, ER_PHA_F=quoted(medicines) + rest)
    refused_again(tables)


@settings(max_examples=60)
@given(st.lists(odd(IMB), min_size=1, max_size=3))
def test_of_illnesses(rows):
    refused_again(archive(zipfile.ZIP_STORED, IR_IMB_R=quoted(rows)))


def quoted(rows):
    out = io.StringIO()
    writer = standard.DictWriter(out, [*rows[0]], delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
