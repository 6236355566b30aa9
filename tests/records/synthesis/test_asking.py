"""A patient asks their treating GP for a first synthesis: once, without a name, first listed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from access import notices
from access.binding import PARIS, binding, frozen_clock
from access.circle.blocks import pause
from access.circle.deciding import decide
from access.models import Authorisation, Block, JournalEvent, Notice, User
from access.viewer import WORKER
from access.worklist import read_worklist
from records.models import Person, Record, Synthesis, SynthesisLine, SynthesisSource
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_see_as import bare, looking
from tests.jeanne import circle_period
from tests.records.test_reading import answer
from tests.roles import role


ASK = "Demander la synthèse"


@pytest.fixture
def unwritten(desk, as_owner):
    """Jeanne's record, before anybody wrote its synthesis."""
    with as_owner():
        record = {"record_id": desk.world.record.id}
        for rows in (SynthesisSource, SynthesisLine, Synthesis):
            rows.objects.filter(**record).delete()
    return desk


def asked(desk):
    rows = Notice.objects.filter(record_id=desk.world.record.id, kind="synthesis_asked")
    return list(rows.order_by("id"))


def listed(desk, who="petit"):
    viewer = desk.world.viewers[who]
    with binding(viewer, at=desk.at):
        rows = read_worklist(by=viewer).rows
    return next(row for row in rows if row.record_id == desk.world.record.id)


def test_asked_twice_it_is_asked_once_and_told_without_a_name(unwritten):
    desk = unwritten
    assert ASK in desk.get("home", who="jeanne").content.decode()
    for _press in range(2):
        assert desk.post("synthesis_ask", who="jeanne").status_code == 302
    [notice] = asked(desk)
    assert notice.professional_id == desk.world.professionals["petit"].id
    assert notice.person_id is None
    assert not any(word in notice.body for word in ("Jeanne", "Morel"))
    assert JournalEvent.objects.filter(act="synthesis_asked").count() == 1
    page = desk.get("home", who="jeanne").content.decode()
    assert ASK not in page
    assert "Synthèse demandée le 1" in page
    assert "Vous pourrez la redemander à partir du 15" in page


def test_the_page_of_the_synthesis_asks_for_it_where_there_is_none(unwritten, as_owner):
    desk = unwritten
    page = desk.get("synthesis", who="jeanne").content.decode()
    assert ASK in page
    assert reverse("records:home", args=[desk.world.record.id]) in page.partition("<main")[2]
    assert ASK not in desk.get("synthesis").content.decode(), "its doctor doesn't ask themself"
    desk.post("synthesis_ask", who="jeanne")
    page = desk.get("synthesis", who="jeanne").content.decode()
    assert ASK not in page
    assert "Synthèse demandée le 1" in page
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").delete()
    page = desk.get("synthesis", who="jeanne").content.decode()
    assert ASK not in page
    assert "Aucun médecin traitant" in page


def test_a_month_later_it_is_asked_for_again(unwritten):
    desk = unwritten
    desk.post("synthesis_ask", who="jeanne")
    desk.at = dt.datetime(2026, 7, 14, 23, tzinfo=PARIS)
    desk.post("synthesis_ask", who="jeanne")
    assert len(asked(desk)) == 1
    desk.at = dt.datetime(2026, 7, 15, 0, tzinfo=PARIS)
    page = desk.get("home", who="jeanne").content.decode()
    assert "Redemander la synthèse" in page
    assert "Synthèse demandée le 15" in page
    for _press in range(2):
        desk.post("synthesis_ask", who="jeanne")
    assert [one.made_at for one in asked(desk)] == [NOON, desk.at]
    assert "Synthèse demandée le 15" in desk.get("home", who="jeanne").content.decode()
    # The doctor reads since when it waits, and comes first.
    assert "demandée depuis le 15" in desk.get("home").content.decode()
    assert listed(desk).due.asked_at == desk.at


def test_of_a_doctor_who_was_chosen_anew_it_is_asked_at_once(unwritten, as_owner):
    desk = unwritten
    desk.post("synthesis_ask", who="jeanne")
    desk.at += dt.timedelta(days=1)
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").update(since=desk.at)
    assert "Redemander la synthèse" in desk.get("home", who="jeanne").content.decode()
    desk.post("synthesis_ask", who="jeanne")
    assert len(asked(desk)) == 2


def test_of_a_suspended_record_nobody_can_be_asked(unwritten, as_owner):
    with as_owner():
        Record.objects.filter(id=unwritten.world.record.id).update(status="suspended")
    assert "Demander la synthèse" not in unwritten.get("home", who="jeanne").content.decode()
    told = unwritten.post("synthesis_ask", who="jeanne")
    assert "Ce dossier est suspendu" in told.content.decode()
    assert asked(unwritten) == []


def test_the_treating_gp_reads_it_in_their_list_and_on_the_record_until_it_is_written(unwritten):
    desk = unwritten
    assert listed(desk).due.asked_at is None
    desk.post("synthesis_ask", who="jeanne")
    assert listed(desk).due.asked_at == NOON
    assert "Elle vous est demandée" in desk.get("home").content.decode()
    # Nobody else is told: not a doctor of the circle, in their list or on the record.
    assert listed(desk, "martin").due is None
    assert "demandée" not in desk.get("home", who="martin").content.decode()
    desk.write()
    assert listed(desk).due.asked_at is None


@pytest.mark.parametrize("who", ["delegate", "martin", "petit", "pharmacist"])
def test_only_whoever_decides_asks(unwritten, who):
    assert ASK not in unwritten.get("home", who=who).content.decode()
    assert unwritten.post("synthesis_ask", who=who).status_code in {403, 404}
    assert asked(unwritten) == []


def test_a_representative_asks_too(unwritten):
    assert ASK in unwritten.get("home", who="guardian").content.decode()
    unwritten.post("synthesis_ask", who="guardian")
    assert len(asked(unwritten)) == 1


def test_what_a_minor_asks_alone_their_family_is_not_told_and_asks_too(unwritten, as_owner):
    desk = unwritten
    with as_owner():
        Person.objects.filter(id=desk.world.holder.id).update(born_on=dt.date(2010, 3, 4))

    def family():
        page = desk.get("home", who="guardian")
        as_gp = looking(desk.world, "petit", asker="guardian").get(desk.address("home"))
        return answer(page), bare(as_gp)

    before = family()
    desk.post("synthesis_ask", who="jeanne")
    assert family() == before
    assert "Synthèse demandée" in desk.get("home", who="jeanne").content.decode()
    assert "Elle vous est demandée" in desk.get("home").content.decode()
    theirs = looking(desk.world, "guardian").get(desk.address("home"))
    assert "Synthèse demandée" not in theirs.content.decode()
    for _press in range(2):
        desk.post("synthesis_ask", who="guardian")
    assert JournalEvent.objects.filter(act="synthesis_asked").count() == 2
    assert len(asked(desk)) == 2
    assert "Synthèse demandée" in desk.get("home", who="guardian").content.decode()
    assert listed(desk).due.asked_at == NOON


def test_who_sees_no_line_of_what_is_written_asks_and_comes_first_all_the_same(desk, as_owner):
    with as_owner():
        SynthesisLine.objects.update(unannounced_until=dt.date(2030, 1, 1))
    assert ASK in desk.get("home", who="jeanne").content.decode()
    desk.at += dt.timedelta(hours=1)
    desk.post("synthesis_ask", who="jeanne")
    assert listed(desk).due.asked_at == desk.at
    with frozen_clock(desk.at):
        page = desk.world.browser("petit").get(reverse("access:patients")).content.decode()
    assert "Demande sa synthèse" in page


def test_undone_it_is_asked_for_again_and_the_list_says_it_is_not_signed(unwritten):
    desk = unwritten
    desk.post("synthesis_ask", who="jeanne")
    desk.save()
    desk.sign()
    [written] = Synthesis.objects.filter(record_id=desk.world.record.id)
    assert listed(desk).due.signed_at
    desk.post("synthesis_undo", written.id)
    due = listed(desk).due
    assert (due.signed_at, due.asked_at, due.ready) == (None, NOON, True)


def test_whom_a_minor_paused_alone_a_parent_asks_as_before_and_nobody_is_told(unwritten, as_owner):
    desk = unwritten
    with as_owner():
        Person.objects.filter(id=desk.world.holder.id).update(born_on=dt.date(2010, 3, 4))
    jeanne = desk.world.viewers["jeanne"]
    with binding(jeanne, at=NOON - dt.timedelta(hours=1)):
        decider = decide(by=jeanne, record_id=desk.world.record.id)
        pause(decider, desk.world.professionals["petit"].professional, by=jeanne, secret=True)

    assert "ne peut pas recevoir" in desk.post("synthesis_ask", who="jeanne").content.decode()
    assert desk.post("synthesis_ask", who="guardian").status_code == 302
    [notice] = asked(desk)
    with frozen_clock(NOON + dt.timedelta(hours=7)):
        assert not notices.send(notice.id)
    assert mail.outbox == []


def test_what_several_patients_ask_for_is_one_message_but_of_whom_is_treated_no_more(
    unwritten, as_owner
):
    petit = unwritten.world.professionals["petit"].professional
    user = unwritten.world.users["petit"]
    unwritten.post("synthesis_ask", who="jeanne")
    with as_owner():
        others = [cast.record(cast.person(name)) for name in ("Luc", "Anne", "Paul")]
        for record in others:
            circle_period(record, "treating_gp", professional=petit, user=user)
        Authorisation.objects.filter(record=others[2]).update(ended_at=NOON)
    with frozen_clock(NOON), binding(WORKER):
        for record in others:
            notices.tell_synthesis_asked(record, petit.id, alone=False)

    with role("dmp_worker"), frozen_clock(NOON + dt.timedelta(hours=7)):
        notices.send_waiting()

    [message] = mail.outbox
    assert "Un ou plusieurs de vos patients" in message.body
    states = dict(Notice.objects.filter(kind="synthesis_asked").values_list("record_id", "state"))
    assert states.pop(others[2].id) == "site"
    assert [*states.values()] == ["sent"] * 3


def test_what_is_written_or_has_nobody_to_write_it_is_refused_in_a_sentence(desk, as_owner):
    written = desk.post("synthesis_ask", who="jeanne")
    assert "déjà écrite" in written.content.decode()
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").update(ended_at=NOON)
    nobody = desk.post("synthesis_ask", who="jeanne")
    assert "Choisissez-le d" in nobody.content.decode()
    assert asked(desk) == []
    assert not JournalEvent.objects.filter(act="synthesis_asked").exists()


def close(desk):
    Record.objects.filter(id=desk.world.record.id).update(status="closed", closed_at=NOON)


def remove(_desk):
    Authorisation.objects.filter(kind="treating_gp").update(ended_at=NOON)


def block(desk):
    petit = desk.world.professionals["petit"].professional
    Block.objects.create(record=desk.world.record, professional=petit, since=NOON)


def test_of_a_doctor_who_has_no_account_no_message_is_promised(unwritten, as_owner):
    with as_owner():
        User.objects.filter(id=unwritten.world.users["petit"].id).update(is_active=False)
    with frozen_clock(NOON):
        address = unwritten.address("synthesis_ask")
        page = unwritten.world.browser("jeanne").post(address, follow=True).content.decode()
    assert "est demandé :" in page
    assert "message" not in page[page.index("est demandé :") :].partition("<")[0]
    with frozen_clock(NOON + dt.timedelta(hours=7)):
        assert not notices.send(asked(unwritten)[0].id)


@pytest.mark.parametrize("meanwhile", [None, remove, block, close])
def test_who_treats_them_no_more_when_it_leaves_is_not_written_to(unwritten, as_owner, meanwhile):
    unwritten.post("synthesis_ask", who="jeanne")
    if meanwhile:
        with as_owner():
            meanwhile(unwritten)
    with role("dmp_worker"), frozen_clock(NOON + dt.timedelta(hours=7)):
        assert notices.send(asked(unwritten)[0].id) is (meanwhile is None)
    assert len(mail.outbox) == (meanwhile is None)
    assert asked(unwritten)[0].state == ("site" if meanwhile else "sent")
