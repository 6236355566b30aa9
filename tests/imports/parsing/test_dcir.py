"""The tables of the claims base, joined: each prestation and detail is a line, or refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import io
import struct
import zipfile

import pytest

from imports.parsing import FileRefusedError, Limits, open_stream, sentence
from tests.imports.parsing.files import CIP13, LINE, NIR, accounted, csv, opened, read
from tests.imports.parsing.tables import (
    ALIAS,
    IMB,
    KEYS,
    PHA,
    PRS,
    another,
    archive,
    table,
)  # fmt: skip


def lines(**tables):
    return [row for row in read(archive(**tables)) if not isinstance(row, list)]


def refusals(data, **limits):
    return [row[0] for row in read(data, **limits) if isinstance(row, list)]


def test_a_dispensing_is_joined_with_its_medicine_its_person_and_its_amounts():
    (line,) = lines(
        ER_PHA_F_202610=[PHA],
        aliases=[ALIAS | {"birth_date": "1979-03-12"}],
        IR_PHA_R=[{"PHA_CIP_C13": CIP13, "PHA_ATC_C07": "N02BE01", "PHA_MED_NOM": "DOLIPRANE"}],
        ER_PRS_F_202610=[PRS],
    )

    found = {name: str(value) for name, value in dataclasses.asdict(line).items()}
    expected = {
        "scheme": "rgm-101", "person_system": "1.2.250.1.213.1.4.8", "person_value": NIR,
        "birth_date": "1979-03-12", "care_start": "2026-10-05", "section": "MED",
        "code_system": "CIP13", "code": CIP13, "label": "DOLIPRANE", "quantity": "2",
        "prescribed_on": "2026-10-04", "prescriber_rpps": LINE["prescriber_rpps"],
        "prescriber_specialty": "01", "prescriber_finess": "750058190", "performer_rpps": "",
        "performer_kind": "structure", "atc": "N02BE01", "paid_cents": "1250",
        "base_cents": "1200", "reimbursed_cents": "780", "rate_pct": "65",
        "flow_date": "2026-10-28",
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_each_table_of_details_has_its_codes_and_only_the_first_line_has_the_amounts():
    found = lines(
        ER_PRS_F=[
            another(PRS, 1), another(PRS, 2), another(PRS, 3), another(PRS, 4),
            another(PRS, 5, PRS_NAT_REF="1111"), another(PRS, 6, PRS_NAT_REF="4312"),
            another(PRS, 7, BEN_RNG_GEM="2", PRS_NAT_REF="1112"), another(PRS, 8),
        ],
        ER_PHA_F=[another(PHA, 8, PHA_DEC_TOP="D")],
        IR_PHA_R=[{"PHA_CIP_C13": CIP13, "PHA_ATC_C07": "J07BB02"}],
        ER_BIO_F=[another(KEYS, 1, BIO_PRS_IDE="552"), another(KEYS, 1, BIO_PRS_IDE="1208")],
        ER_CAM_F=[another(KEYS, 2, CAM_PRS_IDE="ZBQK002")],
        ER_TIP_F=[another(KEYS, 3, TIP_PRS_IDE="1103450", TIP_ACT_QSN="1")],
        ER_UCD_F=[another(KEYS, 3, UCD_UCD_COD="9261104", UCD_DLV_NBR="3")],
        ER_ETE_F=[
            another(KEYS, 4, ETE_GHS_NUM="01234", ETB_EXE_FIN="75005819"),
            another(KEYS, 5, ETE_GHS_NUM="0", ETB_EXE_FIN="75005819"),
        ],
        IR_NAT_V=[{"PRS_NAT": "4312", "PRS_NAT_CB2": "VSL"}],
    )  # fmt: skip

    said = [(e.section.value, e.code, e.quantity, e.paid_cents) for e in found]
    assert said == [
        ("BIO", "1208", 2, 1250), ("BIO", "0552", 2, None), ("RADIO", "ZBQK002", 2, 1250),
        ("MED", "9261104", 3, 1250), ("DM", "1103450", 1, None),
        ("HOSP", "1234", 2, 1250), ("CARE", "C", 2, 1250),
        ("TRANSP", "VSL", 2, 1250), ("CARE", "CS", 2, 1250),
        ("VAC", CIP13, 2, 1250),
    ]  # fmt: skip
    by_code = {line.code: line for line in found}
    assert (by_code["C"].performer_finess, by_code["C"].performer_kind.value) == (
        "750058190", "structure",
    )  # fmt: skip
    assert by_code["CS"].person_value == "psa-1:2"  # a twin is another person
    assert len({line.line_id for line in found}) == len(found)


def test_a_regularisation_names_what_it_bills_as_its_original_does():
    first, back = lines(
        ER_PRS_F=[
            another(PRS, 1, PRS_NAT_REF="1111"),
            another(PRS, 2, PRS_NAT_REF="1111", PRS_ACT_QTE="-2", PRS_PAI_MNT="-12.5",
                    BSE_REM_BSE="-12", BSE_REM_MNT="-7.8"),
        ]
    )  # fmt: skip

    assert (first.reverses_line_id, back.quantity, back.paid_cents) == ("", -2, -1250)
    assert back.reverses_line_id.endswith(".")
    assert first.line_id.startswith(back.reverses_line_id)


@pytest.mark.parametrize(
    ("quantity", "said"),
    [("-2", [-2, -2]), ("2", [2, 0])],
    ids=["taken back whole, signed in one table only", "money alone"],
)
def test_no_detail_of_a_regularisation_is_a_line_of_its_own(quantity, said):
    found = lines(
        ER_PRS_F=[another(PRS, 1, PRS_ACT_QTE=quantity, PRS_PAI_MNT="-12.5", BSE_REM_MNT="-7.8")],
        ER_PHA_F=[another(PHA, 1), another(PHA, 1)],
    )

    assert [line.quantity for line in found] == said
    assert [line.paid_cents for line in found] == [-1250, None]
    assert all(line.line_id.startswith(line.reverses_line_id) for line in found)
    assert all(line.reverses_line_id for line in found)


def test_details_in_another_order_are_the_same_lines():
    details = [KEYS | {"BIO_PRS_IDE": code} for code in ("0552", "1208", "0552")]

    def found(*rows):
        said = [(e.line_id, e.code, e.paid_cents) for e in lines(ER_PRS_F=[PRS], ER_BIO_F=rows)]
        return sorted(said, key=lambda each: each[0])

    assert found(*details) == found(*reversed(details)) == found(*sorted(details, key=str))
    assert len({line_id for line_id, *_ in found(*details)}) == len(details)


def test_keys_written_otherwise_are_the_same_keys_and_the_same_line():
    iso = {"FLX_DIS_DTD": "2026-11-01 00:00:00", "FLX_TRT_DTD": "2026-10-28"}
    other = iso | {"DCT_ORD_NUM": "012", "FLX_EMT_NUM": "7.0", "REM_TYP_AFF": "00"}

    (line,) = lines(ER_PRS_F=[PRS | other], ER_PHA_F=[PHA])

    assert [line] == lines(ER_PRS_F=[PRS], ER_PHA_F=[PHA])
    one, two = lines(
        ER_PRS_F=[PRS, PRS | {"ORG_CLE_NUM": "11A01"}],
        ER_PHA_F=[PHA, PHA | {"ORG_CLE_NUM": "11A01"}],
    )
    assert one.line_id != two.line_id


def test_nothing_with_a_minus_before_it_takes_nothing_back():
    (line,) = lines(ER_PRS_F=[PRS | {"PRS_PAI_MNT": "-0.00"}], ER_PHA_F=[PHA])

    assert (line.reverses_line_id, line.quantity, line.paid_cents) == ("", 2, 0)


def test_what_cannot_be_joined_or_named_is_refused_where_it_stands():
    data = archive(
        ER_PRS_F=[another(PRS, 1), another(PRS, 2), another(PRS, 3)],
        ER_PHA_F=table(
            another(PHA, 1), another(PHA, 9), another(PHA, 3, PHA_PRS_C13="3400939169003")
        )
        + "\nx;y",
    )

    assert accounted(data).accepted == 1
    told = [sentence(each).partition(" Ajoutez")[0] for each in refusals(data)]
    assert told == [
        f"ER_PRS_F 3, colonne code : attendu {told[0].partition('attendu ')[2]}",
        "ER_PHA_F 3 : attendu une ligne de ER_PRS_F qui a les neuf mêmes clés.",
        f"ER_PHA_F 4 (ER_PRS_F 4), colonne code : {told[2].partition(' : ')[2]}",
        f"ER_PHA_F 5 : {told[3].partition(' : ')[2]}",
    ]
    assert "lu « 3313 »" in told[0]
    assert "12 colonnes comme dans l'en-tête, lu 2" in told[3]


def test_a_prestation_sent_twice_is_two_lines_of_one_name():
    found = lines(ER_PRS_F=[PRS, PRS], ER_PHA_F=[PHA])

    assert {line.number for line in found} == {3, 5}
    assert len({line.line_id for line in found}) == 1


@pytest.mark.parametrize("joined", [1, 7, 1000])
def test_tables_that_do_not_fit_are_read_part_by_part_with_the_same_result(joined):
    count = 40
    data = archive(
        ER_PRS_F=[another(PRS, n) for n in range(count)],
        ER_PHA_F=[another(PHA, n) for n in reversed(range(1, count + 3))],
    )
    reading = opened(data, joined=joined, block=500)
    rows = [row for batch in reading.batches() for row in batch.rows]
    numbers = [n for batch in opened(data, joined=joined).batches() for n in batch.numbers]

    assert (len(rows), len(set(rows)), len(set(numbers))) == (count - 1,) * 3
    assert set(rows) == {row for batch in opened(data).batches() for row in batch.rows}
    assert (reading.summary.refused, reading.summary.bytes_in) == (4, len(data))


@pytest.mark.parametrize(("count", "stopped"), [(8, False), (9, True)])
def test_details_that_share_one_key_are_held_up_to_four_times_a_part(count, stopped):
    reading = opened(archive(ER_PRS_F=[PRS], ER_PHA_F=[PHA] * count), joined=2)
    rows = [row for batch in reading.batches() for row in batch.rows]

    assert len(rows) == (0 if stopped else count)
    assert (reading.summary.stopped is not None) is stopped
    assert not stopped or reading.summary.stopped.code == "too_many_joined"


def test_an_alias_that_names_nobody_is_told_and_joins_nobody():
    reading = opened(
        archive(
            ER_PRS_F=[another(PRS, 1, PRS_NAT_REF="1111")],
            notes="x",
            aliases=table(ALIAS | {"person_value": "123"}, ALIAS, ALIAS, ALIAS | {"pseudonym": ""})
            + "\nx",
        )
    )
    (batch,) = reading.batches()

    assert next(batch.typed()).person_value == NIR
    unread, wrong = map(sentence, reading.recognised.notices)
    assert "notes.csv" in unread
    assert wrong.startswith(
        "4 lignes de la correspondance ne désignent personne, à partir de la ligne 2."
    )


def damaged(data, at, value):
    return data[:at] + value + data[at + len(value) :]


CENTRAL = table(another(PRS, 1, PRS_NAT_REF="1111"))
WHOLE = archive(ER_PRS_F=CENTRAL)
DIRECTORY = WHOLE.index(b"PK\x01\x02")


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (WHOLE[:-30], {}, "archive_damaged"),
        (archive(readme="x"), {}, "tables_missing"),
        (archive(ER_PRS_F=CENTRAL, ER_PRS_F_2=CENTRAL), {}, "table_twice"),
        (archive(ER_PRS_F=""), {}, "table_empty"),
        (archive(ER_PRS_F=table(KEYS)), {}, "column_missing"),
        (archive(ER_PRS_F=";".join("x" * 201)), {}, "too_many_columns"),
        (archive(ER_PRS_F=CENTRAL, **{f"n{i}": "x" for i in range(101)}), {}, "archive_members"),
        (archive(ER_PRS_F=CENTRAL, IR_NAT_V=table(*[{"PRS_NAT": "1", "PRS_NAT_CB2": "C"}] * 3)),
         {"kept_rows": 2}, "table_too_long"),
        (archive(ER_PRS_F=CENTRAL + "\n" * 9), {"joined": 2, "joined_parts": 2},
         "too_many_joined"),
        (archive(ER_PRS_F=CENTRAL + "\n" * 10**6), {"ratio_from": 9999}, "ratio_too_high"),
        (archive(ER_PRS_F=CENTRAL + "\n" * 10**6), {"decompressed": 10**5}, "too_large"),
        (archive(zipfile.ZIP_BZIP2, ER_PRS_F=CENTRAL), {}, "archive_packing"),
        (archive(ER_PRS_F=gzip.compress(CENTRAL.encode())), {}, "archive_packing"),
        (damaged(WHOLE, DIRECTORY + 6, b"\xc8"), {}, "archive_damaged"),  # of a version to come
        (damaged(WHOLE, DIRECTORY + 8, b"\1"), {}, "archive_packing"),
        (damaged(WHOLE, DIRECTORY + 8, b"\x20"), {}, "archive_packing"),
        (damaged(WHOLE, 60, b"\0\0\0\0"), {}, "archive_member"),
        (damaged(WHOLE, DIRECTORY + 16, b"\0\0\0\0"), {}, "archive_member"),
        # A directory said to be of half a gigabyte is not read.
        (damaged(WHOLE, len(WHOLE) - 10, struct.pack("<L", 2**29)), {}, "archive_damaged"),
        (archive(ER_PRS_F=CENTRAL, **{"x" * 60000 + str(i): "" for i in range(5)}), {},
         "archive_damaged"),
    ],
)  # fmt: skip
def test_an_archive_that_cannot_be_joined_is_refused_at_once_in_words(data, limits, code):
    with pytest.raises(FileRefusedError) as refused:
        open_stream(io.BytesIO(data), Limits(**limits))

    assert {each.code for each in refused.value.refusals} == {code}
    assert all(map(sentence, refused.value.refusals))


@pytest.mark.parametrize(
    ("written", "cents"), [(".5", 50), ("-,05", -5), ("0.5", 50), ("12", 1200)]
)
def test_an_amount_of_less_than_a_euro_is_read_with_its_zero_and_without(written, cents):
    (line,) = lines(ER_PRS_F=[PRS | {"PRS_NAT_REF": "1111", "PRS_PAI_MNT": written}])

    assert line.paid_cents == cents


@pytest.mark.parametrize("written", [".", "", "-", ".555", "x.5"])
def test_what_is_no_amount_is_none(written):
    data = archive(ER_PRS_F=[PRS | {"PRS_NAT_REF": "1111", "PRS_PAI_MNT": written}])

    (found,) = read(data)
    if written:
        assert [each.code for each in found] == ["cents_format"]
    else:
        assert found.paid_cents is None


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
def test_tables_put_end_to_end_are_one_but_for_the_header_of_the_second(mark):
    central, details = table(PRS), table(PHA)
    twice = {"ER_PRS_F": central + "\n" + mark + central.partition("\n")[0].lower(),
             "ER_PHA_F": details + "\n" + mark + details.partition("\n")[0]}  # fmt: skip
    data = archive(**twice)

    assert [each.code for each in refusals(data)] == ["header_repeated"] * 2
    assert [line.code for line in lines(**twice)] == [CIP13]


def test_folders_told_as_windows_does_are_folders():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("export\\ER_PRS_F.csv", table(PRS | {"PRS_NAT_REF": "1111"}))

    assert [row.code for row in read(out.getvalue())] == ["C"]


def test_tables_without_a_row_say_so():
    reading = opened(archive(ER_PRS_F=table(PRS).partition("\n")[0]))

    assert [batch.numbers for batch in reading.batches()] == [()]
    assert reading.summary.stopped.code == "no_rows"


def test_an_archive_cut_while_it_is_read_stops_with_what_was_read():
    stream = io.BytesIO(archive(ER_PRS_F=CENTRAL))
    reading = open_stream(stream)
    stream.truncate(50)

    assert [batch.numbers for batch in reading.batches()] == [()]
    assert reading.summary.stopped.code == "archive_member"


def test_refused_rows_come_back_in_the_columns_of_the_fund():
    reading = opened(archive(ER_PRS_F=[another(PRS, 1, PRS_NAT_REF="1111", PRS_PAI_MNT="abc")]))
    (batch,) = reading.batches()
    (row,) = batch.refused
    given = dict(zip(reading.recognised.columns, row.values, strict=True))
    assert (given["rejet_place"], given["paid_cents"]) == ("ER_PRS_F 2", "abc")

    given |= dict.fromkeys(
        ("rejet_ligne", "rejet_code", "rejet_explication", "rejet_correction"), ""
    )
    back = opened(csv(given | {"paid_cents": "1250"}))
    ((line,),) = [list(batch.typed()) for batch in back.batches()]

    assert (line.birth_date, line.person_value, back.recognised.notices) == (None, "psa-1", ())


def test_a_nature_without_a_letter_comes_back_with_all_the_rest_and_is_the_line_it_would_be():
    unknown = another(PRS, 1, PRS_NAT_REF="1999", PRS_ACT_QTE="3")
    reading = opened(archive(ER_PRS_F=[unknown]))
    ((row,),) = [batch.refused for batch in reading.batches()]
    given = dict(zip(reading.recognised.columns, row.values, strict=True))
    added = ("rejet_ligne", "rejet_code", "rejet_explication", "rejet_correction")
    given |= dict.fromkeys(added, "")

    (again,) = read(csv(given))
    assert [(each.column, each.code) for each in again] == [
        ("section", "missing_value"), ("code", "missing_value"),
    ]  # fmt: skip
    (by_hand,) = read(csv(given | {"code": "VSL", "section": "TRANSP"}))
    letters = "PRS_NAT;PRS_NAT_CB2\n1999;VSL"
    (by_table,) = lines(ER_PRS_F=[unknown], IR_NAT_V=letters)
    assert dataclasses.replace(by_hand, number=0) == dataclasses.replace(by_table, number=0)
    assert by_hand.quantity == 3


def test_illnesses_by_themselves_are_rows_of_the_kind_that_the_fund_sends():
    data = archive(
        aliases=[ALIAS],
        IR_IMB_R=table(
            IMB,
            IMB | {"BEN_RNG_GEM": "2", "IMB_ALD_DTF": "31/12/2099", "UPD_DTE": "01/01/1600"},
            IMB | {"MED_MTF_COD": "F20", "IMB_ALD_DTF": "2026-12-31", "IMB_ETM_NAT": "045"},
            IMB | {"IMB_ETM_NAT": "12"},  # an accident at work
            IMB | {"UPD_DTE": "", "INS_DTE": ""},
            IMB | {"MED_MTF_COD": "diabetes"},
        )
        + "\nx",
    )
    first, twin, ended, accident, undated, coded, cut = read(data)

    assert dataclasses.astuple(first)[1:] == (
        "1.2.250.1.213.1.4.8", NIR, "E11.9", "", dt.date(2020, 1, 15), None, dt.date(2026, 11, 2),
    )  # fmt: skip
    assert (twin.person_value, twin.until, twin.flow_date) == (
        "psa-1:2", None, dt.date(2020, 1, 20),
    )  # fmt: skip
    assert (ended.icd10, ended.until) == ("F20", dt.date(2026, 12, 31))
    told = [(each.column, each.code, each.parameters["place"]) for (each,) in (
        accident, undated, coded, cut)]  # fmt: skip
    assert told == [
        ("", "not_long_term", "IR_IMB_R 5"), ("flow_date", "missing_value", "IR_IMB_R 6"),
        ("icd10", "icd10_shape", "IR_IMB_R 7"), ("", "column_count", "IR_IMB_R 8"),
    ]  # fmt: skip
    assert accounted(data).rows == 7


def test_a_refused_illness_comes_back_in_the_columns_of_the_fund():
    reading = opened(archive(IR_IMB_R=[IMB | {"MED_MTF_COD": "E1190000"}]))
    ((row,),) = [batch.refused for batch in reading.batches()]
    given = dict(zip(reading.recognised.columns, row.values, strict=True))
    added = ("rejet_ligne", "rejet_code", "rejet_explication", "rejet_correction")
    (back,) = read(csv(given | {"icd10": "E11.9"} | dict.fromkeys(added, "")))

    assert (back.person_value, back.icd10, back.until) == ("psa-1", "E11.9", None)


def test_illnesses_beside_prestations_are_told_to_be_dropped_by_themselves():
    with_care = opened(archive(ER_PRS_F=CENTRAL, IR_IMB_R=[IMB]))
    (notice,) = with_care.recognised.notices

    assert "IR_IMB_R" in sentence(notice)
    assert with_care.recognised.kind.value == "lines"
    with pytest.raises(FileRefusedError, match="table_missing"):
        opened(archive(ER_PHA_F=[PHA], IR_IMB_R=[IMB]))
    with pytest.raises(FileRefusedError, match="column_missing"):
        opened(archive(IR_IMB_R=[{"BEN_NIR_PSA": "psa-1"}]))


def test_a_day_that_the_base_has_not_is_none():
    (line,) = lines(ER_PRS_F=[PRS | {"PRS_NAT_REF": "1111", "PRE_PRE_DTD": "01/01/1600"}])

    assert line.prescribed_on is None
