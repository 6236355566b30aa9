"""What the gate answers beside rows and lines, asked with the owner's rights: by its own body."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from access import policy
from access.binding import binding, bound, turn_to
from access.models import Authorisation, Block, Mask
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
        Document, ("id", "title"), ("occurred_on",), where=~Q(title__startswith="Mon"), most=1
    )

    assert [row.title for row in policy.listed(reading, standing)] == ["Radio du genou droit"]


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
        return [key for key, *_ in policy.lines_taken_back(shown, NOON - DAY, ("id",))]

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


ASKED = (
    lambda standing: policy.standing_on(standing.record_id),
    lambda standing: policy.visible(Document, standing),
    lambda standing: policy.listed(Reading(Document, ("id",), ("id",)), standing),
    lambda standing: policy.decisions(Document, standing),
    lambda standing: policy.decisions_of(Document, [standing] * 65, standing.shared[0]),
    lambda standing: policy.lines_taken_back(standing, NOON, ("id",)),
    lambda standing: policy.not_announced(standing, ()),
    lambda standing: policy.under_a_mask_though_withdrawn(standing, standing.shared),
)


def test_whatever_is_asked_the_database_shows_the_record_it_is_asked_of(jeanne, theirs):
    def turned():
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('dmp.record')")
            return cursor.fetchone()[0]

    def each_turns(standing):
        standing = replace(standing, shared=(jeanne.letter.id,))
        for ask in ASKED:
            turn_to(theirs.id)
            assert turned() == str(theirs.id)
            ask(standing)
            assert turned() == str(jeanne.record.id)

    with jeanne.as_("petit"):
        each_turns(policy.standing_on(jeanne.record.id))
    with jeanne.as_("jeanne") as viewer:  # through the treating GP's eyes
        key = f"professional:{jeanne.professionals['petit'].id}"
        bound().lens = look_as(by=viewer, record_id=jeanne.record.id, key=key)
        each_turns(bound().lens.shown)


def test_no_line_decides_on_an_element_of_another_record(asking, jeanne, theirs):
    with role("dmp_owner"):
        other = add_document(theirs, title="D'une autre", by=jeanne.professionals["martin"])

    def decided(key):
        return asking("martin", lambda mine: policy.decisions_of(Document, [mine], key))

    assert decided(jeanne.letter.id) == [(True, "9")]
    with pytest.raises(NotVisible):
        decided(other.id)


# --- the answer, the line, and what else is asked ---


def test_one_element_is_given_to_who_sees_it_and_hidden_or_missing_is_one_answer(
    asking, jeanne, theirs
):
    with role("dmp_owner"):
        other = add_document(theirs, title="D'une autre", by=jeanne.professionals["martin"])

    def asked(who, key):
        def ask(standing):
            with CaptureQueriesContext(connection) as sent:
                try:
                    found = policy.get_visible(Document, standing, key).id
                except NotVisible:
                    found = None
            assert (found is not None) == policy.can_see(Document, standing, key)
            return found, len(sent)

        return asking(who, ask)

    letter, hidden = jeanne.letter.id, jeanne.hidden.id
    assert asked("martin", letter) == (letter, 1)
    assert asked("petit", hidden) == (hidden, 1)
    # Whatever the reason, as many statements.
    for who, key in (
        ("martin", hidden), ("martin", uuid.uuid4()), ("martin", other.id), ("stranger", letter),
        ("stranger", uuid.uuid4()), ("nobody", letter),
    ):  # fmt: skip
        assert asked(who, key) == (None, 1), who


def test_each_kind_is_listed_apart(asking, jeanne):
    for ask, one in (
        (policy.visible_documents, jeanne.letter), (policy.visible_lines, jeanne.visit),
        (policy.visible_entries, jeanne.blood), (policy.visible_synthesis_lines, jeanne.said),
    ):  # fmt: skip
        assert asking("martin", lambda standing: list(ask(standing).filter(id=one.id))) == [one]  # noqa: B023 - asked at once


def test_a_mark_is_a_yes_or_a_no(asking):
    reading = Reading(Document, (), ("id",))
    for who, some in (("petit", {True, False}), ("stranger", set()), ("jeanne", {False})):
        marks = asking(who, lambda standing: [*policy.listed(reading, standing)])
        assert {mark for row in marks for mark in row} == some, who


def test_a_decision_is_about_the_record_and_the_elements_that_are_asked_for(
    asking, jeanne, theirs
):
    with role("dmp_owner"):
        add_document(theirs, title="D'une autre", by=jeanne.professionals["martin"])
        every = sorted(Document.objects.filter(record=jeanne.record).values_list("id", flat=True))
    two = [jeanne.letter.id, jeanne.hidden.id]

    def decided(**which):
        return asking("martin", lambda standing: [
            one.element_id for one in policy.decisions(Document, standing, **which)
        ])  # fmt: skip

    assert decided() == every
    assert decided(among=two) == sorted(two)
    assert decided(among=[]) == []
    assert decided(among=two, element_id=jeanne.letter.id) == [jeanne.letter.id]


def test_a_share_is_as_old_as_the_latest_that_holds(asking, jeanne, theirs):
    letter, stranger = jeanne.letter.id, jeanne.professionals["stranger"]

    def given():
        found = asking("stranger", lambda standing: policy.shares_given_at(standing, [letter]))
        assert set(found) <= {letter}
        return found.get(letter)

    assert given() is None
    with role("dmp_owner"):
        for days, facts in (
            # The older one is written last: the order is that of the days.
            (6, {}),
            (9, {}),
            (5, {"until": NOON}),
            (4, {"ended_at": NOON}),
            (3, {"since": NOON + DAY}),
            (2, {"confirmed_at": NOON + DAY}),
            (1, {"element_id": jeanne.scan.id}),
            (1, {"professional": jeanne.professionals["martin"].professional}),
        ):
            circle_period(
                jeanne.record, "share", user=stranger.user, given_at=NOON - days * DAY,
                **({"element_id": letter, "professional": stranger.professional} | facts),
            )  # fmt: skip
        # A stray row, that names an element of another record.
        circle_period(
            theirs, "share", professional=stranger.professional, user=stranger.user,
            element_id=letter, given_at=NOON - DAY,
        )  # fmt: skip
    assert given() == NOON - 6 * DAY
    with role("dmp_owner"):
        Authorisation.objects.filter(given_at=NOON - 6 * DAY).update(until=NOON + DAY)
        Authorisation.objects.filter(given_at=NOON - 9 * DAY).update(ended_at=NOON + DAY)
    assert given() == NOON - 6 * DAY
    # One that begins at this instant holds already; so does one that will have ended.
    with role("dmp_owner"):
        Authorisation.objects.filter(given_at=NOON - 6 * DAY).update(
            since=NOON, confirmed_at=NOON, until=None, ended_at=NOON + DAY
        )
    assert given() == NOON - 6 * DAY


def test_a_share_is_held_in_person_or_through_where_one_works(asking, jeanne):
    garnier, martin = (jeanne.professionals[name] for name in ("garnier", "martin"))
    letter = jeanne.letter.id
    with role("dmp_owner"):
        for days, who in (
            (9, {"professional": garnier.professional, "user": garnier.user}),
            (5, {"structure": jeanne.pharmacy}),
            (1, {"professional": martin.professional, "user": martin.user}),
        ):
            given_at = NOON - days * DAY
            circle_period(jeanne.record, "share", element_id=letter, given_at=given_at, **who)
    for who, days in (("garnier", 9), ("pharmacist", 5), ("martin", 1)):
        found = asking(
            who, lambda standing: policy.shares_given_at(standing, [letter]).get(letter)
        )
        assert found == NOON - days * DAY, who


def test_what_waits_to_be_announced_is_told_to_the_journal(asking, jeanne):
    both = {jeanne.waits.id, jeanne.letter.id}
    assert asking("petit", lambda standing: policy.not_announced(standing, both)) == {
        jeanne.waits.id
    }


def test_a_mask_reaches_what_it_covers_and_the_asker_sees(asking, jeanne):
    masks = Mask.objects.filter(target_id__in=[jeanne.hidden.id, jeanne.pill.id])
    assert asking(
        "jeanne", lambda standing: titles(policy.reached_by(Document, standing, masks))
    ) == {"Lettre du psychiatre"}
    assert (
        asking("martin", lambda standing: titles(policy.reached_by(Document, standing, masks)))
        == set()
    )


def test_what_a_mask_still_hides_is_told_to_the_treating_gp_alone(asking, jeanne):
    with role("dmp_owner"):
        Document.objects.filter(id=jeanne.hidden.id).update(withdrawn_at=NOON)
    both = {jeanne.hidden.id, jeanne.letter.id}

    def hidden(who, ids):
        def ask(standing):
            with CaptureQueriesContext(connection) as sent:
                found = policy.under_a_mask_though_withdrawn(standing, ids)
            return found, len(sent)

        return asking(who, ask)

    assert hidden("petit", both) == ({jeanne.hidden.id}, 1)
    # Nothing is asked of the database about nothing, nor for anybody else.
    assert hidden("petit", ()) == hidden("martin", both) == hidden("jeanne", both) == (set(), 0)


def test_what_is_under_a_mask_is_what_a_live_one_covers(asking, jeanne):
    def covered(standing):
        return titles(policy.under_a_mask(Document, standing))

    assert asking("jeanne", covered) == {"Lettre du psychiatre"}
    assert asking("martin", covered) == set()
    with role("dmp_owner"):
        Mask.objects.filter(target_id=jeanne.hidden.id).update(ended_at=NOON)
    assert asking("jeanne", covered) == set()


def test_who_may_not_know_of_a_minor_s_masks_is_told_what_the_others_cover(asking, jeanne):
    with role("dmp_owner"):
        hide(jeanne.record, jeanne.scan, secret=True)

    def covered(**facts):
        return asking("petit", lambda standing: titles(
            policy.under_a_mask(Document, replace(standing, **facts))
        ))  # fmt: skip

    assert covered() == {"Lettre du psychiatre", "Radio du genou droit"}
    assert covered(secret_masks=False) == {"Lettre du psychiatre"}


def test_of_a_mask_nothing_is_read_but_what_its_target_and_audience_need(asking, jeanne):
    def seen():
        return asking(
            "martin", lambda standing: policy.can_see(Document, standing, jeanne.scan.id)
        )

    def aims(mask, **facts):
        with role("dmp_owner"):
            Mask.objects.filter(id=mask.id).update(**facts)

    martin = jeanne.professionals["martin"].id
    with role("dmp_owner"):
        Document.objects.filter(id=jeanne.scan.id).update(categories=1)
        mask = hide(jeanne.record, jeanne.letter, target_categories=1)
    assert seen()
    aims(mask, target="category", target_categories=2, target_id=jeanne.scan.id)
    assert seen()
    aims(mask, target="everything")
    assert not seen()
    aims(mask, audience="profession", audience_profession="60", audience_id=martin)
    assert seen()
    aims(mask, audience="structure", audience_profession="10", audience_id=jeanne.pharmacy.id)
    assert seen()


def test_only_a_professional_has_written(jeanne):
    for who, found in (("jeanne", False), ("stranger", False), ("garnier", True)):
        viewer = jeanne.viewers[who]
        with binding(viewer, at=NOON):
            written = policy.written_by(viewer, limit=10)
        keys = [(one.record_id, one.document_id) for one in written]
        assert keys == ([(jeanne.record.id, jeanne.hidden.id)] if found else [])


def test_what_somebody_wrote_is_listed_as_long_as_it_is_theirs_to_see(jeanne, as_owner):
    garnier = jeanne.professionals["garnier"]
    with as_owner():
        kin = cast.person("Alix", "Garnier")
        viewer = replace(garnier.viewer, person_id=kin.id)
        secret = cast.document(jeanne.record, by=garnier, secret=True, created_at=NOON)

    def listed(viewer=viewer):
        with binding(viewer, at=NOON), CaptureQueriesContext(connection) as sent:
            found = policy.written_by(viewer, limit=10)
        read = [one for one in sent if 'FROM "records_document"' in one["sql"]]
        return [one.document_id for one in found], len(read)

    # No element is read where it doesn't depend on it.
    assert listed() == ([secret.id, jeanne.hidden.id], 0)
    assert listed(jeanne.viewers["petit"]) == ([jeanne.waits.id, jeanne.scan.id], 0)
    with as_owner():  # line 5
        represents = cast.represent(jeanne.record, kin, ground="guardian")
    assert listed() == ([jeanne.hidden.id], 2)
    with as_owner():
        represents.delete()
        Block.objects.create(
            record=jeanne.record, professional=garnier.professional, since=NOON - DAY
        )
    assert listed() == ([], 0)
