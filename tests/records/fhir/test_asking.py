"""What a FHIR request asks is read strictly, each wrong value with its sentence."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest

from records.fhir import asking
from records.fhir.asking import Wrong


PARIS = ZoneInfo("Europe/Paris")
KEY = uuid.UUID("01a208c5-e51c-7968-bc3d-ab6000000000")


def at(*parts):
    return dt.datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("values", "since", "until"),
    [
        ([], None, None),
        ([""], None, None),
        (["2026-06-15"], at(2026, 6, 15), at(2026, 6, 16)),
        (["eq2026-06-15"], at(2026, 6, 15), at(2026, 6, 16)),
        (["ge2026-06-15"], at(2026, 6, 15), None),
        (["gt2026-06-15"], at(2026, 6, 16), None),
        (["sa2026-06-15"], at(2026, 6, 16), None),
        (["le2026-06-15"], None, at(2026, 6, 16)),
        (["lt2026-06-15"], None, at(2026, 6, 15)),
        (["eb2026-06-15"], None, at(2026, 6, 15)),
        (["2026"], at(2026, 1, 1), at(2027, 1, 1)),
        (["2026-12"], at(2026, 12, 1), at(2027, 1, 1)),
        (["2026-02"], at(2026, 2, 1), at(2026, 3, 1)),
        (["ge2026-01-01", "lt2026-03-01"], at(2026, 1, 1), at(2026, 3, 1)),
        (["ge2026-01-01", "ge2026-02-01"], at(2026, 2, 1), None),
        (["lt2026-03-01", "le2026-01-01"], None, at(2026, 1, 2)),
        (["2026-06-15T10:00:00+02:00"], at(2026, 6, 15, 10), at(2026, 6, 15, 10, 0, 1)),
        (["2026-06-15T10:00:00 02:00"], at(2026, 6, 15, 10), at(2026, 6, 15, 10, 0, 1)),
        (["2026-06-15T08:00:00Z"], at(2026, 6, 15, 10), at(2026, 6, 15, 10, 0, 1)),
        (["2026-06-15T10:00"], at(2026, 6, 15, 10), at(2026, 6, 15, 10, 1)),
        (["2026-03-29"], at(2026, 3, 29), at(2026, 3, 30)),  # a day of 23 hours
    ],
)
def test_dates_are_as_precise_as_they_are_written(values, since, until):
    assert asking.bounds(values, name="date") == (since, until)


@pytest.mark.parametrize(
    "value",
    ["hier", "2026-13-01", "2026-02-30", "2026-6-1", "20260615", "ge", "2026-06-15T25:00:00Z",
     "2026-06-15,2026-06-16", "0000-01-01", "9999-12-31", "２０２６", "0001-01-01T00:00+23:59"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_told(value):
    with pytest.raises(Wrong) as wrong:
        asking.bounds([value], name="date")
    assert (wrong.value.status, wrong.value.text) == (400, "date : date attendue, AAAA-MM-JJ.")


@pytest.mark.parametrize("prefix", ["ne", "ap", "xx"])
def test_a_prefix_that_is_not_served_is_told(prefix):
    with pytest.raises(Wrong) as wrong:
        asking.bounds([f"{prefix}2026-06-15"], name="date")
    assert wrong.value.code == "not-supported"
    assert wrong.value.text == f"date : le préfixe {prefix} n'est pas pris en charge."


def loinc(system, code):
    return system == "http://loinc.org" and code != "DOCPAT03"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], None),
        ([""], None),
        (["11488-4"], {"11488-4"}),
        (["11488-4,18748-4"], {"11488-4", "18748-4"}),
        (["11488-4", "18748-4"], set()),
        (["11488-4,18748-4", "18748-4"], {"18748-4"}),
        (["http://loinc.org|11488-4"], {"11488-4"}),
        (["http://loinc.org|DOCPAT03"], set()),
        (["http://elsewhere|11488-4"], set()),
        (["|11488-4"], set()),
    ],
)
def test_a_comma_means_or_and_a_repeated_parameter_means_and(values, found):
    read = asking.codes(values, name="type", is_of=loinc)
    assert read == (None if found is None else frozenset(found))


@pytest.mark.parametrize("value", ["http://loinc.org|", "|", "1148\x008-4", "a\x00|11488-4"])
def test_a_token_without_a_code_is_told(value):
    with pytest.raises(Wrong) as wrong:
        asking.codes([value], name="type", is_of=loinc)
    assert wrong.value.text == "type s'écrit système|valeur."


@pytest.mark.parametrize(
    "value", ["258031234567813", "|258031234567813", "urn:oid:1.2.3|", "1.2.3\x00|42"]
)
def test_an_identifier_has_a_system_and_a_value(value):
    with pytest.raises(Wrong) as wrong:
        asking.identifier(value, name="patient.identifier")
    assert wrong.value.text == "patient.identifier s'écrit système|valeur."


def test_an_identifiers_system_is_written_with_or_without_urn():
    assert asking.identifier("urn:oid:1.2.3|42", name="x") == ("1.2.3", "42")
    assert asking.identifier("1.2.3|42", name="x") == ("1.2.3", "42")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (f"Patient/{KEY}", KEY),
        (str(KEY), KEY),
        (f"http://here/fhir/Patient/{KEY}", KEY),
        (f"http://elsewhere/fhir/Patient/{KEY}", None),
        ("Patient/42", None),
        ("abc", None),
    ],
)
def test_a_reference_to_nobody_here_finds_nobody(value, found):
    assert asking.reference(value, name="patient", base="http://here/fhir") == found


@pytest.mark.parametrize("value", ["Patient/", "Patient/a b", "Practitioner/1", "x" * 65, "é"])
def test_a_reference_that_cannot_be_one_is_told(value):
    with pytest.raises(Wrong) as wrong:
        asking.reference(value, name="patient", base="http://here/fhir")
    assert wrong.value.text == "patient s'écrit Patient/identifiant."


@pytest.mark.parametrize(
    ("value", "number"),
    [("", 20), ("1", 1), ("50", 50), ("51", 50), ("999999999999", 50), ("0", 0)],
)
def test_a_page_holds_fifty_at_most(value, number):
    assert asking.page_size(value) == number


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "²", " 5"])
def test_a_page_size_that_is_not_a_number_is_told(value):
    with pytest.raises(Wrong) as wrong:
        asking.page_size(value)
    assert wrong.value.text == "_count : un nombre de 0 à 50."


def test_the_next_page_starts_after_the_last_document_of_this_one():
    instant = at(2026, 6, 15, 10, 30)
    assert asking.read_cursor(asking.cursor(instant, KEY)) == (instant, KEY)
    assert asking.read_cursor("") is None


def test_the_database_is_given_no_zone_it_does_not_know():
    zone = dt.timezone(dt.timedelta(hours=23, minutes=59))
    instant = dt.datetime(2026, 6, 15, 12, tzinfo=zone)
    told, _key = asking.read_cursor(asking.cursor(instant, KEY))
    since, _until = asking.bounds(["ge2026-06-15T12:00+23:59"], name="date")

    assert told == since == instant
    assert told.tzinfo == since.tzinfo == dt.UTC


@pytest.mark.parametrize(
    "value",
    [
        "x", "é", "AAAA", "MjAyNi0wNi0xNXww", "Mjoy", "MjAyNi0wNi0xNVQxMDowMDowMHww" * 9,
        asking.cursor(
            dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-5))), KEY
        ),
    ],
)  # fmt: skip
def test_a_link_that_was_changed_is_told(value):
    with pytest.raises(Wrong) as wrong:
        asking.read_cursor(value)
    assert wrong.value.text == "after : reprenez le lien donné par la page."


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("", True),
        ("*/*", True),
        ("application/fhir+json", True),
        ("application/json", True),
        ("application/*;q=0.5", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/fhir+json; fhirVersion=4.0", True),
        ("application/fhir+json; fhirVersion=5.0", False),
        ("application/fhir+xml", False),
        ("text/html", False),
        ("application/json;q=0", False),
    ],
)
def test_accept_says_whether_fhir_json_is_taken(header, answer):
    assert asking.accepts_json(header) is answer


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("", True),
        ("*/*", True),
        ("application/pdf", True),
        ("application/*", True),
        ("image/png, application/pdf;q=0.1", True),
        ("image/*", False),
        ("application/pdf;q=0", False),
        ("application/json", False),
    ],
)
def test_accept_says_whether_a_file_is_taken(header, answer):
    assert asking.accepts(header, "application/pdf") is answer
