"""Tables of the claims base and FHIR resources, from the file to the store and to a record."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest

from access.binding import binding
from imports import filling
from imports.loading import desk
from tests.imports.loads import DESK, counts, load, refused, store
from tests.imports.parsing.tables import (
    ALIAS,
    BENEFIT,
    IMB,
    ITEM,
    PHA,
    PRS,
    another,
    archive,
    ndjson,
    table,
    tar,
)  # fmt: skip
from tests.imports.persons import INS_TEST, NIR, lines_of, make_record, rows


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]

HIS = ALIAS | {"person_system": INS_TEST, "person_value": NIR}
BACK = {"PRS_ACT_QTE": "-2", "PRS_PAI_MNT": "-12.5", "BSE_REM_BSE": "-12", "BSE_REM_MNT": "-7.8"}
VISIT = {"PRS_NAT_REF": "1111"}


def test_joined_tables_fill_a_record_net_of_what_was_taken_back_a_month_later(as_owner):
    with as_owner():
        record = make_record()
    first = archive(
        ER_PRS_F=[another(PRS, 1), another(PRS, 2, **VISIT), another(PRS, 3, BEN_NIR_PSA="psa-2")],
        ER_PHA_F=[another(PHA, 1), another(PHA, 3)],
        aliases=[HIS],
    )
    later = archive(ER_PRS_F=[another(PRS, 9, **VISIT, **BACK)], aliases=[HIS])

    assert counts(load(first)) == {"read": 3, "created": 2, "set_aside": 1}
    assert filling.fill(record)
    assert sorted(row[:2] for row in lines_of(record).values()) == [(2, 1250), (2, 1250)]

    again = load(first)
    assert counts(again) == {"read": 3, "identical": 2, "set_aside": 1}
    assert counts(load(later)) == {"read": 1, "created": 1}
    assert filling.fill(record)
    assert sorted(lines_of(record).values()) == [(2, 1250, ""), (2, 1250, "cancelled")]
    readable = rows("SELECT count(*) FROM imports_claimline c WHERE c::text LIKE '%%psa-%%'")
    assert readable == [(0,)]


def test_an_alias_file_of_its_own_joins_what_the_archive_could_not(as_owner):
    with as_owner():
        record = make_record()
    assert counts(load(archive(ER_PRS_F=[PRS], ER_PHA_F=[PHA]))) == {"read": 1, "set_aside": 1}

    load(table(HIS).encode())

    assert filling.fill(record)
    assert len(lines_of(record)) == 1


FIRST = "ER_PHA_F 3 (ER_PRS_F 3)"


def test_rows_of_other_formats_are_refused_where_they_stand():
    joined = archive(
        ER_PRS_F=[another(PRS, 2, PRS_PAI_MNT="x"), PRS, PRS], ER_PHA_F=[another(PHA, 2), PHA]
    )
    found = load(joined)
    assert counts(found) == {"read": 3, "refused": 3}

    with binding(DESK):
        view = desk.read_load(by=DESK, load_id=found.id)
    examples = {each.place for group in view.groups for each in group.examples}
    assert examples == {"ER_PHA_F 2 (ER_PRS_F 2)", FIRST, "ER_PRS_F 4"}
    assert rows(
        "SELECT params->>'place', params->>'other' FROM imports_refusedrow"
        " WHERE code = 'duplicate_in_file' ORDER BY line"
    ) == [("ER_PRS_F 4", FIRST), (FIRST, "ER_PRS_F 4")]
    assert ("Format", "tables du DCIR, jointes sur leurs neuf clés") in view.found.facts
    assert len(refused()) == 3


def test_the_table_of_illnesses_in_a_compressed_tar_archive_is_a_load_of_illnesses():
    longer = IMB | {"MED_MTF_COD": "F20"}
    packed = gzip.compress(tar(IR_IMB_R=[IMB, longer, longer], aliases=[HIS]))

    found = load(packed)
    assert (found.file_kind, found.compression) == ("illnesses", "tar")
    assert counts(found) == {"read": 3, "created": 1, "refused": 2}
    assert rows("SELECT icd10, since, until, flow_date FROM imports_claimillness") == [
        ("E11.9", dt.date(2020, 1, 15), None, dt.date(2026, 11, 2))
    ]
    with binding(DESK):
        view = desk.read_load(by=DESK, load_id=found.id)
    assert ("Format", "table IR_IMB_R du DCIR (ALD)") in view.found.facts
    places = rows("SELECT params->>'other' FROM imports_refusedrow ORDER BY line")
    assert places == [("IR_IMB_R 4",), ("IR_IMB_R 3",)]
    assert counts(load(packed)) == {"read": 3, "identical": 1, "refused": 2}


def test_items_of_a_resource_are_lines_and_two_of_one_name_are_both_refused():
    two = BENEFIT | {"item": [ITEM, ITEM | {"sequence": 2}]}
    wrong = BENEFIT | {"identifier": [{"value": "E-9"}], "use": "predetermination"}

    found = load(ndjson(two, BENEFIT, wrong))

    assert counts(found) == {"read": 4, "created": 1, "refused": 3}
    assert [row[1] for row in store()] == ["E-77/2"]
    assert [(row[0], row[2]) for row in refused()] == [
        (1, "duplicate_in_file"), (3, "duplicate_in_file"), (4, "element_unknown"),
    ]  # fmt: skip
    # Half a character alone could neither be sealed nor handed back.
    half = ndjson(BENEFIT | {"identifier": [{"value": "\ud800"}]})
    assert b"\\ud800" in half
    assert counts(load(half)) == {"read": 1, "refused": 1}
    assert counts(load(ndjson(two))) == {"read": 2, "created": 1, "identical": 1}
