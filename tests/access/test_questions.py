"""« Puis-je voir … ? » : asked in general words, answered by shares or not at all."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import circle, policy, questions
from access.binding import binding, frozen_clock
from access.models import JournalEvent, Notice
from access.policy import NotVisible, Refused
from access.questions import Since, Wanted, waiting_questions
from access.viewer import Role
from records.dossier.entrance import enter
from records.models import DocumentVersion
from tests.access import cast
from tests.access.boxes import told_of_the_boxes
from tests.access.cast import NOON
from tests.jeanne import hide


TOKEN = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"|X-CSRFToken[^>]+')
PAGE = uuid.UUID(int=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def shown(world, as_owner):
    """A letter that Dr Martin reads, a lab report that is hidden from her, an old one."""
    with binding(world.jeanne, at=NOON - MINUTE):
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
    with as_owner():
        Notice.objects.all().delete()
        world.letter = cast.document(world.record, title="Lettre", by=world.garnier)
        lab = {"type_code": "11502-2", "class_code": "31", "by": world.garnier}
        world.lab = cast.document(world.record, title="Bilan", **lab)
        world.old = cast.document(
            world.record, title="Vieux bilan", occurred_on=dt.date(2019, 5, 4), **lab
        )
        hide(world.record, world.lab, audience="everyone")
        hide(world.record, world.old, audience="everyone")
    return world


def browser(world, who, role):
    client = Client()
    client.force_login(cast.User.objects.get(id=who.user_id))
    session = client.session
    session["capacity"], session["second_factor"] = role, "totp"
    session.save()
    return client


def ask(world, by=None, *, wanted=Wanted.RESULTS, since=Since.YEAR, at=NOON, attempt=PAGE):
    by = by or world.martin.viewer
    with binding(by, at=at):
        questions.ask(
            by=by, record_id=world.record.id, wanted=wanted, since=since, attempt=attempt
        )


def waiting(world, by=None, at=NOON + MINUTE):
    by = by or world.jeanne
    with binding(by, at=at):
        return waiting_questions(enter(by=by, record_id=world.record.id))


def sees(world, element):
    with binding(world.martin.viewer, at=NOON + 2 * MINUTE):
        standing = policy.standing_on(world.record.id)
        return policy.can_see(type(element), standing, element.id)


def test_a_question_is_answered_by_what_the_holder_ticks_and_by_nothing_else(shown):
    martin = browser(shown, shown.martin.viewer, f"professional:{shown.martin.practice.id}")
    jeanne = browser(shown, shown.jeanne, f"patient:{shown.record.id}")
    home = reverse("records:home", args=[shown.record.id])
    address = reverse("access:ask", args=[shown.record.id])
    with frozen_clock(NOON):
        assert address in martin.get(home).content.decode()
        assert "Il y a un problème" in martin.post(address, {"wanted": ""}).content.decode()
        sent = martin.post(address, {"wanted": "results", "since": "year"}, follow=True)
    assert "cela ne dit rien de ce que contient son dossier" in sent.content.decode()
    [notice] = Notice.objects.filter(kind="question")
    assert "Martin" not in notice.body

    with frozen_clock(NOON + MINUTE):
        said = jeanne.get(home).content.decode().replace("\xa0", " ")
        assert "Le Dr Martin : « Puis-je voir… ? »" in said
        [one] = waiting(shown)
        page = reverse("access:question", args=[shown.record.id, one.id])
        view = jeanne.get(page).context["view"]
        assert [element.title for element in view.elements] == ["Bilan"]
        empty = jeanne.post(page, {"lasting": "month"})
        assert told_of_the_boxes(empty) == "Cochez au moins un élément à montrer."
        jeanne.post(page, {"lasting": "month", "e": str(shown.lab.id)})
        assert waiting(shown) == []
        assert jeanne.get(page).status_code == 404
    assert sees(shown, shown.lab)
    assert not sees(shown, shown.old)


def test_left_unanswered_the_asker_is_told_nothing_at_all(shown):
    martin = browser(shown, shown.martin.viewer, f"professional:{shown.martin.practice.id}")
    jeanne = browser(shown, shown.jeanne, f"patient:{shown.record.id}")
    ask(shown)

    def pages():
        with frozen_clock(NOON + MINUTE):
            return [
                TOKEN.sub("", martin.get(reverse(name, args=args)).content.decode())
                for name, args in (
                    ("records:home", [shown.record.id]), ("access:patients", []),
                    ("records:documents", [shown.record.id]),
                )
            ]  # fmt: skip

    before = pages()
    told = Notice.objects.count()
    [one] = waiting(shown)
    with frozen_clock(NOON + MINUTE):
        address = reverse("access:question", args=[shown.record.id, one.id])
        assert jeanne.post(address, {"close": "1"}).status_code == 302
    assert waiting(shown) == []
    assert pages() == before
    assert Notice.objects.count() == told


def test_the_same_is_written_and_told_whether_anything_is_hidden_or_not(shown, as_owner):
    def traces():
        events = JournalEvent.objects.filter(record_id=shown.record.id, act="asked_to_see")
        rows = events.values_list("element_kind", "element_id", "reason", "shown", "door")
        notices = Notice.objects.filter(kind="question").values_list("body", "state", "due_at")
        return list(rows), list(notices)

    ask(shown)
    first = traces()
    with as_owner():
        Notice.objects.all().delete()
        for one in (shown.lab, shown.old):
            DocumentVersion.objects.filter(document=one).delete()
            one.delete()
    ask(shown, at=NOON + questions.asking.SENT_TWICE)
    events, notices = traces()
    assert events == first[0] * 2
    assert notices == first[1]


def test_a_question_waits_no_longer_than_the_door_it_came_by(shown):
    ask(shown)
    [one] = waiting(shown)
    asked = {"by": shown.jeanne, "record_id": shown.record.id}
    with binding(shown.jeanne, at=NOON + MINUTE):
        [door] = circle.read_team(**asked).members
        circle.end_authorisation(**asked, authorisation_id=door.authorisation_id)
    assert waiting(shown) == []
    with binding(shown.jeanne, at=NOON + MINUTE), pytest.raises(NotVisible):
        questions.read_question(**asked, question_id=one.id)


def test_as_many_statements_show_two_elements_as_one(shown):
    spent = []
    for since, elements in ((Since.YEAR, [shown.lab]), (Since.FIVE, [shown.lab, shown.old])):
        ask(shown, since=since)
        [one] = waiting(shown)
        with CaptureQueriesContext(connection) as context, binding(shown.jeanne, at=NOON + MINUTE):
            questions.answer(
                by=shown.jeanne, record_id=shown.record.id, question_id=one.id, until=None,
                element_ids=[element.id for element in elements],
            )  # fmt: skip
        spent.append(len(context))
    assert spent[0] == spent[1]
    assert sees(shown, shown.old)


def test_three_questions_a_week_of_the_circle_alone(shown):
    for since in Since:
        ask(shown, since=since)
    with pytest.raises(Refused, match="3 questions"):
        ask(shown, wanted=Wanted.CARE)
    with pytest.raises(Refused, match="donné accès"):
        ask(shown, by=shown.petit.viewer)
    assert len(waiting(shown)) == 3


def test_a_page_sent_twice_asks_once(shown):
    for at in (NOON, NOON, NOON + MINUTE):
        ask(shown, at=at)
    assert len(waiting(shown)) == Notice.objects.filter(kind="question").count() == 1


def put_away(world, at):
    by = world.jeanne
    [one] = waiting(world, at=at)
    with binding(by, at=at):
        questions.leave_unanswered(by=by, record_id=world.record.id, question_id=one.id)


def test_a_question_that_was_put_away_can_be_asked_again_at_once_and_nobody_can_tell(shown):
    martin = browser(shown, shown.martin.viewer, f"professional:{shown.martin.practice.id}")
    address = reverse("access:ask", args=[shown.record.id])

    def again(at):
        with frozen_clock(at), CaptureQueriesContext(connection) as queries:
            page = martin.get(address).context["form"]["attempt"].value()
            sent = {"wanted": "results", "since": "year", "attempt": page}
            assert martin.post(address, sent).status_code == 302
        return len(queries)

    ask(shown)
    with frozen_clock(NOON):
        martin.post(address, {})  # what a first visit asks besides
    waited = again(NOON + MINUTE)
    # What asks for the same, and what it asks for, wait as one: put away, both are.
    put_away(shown, NOON + 2 * MINUTE)
    assert waiting(shown, at=NOON + 2 * MINUTE) == []
    assert again(NOON + 3 * MINUTE) == waited
    assert len(waiting(shown, at=NOON + 4 * MINUTE)) == 1
    with frozen_clock(NOON + 4 * MINUTE):
        told = martin.post(address, {"wanted": "results", "since": "year"})
    assert "déjà posé 3 questions" in told.content.decode()


def test_a_representative_knows_of_no_question_by_a_door_the_minor_gave(world, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        minor = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
    for giver, pro in ((minor, world.martin), (marie, world.garnier)):
        with binding(giver, at=NOON - MINUTE):
            circle.authorise(by=giver, record_id=world.record.id, professional_id=pro.id)
    for pro in (world.martin, world.garnier):
        ask(world, by=pro.viewer)

    assert [one.name for one in waiting(world, marie)] == ["Dr Garnier"]
    assert {one.name for one in waiting(world, minor)} == {"Dr Martin", "Dr Garnier"}
    assert Notice.objects.filter(kind="question", person_id=mother.id).count() == 1
