"""Line 13's grid and line 6's kinds of care, cell by cell, against the oracle's second page."""

from __future__ import annotations

from itertools import combinations

from access import matrix
from records import reference
from tests.oracle_grid import PROFILE, kind_of_care, readable


CODES = sorted({kind.code for kind in reference.document_types()} | {"UNKNOWN", ""})
CARE = ("medicines", "results", "letters", "claims", "entries")


def test_a_profession_reads_the_types_that_the_grid_says_and_an_unknown_one_none():
    for profession in {*PROFILE, *reference.professions(), "unknown", ""}:
        expected = [code for code in CODES if readable(profession, code)]
        assert [*matrix.readable_types(profession)] == expected, profession


def test_the_professions_of_the_grid_are_named_from_the_widest_profile_to_the_narrowest():
    expected = sorted(PROFILE, key=lambda code: (PROFILE[code], code))

    assert [*matrix.professions()] == expected


def test_each_type_is_of_one_kind_of_care_and_an_unknown_one_of_none():
    for some in (*combinations(CARE, 1), *combinations(CARE, 2), CARE, ("everything",), ()):
        expected = [code for code in CODES if kind_of_care(code) in some]
        assert [*matrix.types_of_care(frozenset(some))] == expected, some


def test_the_synthesis_is_read_by_every_profession_of_the_grid():
    assert {"SYNTH", "60591-5"} == matrix.SYNTHESIS_TYPES
    assert all(set(matrix.readable_types(one)) >= matrix.SYNTHESIS_TYPES for one in PROFILE)


def test_entries_and_claim_lines_are_of_the_type_their_kind_of_care_says():
    assert matrix.types_of_care(frozenset({"claims"})) == (matrix.CLAIMS_TYPE,)
    assert matrix.ENTRY_TYPE in matrix.types_of_care(frozenset({"entries"}))
    assert matrix.ENTRY_TYPE not in matrix.readable_types("41")
    assert matrix.ENTRY_TYPE in matrix.readable_types("10")
