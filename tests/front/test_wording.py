"""Days, hours, amounts and codes are written as people say them, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from dmp.templatetags import wording


SUMMER = dt.datetime(2026, 7, 14, 22, 30, tzinfo=dt.UTC)  # half past midnight in Paris


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", "~")


@pytest.mark.parametrize(
    ("filter_name", "value", "french", "english"),
    [
        ("day", dt.date(2026, 11, 17), "17~novembre 2026", "17~November 2026"),
        ("day", dt.date(2026, 10, 1), "1er~octobre 2026", "1~October 2026"),
        ("weekday", dt.date(2026, 11, 17), "mardi 17~novembre 2026", "Tuesday 17~November 2026"),
        ("month", dt.date(2026, 2, 3), "février 2026", "February 2026"),
        ("hour", dt.datetime(2026, 1, 5, 17, 4, tzinfo=dt.UTC), "18~h~04", "18:04"),
        ("day", SUMMER, "15~juillet 2026", "15~July 2026"),
        ("hour", SUMMER, "0~h~30", "00:30"),
        ("euros", 3120, "31,20~€", "€31.20"),
        ("euros", -5, "-0,05~€", "-€0.05"),
        ("euros", 0, "0,00~€", "€0.00"),
    ],
)
def test_words(filter_name, value, french, english):
    said = getattr(wording, filter_name)
    with translation.override("fr"):
        assert _plain(said(value)) == french
    with translation.override("en"):
        assert _plain(said(value)) == english


@pytest.mark.parametrize(
    ("sex", "french"),
    [("F", "née le"), ("M", "né le"), ("", "naissance le"), ("U", "naissance le")],
)
def test_a_birth_agrees_where_the_sex_is_known(sex, french):
    with translation.override("fr"):
        assert _plain(wording.born(dt.date(1955, 3, 14), sex)) == f"{french} 14~mars 1955"
    with translation.override("en"):
        assert _plain(wording.born(dt.date(1955, 3, 14), sex)) == "born on 14~March 1955"


def test_a_moment_has_its_weekday_and_its_hour():
    with translation.override("fr"):
        said = wording.moment(dt.datetime(2026, 11, 17, 17, 10, tzinfo=dt.UTC))
    assert _plain(said) == "mardi 17~novembre 2026 à 18~h~10"


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("K7M4PQ9XR", ["K7M", "4PQ", "9XR"]),
        ("K7M 4PQ 9XR", ["K7M", "4PQ", "9XR"]),
        ("12345678", ["123", "456", "78"]),
        ("", []),
    ],
)
def test_a_code_is_cut_in_threes(code, groups):
    assert wording.in_threes(code) == groups


def test_a_code_is_kept_in_one_piece_and_is_no_markup():
    assert wording.whole("R6FQ-ARD6") == '<span class="dmp-whole">R6FQ-ARD6</span>'
    assert "<b>" not in wording.whole("<b>")
