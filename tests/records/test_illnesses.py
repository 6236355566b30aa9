"""Long-term illnesses the fund declared, as pages tell them."""

from __future__ import annotations

import datetime as dt

from tests.access import cast
from tests.records.test_reading import page_of, words


def test_an_illness_that_is_over_is_not_told_as_if_it_ran(jeanne, as_owner):
    with as_owner():
        over = cast.line(
            jeanne.record, occurred_on=dt.date(2021, 5, 1), care_end=dt.date(2026, 1, 3),
            section="ALD", code_system="CIM10", code="C50", label="Cancer", pays_for="PROT_ALD",
        )  # fmt: skip

    jeanne.elements["over"] = over
    for html in (
        page_of(jeanne, "jeanne", "care"),
        page_of(jeanne, "petit", "home"),
        page_of(jeanne, "jeanne", "care_event", "over"),
    ):
        assert "du 1er mai 2021 au 3 janvier 2026" in words(html)
        assert "depuis le 1er mai 2021" not in words(html)
