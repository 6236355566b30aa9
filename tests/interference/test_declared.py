"""Every address is walked, with every name its door reads: a new one fails here until it is."""

from __future__ import annotations

import pytest

from access.pages import about
from tests.interference.absence import THOUGHT_OF, tables_about_a_record
from tests.interference.comparing import undone, walk_twice
from tests.interference.declared import DOORS
from tests.interference.listening import walking
from tests.interference.questions import LISTS, addresses, questions
from tests.interference.screens import BEFORE
from tests.interference.values import Keys
from tests.interference.walking import Walker


#: Keys that the record of somebody else has none of in the scene: those of nobody are asked.
NOBODY_ELSES = {"delegation_id", "opening_id", "case_id", "proposal_id"}


def test_every_address_of_the_product_is_walked_and_no_other():
    names = [name for name, _pattern in addresses()]

    assert set(DOORS) == set(names)
    assert set(names) >= LISTS


def test_a_screen_before_another_is_known():
    assert {declared.before for declared in DOORS.values()} - {""} == set(BEFORE)


@pytest.mark.parametrize("before", sorted(BEFORE))
def test_a_screen_before_another_leads_to_it(before, laid_out):
    """A press that is refused would have the screens behind it walked at none."""
    doors = [name for name, declared in DOORS.items() if declared.before == before]
    who = "anonymous" if all(name.startswith("records:connect") for name in doors) else "martin"
    with walking(), undone():
        asked = [ask for ask in questions(laid_out, who, frozenset(doors)) if ask.method == "GET"]
        walker = Walker(laid_out, who)
        first = {ask.door: walker.ask(ask).hops[0][0] for ask in reversed(asked)}
    assert first == dict.fromkeys(doors, 200)


def test_every_kind_of_value_is_asked_right_empty_foreign_and_malformed(laid_out):
    keys = Keys(laid_out, "martin")
    for door, declared in DOORS.items():
        for name, kind in (*declared.query.items(), *declared.form.items()):
            values = keys.values(kind)
            assert "" in values, f"{door} {name}: nothing is asked with no {kind}"
            assert len(values) > 2 or kind in {"tick", "nothing"}, f"{door} {name}: {kind}"


def test_every_key_of_an_address_is_asked_of_ones_own_record_and_of_another_s(laid_out):
    keys = Keys(laid_out, "jeanne")
    assert {word for word, (own, foreign) in keys.of.items() if not own} == set()
    without = {word for word, (own, foreign) in keys.of.items() if not foreign}
    assert without <= NOBODY_ELSES
    assert len(keys.receipts) > 1
    assert len(keys.questions) > 1


def test_every_table_about_a_record_is_thought_of_where_worlds_are_made():
    assert tables_about_a_record() <= THOUGHT_OF


def test_a_name_that_a_door_reads_and_does_not_declare_is_told(laid_out, as_owner, monkeypatch):
    whole = about.render
    monkeypatch.setattr(
        about, "render",
        lambda request, *args: whole(request, *args) if request.GET.get("debug") != "?" else None,
    )  # fmt: skip

    walked = walk_twice(laid_out, "anonymous", as_owner, frozenset({"access:help"}))

    assert walked.undeclared == {"access:help": {"debug"}}
