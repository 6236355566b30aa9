"""What each column takes and what it refuses: tables that a person of the fund could read."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum import ean, luhn
from stdnum.fr import nir

from imports.parsing.codes import all_rpps, check_rpps, ean13_key, luhn_holds
from imports.parsing.persons import nir_key
from imports.parsing.rows import CodeSystem, Operation, PerformerKind, Section
from tests.imports.parsing.files import (
    ALIAS,
    CIP13,
    CORSICAN_2A,
    CORSICAN_2B,
    DOCTOR,
    ILLNESS,
    LINE,
    NIR,
    SLIP,
    csv,
    read,
)


def only(base, **changes):
    (item,) = read(csv({**base, **changes}))
    return item


def test_a_line_arrives_with_its_types():
    line = only(LINE)

    assert (line.number, line.line_id, line.person_value) == (2, "L1", NIR)
    assert (line.care_start, line.care_end) == (date(2026, 10, 5), date(2026, 10, 6))
    assert line.section is Section.MEDICINE
    assert line.code_system is CodeSystem.CIP13
    assert line.performer_kind is PerformerKind.STRUCTURE
    assert line.operation is Operation.UPSERT
    assert (line.quantity, line.unpacked) == (2, False)
    assert (line.paid_cents, line.base_cents, line.reimbursed_cents) == (1250, 1200, 780)
    assert (line.rate_pct, line.label) == (65, "Paracétamol 1 g")


def test_the_other_files_arrive_with_their_types():
    illness, doctor, slip, alias = only(ILLNESS), only(DOCTOR), only(SLIP), only(ALIAS)

    assert (illness.icd10, illness.since, illness.until) == ("E11.9", date(2020, 1, 15), None)
    assert (doctor.rpps, doctor.flow_date) == ("10100997245", date(2026, 11, 2))
    assert (slip.scheme, slip.period, slip.lines, slip.paid_cents) == (
        "general",
        "2026-11",
        3,
        3750,
    )
    assert (alias.pseudonym, alias.person_system) == ("psa-0001", "1.2.250.1.213.1.4.8")


OPTIONAL = [
    "care_end", "label", "quantity", "unpacked", "prescribed_on", "prescription_ref",
    "prescriber_rpps", "prescriber_name", "prescriber_specialty", "prescriber_finess",
    "performer_kind", "performer_rpps", "performer_name", "performer_specialty",
    "performer_finess", "atc", "paid_cents", "base_cents", "reimbursed_cents", "rate_pct",
    "operation", "reverses_line_id",
]  # fmt: skip


@pytest.mark.parametrize("column", OPTIONAL)
@pytest.mark.parametrize("empty", ["", "  ", "\u00a0"])
def test_an_optional_column_may_be_empty(column, empty):
    assert only(LINE, **{column: empty}).line_id == "L1"


def test_empty_means_what_the_format_says():
    line = only(LINE, **dict.fromkeys(OPTIONAL, ""))

    assert line.care_end == date(2026, 10, 5)  # the same day
    assert line.operation is Operation.UPSERT
    assert line.unpacked is False
    assert line.quantity is line.paid_cents is line.prescribed_on is line.performer_kind is None


@pytest.mark.parametrize("column", sorted(set(LINE) - set(OPTIONAL)))
@pytest.mark.parametrize("empty", ["", " "])
def test_every_other_column_is_obligatory(column, empty):
    (refusal,) = only(LINE, **{column: empty})

    assert (refusal.line, refusal.column, refusal.code) == (2, column, "missing_value")


@pytest.mark.parametrize("column", ["line_id", "care_start", "section", "person_value"])
def test_a_missing_value_is_seen_among_thousands_that_are_there(column):
    rows = [{**LINE, "line_id": f"L{i}"} for i in range(3000)]
    rows[1999] = {**rows[1999], column: ""}

    (refused,) = [item for item in read(csv(*rows)) if isinstance(item, list)]

    assert [(each.line, each.column, each.code) for each in refused] == [
        (2001, column, "missing_value")
    ]


ACCEPTED = [
    # Persons: names, OIDs, Corsica, temporary numbers, ranks, pseudonyms
    (LINE, {"person_system": "ins-nir"}, "person_system", "1.2.250.1.213.1.4.8"),
    (LINE, {"person_system": "INS-NIA"}, "person_system", "1.2.250.1.213.1.4.9"),
    (LINE, {"person_system": "1.2.250.1.213.1.4.8"}, "person_system", "1.2.250.1.213.1.4.8"),
    (LINE, {"person_system": "1.2.250.1.213.1.4.11"}, "person_system", "1.2.250.1.213.1.4.11"),
    (LINE, {"person_system": "urn:oid:1.2.250.1.213.1.4.10"}, "person_system",
     "1.2.250.1.213.1.4.10"),
    (LINE, {"person_value": "2 79 03 51 215 189 89"}, "person_value", NIR),
    (LINE, {"person_value": CORSICAN_2A}, "person_value", CORSICAN_2A),
    (LINE, {"person_value": CORSICAN_2B.lower()}, "person_value", CORSICAN_2B),
    (LINE, {"person_system": "nir:rank", "person_value": f"{NIR}:2"}, "person_value", f"{NIR}:2"),
    (LINE, {"person_system": "NIR+rank", "person_value": f"{NIR[:13]}+02"}, "person_value",
     f"{NIR}:2"),
    (LINE, {"person_system": "DCIR-psa", "person_value": "a9/F+=="}, "person_system", "dcir-psa"),
    (LINE, {"person_system": "DCIR-psa", "person_value": "a9/F+=="}, "person_value", "a9/F+=="),
    # Codes
    (LINE, {"scheme": "General"}, "scheme", "general"),
    (LINE, {"section": "med"}, "section", Section.MEDICINE),
    (LINE, {"code_system": "cip13"}, "code_system", CodeSystem.CIP13),
    (LINE, {"code_system": "UCD", "code": "9261104"}, "code", "9261104"),
    (LINE, {"code_system": "UCD", "code": "3400892611044"}, "code", "3400892611044"),
    (LINE, {"code_system": "LPP", "code": "1100028"}, "code", "1100028"),
    (LINE, {"code_system": "GHS", "code": "5903"}, "code", "5903"),
    (LINE, {"code_system": "CCAM", "code": "hbmd053"}, "code", "HBMD053"),
    (LINE, {"code_system": "NGAP", "code": "g"}, "code", "G"),
    (LINE, {"code_system": "NGAP", "code": "AMI 4,5"}, "code", "AMI 4,5"),
    (LINE, {"code_system": "NGAP", "code": "U03"}, "code", "U03"),
    (LINE, {"code_system": "NABM", "code": "1208"}, "code", "1208"),
    (LINE, {"code_system": "NABM", "code": "552"}, "code", "0552"),
    (LINE, {"atc": "n"}, "atc", "N"),
    (LINE, {"atc": "N02"}, "atc", "N02"),
    (LINE, {"atc": "N02B"}, "atc", "N02B"),
    (LINE, {"atc": "N02BE"}, "atc", "N02BE"),
    (LINE, {"prescriber_finess": "2a0000014"}, "prescriber_finess", "2A0000014"),
    (ILLNESS, {"icd10": "I10"}, "icd10", "I10"),
    (ILLNESS, {"icd10": "e119"}, "icd10", "E11.9"),
    # Numbers, dates, texts
    (LINE, {"paid_cents": "-0"}, "paid_cents", 0),
    (LINE, {"paid_cents": "+0012"}, "paid_cents", 12),
    (LINE, {"quantity": "0"}, "quantity", 0),
    (LINE, {"unpacked": "1"}, "unpacked", True),
    (LINE, {"rate_pct": "100"}, "rate_pct", 100),
    (LINE, {"operation": "cancel"}, "operation", Operation.CANCEL),
    (LINE, {"performer_kind": "Person"}, "performer_kind", PerformerKind.PERSON),
    (LINE, {"care_end": "2026-10-05"}, "care_end", date(2026, 10, 5)),
    (LINE, {"flow_date": "2026-10-05", "care_end": ""}, "flow_date", date(2026, 10, 5)),
    (LINE, {"birth_date": "2026-10-05"}, "birth_date", date(2026, 10, 5)),
    (LINE, {"birth_date": "1880-01-01"}, "birth_date", date(1880, 1, 1)),
    (LINE, {"prescriber_name": "  Le\u00a0Gall "}, "prescriber_name", "Le Gall"),
    (LINE, {"prescriber_name": "Rene\u0301"}, "prescriber_name", "René"),
    (LINE, {"label": "é" * 200}, "label", "é" * 200),
    (LINE, {"label": "é" * 439}, "label", "é" * 199 + "…"),
    (ILLNESS, {"until": "9999-12-31"}, "until", None),
    (ILLNESS, {"until": "2020-01-15"}, "until", date(2020, 1, 15)),
    (SLIP, {"paid_cents": "-5"}, "paid_cents", -5),
]  # fmt: skip


@pytest.mark.parametrize(("base", "changes", "column", "expected"), ACCEPTED)
def test_a_value_is_taken_in_its_one_form(base, changes, column, expected):
    assert getattr(only(base, **changes), column) == expected


WRONG_KEY = NIR[:13] + "90"
REFUSED = [
    # Dates: column, written, code, proposed correction
    ("care_start", "05/10/2026", "date_format", "2026-10-05"),
    ("care_start", "5.10.2026", "date_format", "2026-10-05"),
    ("care_start", "2026/10/05", "date_format", "2026-10-05"),
    ("care_start", "20261005", "date_format", "2026-10-05"),
    ("care_start", "2026-10-5", "date_format", "2026-10-05"),
    ("care_start", "2026-10-05T00:00:00Z", "date_format", "2026-10-05"),
    ("care_start", "05/10/2026 00:00", "date_format", "2026-10-05"),
    ("care_start", "05/10/26", "date_format", ""),
    ("care_start", "46300", "date_format", ""),
    ("care_start", "2026-02-31", "date_not_real", ""),
    ("care_start", "31/02/2026", "date_not_real", ""),
    ("care_start", "10/25/2026", "date_not_real", ""),
    ("care_start", "0026-10-05", "date_implausible", ""),
    ("care_start", "1899-12-31", "date_implausible", ""),
    ("care_end", "9999-12-31", "date_implausible", ""),
    ("birth_date", "1879-12-31", "date_implausible", ""),
    # Numbers
    ("paid_cents", "12,50", "cents_format", "1250"),
    ("paid_cents", "12.5", "cents_format", "1250"),
    ("paid_cents", "12,50 €", "cents_format", "1250"),
    ("paid_cents", "-,5", "cents_format", "-50"),
    ("paid_cents", ",", "cents_format", ""),
    ("paid_cents", "1 250,00", "cents_format", "125000"),
    ("paid_cents", "1.250,00", "cents_format", "125000"),
    ("paid_cents", "1,250.00", "cents_format", "125000"),
    ("paid_cents", "1.250.00", "cents_format", ""),
    ("paid_cents", "1\u202f250", "cents_format", "1250"),
    ("paid_cents", "12 €", "cents_format", "1200"),
    ("paid_cents", "12 eur", "cents_format", "1200"),
    ("paid_cents", "1250-", "cents_format", "-1250"),
    ("paid_cents", "12,505", "cents_format", ""),
    ("paid_cents", "999999999999,99", "cents_format", ""),
    ("paid_cents", "gratuit", "cents_format", ""),
    ("base_cents", "1e3", "cents_format", ""),
    ("reimbursed_cents", "1000000001", "number_out_of_range", ""),
    ("quantity", "2,0", "integer_format", "2"),
    ("quantity", "1 000", "integer_format", "1000"),
    ("quantity", "2,5", "integer_format", ""),
    ("quantity", "deux", "integer_format", ""),
    ("quantity", "1000001", "number_out_of_range", ""),
    ("rate_pct", "101", "number_out_of_range", ""),
    ("rate_pct", "-1", "number_out_of_range", ""),
    ("rate_pct", "65 %", "rate_format", "65"),
    ("rate_pct", "65,0", "rate_format", "65"),
    ("rate_pct", "0.65", "rate_format", "65"),
    ("rate_pct", "0,7", "rate_format", "70"),
    ("rate_pct", "650 %", "rate_format", ""),
    ("rate_pct", "ALD", "rate_format", ""),
    ("unpacked", "oui", "flag_format", "1"),
    ("unpacked", "N", "flag_format", "0"),
    ("unpacked", "2", "flag_format", ""),
    # Closed lists
    ("scheme", "régime général", "scheme_shape", ""),
    ("scheme", "x" * 21, "scheme_shape", ""),
    ("section", "Pharmacie", "choice_unknown", "MED"),
    ("section", "XYZ", "choice_unknown", ""),
    ("code_system", "CIP", "choice_unknown", "CIP13"),
    ("performer_kind", "établissement", "choice_unknown", "structure"),
    ("operation", "annulation", "choice_unknown", "CANCEL"),
    ("operation", "UPDATE", "choice_unknown", "UPSERT"),
    # Persons
    ("person_system", "INSNIR", "person_system_unknown", "INS-NIR"),
    ("person_system", "NIR", "person_system_unknown", ""),
    ("person_system", "1.2.250.1.213.1.4.2", "person_system_unknown", ""),
    ("person_system", "carte vitale", "person_system_unknown", ""),
    ("person_value", WRONG_KEY, "nir_key", ""),
    ("person_value", NIR[:13], "nir_key_missing", ""),
    ("person_value", NIR[:14], "nir_shape", ""),
    ("person_value", NIR + "1", "nir_shape", ""),
    ("person_value", "979035121518989", "nir_shape", ""),
    ("person_value", "279135121518989", "nir_shape", ""),
    ("person_value", "2,79035E+14", "nir_spreadsheet", ""),
    ("person_value", f"'{NIR}", "nir_spreadsheet", ""),
    ("person_value", "2790351215189٨٩", "nir_shape", ""),
    # Professionals and structures
    ("prescriber_rpps", "10100997246", "rpps_key", ""),
    ("prescriber_rpps", "810100997245", "rpps_shape", "10100997245"),
    ("prescriber_rpps", "1,01E+10", "number_spreadsheet", ""),
    ("prescriber_rpps", "101 009 972 45", "rpps_shape", "10100997245"),
    ("performer_rpps", "751234567", "rpps_shape", ""),
    ("prescriber_finess", "750058191", "finess_key", ""),
    ("prescriber_finess", "750 058 190", "finess_shape", "750058190"),
    ("prescriber_finess", "10000024", "finess_shape", "010000024"),
    ("prescriber_finess", "2A 000 001 4", "finess_shape", "2A0000014"),
    ("performer_finess", "2C0000014", "finess_shape", ""),
    # Codes of care
    ("code", "3400939169003", "cip_key", ""),
    ("code", "3916900", "cip_shape", "3400939169002"),
    ("code", "34009 391 690 02", "cip_shape", "3400939169002"),
    ("code", "34009 391 690 03", "cip_shape", ""),
    ("code", "3.40094E+12", "number_spreadsheet", ""),
    ("atc", "N2BE01", "atc_shape", ""),
    ("atc", "N02B0", "atc_shape", ""),
    ("atc", "K01", "atc_shape", ""),
    # Texts
    ("line_id", "L" * 65, "text_too_long", ""),
    ("line_id", "2,02611E+16", "number_spreadsheet", ""),
    ("line_id", "'0012", "number_spreadsheet", ""),
    ("reverses_line_id", "2E+16", "number_spreadsheet", ""),
    ("prescriber_name", "x" * 151, "text_too_long", ""),
    ("label", "x" * 1001, "text_too_long", ""),
    ("label", "a\tb", "control_character", ""),
    ("label", "a\x1bb", "control_character", ""),
    ("performer_name", "a\u202eb", "control_character", ""),
    ("prescription_ref", "a\u2028b", "control_character", ""),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "code", "correction"), REFUSED)
def test_a_wrong_value_is_refused_with_its_column_and_its_likely_correction(
    column, value, code, correction
):
    (refusal,) = only(LINE, **{column: value})

    assert (refusal.line, refusal.column, refusal.code) == (2, column, code)
    assert refusal.correction == correction


@pytest.mark.parametrize(("column", "value", "code", "correction"), REFUSED)
def test_a_correction_is_accepted_when_it_is_sent_back(column, value, code, correction):
    if correction:
        row = {**LINE, "operation": "CANCEL", column: correction}  # which may be negative

        assert only(row).line_id == "L1"


OTHER_CODES = [
    ("UCD", "3,40089E+12", "number_spreadsheet", ""),
    ("UCD", "926110", "ucd_shape", ""),
    ("UCD", "3400892611043", "ucd_key", ""),
    ("LPP", "100028", "lpp_shape", "0100028"),
    ("LPP", "11000281", "lpp_shape", ""),
    ("GHS", "08C481", "ghs_shape", ""),
    ("CCAM", "HBMD53", "ccam_shape", ""),
    ("CCAM", "HBMD053 1 0", "ccam_shape", "HBMD053"),
    ("CCAM", "HBMD0531", "ccam_shape", ""),
    ("NGAP", "1208", "ngap_shape", ""),
    ("NGAP", "CONSULTATION", "ngap_shape", ""),
    ("NABM", "12080", "nabm_shape", ""),
    ("NABM", "0", "nabm_shape", ""),
    ("NABM", "TSH", "nabm_shape", ""),
]


@pytest.mark.parametrize(("system", "value", "code", "correction"), OTHER_CODES)
def test_a_code_must_have_the_shape_of_its_list(system, value, code, correction):
    (refusal,) = only(LINE, code_system=system, code=value)

    assert (refusal.column, refusal.code, refusal.correction) == ("code", code, correction)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (NIR, "rank_shape"),
        (f"{WRONG_KEY}:1", "nir_key"),
        (f"{NIR}:1234", "rank_shape"),
        ("12:1", "nir_shape"),
    ],
)
def test_a_ranked_number_must_have_its_rank_and_a_right_key(value, code):
    (refusal,) = only(LINE, person_system="nir:rank", person_value=value)

    assert (refusal.column, refusal.code) == ("person_value", code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("été", "pseudonym_shape"),
        ("a b", "pseudonym_shape"),
        ("x" * 129, "pseudonym_shape"),
        ("1,23457E+19", "number_spreadsheet"),
        ("'0012", "number_spreadsheet"),
    ],
)
def test_a_pseudonym_is_printable_bounded_and_whole(value, code):
    (refusal,) = only(LINE, person_system="psa", person_value=value)

    assert (refusal.column, refusal.code, refusal.correction) == ("person_value", code, "")


@pytest.mark.parametrize("system", ["psa", "INSNIR"])
def test_an_alias_stands_for_a_national_identifier_and_not_for_another_pseudonym(system):
    (refusal,) = only(ALIAS, person_system=system)

    assert (refusal.column, refusal.code) == ("person_system", "person_system_unknown")


@pytest.mark.parametrize(
    ("base", "column", "value", "code", "correction"),
    [
        (ILLNESS, "icd10", "diabète", "icd10_shape", ""),
        (ILLNESS, "since", "15/01/2020", "date_format", "2020-01-15"),
        (ILLNESS, "until", "2020-01-14", "until_before_since", ""),
        (DOCTOR, "rpps", "10100997246", "rpps_key", ""),
        (DOCTOR, "until", "2019-12-31", "until_before_since", ""),
        (SLIP, "period", "11/2026", "period_format", "2026-11"),
        (SLIP, "period", "202611", "period_format", "2026-11"),
        (SLIP, "period", "2026-11-01", "period_format", "2026-11"),
        (SLIP, "period", "2026-13", "period_format", ""),
        (SLIP, "period", "novembre", "period_format", ""),
        (SLIP, "lines", "-1", "number_out_of_range", ""),
        (SLIP, "paid_cents", "37,50", "cents_format", "3750"),
        (ALIAS, "pseudonym", "a b", "pseudonym_shape", ""),
        (ALIAS, "person_value", WRONG_KEY, "nir_key", ""),
    ],
)
def test_the_other_files_refuse_a_wrong_value(base, column, value, code, correction):
    (refusal,) = only(base, **{column: value})

    assert (refusal.column, refusal.code) == (column, code)
    assert refusal.correction == correction


def test_a_row_is_told_everything_that_is_wrong_with_it_in_the_order_of_the_columns():
    refusals = only(
        LINE, rate_pct="101", care_end="2026-10-01", person_value=WRONG_KEY, section="X"
    )

    assert [(each.column, each.code) for each in refusals] == [
        ("person_value", "nir_key"),
        ("care_end", "care_end_before_start"),
        ("section", "choice_unknown"),
        ("rate_pct", "number_out_of_range"),
    ]


def test_a_wrong_list_of_codes_is_told_once_and_the_code_is_not_blamed():
    (refusal,) = only(LINE, code_system="CIP14", code="whatever")

    assert refusal.column == "code_system"


def test_a_missing_code_is_told_whatever_its_list():
    refusals = only(LINE, code_system="CIP14", code="")

    assert [(each.column, each.code) for each in refusals] == [
        ("code_system", "choice_unknown"),
        ("code", "missing_value"),
    ]


def test_an_identifier_is_masked_wherever_it_was_written():
    (wrong,) = only(LINE, person_value=WRONG_KEY)
    (short,) = only(LINE, person_system="psa", person_value="é1234")
    (pseudonym,) = only(ALIAS, pseudonym="secret name")
    (elsewhere,) = only(LINE, section=f"de {NIR} et 2 53 07 2A 073 004 43")
    (joined,) = only(LINE, section="2-53-07-2A-073-004-43, 2\u202f53\xa007 2A\xa0073\xa0004")
    (long,) = only(LINE, section="x" * 55 + NIR)
    (code,) = only(LINE, code=CIP13[:12] + "3")

    assert wrong.found == "•" * 13 + "90"
    assert short.found == "•••••"
    assert pseudonym.found == "•••••••••me"
    assert elsewhere.found == "de " + "•" * 13 + "89 et " + "•" * 19 + "43"
    assert joined.found == "•" * 19 + "43, " + "•" * 16 + "04"
    assert long.found == "x" * 55 + "•••••…"
    assert code.found == "3400939169003"  # a CIP13 has 13 digits too and must be readable


def test_what_was_found_is_cut_and_its_invisible_characters_are_spelled_out():
    (cut,) = only(LINE, section="y" * 500)
    (spelled,) = only(LINE, section="a\x07b")
    (both,) = only(LINE, section="\x07" * 500)

    assert cut.found == "y" * 60 + "…"
    assert spelled.found == "a[U+0007]b"
    assert len(both.found) <= 200


@pytest.mark.parametrize(
    "digits", ["10100997245", "10004000922", "99700218896", "750058190", "18"]
)
def test_luhn_keys_agree_with_an_independent_library(digits):
    others = [digits[:-1] + str(figure) for figure in range(10)]

    assert [luhn_holds(each) for each in others] == [luhn.is_valid(each) for each in others]


def test_all_numbers_of_professionals_are_right_only_if_each_is():
    right = [f"{i:010d}" + luhn.calc_check_digit(f"{i:010d}") for i in range(0, 10**10, 10**7 + 3)]
    wrong = right[500][:-1] + str((int(right[500][-1]) + 1) % 10)

    assert all_rpps(right)
    assert all(check_rpps(each) == each for each in right)
    for stranger in (wrong, right[0][:-1], right[0] + "0", "٣" * 11, "1010099724x"):
        assert not all_rpps([*right, stranger])
        assert not all_rpps([stranger, *right])


@pytest.mark.parametrize(
    "twelve", ["340093916900", "340089261104", "000000000000", "999999999999"]
)
def test_article_keys_agree_with_an_independent_library(twelve):
    assert ean13_key(twelve) == ean.calc_check_digit(twelve)


@pytest.mark.parametrize(
    "thirteen", ["2790351215189", "253072A073004", "253072B073004", "1000000000000"]
)
def test_national_number_keys_agree_with_an_independent_library(thirteen):
    assert nir_key(thirteen) == nir.calc_check_digits(thirteen)
