"""What the gate answers beside rows and lines, asked with the owner's rights: by its own body."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Q

from access import policy
from access.binding import binding, bound
from access.policy import NotVisible, Reading
from access.seeing.looking import look_as
from records.models import Document
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import add_document, circle_period, hide, sertraline
from tests.roles import role


DAY = dt.timedelta(days=1)


@pytest.fixture
def through(jeanne):
    """Jeanne looks at her record through Dr Petit's eyes; nothing but the gate hides."""
    viewer = jeanne.viewers["jeanne"]
    with binding(viewer, at=NOON):
        key = f"professional:{jeanne.professionals['petit'].id}"
        lens = look_as(by=viewer, record_id=jeanne.record.id, key=key)
        with role("dmp_owner"):
            bound().lens = lens
            yield jeanne


@pytest.fixture
def asking(jeanne):
    """Ask as somebody, with the owner's rights."""

    def ask(who, question):
        with binding(jeanne.viewers[who], at=NOON), role("dmp_owner"):
            return question(policy.standing_on(jeanne.record.id))

    return ask


@pytest.fixture
def theirs(as_owner):
    """A second record, of somebody who lets Dr Martin in as Jeanne does, with a letter in it."""
    with as_owner():
        return cast.record(cast.person("Nadia", "Petitjean"))


def titles(rows):
    return {row.title for row in rows}


# --- through somebody's eyes ---


def test_through_somebodys_eyes_there_is_one_record(through, theirs):
    assert policy.standing_on(through.record.id).treating_gp
    with pytest.raises(NotVisible):
        policy.standing_on(theirs.id)


def test_what_the_asker_may_not_see_is_in_no_list_seen_through_others(through):
    standing = policy.standing_on(through.record.id)
    reading = Reading(Document, ("id", "title"), ("id",))

    assert "Lettre du psychiatre" in titles(policy.visible(Document, standing))
    for rows in (policy.visible(Document, standing), policy.listed(reading, standing)):
        assert "Biopsie du sein" not in titles(rows)
    assert not policy.can_see(Document, standing, through.waits.id)


def test_a_list_seen_through_others_is_chosen_and_cut_as_any_other(through):
    standing = policy.standing_on(through.record.id)
    reading = Reading(
        Document, ("id", "title"), ("occurred_on",), where=Q(title__startswith="Lettre"), most=1
    )

    assert [row.title for row in policy.listed(reading, standing)] == ["Lettre du cardiologue"]


def test_nothing_is_seen_through_the_eyes_of_who_has_no_way_left(through):
    lens = bound().lens
    nobody = type(lens.shown)(lens.shown.viewer, through.record.id, lens.shown.moment)
    for shown, own in ((lens.shown, nobody), (nobody, lens.own)):
        bound().lens = type(lens)(lens.record_id, lens.key, lens.name, own, shown)
        assert list(policy.visible(Document, shown)) == []
        assert policy.lines_taken_back(shown, NOON - DAY, ("id",)) == []


def test_what_the_fund_took_back_is_told_through_others_if_both_saw_it(through, as_owner):
    with as_owner():
        medicine = sertraline(
            through.record, dt.date(2026, 5, 29), through.professionals["garnier"],
            withdrawn_at=NOON - DAY / 2, withdrawn_reason="cancelled",
        )  # fmt: skip
    lens = bound().lens

    def told(shown, own):
        bound().lens = type(lens)(lens.record_id, lens.key, lens.name, own, shown)
        return [key for (key,) in policy.lines_taken_back(shown, NOON - DAY, ("id",))]

    with binding(through.viewers["pharmacist"], at=NOON):
        blind = policy.standing_on(through.record.id)
    with role("dmp_app"):
        hide(through.record, medicine, audience="structure", audience_id=through.pharmacy.id)
        assert told(lens.shown, lens.own) == [medicine.id]
        assert told(blind, lens.own) == told(lens.shown, blind) == []


# --- one record at a time ---


def test_two_records_of_one_binding_are_asked_each_about_its_own(jeanne, theirs, as_owner):
    martin = jeanne.professionals["martin"]
    with as_owner():
        circle_period(theirs, "circle", professional=martin.professional, user=martin.user)
        letter = add_document(theirs, title="Lettre à Nadia", by=martin)
    reading = Reading(Document, ("id", "title"), ("id",))
    asks = (
        lambda standing: titles(policy.visible(Document, standing)),
        lambda standing: titles(policy.listed(reading, standing)),
        lambda standing: {
            Document.objects.get(id=one.element_id).title
            for one in policy.decisions(Document, standing)
            if one.sees
        },
    )
    for ask in asks:
        with binding(martin.viewer, at=NOON):
            hers, others = (policy.standing_on(key.id) for key in (jeanne.record, theirs))
            assert "Lettre du cardiologue" in ask(hers)
            assert ask(others) == {letter.title}
            assert "Lettre du cardiologue" in ask(hers)
