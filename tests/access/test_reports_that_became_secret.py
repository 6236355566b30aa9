"""A report on a visit that became secret since goes on without whoever spoke for the holder."""

from __future__ import annotations

import datetime as dt

import pytest

from access import cases
from access.models import Case
from access.policy import NotVisible
from access.reading_journal.known import known_to
from access.viewer import Role
from records.dossier.entrance import enter
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_cases import (  # noqa: F401  # minor is a fixture
    AFTER,
    VISIT,
    answer,
    block,
    look,
    minor,
    report,
    sees,
    take_back,
)
from tests.access.test_reported_and_blocked import (  # noqa: F401  # guarded is a fixture
    DAY,
    blocked,
    guarded,
    unblock,
)
from tests.jeanne import circle_period


LATER = AFTER + dt.timedelta(minutes=1)


@pytest.fixture
def became(as_owner):
    """Report a visit about a document, and have the document become secret when told to."""

    def reported(world, who):
        with as_owner():
            letter = cast.document(world.record, title="Bilan")
        about = {"element_kind": "document", "element_id": letter.id}
        case_id = report(world, who, look(world.viewers["martin"], world.record, **about))

        def secret():
            with as_owner():
                type(letter).objects.filter(id=letter.id).update(secret=True)

        return case_id, secret

    return reported


def known_acts(world, who, *acts):
    with world.as_(who, LATER) as by:
        told = known_to(enter(by=by, record_id=world.record.id))
        return list(told.filter(act__in=acts).order_by("seq").values_list("act", flat=True))


@pytest.mark.parametrize("reporter", ["luc", "jeanne"])
@pytest.mark.parametrize("answered", [False, True], ids=["waiting", "answered"])
def test_whoever_takes_back_the_one_they_know_undoes_nothing_of_the_other(
    guarded,  # noqa: F811
    became,
    reporter,
    answered,
):
    known = report(guarded, "luc", look(guarded.viewers["martin"], guarded.record, at=VISIT - DAY))
    kept, secret = became(guarded, reporter)
    assert len(set(Case.objects.values_list("block_id", flat=True))) == 1
    if answered:
        answer(guarded, kept)
    secret()

    assert take_back(guarded, "luc", known)

    assert blocked(guarded, "luc") == ()
    with guarded.as_("luc", LATER) as by:
        asked = {"by": by, "record_id": guarded.record.id}
        assert not cases.read_case(**asked, case_id=known).shut
        with pytest.raises(NotVisible):
            cases.read_case(**asked, case_id=kept)
    assert known_acts(guarded, "luc", "blocked", "unblocked") == ["blocked", "unblocked"]
    assert not sees(guarded, "martin")
    assert [one.case_id for one in blocked(guarded)] == [kept]
    assert take_back(guarded, "jeanne", kept)
    assert sees(guarded, "martin")
    assert known_acts(guarded, "luc", "blocked", "unblocked") == ["blocked", "unblocked"]


@pytest.mark.parametrize("first_for_good", [False, True], ids=["unblocked", "blocked first"])
def test_unblocking_undoes_nothing_of_it_either(guarded, became, first_for_good):  # noqa: F811
    kept, secret = became(guarded, "jeanne")
    secret()
    assert [one.case_id for one in blocked(guarded, "luc")] == [None]
    if first_for_good:
        block(guarded, "luc")

    unblock(guarded, "luc")

    assert blocked(guarded, "luc") == ()
    assert not sees(guarded, "martin")
    assert [one.case_id for one in blocked(guarded)] == [kept]
    assert take_back(guarded, "jeanne", kept)
    assert sees(guarded, "martin")


def test_a_minor_takes_back_what_became_theirs_and_the_family_is_not_told(minor, became):  # noqa: F811
    known = report(minor, "marie", look(minor.viewers["martin"], minor.record, at=VISIT - DAY))
    kept, secret = became(minor, "marie")
    secret()

    assert take_back(minor, "marie", known)

    assert blocked(minor, "marie") == ()
    assert [one.case_id for one in blocked(minor, "lou")] == [kept]
    assert take_back(minor, "lou", kept)
    assert sees(minor, "martin")
    assert known_acts(minor, "marie", "unblocked") == ["unblocked"]


def test_where_the_holder_has_no_account_nothing_goes_on_that_nobody_could_end(
    jeanne, became, as_owner
):
    with as_owner():
        marie = cast.person("Marie")
        jeanne.record = cast.record(cast.person("Lou", born=dt.date(2020, 1, 5)))
        cast.represent(jeanne.record, marie)
        jeanne.viewers["marie"] = cast.family_viewer(marie, Role.REPRESENTATIVE)
        martin = jeanne.professionals["martin"]
        circle_period(jeanne.record, "circle", professional=martin.professional, user=martin.user)
    known = report(jeanne, "marie", look(jeanne.viewers["martin"], jeanne.record, at=VISIT - DAY))
    _, secret = became(jeanne, "marie")
    secret()

    assert take_back(jeanne, "marie", known)

    assert blocked(jeanne, "marie") == ()
    assert sees(jeanne, "martin")


def test_of_what_a_minor_lifted_alone_nothing_is_put_back(minor, became):  # noqa: F811
    """The family reads that the access came back: to them it is only now that it did."""
    known = report(minor, "marie", look(minor.viewers["martin"], minor.record, at=VISIT - DAY))
    _, secret = became(minor, "marie")
    unblock(minor, "lou", at=NOON + dt.timedelta(minutes=30))
    secret()

    assert take_back(minor, "marie", known)

    assert sees(minor, "martin")
    assert blocked(minor, "marie") == ()
