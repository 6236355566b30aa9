"""« I don't know this person »: the access paused, the fund told without a name, the answer."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from access import cases, circle, policy
from access.binding import binding, frozen_clock, note
from access.cases import opening
from access.journal import Action
from access.models import Block, Case, JournalEvent, Notice
from access.policy import NotVisible, Refused
from access.viewer import Role
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_emergency import URGENT, WHO, WHY
from tests.jeanne import circle_period


VISIT = NOON - dt.timedelta(days=2, hours=1)
AFTER = NOON + dt.timedelta(hours=1)
ANSWER = "Ce médecin remplaçait votre médecin ce jour-là."


def look(viewer, record, *, at=VISIT, door="circle", **about):
    with binding(viewer, at=at):
        note(Action.LIST_READ, record.id, by=viewer, door=door, **about)
    return JournalEvent.objects.filter(record_id=record.id).latest("seq").id


def report(world, who, event_id, at=NOON, **more):
    viewer, record = world.viewers[who], world.record
    with binding(viewer, at=at):
        return cases.open_case(by=viewer, record_id=record.id, event_id=event_id, **more)


def sees(world, who, at=AFTER):
    """Whether a professional has any door to the record."""
    with binding(world.viewers[who], at=at):
        return not policy.standing_on(world.record.id).blocked


def answer(world, case_id, outcome="explained", text=ANSWER, by="agent"):
    with binding(world.viewers[by], at=AFTER):
        cases.answer(by=world.viewers[by], case_id=case_id, outcome=outcome, text=text)


def acts(world):
    rows = JournalEvent.objects.filter(record_id=world.record.id, actor_role="patient")
    return list(rows.order_by("seq").values_list("act", flat=True))


def test_the_access_is_paused_at_once_and_comes_back_whole(jeanne):
    seen = look(jeanne.viewers["martin"], jeanne.record)

    case_id = report(jeanne, "jeanne", seen)

    assert not sees(jeanne, "martin")
    assert acts(jeanne) == ["blocked", "case_opened"]
    with binding(jeanne.viewers["jeanne"], at=AFTER):
        by = jeanne.viewers["jeanne"]
        cases.take_back(by=by, record_id=jeanne.record.id, case_id=case_id)
        cases.take_back(by=by, record_id=jeanne.record.id, case_id=case_id)
    assert sees(jeanne, "martin")
    with jeanne.as_("martin", AFTER):
        assert policy.standing_on(jeanne.record.id).circle
    assert acts(jeanne)[2:] == ["case_withdrawn", "unblocked"]
    assert Case.objects.get().state == "withdrawn"


def test_a_visit_is_reported_once_and_a_pause_ends_with_the_last_case(jeanne):
    first = look(jeanne.viewers["martin"], jeanne.record)
    again = look(jeanne.viewers["martin"], jeanne.record, at=VISIT + dt.timedelta(minutes=5))
    other = look(jeanne.viewers["martin"], jeanne.record, at=VISIT + dt.timedelta(days=1))

    one, same, two = (report(jeanne, "jeanne", key) for key in (first, again, other))

    assert one == same
    assert (
        Block.objects.filter(professional=jeanne.professionals["martin"].professional).count() == 1
    )
    for case_id, paused in ((one, True), (two, False)):
        with jeanne.as_("jeanne", AFTER) as by:
            cases.take_back(by=by, record_id=jeanne.record.id, case_id=case_id)
        assert sees(jeanne, "martin") is not paused


def test_the_treating_gp_is_never_paused_without_being_asked(jeanne):
    seen = look(jeanne.viewers["petit"], jeanne.record, door="treating_gp")
    page = jeanne.browser("jeanne").get(
        f"/dossiers/{jeanne.record.id}/qui-a-regarde/{seen}/inconnu/"
    )
    assert "est le médecin traitant" in page.content.decode()
    assert 'name="pause_gp"' in page.content.decode()

    report(jeanne, "jeanne", seen)
    assert sees(jeanne, "petit")
    other = look(jeanne.viewers["petit"], jeanne.record, at=VISIT + dt.timedelta(days=1))
    report(jeanne, "jeanne", other, pause_gp=True)
    assert not sees(jeanne, "petit")


def test_whoever_is_paused_comes_by_no_opening_that_runs_and_begins_none(jeanne):
    """Line 7 before line 11: the pause holds; lifted, what it left runs to its hour."""
    roche = jeanne.browser("stranger")

    def urgently():
        return roche.post(URGENT, WHO | WHY).status_code

    def page(at):
        with frozen_clock(at):
            return roche.get(f"/dossiers/{jeanne.record.id}/").status_code

    with frozen_clock(NOON):
        assert urgently() == 302
    assert page(AFTER) == 200
    seen = JournalEvent.objects.filter(act="list_read", door="emergency").latest("seq").id
    case_id = report(jeanne, "jeanne", seen, at=AFTER)

    assert page(AFTER) == 404
    with frozen_clock(AFTER):
        assert urgently() == 403
    with jeanne.as_("jeanne", AFTER) as by:
        cases.take_back(by=by, record_id=jeanne.record.id, case_id=case_id)
    assert page(AFTER) == 200
    assert page(NOON + dt.timedelta(hours=8)) == 404


@pytest.mark.parametrize("who", ["delegate", "martin", "agent"])
def test_nobody_else_opens_one(jeanne, who):
    seen = look(jeanne.viewers["martin"], jeanne.record)

    with pytest.raises((Refused, NotVisible)):
        report(jeanne, who, seen)


def test_a_relative_is_not_reported_nor_oneself(jeanne):
    own = look(jeanne.viewers["jeanne"], jeanne.record, door="holder")
    family = look(jeanne.viewers["delegate"], jeanne.record, door="delegate")

    for event_id in (own, family):
        with pytest.raises(NotVisible):
            report(jeanne, "jeanne", event_id)


def test_the_desk_reads_who_where_and_when_and_no_holder(jeanne):
    seen = look(jeanne.viewers["martin"], jeanne.record)
    case_id = report(jeanne, "jeanne", seen)
    number = Case.objects.get().number

    desk = jeanne.browser("agent")
    pages = [desk.get(path).content.decode() for path in
             ("/signalements/", f"/signalements/{case_id}/")]  # fmt: skip

    for page in pages:
        assert number in page
        assert "Cabinet du Dr Martin" in page
        for secret in ("Morel", "MOREL", "Jeanne", str(jeanne.record.id)):
            assert secret not in page
    assert jeanne.browser("administrator").get("/signalements/").status_code == 404


def test_the_answer_is_shown_to_the_holder_who_is_told_without_a_word_of_health(jeanne):
    seen = look(jeanne.viewers["martin"], jeanne.record)
    case_id = report(jeanne, "jeanne", seen)
    told = jeanne.browser("agent").post(
        f"/signalements/{case_id}/", {"outcome": "not_explained", "text": ANSWER}
    )
    assert told.status_code == 302

    page = jeanne.browser("jeanne").get(f"/dossiers/{jeanne.record.id}/signalements/{case_id}/")

    said = page.content.decode().replace("&#x27;", "'")
    assert said.index("La caisse vous écrit :") < said.index(ANSWER)
    assert "L'accès ne s'explique pas." in said
    assert not sees(jeanne, "martin")  # until the holder says so
    [body] = Notice.objects.filter(person_id=jeanne.holder.id).values_list("body", flat=True)
    assert not re.search("Martin|santé|médecin|signal", body)
    sealed = bytes(Case.objects.get().answer_sealed)
    assert ANSWER.encode() not in sealed


@pytest.mark.parametrize(
    ("outcome", "text"),
    [("perhaps", ANSWER), ("", ANSWER), ("explained", "   non   "), ("explained", "x" * 1001)],
    ids=["outcome", "none", "short", "long"],
)
def test_a_bad_answer_changes_nothing(jeanne, outcome, text):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))

    with pytest.raises(Refused):
        answer(jeanne, case_id, outcome, text)
    page = jeanne.browser("agent").post(
        f"/signalements/{case_id}/", {"outcome": outcome, "text": text}
    )

    assert "govuk-error-message" in page.content.decode()
    assert Case.objects.get().state == "open"


def test_what_is_late_says_so_on_both_sides(jeanne):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    after = NOON + dt.timedelta(days=16)

    with jeanne.as_("jeanne", after - dt.timedelta(days=1)) as by:
        assert not cases.read_case(by=by, record_id=jeanne.record.id, case_id=case_id).late
    with jeanne.as_("jeanne", after) as by:
        assert cases.read_case(by=by, record_id=jeanne.record.id, case_id=case_id).late
    with jeanne.as_("agent", after) as by:
        assert [one.late for one in cases.read_desk(by=by).rows] == [True]


def test_a_case_is_answered_once_and_not_once_withdrawn(jeanne):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    answer(jeanne, case_id)

    with pytest.raises(Refused):
        answer(jeanne, case_id)


def test_answered_a_visit_is_not_reported_again(jeanne):
    seen = look(jeanne.viewers["martin"], jeanne.record)
    case_id = report(jeanne, "jeanne", seen)
    answer(jeanne, case_id)

    assert report(jeanne, "jeanne", seen) == case_id
    take_back(jeanne, "jeanne", case_id)
    assert report(jeanne, "jeanne", seen) == case_id


def test_an_answer_given_while_it_is_taken_back_stays(jeanne, monkeypatch):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    read = opening.case_of

    def read_just_before_the_answer(*asked):
        found = read(*asked)
        answer(jeanne, case_id)
        return found

    monkeypatch.setattr(opening, "case_of", read_just_before_the_answer)
    back = take_back(jeanne, "jeanne", case_id)

    assert Case.objects.get().state == "answered"
    assert "case_withdrawn" not in acts(jeanne)
    assert back
    assert sees(jeanne, "martin")


def test_whoever_is_blocked_for_good_stays_so_when_the_case_is_taken_back(jeanne):
    case_id = report(jeanne, "jeanne", look(jeanne.viewers["martin"], jeanne.record))
    block(jeanne, "jeanne")

    assert not take_back(jeanne, "jeanne", case_id)
    assert Case.objects.get().state == "withdrawn"
    assert not sees(jeanne, "martin")


def take_back(world, who, case_id):
    with world.as_(who, AFTER) as by:
        return cases.take_back(by=by, record_id=world.record.id, case_id=case_id)


def block(world, who):
    martin = world.professionals["martin"].id
    with world.as_(who, AFTER) as by:
        circle.block(by=by, record_id=world.record.id, professional_id=martin)


@pytest.fixture
def minor(jeanne, as_owner):
    """Lou, 16, whose record Marie stands for; Dr Martin has a door to it."""
    with as_owner():
        lou, marie = cast.person("Lou", born=dt.date(2010, 1, 5)), cast.person("Marie")
        jeanne.record = cast.record(lou)
        cast.represent(jeanne.record, marie)
        jeanne.viewers["lou"] = cast.family_viewer(lou)
        jeanne.viewers["marie"] = cast.family_viewer(marie, Role.REPRESENTATIVE)
        martin = jeanne.professionals["martin"]
        circle_period(jeanne.record, "circle", professional=martin.professional, user=martin.user)
        jeanne.secret = cast.document(jeanne.record, title="Planning", secret=True)
    return jeanne


def test_a_representative_knows_of_no_case_a_minor_opened(minor):
    seen = look(minor.viewers["martin"], minor.record)

    def as_marie_reads():
        with minor.as_("marie", AFTER) as by:
            team = circle.read_team(by=by, record_id=minor.record.id)
            return team.members, team.blocked, cases.read_cases(by=by, record_id=minor.record.id)

    before = as_marie_reads()
    case_id = report(minor, "lou", seen)

    assert as_marie_reads() == before
    with minor.as_("marie", AFTER) as by, pytest.raises(NotVisible):
        cases.read_case(by=by, record_id=minor.record.id, case_id=case_id)
    assert not sees(minor, "martin")
    assert report(minor, "marie", seen) != case_id


def test_a_parents_pause_stays_theirs_beside_a_block_by_the_minor_alone(minor):
    case_id = report(minor, "marie", look(minor.viewers["martin"], minor.record))
    block(minor, "lou")

    assert take_back(minor, "marie", case_id)
    with minor.as_("marie", AFTER) as by:
        assert circle.read_team(by=by, record_id=minor.record.id).blocked == ()
    assert not sees(minor, "martin")


def test_a_representative_reports_no_visit_that_rests_on_a_secret(minor):
    seen = look(
        minor.viewers["martin"], minor.record, element_kind="document", element_id=minor.secret.id
    )

    with pytest.raises(NotVisible):
        report(minor, "marie", seen)


def test_who_looked_offers_it_on_a_visit_and_then_names_the_case(jeanne):
    look(jeanne.viewers["martin"], jeanne.record)
    browser = jeanne.browser("jeanne")
    address = f"/dossiers/{jeanne.record.id}/qui-a-regarde/"

    before = browser.get(address).content.decode()
    [link] = re.findall(r'href="([^"]+/inconnu/)"', before)
    answered = browser.post(link, follow=True)

    number = Case.objects.get().number
    assert number in answered.content.decode()
    after = browser.get(address).content.decode()
    assert f"Signalé : n° {number}" in after.replace("\xa0", " ")
    assert "/inconnu/" not in after


def test_a_case_by_a_minor_alone_holds_no_pause_of_a_parents(minor):
    """What the parent reads of their own case is the same whether or not there is another."""
    visits = [look(minor.viewers["martin"], minor.record, at=VISIT - dt.timedelta(days=n))
              for n in (0, 1)]  # fmt: skip
    theirs = report(minor, "marie", visits[0])
    report(minor, "lou", visits[1])

    assert take_back(minor, "marie", theirs)
    with minor.as_("marie", AFTER) as by:
        assert circle.read_team(by=by, record_id=minor.record.id).blocked == ()
    assert not sees(minor, "martin")
