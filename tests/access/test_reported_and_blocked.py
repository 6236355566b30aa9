"""Whoever was reported gets their access back on the report's page, and nowhere else."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.urls import reverse

from access import cases, circle, policy
from access.binding import frozen_clock
from access.models import Authorisation, Case, JournalEvent
from access.policy import Refused
from access.reading_journal.known import known_to
from access.viewer import Role
from records.dossier.entrance import enter
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_cases import (  # noqa: F401  # minor is a fixture
    AFTER,
    VISIT,
    acts,
    answer,
    block,
    look,
    minor,
    report,
    sees,
    take_back,
)
from tests.access.test_emergency import URGENT, WHO, WHY


DAY = dt.timedelta(days=1)


def unblock(world, who="jeanne", whom="martin", at=AFTER):
    with world.as_(who, at) as by:
        professional = world.professionals[whom].id
        return circle.unblock(by=by, record_id=world.record.id, professional_id=professional)


def address(world, name, *about):
    return reverse(f"access:{name}", args=[world.record.id, *about])


def blocked(world, who="jeanne"):
    with world.as_(who, AFTER) as by:
        return circle.read_team(by=by, record_id=world.record.id).blocked


def page(world, name, *about):
    with frozen_clock(AFTER):
        answered = world.browser("jeanne").get(address(world, name, *about))
    return html.unescape(answered.content.decode())


def test_unblocking_gives_nothing_back_to_whom_was_reported(jeanne):
    """Least of all an opening that runs: nothing was said before the press."""
    roche = jeanne.browser("stranger")
    with frozen_clock(NOON):
        assert roche.post(URGENT, WHO | WHY).status_code == 302
    seen = JournalEvent.objects.filter(act="emergency_opened").latest("seq").id
    case_id = report(jeanne, "jeanne", seen, at=AFTER)
    before = acts(jeanne)

    with pytest.raises(Refused, match="ouvrez votre signalement") as refused:
        unblock(jeanne, whom="stranger")

    assert "le Dr " in refused.value.reason
    assert not sees(jeanne, "stranger")
    assert acts(jeanne) == before
    assert Case.objects.get().state == "open"
    assert take_back(jeanne, "jeanne", case_id)
    assert sees(jeanne, "stranger")


def test_pressed_on_an_old_page_it_says_where(jeanne):
    report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    martin = jeanne.professionals["martin"].id

    said = jeanne.browser("jeanne").post(address(jeanne, "doctor_unblock", martin))

    assert said.status_code == 403
    assert "il est dans « Qui a regardé »" in said.content.decode().replace("\xa0", " ")
    assert not sees(jeanne, "martin")


def test_answered_it_is_still_given_back_there_alone(jeanne):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    answer(jeanne, case_id)

    with pytest.raises(Refused):
        unblock(jeanne)

    assert take_back(jeanne, "jeanne", case_id)
    assert sees(jeanne, "martin")
    assert not blocked(jeanne)


def test_blocked_for_good_they_are_unblocked_as_anybody(jeanne):
    report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    block(jeanne, "jeanne")

    assert [one.case_id for one in blocked(jeanne)] == [None]
    unblock(jeanne)
    assert sees(jeanne, "martin")


def test_of_two_reports_one_that_waits_is_where_it_is_given_back(jeanne):
    """The answered one gives nothing back while the other waits."""
    one, two, three = (
        report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record, at=VISIT + n * DAY),
               at=NOON + n * dt.timedelta(minutes=1))
        for n in (-1, 0, 1)
    )  # fmt: skip
    assert [row.case_id for row in blocked(jeanne)] == [three]
    answer(jeanne, three)
    assert [row.case_id for row in blocked(jeanne)] == [two]
    take_back(jeanne, "jeanne", two)
    assert [row.case_id for row in blocked(jeanne)] == [one]
    assert take_back(jeanne, "jeanne", one)
    assert sees(jeanne, "martin")


@pytest.mark.parametrize("name", ["doctors", "who_can_see", "doctor_declare"])
def test_pages_lead_to_the_report_and_offer_no_unblocking(jeanne, name):
    martin = jeanne.professionals["martin"].id
    about = [martin] if name == "doctor_declare" else []
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    unblocking = address(jeanne, "doctor_unblock", martin)

    said = page(jeanne, name, *about)

    assert f'href="{address(jeanne, "case", case_id)}"' in said
    assert unblocking not in said
    block(jeanne, "jeanne")
    assert unblocking in page(jeanne, name, *about)


def test_whoever_gives_them_access_is_sent_to_the_report_too(jeanne):
    report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    asked = {"record_id": jeanne.record.id, "professional_id": jeanne.professionals["martin"].id}

    for give in (circle.authorise, circle.declare_treating_gp):
        with jeanne.as_("jeanne", AFTER) as by, pytest.raises(Refused, match="votre signalement"):
            give(by=by, **asked)


def test_the_report_says_what_comes_back_before_it_does(jeanne):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    back = "retrouve aussitôt celui qu'elle avait, même ouvert en urgence s'il dure encore."
    withdrawn = "Le signalement est aussi retiré."
    waits = page(jeanne, "case", case_id)
    assert back in waits
    assert withdrawn in waits
    answer(jeanne, case_id)
    answered = page(jeanne, "case", case_id)
    assert back in answered
    assert withdrawn not in answered


def test_while_another_report_holds_the_pause_none_promises_the_access_back(jeanne):
    """Three of one person: withdrawn, answered, waiting; each leads to the one that waits."""
    withdrawn, answered, waiting = (
        report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record, at=VISIT + n * DAY))
        for n in (-1, 0, 1)
    )
    answer(jeanne, answered)
    back, other = "Lui rendre son accès", "tant qu'il attend, rien ne lui est rendu."
    assert other in page(jeanne, "case", withdrawn)
    assert "Retirer ce signalement" in page(jeanne, "case", withdrawn)
    assert not take_back(jeanne, "jeanne", withdrawn)

    for case_id in (withdrawn, answered):
        said = page(jeanne, "case", case_id)
        assert f'href="{address(jeanne, "case", waiting)}"' in said
        assert address(jeanne, "case_take_back", case_id) not in said
        assert back not in said
    said = page(jeanne, "case", waiting)
    assert other not in said
    assert back in said
    block(jeanne, "jeanne")
    assert other not in page(jeanne, "case", answered), "no pause is held any more"


def test_a_report_after_the_answer_to_another_holds_the_pause_it_left(jeanne):
    martin, record = jeanne.viewers["martin"], jeanne.record
    answered = report(jeanne, "jeanne", look(martin, record))
    answer(jeanne, answered)
    waiting = report(jeanne, "jeanne", look(martin, record, at=VISIT - DAY), at=AFTER)

    said = page(jeanne, "case", answered)
    assert f'href="{address(jeanne, "case", waiting)}"' in said
    assert "Lui rendre son accès" not in said
    assert not take_back(jeanne, "jeanne", answered)
    assert not sees(jeanne, "martin")
    assert take_back(jeanne, "jeanne", waiting)
    assert sees(jeanne, "martin")


@pytest.mark.parametrize("reported", [True, False], ids=["reported", "blocked"])
def test_a_declaration_by_whom_was_kept_out_is_first_of_all_refused(jeanne, as_owner, reported):
    martin = jeanne.professionals["martin"]
    if reported:
        report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    else:
        with jeanne.as_("jeanne", NOON) as by:
            circle.block(by=by, record_id=jeanne.record.id, professional_id=martin.id)
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp", record=jeanne.record).delete()
        waits = Authorisation.objects.create(
            record=jeanne.record, kind="treating_gp", professional=martin.professional,
            ground="presence", given_at=NOON, since=NOON,
        )  # fmt: skip

    said = page(jeanne, "doctors")

    refusing = said.index(address(jeanne, "doctor_refuse", waits.id))
    if reported:
        assert "Pour dire oui, rendez-lui d'abord son accès, depuis votre signalement." in said
        assert address(jeanne, "doctor_unblock", martin.id) not in said
    else:
        assert refusing < said.index(address(jeanne, "doctor_unblock", martin.id))


def test_a_minor_lifts_their_familys_pause_alone_and_takes_no_report_of_theirs_back(minor):  # noqa: F811
    report(minor, "marie", look(minor.viewers["martin"], minor.record))
    before = blocked(minor, "marie")
    assert before[0].case_id is not None
    assert [one.case_id for one in blocked(minor, "lou")] == [None]

    assert unblock(minor, "lou")

    assert sees(minor, "martin")
    assert blocked(minor, "marie") == before
    assert Case.objects.get().state == "open"
    with pytest.raises(Refused):
        unblock(minor, "marie", at=AFTER + dt.timedelta(minutes=1))


def test_a_family_is_not_told_that_the_minor_lifted_their_pause_before_them(minor):  # noqa: F811
    """They read that the access came back, as where it comes back at their press."""
    case_id = report(minor, "marie", look(minor.viewers["martin"], minor.record))
    unblock(minor, "lou", at=NOON + dt.timedelta(minutes=30))

    assert take_back(minor, "marie", case_id)
    assert blocked(minor, "marie") == ()


def test_a_minors_own_report_is_theirs_to_take_back(minor):  # noqa: F811
    case_id = report(minor, "lou", look(minor.viewers["martin"], minor.record))

    with pytest.raises(Refused):
        unblock(minor, "lou")
    assert unblock(minor, "marie")  # as for whoever isn't blocked: they know of none

    assert not sees(minor, "martin")
    assert take_back(minor, "lou", case_id)


@pytest.fixture
def guarded(jeanne, as_owner):
    """Jeanne has a guardian, Luc; some of her care is kept from him."""
    with as_owner():
        helper = cast.person("Luc")
        cast.represent(jeanne.record, helper, ground="guardian")
        jeanne.viewers["luc"] = cast.family_viewer(helper, Role.REPRESENTATIVE)
        jeanne.secret = cast.document(jeanne.record, title="Planning", secret=True)
    return jeanne


def report_both(world, first):
    """Report a visit that the guardian knows of and one they don't: return the two cases."""
    martin, found = world.viewers["martin"], {}
    kept = {"element_kind": "document", "element_id": world.secret.id, "rests_on_secret": True}
    for n, name in enumerate([first, *({"known", "kept"} - {first})]):
        about = kept if name == "kept" else {"at": VISIT - DAY}
        at = NOON + n * dt.timedelta(minutes=1)
        found[name] = report(world, "jeanne", look(martin, world.record, **about), at=at)
    return found["known"], found["kept"]


@pytest.mark.parametrize("first", ["known", "kept"])
def test_a_guardian_is_led_to_no_report_on_a_visit_kept_from_them(guarded, first):
    known, kept = report_both(guarded, first)

    assert [one.case_id for one in blocked(guarded)] == [kept if first == "known" else known]
    assert [one.case_id for one in blocked(guarded, "luc")] == [known]
    with guarded.as_("luc", AFTER) as by:
        view = cases.read_case(by=by, record_id=guarded.record.id, case_id=known)
    assert view.paused
    assert view.other_id is None


@pytest.mark.parametrize("first", ["known", "kept"])
def test_a_guardian_who_takes_one_back_is_not_told_of_the_other(guarded, first):
    """What they read is the same whether or not there is another; it holds all the same."""
    known, kept = report_both(guarded, first)

    assert take_back(guarded, "luc", known)

    assert blocked(guarded, "luc") == ()
    with guarded.as_("luc", AFTER) as by:
        assert not cases.read_case(by=by, record_id=guarded.record.id, case_id=known).shut
    assert not sees(guarded, "martin")
    assert [one.case_id for one in blocked(guarded)] == [kept]
    assert take_back(guarded, "jeanne", kept)
    assert sees(guarded, "martin")


PROMISE, BESIDE = "retrouve aussitôt", "Cette personne reste bloquée par ailleurs."


def promised(world, case_id):
    """Whether the report's page promises the access back, in its words and on its button."""
    said = page(world, "case", case_id)
    assert (PROMISE in said) == ("Lui rendre son accès" in said)
    return PROMISE in said


@pytest.mark.parametrize("first", ["known", "kept"])
@pytest.mark.parametrize("back", ["known", "kept"])
def test_of_two_pauses_beside_one_another_the_last_alone_gives_back(guarded, first, back):
    both = dict(zip(("known", "kept"), report_both(guarded, first), strict=True))
    taken = both.pop(back)
    [left] = both.values()
    for one, other in ((taken, left), (left, taken)):
        assert not promised(guarded, one)
        said = page(guarded, "case", one)
        assert f'href="{address(guarded, "case", other)}"' in said
        assert "Retirer ce signalement" in said

    assert not take_back(guarded, "jeanne", taken)

    assert promised(guarded, left)
    assert take_back(guarded, "jeanne", left)
    assert sees(guarded, "martin")


def test_answered_each_of_two_pauses_is_lifted_on_its_own_page(guarded):
    known, kept = report_both(guarded, "known")
    answer(guarded, known)
    assert address(guarded, "case_take_back", known) in page(guarded, "case", known)
    assert BESIDE in page(guarded, "case", kept)
    answer(guarded, kept)
    for case_id in (known, kept):
        assert not promised(guarded, case_id)
        said = page(guarded, "case", case_id)
        assert BESIDE in said
        assert "Lever cette suspension" in said

    assert not take_back(guarded, "jeanne", known)

    assert promised(guarded, kept)
    assert take_back(guarded, "jeanne", kept)


def test_whoever_was_blocked_for_good_before_is_promised_no_access_back(guarded):
    block(guarded, "jeanne")
    about = {"element_kind": "document", "element_id": guarded.secret.id, "rests_on_secret": True}
    seen = look(guarded.viewers["martin"], guarded.record, **about)
    case_id = report(guarded, "jeanne", seen, at=AFTER)

    assert not promised(guarded, case_id)
    assert BESIDE in page(guarded, "case", case_id)
    assert not take_back(guarded, "jeanne", case_id)


def test_a_minor_is_promised_nothing_while_their_familys_pause_goes_on(minor):  # noqa: F811
    theirs, again, own = (
        report(minor, who, look(minor.viewers["martin"], minor.record, at=VISIT - n * DAY),
               at=NOON + n * dt.timedelta(minutes=1))
        for n, who in enumerate(("marie", "marie", "lou"))
    )  # fmt: skip

    def read(case_id, who):
        with minor.as_(who, AFTER) as by:
            return cases.read_case(by=by, record_id=minor.record.id, case_id=case_id)

    assert not any(read(case_id, "lou").gives_back for case_id in (theirs, again, own))
    assert read(own, "lou").beside
    # To their family's they aren't led, but from one of them to the other.
    assert [read(case_id, "lou").other_id for case_id in (own, theirs)] == [None, again]
    assert take_back(minor, "marie", theirs) is False
    view = read(again, "marie")
    assert (view.gives_back, view.beside, view.other_id) == (True, False, None)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside theirs"])
def test_a_guardian_reads_the_end_of_no_block_kept_from_them(guarded, beside):
    about = {"element_kind": "document", "element_id": guarded.secret.id, "rests_on_secret": True}
    report(guarded, "jeanne", look(guarded.viewers["martin"], guarded.record, **about))
    block(guarded, "luc" if beside else "jeanne")
    if beside:
        block(guarded, "jeanne")

    later = AFTER + dt.timedelta(minutes=1)
    unblock(guarded, at=later)

    assert sees(guarded, "martin", later)
    with guarded.as_("luc", later) as by:
        told = known_to(enter(by=by, record_id=guarded.record.id))
        assert told.filter(act="unblocked").exists() is beside
        assert told.filter(act="blocked").exists() is beside


def test_blocking_speaks_of_an_access_that_is_lost_where_there_is_one(jeanne):
    lost = "l'accès que vous lui aviez donné ne reviendra pas tout seul"
    said = {
        who: lost in page(jeanne, "doctor_block", jeanne.professionals[who].id)
        for who in ("petit", "martin", "stranger")
    }
    assert said == {"petit": True, "martin": True, "stranger": False}
    whom = jeanne.professionals["stranger"].id
    asked = {"record_id": jeanne.record.id, "professional_id": whom}
    with jeanne.as_("jeanne", NOON) as by:
        element = policy.visible_documents(policy.standing_on(jeanne.record.id)).first()
        circle.share(by=by, element_id=element.id, **asked)
    assert lost in page(jeanne, "doctor_block", whom)
