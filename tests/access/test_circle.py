"""Doors: given, waiting, confirmed, ended; the treating GP; blocks."""

from __future__ import annotations

import datetime as dt

import pytest

from access import circle, policy
from access.binding import binding, frozen_clock
from access.models import (
    Authorisation,
    Block,
    JournalEvent,
    Notice,
    RecordGroupGrant,
    RecordUserGrant,
)
from access.policy import NotVisible, Refused
from access.tasks import sweep
from access.viewer import Role
from records.models import DoctorProposal, Document
from tests.access import cast
from tests.access.cast import NOON, PARIS


def standing(viewer, record, at=NOON):
    with binding(viewer, at=at):
        return policy.standing_on(record.id)


def acts(record):
    rows = JournalEvent.objects.filter(record_id=record.id).order_by("seq")
    return list(rows.values_list("act", flat=True))


def grants(record):
    users = RecordUserGrant.objects.filter(content_object=record).order_by("permission__codename")
    groups = RecordGroupGrant.objects.filter(content_object=record)
    return [*users.values_list("permission__codename", flat=True)] + [
        f"group {code}" for code in groups.values_list("permission__codename", flat=True)
    ]


def declare(world, who, by=None, at=NOON):
    with binding(by or world.jeanne, at=at):
        return circle.declare_treating_gp(
            by=by or world.jeanne, record_id=world.record.id, professional_id=who.id
        )


def authorise(world, at=NOON, **who):
    with binding(world.jeanne, at=at):
        return circle.authorise(by=world.jeanne, record_id=world.record.id, **who)


def test_declared_by_the_holder_the_treating_gp_is_it_at_once(world):
    declared = declare(world, world.petit)

    assert not declared.waiting
    assert standing(world.petit.viewer, world.record).treating_gp
    assert acts(world.record) == ["gp_declared"]
    assert grants(world.record) == ["treat_record"]


def test_declaring_another_ends_the_former_who_keeps_no_door(world):
    authorise(world, professional_id=world.petit.id)
    declare(world, world.petit)
    declare(world, world.martin)

    petit = standing(world.petit.viewer, world.record)
    assert not petit.treating_gp
    assert not petit.has_door
    assert standing(world.martin.viewer, world.record).treating_gp
    assert acts(world.record)[-3:] == ["circle_ended", "gp_ended", "gp_declared"]
    assert grants(world.record) == ["treat_record"]


def test_declaring_the_same_again_changes_nothing(world):
    declare(world, world.petit)
    declare(world, world.petit)

    assert acts(world.record) == ["gp_declared"]
    assert Authorisation.objects.filter(record=world.record).count() == 1


def test_only_a_doctor_can_be_the_treating_gp(world):
    with pytest.raises(Refused) as refused:
        declare(world, world.pharmacist)

    assert refused.value.reason == "Seul un médecin peut être médecin traitant."
    assert acts(world.record) == []


def test_a_representative_declares_and_the_minor_of_sixteen_confirms(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
    with binding(marie, at=NOON):
        declared = circle.declare_treating_gp(
            by=marie, record_id=record.id, professional_id=world.petit.id
        )
    assert declared.waiting
    assert not standing(world.petit.viewer, record).treating_gp

    with binding(marie, at=NOON), pytest.raises(Refused):
        circle.confirm_treating_gp(
            by=marie, record_id=record.id, authorisation_id=declared.authorisation_id
        )
    with binding(lou, at=NOON):
        circle.confirm_treating_gp(
            by=lou, record_id=record.id, authorisation_id=declared.authorisation_id
        )

    assert standing(world.petit.viewer, record).treating_gp
    assert acts(record) == ["gp_declared", "gp_confirmed"]


def test_before_sixteen_a_parent_declares_and_the_child_does_not(world, as_owner):
    with as_owner():
        child = cast.person("Lou", born=dt.date(2011, 6, 16))
        record = cast.record(child)
        mother = cast.person("Marie")
        cast.represent(record, mother)
        lou = cast.family_viewer(child)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        proposal = DoctorProposal.objects.create(
            record=record, professional_id=world.petit.id, rpps="1", since=NOON.date(),
            flow_date=NOON.date(),
        )  # fmt: skip
    with binding(lou, at=NOON), pytest.raises(Refused):
        circle.declare_treating_gp(by=lou, record_id=record.id, professional_id=world.petit.id)
    with binding(lou, at=NOON), pytest.raises(NotVisible):
        circle.dismiss_proposal(by=lou, record_id=record.id, proposal_id=proposal.id)
    shown = []
    for by in (lou, marie):
        with binding(by, at=NOON):
            shown.append(len(circle.read_team(by=by, record_id=record.id).proposals))
    assert shown == [0, 1]
    with binding(marie, at=NOON):
        declared = circle.declare_treating_gp(
            by=marie, record_id=record.id, professional_id=world.petit.id
        )

    assert not declared.waiting
    assert standing(world.petit.viewer, record).treating_gp


def at_counter(world, at=NOON):
    """Dr Petit is named at the pharmacy's counter."""
    by = world.pharmacist.viewer
    with binding(by, at=at):
        circle.declare_at_counter(by=by, record_id=world.record.id, professional_id=world.petit.id)


def confirm(world, at=NOON):
    """Jeanne says yes to who waits."""
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=at):
        waiting = circle.read_team(**asked).waiting_gp
        circle.confirm_treating_gp(**asked, authorisation_id=waiting.authorisation_id)


def test_declared_at_a_counter_it_waits_for_the_holder(world):
    at_counter(world)
    assert grants(world.record) == []
    assert acts(world.record) == ["gp_declared"]

    confirm(world)
    assert standing(world.petit.viewer, world.record).treating_gp


def test_a_removed_gp_declared_again_at_a_counter_returns_once_the_holder_confirms(world):
    declare(world, world.petit)
    with binding(world.jeanne, at=NOON):
        circle.end_treating_gp(by=world.jeanne, record_id=world.record.id)
    later = NOON + dt.timedelta(hours=1)
    at_counter(world, at=later)
    assert not standing(world.petit.viewer, world.record, later).treating_gp

    confirm(world, at=later)
    assert standing(world.petit.viewer, world.record, later).treating_gp


def test_a_last_day_counts_until_midnight_in_paris(world):
    authorise(world, professional_id=world.martin.id, until=dt.date(2026, 10, 24))

    period = Authorisation.objects.get(record=world.record)
    assert period.until == dt.datetime(2026, 10, 25, 0, 0, tzinfo=PARIS)
    late = dt.datetime(2026, 10, 24, 23, 59, tzinfo=PARIS)
    assert standing(world.martin.viewer, world.record, late).circle
    assert not standing(world.martin.viewer, world.record, period.until).circle


def test_a_door_cannot_end_yesterday(world):
    with pytest.raises(Refused):
        authorise(world, professional_id=world.martin.id, until=dt.date(2026, 6, 14))

    assert grants(world.record) == []


def test_a_door_given_to_a_structure_covers_its_live_members(world):
    authorise(world, structure_id=world.pharmacy.id)

    assert standing(world.pharmacist.viewer, world.record).circle
    assert not standing(world.martin.viewer, world.record).circle
    assert grants(world.record) == ["group consult_record"]


def test_given_twice_a_door_is_given_once_and_a_new_end_replaces_the_former(world):
    first = authorise(world, professional_id=world.martin.id)
    again = authorise(world, professional_id=world.martin.id)
    assert first == again
    assert acts(world.record) == ["circle_given"]

    authorise(world, professional_id=world.martin.id, until=dt.date(2026, 7, 1))
    assert acts(world.record) == ["circle_given", "circle_given"]
    assert grants(world.record) == ["consult_record"]
    assert not standing(
        world.martin.viewer, world.record, dt.datetime(2026, 7, 2, 8, tzinfo=PARIS)
    ).circle


def test_whoever_the_holder_removed_returns_only_by_the_holders_own_act(world, as_owner):
    door = authorise(world, professional_id=world.martin.id)
    soon = NOON + dt.timedelta(minutes=20)
    with binding(world.jeanne, at=soon):
        circle.end_authorisation(by=world.jeanne, record_id=world.record.id, authorisation_id=door)
    assert not standing(world.martin.viewer, world.record, soon).circle
    assert acts(world.record) == ["circle_given", "circle_ended"]
    assert grants(world.record) == []

    later = NOON + dt.timedelta(hours=1)
    with as_owner():
        Authorisation.objects.create(
            record=world.record,
            kind="circle",
            professional=world.martin.professional,
            ground="presence",
            given_at=later,
            confirmed_at=later,
            since=later,
        )
        RecordUserGrant.objects.create(
            user=world.martin.user,
            content_object=world.record,
            permission=circle.periods._permission("circle"),
        )
    assert not standing(world.martin.viewer, world.record, later).circle

    authorise(world, at=later + dt.timedelta(hours=1), professional_id=world.martin.id)
    assert standing(world.martin.viewer, world.record, later + dt.timedelta(hours=1)).circle


def test_taken_back_twice_a_door_was_taken_back_once(world):
    door = authorise(world, professional_id=world.martin.id)
    for _time in range(2):
        with binding(world.jeanne, at=NOON):
            circle.end_authorisation(
                by=world.jeanne, record_id=world.record.id, authorisation_id=door
            )
    assert acts(world.record) == ["circle_given", "circle_ended"]


def test_a_door_asked_for_without_proof_waits_for_the_holder(world, as_owner):
    with as_owner():
        waiting = Authorisation.objects.create(
            record=world.record,
            kind="circle",
            professional=world.martin.professional,
            ground="colleague",
            given_at=NOON,
            since=NOON,
        )
    assert not standing(world.martin.viewer, world.record).circle
    with binding(world.jeanne, at=NOON):
        circle.confirm_waiting_door(
            by=world.jeanne, record_id=world.record.id, authorisation_id=waiting.id
        )
    assert standing(world.martin.viewer, world.record).circle
    assert acts(world.record) == ["circle_given"]


def test_remove_and_block_is_one_step_and_unblocking_brings_no_door_back(world):
    authorise(world, professional_id=world.martin.id)
    with binding(world.jeanne, at=NOON):
        circle.block(by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id)
    martin = standing(world.martin.viewer, world.record)
    assert martin.blocked
    assert not martin.circle
    assert acts(world.record) == ["circle_given", "circle_ended", "blocked"]

    later = NOON + dt.timedelta(minutes=5)
    with binding(world.jeanne, at=later):
        circle.unblock(by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id)
    martin = standing(world.martin.viewer, world.record, later)
    assert not martin.blocked
    assert not martin.has_door
    assert Block.objects.filter(record=world.record, ended_at=None).count() == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda world: declare(world, world.martin),
        lambda world: authorise(world, professional_id=world.martin.id),
    ],
    ids=["declare", "authorise"],
)
def test_whoever_is_blocked_is_unblocked_first(world, ask):
    with binding(world.jeanne, at=NOON):
        circle.block(by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id)
    with pytest.raises(Refused) as refused:
        ask(world)
    assert "le Dr Martin" in refused.value.reason
    assert "Débloquez-le" in refused.value.reason
    assert grants(world.record) == []


def test_a_delegate_gives_nothing_to_anybody(world, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(world.record, paul)
        viewer = cast.family_viewer(paul, Role.DELEGATE)
    for ask in (
        lambda: circle.authorise(
            by=viewer, record_id=world.record.id, professional_id=world.martin.id
        ),
        lambda: circle.declare_treating_gp(
            by=viewer, record_id=world.record.id, professional_id=world.martin.id
        ),
        lambda: circle.block(
            by=viewer, record_id=world.record.id, professional_id=world.martin.id
        ),
        lambda: circle.read_team(by=viewer, record_id=world.record.id),
    ):
        with binding(viewer, at=NOON), pytest.raises(Refused) as refused:
            ask()
        assert refused.value.reason.startswith("Seule la personne à qui est ce dossier")
    assert acts(world.record) == []


def test_a_professional_with_a_door_gives_none_and_one_without_finds_nothing(world):
    authorise(world, professional_id=world.martin.id)
    for viewer, answer in ((world.martin.viewer, Refused), (world.petit.viewer, NotVisible)):
        with binding(viewer, at=NOON), pytest.raises(answer):
            circle.authorise(by=viewer, record_id=world.record.id, professional_id=world.petit.id)
    assert acts(world.record) == ["circle_given"]


def test_a_representative_is_told_nothing_of_the_door_a_minor_gave(world, as_owner):
    with as_owner():
        record, lou, marie = cast.minor_and_mother()
    with binding(lou, at=NOON):
        door = circle.authorise(by=lou, record_id=record.id, professional_id=world.garnier.id)
    with binding(marie, at=NOON):
        assert circle.read_team(by=marie, record_id=record.id).members == ()
    with binding(marie, at=NOON), pytest.raises(NotVisible):
        circle.end_authorisation(by=marie, record_id=record.id, authorisation_id=door)
    with binding(marie, at=NOON):
        circle.authorise(by=marie, record_id=record.id, professional_id=world.garnier.id)
    assert standing(world.garnier.viewer, record).circle
    with binding(lou, at=NOON):
        members = circle.read_team(by=lou, record_id=record.id).members
    assert [one.name for one in members] == ["Dr Garnier", "Dr Garnier"]


def test_guardians_row_goes_when_the_period_has_run_out(world):
    authorise(world, professional_id=world.martin.id, until=dt.date(2026, 6, 15))
    authorise(world, professional_id=world.petit.id)
    authorise(world, structure_id=world.pharmacy.id, until=dt.date(2026, 6, 15))
    midnight = dt.datetime(2026, 6, 16, tzinfo=PARIS)
    with binding(world.jeanne, at=midnight - dt.timedelta(seconds=1)):
        assert circle.sweep_ended() == 0
    with binding(world.jeanne, at=midnight):
        assert circle.sweep_ended() == 2
    assert grants(world.record) == ["consult_record"]


def test_an_account_made_later_finds_the_doors_already_given(world, as_owner):
    with as_owner():
        late = cast.pro("Tardif", account=False)
    authorise(world, professional_id=late.id)
    assert grants(world.record) == []
    with as_owner():
        user = cast.User.objects.create(
            email="tardif@exemple.test", professional=late.professional
        )
    with binding(world.jeanne, at=NOON):
        circle.grants_for_new_user(user)
    assert grants(world.record) == ["consult_record"]


def test_a_share_shows_one_element_and_nothing_else(world, as_owner):
    with as_owner():
        shown = cast.document(world.record, title="Radio")
        cast.document(world.record, title="Autre")
    with binding(world.jeanne, at=NOON):
        share = circle.share(
            by=world.jeanne,
            record_id=world.record.id,
            element_id=shown.id,
            professional_id=world.martin.id,
        )
    with binding(world.martin.viewer, at=NOON):
        seen = policy.visible_documents(policy.standing_on(world.record.id))
        assert [row.title for row in seen] == ["Radio"]
    with binding(world.jeanne, at=NOON):
        circle.end_authorisation(
            by=world.jeanne, record_id=world.record.id, authorisation_id=share.authorisation_id
        )
    with binding(world.martin.viewer, at=NOON):
        assert not policy.can_see(Document, policy.standing_on(world.record.id), shown.id)
    assert acts(world.record) == ["shared", "share_ended"]


def test_each_new_door_is_told_to_the_holder_in_neutral_words(world):
    authorise(world, professional_id=world.garnier.id)

    notice = Notice.objects.get(record_id=world.record.id)
    assert notice.person_id == world.holder.id
    assert "Garnier" not in notice.body


def test_when_the_journal_fails_the_door_is_not_given(world, monkeypatch):
    def broken(*_args):
        raise RuntimeError("no journal")

    monkeypatch.setattr("access.binding.journal.write", broken)
    with pytest.raises(RuntimeError):
        authorise(world, professional_id=world.martin.id)

    assert grants(world.record) == []
    assert not Authorisation.objects.filter(record=world.record).exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mar", ["Dr Martin"]),
        ("dr MARTIN", ["Dr Martin"]),
        ("alix martin", ["Dr Martin"]),
        ("ma", []),
        ("dr", []),
        ("artin", []),
    ],
)
def test_professionals_are_found_by_the_beginning_of_their_names(world, text, found):
    with binding(world.jeanne, at=NOON):
        names = [one.name for one in circle.find_professionals(by=world.jeanne, text=text)]
    assert names == found


def test_professionals_are_found_without_their_accents_and_by_their_number(world, as_owner):
    with as_owner():
        one = cast.pro("Lefèvre-Noël")
    with binding(world.jeanne, at=NOON):
        for text in ("lefevre", "LEFÈVRE", "noel", one.professional.rpps):
            names = [row.name for row in circle.find_professionals(by=world.jeanne, text=text)]
            assert names == ["Dr Lefèvre-Noël"], text


def test_at_most_twenty_professionals_are_found(world, as_owner):
    with as_owner():
        for _one in range(25):
            cast.pro("Durand")
    with binding(world.jeanne, at=NOON):
        assert len(circle.find_professionals(by=world.jeanne, text="durand")) == 20


def test_the_worker_sweeps_with_its_own_rights(world, as_owner, request):
    authorise(world, professional_id=world.martin.id, until=dt.date(2026, 6, 15))
    request.getfixturevalue("as_worker")
    with frozen_clock(dt.datetime(2026, 6, 16, 0, 5, tzinfo=PARIS)):
        sweep()
    assert grants(world.record) == []
