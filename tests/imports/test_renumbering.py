"""A change of national number keeps the record, and makes nobody somebody else."""

from __future__ import annotations

import datetime as dt
import html
import uuid

import pytest
from django.db.models import Q

from access import notices
from access.binding import binding, frozen_clock
from access.journal import chain_is_whole
from access.models import JournalEvent, Notice, User
from access.policy import Refused
from access.viewer import WORKER, Role, Viewer
from imports import filling
from records.models import (
    DoctorProposal,
    Filling,
    Person,
    Record,
    RecordIdentifier,
    Representation,
)
from records.opening import Contact, Identity, Known, change_number, look_for_record
from records.opening.checking import person_under, record_under
from records.opening.decisions import record_decision
from records.traits import Traits
from tests.clients import sign_in
from tests.imports.persons import claim, declared_doctor, key, lines_of
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_NIR,
    JULES,
    JULES_NIR,
    NOON,
    noon,
    opening,
    pharmacist,
)


pytestmark = pytest.mark.django_db
__all__ = ["noon", "opening", "pharmacist"]

NEW_NIR, OTHER_NIR = "155032915595137", "255032915595283"
AS_JEAN = Traits("MOREL", "Jean Marie Louis", "M", JEANNE.born_on, JEANNE.birthplace)
AGENT = Viewer(
    user_id=uuid.uuid4(), role=Role.FUND_AGENT, active=True, second_factor="totp", name="Accueil"
)


LETTERS = []


def letter(*, nir, **_told):
    LETTERS.append(nir)


def change(*, by=AGENT, **facts):
    told = {
        "former": JEANNE_NIR, "number": NEW_NIR, "born_on": JEANNE.born_on,
        "given_names": "Jean  Marie Louis",
    } | facts  # fmt: skip
    with binding(by):
        return change_number(by=by, **told)


def found(nir, traits, by):
    with binding(by):
        return look_for_record(by=by, identity=Identity(nir, traits, "cni"))


def under(nir):
    with binding(WORKER):
        record = record_under(nir)
    return record and record.id


def send(name, nir, system="1.2.250.1.213.1.4.10", born_on=JEANNE.born_on):
    claim(name, key(nir, system), birth_date=born_on, care_start=dt.date(2026, 10, 2))


@pytest.fixture
def filled(as_owner):
    """Let the worker fill a record; the lines it then has."""

    def go(record_id):
        with as_owner():
            filling.fill(record_id)
            return {line for line, told in lines_of(record_id).items() if not told[-1]}

    return go


def test_the_record_stays_and_is_found_under_the_new_number_and_the_new_traits(
    opening, pharmacist
):
    made = opening()
    change()

    holder = Record.objects.select_related("holder").get().holder
    assert (holder.sex, holder.given_names, holder.first_given) == (
        "M", "Jean Marie Louis", "Jean",
    )  # fmt: skip
    assert under(NEW_NIR) == under(JEANNE_NIR) == made.record_id
    assert found(NEW_NIR, AS_JEAN, pharmacist) == Known.NEVER_ACTIVATED
    # Who still has the old card is no longer of these traits.
    assert found(JEANNE_NIR, JEANNE, pharmacist) == Known.NOTHING
    with pytest.raises(Refused):
        opening()
    again = opening(identity=Identity(NEW_NIR, AS_JEAN, "cni"))
    assert (again.record_id, again.outcome) == (made.record_id, "already")
    assert Record.objects.count() == Person.objects.count() == 1


def test_taken_back_with_the_names_of_before_they_are_found_as_before(opening, pharmacist, desk):
    opening()
    change()
    change(former=NEW_NIR, number=JEANNE_NIR, given_names=JEANNE.given_names)

    assert found(JEANNE_NIR, JEANNE, pharmacist) == Known.NEVER_ACTIVATED
    page = html.unescape(desk.get("/changement-de-numero/").content.decode())
    assert "avec les prénoms d'avant si vous les aviez changés" in page


def test_names_that_didnt_change_stay(opening):
    opening()
    change(given_names="  ")

    assert Person.objects.get().given_names == JEANNE.given_names


def test_what_is_sent_under_either_number_fills_it(opening, as_owner, filled):
    made = opening()
    with as_owner():
        send("before", JEANNE_NIR)
        send("after", NEW_NIR)
    assert filled(made.record_id) == {"before"}
    change()

    assert Filling.objects.filter(record_id=made.record_id, state="waiting").count() == 1
    assert filled(made.record_id) == {"before", "after"}
    with as_owner():
        send("late", JEANNE_NIR)
        assert filling.ask_again([key(JEANNE_NIR)]) == 1
    assert filled(made.record_id) == {"before", "after", "late"}


def test_a_number_noted_by_mistake_leads_to_nothing_once_changed_back(opening, as_owner, filled):
    made = opening()
    with as_owner():
        send("mine", JEANNE_NIR)
        send("somebody else's", OTHER_NIR)
    change(number=OTHER_NIR, given_names="")
    assert filled(made.record_id) == {"mine", "somebody else's"}
    change(former=OTHER_NIR, number=JEANNE_NIR, given_names="")

    assert filled(made.record_id) == {"mine"}
    assert (under(JEANNE_NIR), under(OTHER_NIR)) == (made.record_id, None)
    other = Traits("MOREL", "Anne", "F", JEANNE.born_on, "29155")
    theirs = opening(identity=Identity(OTHER_NIR, other, "cni"))
    assert filled(theirs.record_id) == {"somebody else's"}
    change(given_names="")
    assert under(JEANNE_NIR) == under(NEW_NIR) == made.record_id


def test_whose_doctor_came_by_a_mistake_isnt_proposed_once_it_is_changed_back(
    opening, as_owner, filled
):
    made = opening()
    with as_owner():
        for nir, rpps in ((JEANNE_NIR, "10000000001"), (OTHER_NIR, "10000000019")):
            declared_doctor(rpps, dt.date(2024, 1, 2), key(nir))

    def proposed():
        filled(made.record_id)
        rows = DoctorProposal.objects.filter(Q(until=None) | Q(until__gte=NOON.date()))
        return set(rows.values_list("rpps", flat=True))

    both = {"10000000001", "10000000019"}
    assert proposed() == {"10000000001"}
    for former, number, doctors in (
        (JEANNE_NIR, OTHER_NIR, both), (OTHER_NIR, JEANNE_NIR, {"10000000001"}),
        (JEANNE_NIR, OTHER_NIR, both),
    ):  # fmt: skip
        change(former=former, number=number, given_names="")
        assert proposed() == doctors


def test_changed_back_all_that_was_noted_since_leads_to_nothing(opening, as_owner, filled):
    parent = Identity(ELODIE_NIR, ELODIE, "cni", ranked=f"{ELODIE_NIR}:1")
    child = Identity(JULES_NIR, JULES, "family_book", ranked=f"{ELODIE_NIR}:2")
    mother = opening(identity=parent)
    son = opening(identity=child, representative=parent)
    wrong, worse = "188042201696070", "288042201696218"
    with as_owner():
        for nir in (ELODIE_NIR, wrong, worse):
            send(f"hers {nir}", nir, born_on=ELODIE.born_on)
            send(f"his {nir}", f"{nir}:2", "nir:rank", JULES.born_on)
    # The first mistake is mended by a second, then the first is said to be one.
    said = [(ELODIE_NIR, wrong), (wrong, worse), (wrong, ELODIE_NIR)]
    for hours, (former, number) in enumerate(said, start=1):
        with binding(AGENT, at=NOON + dt.timedelta(hours=hours)):
            change_number(
                by=AGENT, former=former, number=number, born_on=ELODIE.born_on, given_names=""
            )

    assert (under(ELODIE_NIR), under(wrong), under(worse)) == (mother.record_id, None, None)
    assert filled(mother.record_id) == {f"hers {ELODIE_NIR}"}
    assert filled(son.record_id) == {f"his {ELODIE_NIR}"}


def test_a_child_gets_no_rank_that_another_born_that_day_has(opening, as_owner, filled):
    """Those of another family are on the portal, and whose number it is isn't."""
    new, other_nir, father_nir = "188042201696070", "118102908496207", "186052908496188"
    father = Traits("LE GALL", "Yann", "M", dt.date(1986, 5, 2), "29084")
    other = Traits("LE GALL", "Malo", "M", JULES.born_on, "29084")
    theirs = opening(
        identity=Identity(other_nir, other, "family_book", ranked=f"{new}:2"),
        representative=Identity(father_nir, father, "cni"),
    )
    mine = opening(
        identity=Identity(JULES_NIR, JULES, "family_book", ranked=f"{ELODIE_NIR}:2"),
        representative=Identity(ELODIE_NIR, ELODIE, "cni"),
    )
    with as_owner():
        send("theirs", f"{new}:2", "nir:rank", JULES.born_on)
        send("ours", f"{ELODIE_NIR}:2", "nir:rank", JULES.born_on)
    change(former=ELODIE_NIR, number=new, born_on=ELODIE.born_on, given_names="")

    assert filled(mine.record_id) == {"ours"}
    assert filled(theirs.record_id) == {"theirs"}


def test_what_is_closed_is_not_filled_under_the_new_number(opening):
    made = opening()
    Filling.objects.update(state="done", finished_at=NOON)
    Record.objects.update(status="closed", closed_at=NOON)
    change()

    assert under(NEW_NIR) == made.record_id
    assert not Filling.objects.filter(state="waiting").exists()


def test_noted_twice_it_is_noted_once_and_a_third_number_follows_from_the_first(opening):
    made = opening()
    change()
    change()
    live = RecordIdentifier.objects.filter(until=None)
    assert (live.count(), RecordIdentifier.objects.count()) == (1, 2)
    change(number=OTHER_NIR)

    assert {under(nir) for nir in (JEANNE_NIR, NEW_NIR, OTHER_NIR)} == {made.record_id}
    assert (live.count(), RecordIdentifier.objects.count()) == (1, 3)


def test_it_is_journalled_told_and_the_chain_is_whole(opening):
    made = opening(contact=Contact(mobile="0639980001"))
    change()

    acts = JournalEvent.objects.filter(record_id=made.record_id).order_by("seq")
    assert [*acts.values_list("act", "actor_role")][-1] == ("number_changed", "fund_agent")
    assert chain_is_whole(made.record_id)
    assert Notice.objects.get(kind="number").person_id == Person.objects.get().id


def test_a_letter_leaves_under_their_own_number_never_their_rank_on_a_parents_card(
    opening, settings
):
    """That it changed is told where they are found without it: it may be somebody else's."""
    settings.DMP_LETTER_SENDER = "tests.imports.test_renumbering.letter"
    made = opening(identity=Identity(JEANNE_NIR, JEANNE, "cni", ranked=f"{ELODIE_NIR}:2"))
    Record.objects.update(notify_by="post")
    left = []
    for days, (former, number) in enumerate(
        [(JEANNE_NIR, NEW_NIR), (NEW_NIR, JEANNE_NIR), (JEANNE_NIR, OTHER_NIR)]
    ):
        with binding(AGENT, at=NOON + dt.timedelta(days=days)):
            change_number(by=AGENT, former=former, number=number, born_on=JEANNE.born_on)
        left.append(letters_after(days))
    with binding(AGENT, at=NOON + dt.timedelta(days=3)):
        notices.tell_new_document(Record.objects.get(id=made.record_id), family=False)
    left.append(letters_after(3))

    assert left == [{JEANNE_NIR}, {JEANNE_NIR}, {JEANNE_NIR}, {OTHER_NIR}]


def letters_after(days):
    LETTERS.clear()
    with frozen_clock(NOON + dt.timedelta(days=days, hours=23)):
        notices.send_waiting()
    return set(LETTERS)


@pytest.mark.parametrize(
    "facts",
    [
        {"former": OTHER_NIR},
        {"born_on": dt.date(1955, 3, 15)},
        {"number": ELODIE_NIR, "born_on": ELODIE.born_on, "former": JEANNE_NIR},
    ],
)
def test_nothing_is_written_for_nobody_for_another_birth_and_for_anothers_number(opening, facts):
    opening()
    opening(identity=Identity(ELODIE_NIR, ELODIE, "cni"))
    before = [*RecordIdentifier.objects.order_by("id").values_list("digest", "until")]
    people = [*Person.objects.order_by("id").values()]
    change(**facts)

    assert [*RecordIdentifier.objects.order_by("id").values_list("digest", "until")] == before
    assert [*Person.objects.order_by("id").values()] == people
    assert JournalEvent.objects.filter(act="existence_asked").count() == 1


def test_two_people_or_two_records_never_become_one(opening):
    mine = opening()
    other = Traits("MOREL", "Anne", "F", JEANNE.born_on, "29155")
    theirs = opening(identity=Identity(OTHER_NIR, other, "cni"))
    change(number=OTHER_NIR)

    assert (under(JEANNE_NIR), under(OTHER_NIR)) == (mine.record_id, theirs.record_id)
    assert not JournalEvent.objects.filter(act="number_changed").exists()


def test_children_are_found_under_the_new_number_of_a_parent(opening, as_owner, filled):
    parent = Identity(ELODIE_NIR, ELODIE, "cni", ranked=f"{ELODIE_NIR}:1")
    child = Identity(JULES_NIR, JULES, "family_book", ranked=f"{ELODIE_NIR}:2")
    made = opening(identity=child, representative=parent)
    new = "188042201696070"
    with as_owner():
        send("before", f"{ELODIE_NIR}:2", "nir:rank", JULES.born_on)
        send("after", f"{new}:2", "nir:rank", JULES.born_on)
    change(former=ELODIE_NIR, number=new, born_on=ELODIE.born_on, given_names="")
    assert filled(made.record_id) == {"before", "after"}
    # They are one person still: the card says the new number, and the child has one parent.
    moved = Traits("GUILLOU", ELODIE.given_names, "M", ELODIE.born_on, ELODIE.birthplace)
    opening(identity=child, representative=Identity(new, moved, "cni"))
    assert Person.objects.count() == 2


def test_a_parent_without_a_record_stays_one_person_under_the_former_number(opening):
    """Else a court's decision under it would suspend nobody."""
    parent, child = Identity(ELODIE_NIR, ELODIE, "cni"), Identity(JULES_NIR, JULES, "family_book")
    made = opening(identity=child, representative=parent)
    new, worse, facts = "288042201696218", "288042201696317", {"born_on": ELODIE.born_on}
    change(former=ELODIE_NIR, number=new, given_names="", **facts)
    decision = {"child_nir": JULES_NIR, "born_on": JULES.born_on, "reference": "26/1"}
    with binding(AGENT):
        record_decision(by=AGENT, **decision, parent_nir=ELODIE_NIR, suspends=True)
    held = Representation.objects.get(record_id=made.record_id)
    assert held.suspended_at is not None
    with pytest.raises(Refused):  # another's card
        opening(identity=Identity(ELODIE_NIR, JEANNE, "cni"))
    opening(identity=parent)
    change(former=ELODIE_NIR, number=worse, given_names="", **facts)
    change(former=worse, number=new, given_names="", **facts)

    def whose():
        with binding(WORKER):
            return [bool(person_under(nir)) for nir in (ELODIE_NIR, new, worse)]

    assert whose() == [True, True, False]
    assert Person.objects.count() == 2


def test_children_leave_a_number_that_a_parent_was_given_by_mistake(opening, as_owner, filled):
    parent = Identity(ELODIE_NIR, ELODIE, "cni", ranked=f"{ELODIE_NIR}:1")
    child = Identity(JULES_NIR, JULES, "family_book", ranked=f"{ELODIE_NIR}:2")
    made = opening(identity=child, representative=parent)
    new, names = "188042201696070", {"born_on": ELODIE.born_on, "given_names": ""}
    with as_owner():
        send("ours", f"{ELODIE_NIR}:2", "nir:rank", JULES.born_on)
        send("not ours", f"{new}:2", "nir:rank", JULES.born_on)
    for hours, (former, number) in enumerate([(ELODIE_NIR, new), (new, ELODIE_NIR)], start=1):
        with binding(AGENT, at=NOON + dt.timedelta(hours=hours)):
            change_number(by=AGENT, former=former, number=number, **names)

    assert filled(made.record_id) == {"ours"}
    assert {one.sex for one in Person.objects.all()} == {"F", "M"}


def test_nobody_but_the_funds_agent_notes_one(opening, pharmacist):
    opening()
    with pytest.raises(Refused):
        change(by=pharmacist)


@pytest.mark.parametrize(
    "facts",
    [
        {"number": JEANNE_NIR},
        {"number": "155032915595138"},
        {"born_on": dt.date(1956, 3, 14)},
        {"given_names": "Jean \u202eMarie"},
        {"given_names": "x" * 101},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_asked(opening, facts):
    opening()
    with pytest.raises(Refused):
        change(**facts)
    assert not JournalEvent.objects.filter(act__in=["number_changed", "existence_asked"]).exists()


SAID = {
    "former": JEANNE_NIR, "born_on": "14/03/1955", "number": NEW_NIR, "given_names": "",
}  # fmt: skip


@pytest.fixture
def desk(db):
    agent = User.objects.create(email="agent@exemple.test", fund_role="agent")
    return sign_in(agent, "fund_agent:")


def test_the_desk_gets_one_answer_whatever_is_there(opening, desk):
    opening()
    opening(identity=Identity(ELODIE_NIR, ELODIE, "cni"))
    pages = []
    for facts in (
        {"born_on": "15/03/1955"}, {"former": OTHER_NIR}, {}, {},
        {"former": ELODIE_NIR, "number": "188042201696070", "born_on": "04/04/1988"},
    ):  # fmt: skip
        answer = desk.post("/changement-de-numero/", SAID | facts)
        assert answer.status_code == 302
        page = html.unescape(desk.get("/changement-de-numero/").content.decode())
        pages.append(page[page.index("C'est noté") :][:240])
    assert len(set(pages)) == 1
    # Each of these was answered so, and nothing was written for three of them.
    assert "née ce jour-là" in pages[0]
    assert "de quelqu'un d'autre, rien n'a changé." in pages[0]
    assert JournalEvent.objects.filter(act="number_changed").count() == 1


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"number": JEANNE_NIR}, "C'est l'ancien numéro. Écrivez le nouveau."),
        ({"born_on": "14/03/1956"}, "Ce numéro et cette date de naissance ne vont pas ensemble."),
        ({"given_names": "x" * 101}, "Limite : 100 caractères"),
        ({"given_names": "Jean \u202eMarie"}, "un caractère invisible"),
    ],
)
def test_what_goes_not_together_is_said_at_its_field(opening, desk, facts, sentence):
    opening()
    answer = desk.post("/changement-de-numero/", SAID | facts)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert not JournalEvent.objects.filter(act="number_changed").exists()
