"""What a minor ends alone of what their family decided: the family reads on (line 5)."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import contextmanager

import pytest
from django.db import transaction

from access import circle, masks, notices, policy
from access.binding import binding, turn_to_all
from access.circle.closing import end_every_door
from access.circle.deciding import may_decide
from access.masks import Audience
from access.masks.aims import Target
from access.masks.difference import difference, seen_by
from access.masks.weighing import weigh
from access.models import Authorisation, Mask, MaskAudience, MaskTarget, Notice
from access.notices.wording import CHOICE_ENDS
from access.questions import ask as ask_to_see
from access.questions.asking import waiting_questions
from access.questions.words import Since, Wanted
from access.reading_journal import read_journal
from access.seeing import who_sees
from access.seeing.looking import look_as, whom_to_look_as
from access.viewer import WORKER, Role
from records.dossier.entrance import enter
from records.models import Person
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import circle_period
from tests.roles import role


HOUR = dt.timedelta(hours=1)
BEFORE, LATER = NOON - 3 * HOUR, NOON - HOUR
OF_AGE = dt.datetime(2028, 2, 1, 12, tzinfo=cast.PARIS)


@pytest.fixture
def lou(world, as_owner):
    """Lou's record: what Marie, who speaks for Lou, gave, shared, hid and whom she blocked."""
    with as_owner():
        world.record, world.lou, world.marie = cast.minor_and_mother()
        world.letter = cast.document(world.record, by=world.garnier)
        world.scan = cast.document(world.record, title="Scanner", type_code="18748-4")
        world.outside = cast.pro("Colin", account=False)
        # Another child's: nothing of it is ever among what is read of Lou's.
        noe = cast.person("Noé", born=dt.date(2012, 5, 6))
        other = world.other = cast.record(noe)
        world.noe = cast.family_viewer(noe)
        # Marie is somebody's patient too: what she gives isn't what a minor gave.
        cast.record(Person.objects.get(id=world.marie.person_id))
        world.noes_mask = Mask.objects.create(
            record=other, target="everything", audience="everyone", since=cast.LONG_AGO,
            set_by_kind="representative",
        )  # fmt: skip
        circle_period(
            other, "circle", professional=world.garnier.professional, user=world.garnier.user
        )
    by = world.marie
    asked = {"by": by, "record_id": world.record.id}
    with binding(by, at=BEFORE):
        world.door = circle.authorise(**asked, professional_id=world.martin.id)
        world.place = circle.authorise(**asked, structure_id=world.pharmacy.id)
        world.without_account = circle.authorise(**asked, professional_id=world.outside.id)
        world.share = circle.share(
            **asked, element_id=world.scan.id, professional_id=world.pharmacist.id
        ).authorisation_id
        world.gesture = masks.hide(
            **asked, element_ids=[world.letter.id],
            audience=Audience(MaskAudience.PROFESSIONAL, world.martin.id), gesture=uuid.uuid4(),
            until=NOON.date() + dt.timedelta(days=10),
        ).gesture  # fmt: skip
        circle.block(**asked, professional_id=world.petit.id)
    with binding(world.martin.viewer, at=BEFORE):
        ask_to_see(
            by=world.martin.viewer, record_id=world.record.id, wanted=Wanted.OTHER,
            since=Since.ALWAYS, attempt=uuid.uuid4(),
        )  # fmt: skip
    return world


def told(lou, *, by=None, at=NOON):
    """All that somebody who decides reads of who sees what, as they read it."""
    by = by or lou.marie
    asked = {"by": by, "record_id": lou.record.id}
    with binding(by, at=at):
        dossier = enter(**asked)
        decider = may_decide(**asked)
        team = circle.read_team(**asked)
        seen = [who_sees(**asked, element=element) for element in (lou.letter, lou.scan)]
        decided = masks.read_decided(**asked)
        looks = whom_to_look_as(**asked).people
        theirs, shown = seen_by(dossier.standing), {}
        for one in looks:
            lens = look_as(**asked, key=one.key)
            assert lens is not None
            shown[one.key] = (
                lens.shown,
                policy.shares_given_at(lens.shown, [lou.scan.id]).get(lou.scan.id),
            )
            shown[one.key] = *shown[one.key], seen_by(lens.shown) & theirs
        whom = circle.weigh_share(**asked, element_id=lou.scan.id).people
        gone = Audience(MaskAudience.PROFESSIONAL, lou.martin.id)
        everyone = Audience(MaskAudience.EVERYONE)
        change = difference(decider, Target(MaskTarget.EVERYTHING), everyone)
        weighed = weigh(**asked, element_ids=[lou.scan.id], audience=gone)
        questions = waiting_questions(dossier)
    members = (team.members, team.waiting, team.blocked, team.gp)
    return members, seen, decided, looks, shown, whom, change, weighed.guesses, questions


ENDS = {
    "a door": lambda lou, asked: circle.end_authorisation(**asked, authorisation_id=lou.door),
    "a structure's": lambda lou, asked: circle.end_authorisation(
        **asked, authorisation_id=lou.place
    ),
    "of one without account": lambda lou, asked: circle.end_authorisation(
        **asked, authorisation_id=lou.without_account
    ),
    "a share": lambda lou, asked: circle.end_authorisation(**asked, authorisation_id=lou.share),
    "a mask": lambda lou, asked: masks.show(**asked, gesture=lou.gesture),
    "a mask on its element": lambda lou, asked: masks.show_element(
        **asked, element_ids=[lou.letter.id],
        audience=Audience(MaskAudience.PROFESSIONAL, lou.martin.id),
    ),
    "a block": lambda lou, asked: circle.unblock(**asked, professional_id=lou.petit.id),
}  # fmt: skip


@contextmanager
def undone():
    """Whatever is done meanwhile is as if it had never been."""
    here = transaction.savepoint()
    yield
    transaction.savepoint_rollback(here)


def do(lou, by, at, use_case):
    with binding(by, at=at):
        return use_case(lou, {"by": by, "record_id": lou.record.id})


def really(lou, at=NOON):
    """What each professional truly is to the record, and sees of it."""
    found = {}
    for one in (lou.martin, lou.pharmacist, lou.petit):
        with binding(one.viewer, at=at):
            standing = policy.standing_on(lou.record.id)
            found[one.id] = standing.circle, standing.blocked, standing.shared, seen_by(standing)
    return found


def journal(lou, at=NOON):
    with binding(lou.marie, at=at):
        page = read_journal(by=lou.marie, record_id=lou.record.id)
    return [visit.sentence for visit in (*page.visits, *page.mine)]


def test_what_the_minor_ends_goes_on_for_the_family_and_is_over_in_truth(lou):
    before, said = told(lou), journal(lou)
    true, hers = really(lou), told(lou, by=lou.lou)
    members, rules, shown = before[0][0], before[2].rules, before[4]
    assert (len(members), len(rules)) == (3, 1)
    assert lou.letter.id not in shown[f"professional:{lou.martin.id}"][2]
    assert shown[f"professional:{lou.pharmacist.id}"][1] == BEFORE
    for name, end in ENDS.items():
        with undone():
            do(lou, lou.lou, LATER, end)

            assert told(lou) == before, name
            assert journal(lou) == said, name
            assert told(lou, by=lou.lou) != hers, name
            assert (really(lou) != true) is (name != "of one without account"), name


def test_the_family_ends_it_too_and_it_is_over_as_if_they_alone_had(lou):
    for name, end in ENDS.items():
        with undone():
            do(lou, lou.marie, NOON, end)
            alone, heard = told(lou, at=NOON + HOUR), journal(lou, at=NOON + HOUR)
        with undone():
            do(lou, lou.lou, LATER, end)
            true = really(lou)
            for at in (NOON, NOON + HOUR / 2):  # pressed again: once is once
                do(lou, lou.marie, at, end)

            assert told(lou, at=NOON + HOUR) == alone, name
            assert journal(lou, at=NOON + HOUR) == heard, name
            assert really(lou) == true, name


def test_a_door_the_minor_ended_may_be_confirmed_again_from_an_old_page(lou):
    """A press that would have done nothing still does nothing, and is answered alike."""
    do(lou, lou.lou, LATER, ENDS["a door"])
    true = really(lou)
    with binding(lou.marie, at=NOON):
        circle.confirm_waiting_door(
            by=lou.marie, record_id=lou.record.id, authorisation_id=lou.door
        )
        again = circle.authorise(
            by=lou.marie, record_id=lou.record.id, professional_id=lou.martin.id
        )
    assert again == lou.door
    assert really(lou) == true


def test_a_door_the_family_gives_until_another_day_is_one_again(lou):
    do(lou, lou.lou, LATER, ENDS["a door"])
    until = NOON.date() + dt.timedelta(days=30)
    with binding(lou.marie, at=NOON):
        circle.authorise(
            by=lou.marie, record_id=lou.record.id, professional_id=lou.martin.id, until=until
        )
    [held] = [one for one in told(lou, at=NOON + HOUR)[0][0] if one.name == "Dr Martin"]
    assert held.until == until
    assert really(lou, at=NOON + HOUR)[lou.martin.id][0]


def test_of_two_doors_of_a_professional_the_family_blocks_none_goes_on(lou):
    """The minor's own and the family's end at one instant, one of them in secret."""
    with binding(lou.lou, at=LATER):
        circle.authorise(by=lou.lou, record_id=lou.record.id, professional_id=lou.martin.id)
    with binding(lou.marie, at=NOON):
        circle.block(by=lou.marie, record_id=lou.record.id, professional_id=lou.martin.id)
    members = told(lou, at=NOON + HOUR)[0][0]
    assert "Dr Martin" not in {one.name for one in members}


def test_a_closed_record_begins_again_with_nobody_for_the_family_too(lou):
    for end in (ENDS["a door"], ENDS["a structure's"]):
        do(lou, lou.lou, LATER, end)
    with binding(lou.marie, at=NOON):
        end_every_door(by=lou.marie, record_id=lou.record.id)
    assert told(lou, at=NOON + HOUR)[0][0] == ()


def test_what_the_family_ends_at_the_very_instant_the_minor_ends_another_is_over_for_them(lou):
    """It is told by what was ended, on which record and when: nothing else goes on with it."""
    with binding(lou.marie, at=BEFORE):
        scan = masks.hide(
            by=lou.marie, record_id=lou.record.id, element_ids=[lou.scan.id],
            audience=Audience(MaskAudience.EVERYONE), gesture=uuid.uuid4(),
        ).gesture  # fmt: skip
    for end in (ENDS["a mask"], ENDS["a block"]):
        do(lou, lou.marie, LATER, end)
    do(lou, lou.lou, LATER, ENDS["a door"])
    with binding(lou.noe, at=LATER):
        masks.show_rule(by=lou.noe, record_id=lou.other.id, mask_id=lou.noes_mask.id)
    with binding(lou.lou, at=NOON):
        masks.show(by=lou.lou, record_id=lou.record.id, gesture=scan)
    (members, _waiting, blocked, _gp), _seen, decided, *_rest = told(lou, at=NOON + HOUR)

    assert blocked == ()
    assert [rule.gesture for rule in decided.rules] == [scan]
    assert "Dr Martin" in {one.name for one in members}


def test_what_a_minor_ends_openly_is_over_for_the_family(lou):
    """Whose patient a child is, is no secret: the former doctor's door goes with the right."""
    gave = {"record_id": lou.record.id, "professional_id": lou.garnier.id}
    with binding(lou.lou, at=BEFORE):
        circle.declare_treating_gp(by=lou.lou, **gave)
    with binding(lou.marie, at=BEFORE):
        circle.authorise(by=lou.marie, **gave)
    with binding(lou.lou, at=LATER):
        circle.declare_treating_gp(
            by=lou.lou, record_id=lou.record.id, professional_id=lou.martin.id
        )
    with binding(lou.marie, at=NOON):
        team = circle.read_team(by=lou.marie, record_id=lou.record.id)
    assert team.gp is not None
    assert team.gp.name == "Dr Martin"
    assert "Dr Garnier" not in {one.name for one in team.members}


def test_of_what_both_lifted_the_family_is_told_what_another_rule_still_hides(lou):
    asked = {"by": lou.marie, "record_id": lou.record.id}
    martin = Audience(MaskAudience.PROFESSIONAL, lou.martin.id)
    with binding(lou.marie, at=BEFORE):
        for what in ({"others": [Target(MaskTarget.EVERYTHING)]}, {"element_ids": [lou.scan.id]}):
            masks.hide(**asked, **what, audience=martin, gesture=uuid.uuid4())
    do(lou, lou.lou, LATER, ENDS["a mask"])
    do(lou, lou.marie, NOON, ENDS["a mask"])
    with binding(lou.marie, at=NOON):
        assert masks.still_hidden(**asked) == 1


def test_once_of_age_what_a_minor_ended_is_over_for_everybody(lou):
    for name in ("a door", "a mask", "a block"):
        do(lou, lou.lou, LATER, ENDS[name])
    with binding(lou.lou, at=OF_AGE):
        team = circle.read_team(by=lou.lou, record_id=lou.record.id)
        assert "Dr Martin" not in {one.name for one in team.members}
        assert team.blocked == ()
        assert masks.read_decided(by=lou.lou, record_id=lou.record.id).rules == ()


@pytest.mark.parametrize("lifted", [False, True])
def test_the_family_is_told_that_their_mask_ends_and_the_minor_of_what_holds(lou, lifted):
    if lifted:
        do(lou, lou.lou, LATER, ENDS["a mask"])
    with role("dmp_worker"), binding(WORKER, at=NOON + dt.timedelta(days=4)):
        notices.remind(by=WORKER)
        rows = Notice.objects.filter(kind=CHOICE_ENDS)
        told_to = set(rows.values_list("person_id", flat=True))
    assert told_to == {lou.marie.person_id} | (set() if lifted else {lou.lou.person_id})


def test_a_door_refused_beside_another_that_ends_is_the_one_that_was_refused(lou, as_owner):
    """Ending a door of somebody's answers no question of theirs that waits."""
    with as_owner():
        waiting = Authorisation.objects.create(
            record=lou.record, kind="circle", professional=lou.martin.professional,
            ground="presence", given_at=BEFORE, since=BEFORE,
            until=NOON + dt.timedelta(days=300),
        )  # fmt: skip
    do(lou, lou.lou, LATER, ENDS["a door"])
    assert [one.authorisation_id for one in told(lou, by=lou.lou)[0][1]] == [waiting.id]
    with binding(lou.lou, at=LATER):
        circle.refuse_waiting_door(
            by=lou.lou, record_id=lou.record.id, authorisation_id=waiting.id
        )
    assert told(lou, by=lou.lou)[0][1] == ()
    assert [one.authorisation_id for one in told(lou)[0][1]] == [waiting.id]


def test_the_family_is_told_of_no_share_with_one_who_has_no_account_yet(lou):
    """Their periods stand for guardian's rows: what the minor gave isn't among those told."""
    before = told(lou)
    for whom, days in ((lou.outside, None), (lou.pharmacist, 30)):
        until = days and NOON.date() + dt.timedelta(days=days)
        with binding(lou.lou, at=LATER):
            circle.share(
                by=lou.lou, record_id=lou.record.id, element_id=lou.scan.id,
                professional_id=whom.id, until=until,
            )  # fmt: skip
        assert told(lou) == before
    with binding(lou.pharmacist.viewer, at=NOON):
        given = policy.shares_given_at(policy.standing_on(lou.record.id), [lou.scan.id]).get(
            lou.scan.id
        )
    assert given == LATER


def test_to_the_guardian_of_the_adult_it_is_as_it_is(lou, as_owner):
    """What they ended and showed as a minor, nobody keeps from who stands beside them now."""
    gesture = uuid.uuid4()
    with binding(lou.marie, at=BEFORE):
        masks.hide(
            by=lou.marie, record_id=lou.record.id, element_ids=[lou.scan.id], gesture=gesture,
            audience=Audience(MaskAudience.PROFESSIONAL, lou.martin.id),
        )  # fmt: skip
    with binding(lou.lou, at=LATER):
        masks.show(by=lou.lou, record_id=lou.record.id, gesture=gesture)
        circle.share(
            by=lou.lou, record_id=lou.record.id, element_id=lou.letter.id,
            professional_id=lou.pharmacist.id,
        )  # fmt: skip
    with as_owner():
        luc = cast.person("Luc")
        cast.represent(lou.record, luc, ground="guardian", since=OF_AGE - HOUR)
        guardian = cast.family_viewer(luc, Role.REPRESENTATIVE)
    asked = {"by": guardian, "record_id": lou.record.id}
    with binding(guardian, at=OF_AGE):
        martin, pharmacist = (
            look_as(**asked, key=f"professional:{one.id}").shown
            for one in (lou.martin, lou.pharmacist)
        )
        assert lou.scan.id in seen_by(martin)
        assert policy.shares_given_at(pharmacist, [lou.letter.id]).get(lou.letter.id) == LATER


def test_a_door_asked_for_again_is_asked_of_the_minor_alone(lou):
    """To the family it never ended: nobody asks for what they have."""

    def come(*, proved):
        with binding(lou.martin.viewer, at=NOON):
            circle.open_in_presence(
                by=lou.martin.viewer, record_id=lou.record.id, proved=proved, year=True
            )

    come(proved=True)
    before, said = told(lou), journal(lou)
    mails = Notice.objects.filter(person_id=lou.marie.person_id)
    sent = mails.count()
    do(lou, lou.lou, LATER, ENDS["a door"])
    come(proved=False)

    assert told(lou) == before
    assert journal(lou) == said
    with binding(lou.lou, at=NOON):
        waiting = circle.read_team(by=lou.lou, record_id=lou.record.id).waiting
    assert [one.professional_id for one in waiting] == [lou.martin.id]
    assert mails.count() == sent


def test_a_claim_sent_again_is_hidden_to_the_family_as_the_first_was(lou, as_owner):
    with as_owner():
        box = cast.line(lou.record)
    asked = {"by": lou.marie, "record_id": lou.record.id}
    with binding(lou.marie, at=BEFORE):
        gesture = masks.hide(
            **asked, element_ids=[box.id], gesture=uuid.uuid4(),
            audience=Audience(MaskAudience.PROFESSIONAL, lou.martin.id),
        ).gesture  # fmt: skip

    def sent_again(*, shown):
        """How the family and the doctor see the next line, where the minor shows the first."""
        with undone():
            if shown:
                do(lou, lou.lou, LATER, lambda _lou, asked: masks.show(**asked, gesture=gesture))
            with as_owner():
                line = cast.line(lou.record, id=uuid.UUID(int=7))
            with role("dmp_worker"), binding(WORKER, at=NOON):
                turn_to_all([lou.record.id])
                masks.cover_new_claims({lou.record.id: [line.id]})
            with binding(lou.marie, at=NOON):
                seen = who_sees(**asked, element=line), masks.read_decided(**asked).rules
            with binding(lou.martin.viewer, at=NOON):
                found = policy.standing_on(lou.record.id)
                return seen, line.id in seen_by(found)

    family, doctor = sent_again(shown=False)
    assert not doctor
    assert sent_again(shown=True) == (family, True)
