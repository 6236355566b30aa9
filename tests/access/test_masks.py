"""Masks: one gesture, one receipt, undone as done; who keeps seeing; what is refused."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access import circle, masks, policy
from access.binding import binding
from access.masks import Audience, Target
from access.models import JournalEvent, Mask, MaskAudience, MaskTarget, Receipt
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.models import Document, ReimbursementLine
from tests.access import cast
from tests.access.cast import NOON, PARIS
from tests.jeanne import metformin


def sees(pro, record, element, at=NOON):
    viewer = getattr(pro, "viewer", pro)
    with binding(viewer, at=at):
        standing = policy.standing_on(record.id)
        alone = policy.can_see(type(element), standing, element.id)
        listed = policy.visible(type(element), standing).filter(id=element.id).exists()
    assert alone is listed
    return alone


def hide(world, *elements, at=NOON, by=None, record=None, **facts):
    by = by or world.jeanne
    given = {"audience": Audience(MaskAudience.PROFESSIONAL, world.martin.id)} | facts
    given.setdefault("gesture", uuid.uuid4())
    with binding(by, at=at):
        return masks.hide(
            by=by,
            record_id=(record or world.record).id,
            element_ids=[element.id for element in elements],
            **given,
        )


def acts(record):
    rows = JournalEvent.objects.filter(record_id=record.id).order_by("seq")
    return list(rows.values_list("act", "element_kind", "element_id", "reason"))


@pytest.fixture
def shown(world, as_owner):
    """A letter by Dr Garnier and the visit it comes from, seen by GP, doctor and pharmacy."""
    with binding(world.jeanne, at=NOON):
        for give in (
            {"professional_id": world.martin.id},
            {"structure_id": world.pharmacy.id},
        ):
            circle.authorise(by=world.jeanne, record_id=world.record.id, **give)
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
    with as_owner():
        world.letter = cast.document(world.record, title="Lettre du Dr Garnier", by=world.garnier)
        world.visit = cast.line(world.record, label="Consultation")
        JournalEvent.objects.filter(record_id=world.record.id)
    return world


def test_what_is_hidden_from_one_doctor_is_hidden_from_that_doctor_only(shown):
    assert sees(shown.martin, shown.record, shown.letter)
    hide(shown, shown.letter, shown.visit)

    assert not sees(shown.martin, shown.record, shown.letter)
    assert not sees(shown.martin, shown.record, shown.visit)
    assert sees(shown.pharmacist, shown.record, shown.letter)
    assert sees(shown.petit, shown.record, shown.letter)
    assert sees(shown.garnier, shown.record, shown.letter)
    assert sees(shown.jeanne, shown.record, shown.letter)


def test_the_treating_gp_keeps_it_with_the_padlock(shown):
    hide(shown, shown.letter)

    with binding(shown.petit.viewer, at=NOON):
        standing = policy.standing_on(shown.record.id)
        letter = policy.get_visible(Document, standing, shown.letter.id)
        visit = policy.get_visible(ReimbursementLine, standing, shown.visit.id)
    assert policy.marks_of(letter) == ("padlock",)
    assert policy.marks_of(visit) == ()


def test_one_gesture_leaves_one_receipt_and_one_event_for_each_element(shown):
    before = len(acts(shown.record))
    hidden = hide(shown, shown.letter, shown.visit)

    martin = f"professional:{shown.martin.id}"
    assert acts(shown.record)[before:] == [
        ("masked", "document", shown.letter.id, martin),
        ("masked", "line", shown.visit.id, martin),
    ]
    receipt = Receipt.objects.get(record=shown.record)
    assert receipt.number == hidden.number
    assert receipt.gesture == hidden.gesture
    assert b"Garnier" not in bytes(receipt.body_sealed)


def test_the_same_gesture_sent_twice_is_done_once(shown):
    gesture = uuid.uuid4()
    first = hide(shown, shown.letter, gesture=gesture)
    again = hide(shown, shown.letter, gesture=gesture)

    assert (first.number, first.receipt_id) == (again.number, again.receipt_id)
    assert Mask.objects.filter(record=shown.record).count() == 1


def test_undone_in_one_step_everything_is_as_before(shown):
    hidden = hide(shown, shown.letter, shown.visit)
    later = NOON + dt.timedelta(minutes=1)
    for ended in (2, 0):
        with binding(shown.jeanne, at=later):
            assert (
                masks.show(by=shown.jeanne, record_id=shown.record.id, gesture=hidden.gesture)
                == ended
            )
    assert sees(shown.martin, shown.record, shown.letter, later)
    assert [act for act, *_rest in acts(shown.record)][-2:] == ["unmasked", "unmasked"]


def test_several_masks_add_up_and_undoing_one_leaves_the_other(shown):
    first = hide(shown, shown.letter)
    hide(shown, shown.letter, audience=Audience(MaskAudience.EVERYONE))
    later = NOON + dt.timedelta(minutes=1)
    with binding(shown.jeanne, at=later):
        masks.show(by=shown.jeanne, record_id=shown.record.id, gesture=first.gesture)

    assert not sees(shown.martin, shown.record, shown.letter, later)
    assert not sees(shown.pharmacist, shown.record, shown.letter, later)


def test_one_element_is_shown_again_to_one_person(shown):
    hide(shown, shown.letter, shown.visit)
    later = NOON + dt.timedelta(minutes=1)
    with binding(shown.jeanne, at=later):
        masks.show_element(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[shown.letter.id],
            audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
        )
    assert sees(shown.martin, shown.record, shown.letter, later)
    assert not sees(shown.martin, shown.record, shown.visit, later)


def test_a_mask_naming_the_treating_gp_is_refused_with_an_explanation(shown):
    with pytest.raises(Refused) as refused:
        hide(shown, shown.letter, audience=Audience(MaskAudience.PROFESSIONAL, shown.petit.id))
    assert refused.value.reason.startswith("Le Dr Petit est votre médecin traitant")
    assert not Mask.objects.exists()


def test_a_mask_naming_the_author_has_no_effect_on_what_they_wrote(shown):
    hide(shown, shown.letter, audience=Audience(MaskAudience.PROFESSIONAL, shown.garnier.id))
    assert sees(shown.garnier, shown.record, shown.letter)


def test_a_mask_sleeps_while_its_audience_is_the_treating_gp_and_wakes_after(shown):
    hide(shown, shown.letter)
    times = [NOON + dt.timedelta(minutes=minute) for minute in (1, 2, 3)]
    with binding(shown.jeanne, at=times[0]):
        circle.declare_treating_gp(
            by=shown.jeanne, record_id=shown.record.id, professional_id=shown.martin.id
        )
    assert sees(shown.martin, shown.record, shown.letter, times[0])
    with binding(shown.jeanne, at=times[1]):
        circle.end_treating_gp(by=shown.jeanne, record_id=shown.record.id)
        circle.authorise(
            by=shown.jeanne, record_id=shown.record.id, professional_id=shown.martin.id
        )
    assert sees(shown.martin, shown.record, shown.visit, times[2])
    assert not sees(shown.martin, shown.record, shown.letter, times[2])


def test_a_mask_holds_until_the_end_of_its_last_day(shown):
    hide(shown, shown.letter, until=dt.date(2026, 6, 20))

    late = dt.datetime(2026, 6, 20, 23, 59, tzinfo=PARIS)
    assert not sees(shown.martin, shown.record, shown.letter, late)
    assert sees(shown.martin, shown.record, shown.letter, late + dt.timedelta(minutes=1))


def test_a_mask_aimed_at_a_structure_covers_its_live_members(shown):
    hide(shown, shown.letter, audience=Audience(MaskAudience.STRUCTURE, shown.pharmacy.id))
    assert not sees(shown.pharmacist, shown.record, shown.letter)
    assert sees(shown.martin, shown.record, shown.letter)


def test_a_mask_aimed_at_a_profession_covers_it_but_the_treating_gp(shown):
    hide(shown, shown.letter, audience=Audience(MaskAudience.PROFESSION, profession="10"))
    assert not sees(shown.martin, shown.record, shown.letter)
    assert sees(shown.petit, shown.record, shown.letter)
    assert sees(shown.pharmacist, shown.record, shown.letter)


def test_what_the_holder_keeps_from_a_delegate_the_delegate_does_not_see(shown, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(shown.record, paul)
        viewer = cast.family_viewer(paul, Role.DELEGATE)
    assert sees(viewer, shown.record, shown.letter)
    hide(shown, shown.letter, audience=Audience(MaskAudience.DELEGATE, paul.id))
    assert not sees(viewer, shown.record, shown.letter)
    assert sees(shown.martin, shown.record, shown.letter)


@pytest.mark.parametrize(
    "target",
    [
        lambda _world: Target(MaskTarget.EVERYTHING),
        lambda _world: Target(MaskTarget.CATEGORY, categories=1),
        lambda world: Target(MaskTarget.PROFESSIONAL, world.garnier.id),
        lambda world: Target(MaskTarget.EPISODE, world.episode),
    ],
    ids=["everything", "category", "professional", "episode"],
)
def test_wider_targets_catch_what_comes_later(shown, as_owner, target):
    shown.episode = uuid.uuid4()
    facts = {"by": shown.garnier, "categories": 1, "episodes": [shown.episode]}
    with as_owner():
        cast.document(shown.record, **facts)
    hide(shown, others=[target(shown)])
    with as_owner():
        later = cast.document(shown.record, title="Plus tard", **facts)
    assert not sees(shown.martin, shown.record, later)
    assert sees(shown.petit, shown.record, later)


def test_what_comes_later_of_what_was_hidden_is_hidden_unless_something_of_it_was_left(
    shown, as_owner
):
    """What the page of hiding says, ticked: the claims of a visit arrive for months."""
    whole, half, entered = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    def of_care(*episodes):
        return cast.line(shown.record, performer_id=shown.garnier.id, episodes=episodes)

    with as_owner():
        visit, box = of_care(whole, entered), of_care(whole)
        hidden, left = of_care(half), of_care(half)
        cast.line(shown.record, withdrawn_at=NOON, episodes=[whole])
    hide(shown, visit, box, hidden, and_what_comes=True)
    with as_owner():
        later = {care: of_care(care) for care in (whole, half, entered)}

    assert not sees(shown.martin, shown.record, later[whole])
    assert sees(shown.martin, shown.record, later[half])
    assert sees(shown.martin, shown.record, later[entered])
    assert sees(shown.martin, shown.record, left)
    assert not any(sees(shown.martin, shown.record, one) for one in (visit, box, hidden))
    assert sees(shown.petit, shown.record, later[whole])

    audience = Audience(MaskAudience.PROFESSIONAL, shown.martin.id)
    with binding(shown.jeanne, at=NOON):
        asked = {"by": shown.jeanne, "record_id": shown.record.id, "audience": audience}
        assert masks.show_element(**asked, element_ids=[visit.id]) == 1
    at = NOON + dt.timedelta(minutes=1)
    assert sees(shown.martin, shown.record, visit, at)
    assert sees(shown.martin, shown.record, later[whole], at)
    assert not sees(shown.martin, shown.record, box, at)


def test_what_the_asker_does_not_see_is_answered_as_missing(shown, as_owner):
    with as_owner():
        unannounced = cast.document(
            shown.record, title="Résultat", unannounced_until=dt.date(2026, 7, 4)
        )
        other = cast.document(cast.record(cast.person("Autre")))
    for element in (unannounced, other):
        with pytest.raises(NotVisible):
            hide(shown, element)
    with pytest.raises(NotVisible):
        hide(shown, Document(id=uuid.uuid4()))
    assert not Mask.objects.exists()


def test_a_delegate_never_masks(shown, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(shown.record, paul)
        viewer = cast.family_viewer(paul, Role.DELEGATE)
    with pytest.raises(Refused):
        hide(shown, shown.letter, by=viewer)
    with binding(viewer, at=NOON), pytest.raises(Refused):
        masks.read_decided(by=viewer, record_id=shown.record.id)


@pytest.fixture
def minor(world, as_owner):
    """Lou, 16, who signs in alone; Marie, her mother; a letter both see; Dr Martin has a door."""
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        world.lou = cast.family_viewer(lou)
        world.marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        world.letter = cast.document(world.record, by=world.garnier)
    with binding(world.marie, at=NOON):
        circle.authorise(
            by=world.marie, record_id=world.record.id, professional_id=world.martin.id
        )
    return world


def test_a_representative_neither_sees_nor_lifts_a_mask_set_by_the_minor(minor):
    hidden = hide(minor, minor.letter, by=minor.lou)
    asked = {"by": minor.marie, "record_id": minor.record.id}
    with binding(minor.marie, at=NOON):
        assert masks.read_decided(**asked).rules == ()
    [mask] = Mask.objects.filter(record=minor.record)
    for call in (
        lambda: masks.show(**asked, gesture=hidden.gesture),
        lambda: masks.show_rule(**asked, mask_id=mask.id),
        lambda: masks.read_receipt(**asked, receipt_id=hidden.receipt_id),
    ):
        with binding(minor.marie, at=NOON), pytest.raises(NotVisible):
            call()
    with binding(minor.marie, at=NOON):
        ended = masks.show_element(
            **asked,
            element_ids=[minor.letter.id],
            audience=Audience(MaskAudience.PROFESSIONAL, minor.martin.id),
        )
    assert ended == 0
    assert not sees(minor.martin, minor.record, minor.letter)
    rows = JournalEvent.objects.filter(record_id=minor.record.id, act="masked")
    assert all(rows.values_list("rests_on_secret", flat=True))


def test_the_minor_sees_and_lifts_a_mask_set_by_a_representative(minor):
    hidden = hide(minor, minor.letter, by=minor.marie)
    with binding(minor.lou, at=NOON):
        [rule] = masks.read_decided(by=minor.lou, record_id=minor.record.id).rules
        assert rule.gesture == hidden.gesture
        masks.show(by=minor.lou, record_id=minor.record.id, gesture=hidden.gesture)
    assert sees(minor.martin, minor.record, minor.letter)


def test_the_rules_are_listed_by_gesture_with_their_titles(shown):
    hide(shown, shown.letter, shown.visit)
    hide(
        shown,
        shown.visit,
        audience=Audience(MaskAudience.STRUCTURE, shown.pharmacy.id),
        at=NOON + dt.timedelta(minutes=1),
    )
    with binding(shown.jeanne, at=NOON + dt.timedelta(minutes=2)):
        rules = masks.read_decided(by=shown.jeanne, record_id=shown.record.id).rules
    assert [(rule.count, rule.from_whom) for rule in rules] == [
        (1, "à la Pharmacie du Port"),
        (2, "au Dr Martin"),
    ]
    assert {one.title for one in rules[1].elements} == {"Lettre du Dr Garnier", "Consultation"}


def test_hiding_and_showing_again_ask_as_much_for_three_elements_as_for_one(shown, as_owner):
    with as_owner():
        more = [cast.line(shown.record) for _one in range(2)]
    asked = []
    for number, elements in enumerate(([shown.visit], [shown.visit, *more])):
        at = NOON + dt.timedelta(minutes=number)
        with CaptureQueriesContext(connection) as hiding:
            done = hide(shown, *elements, at=at)
        with CaptureQueriesContext(connection) as showing, binding(shown.jeanne, at=at):
            masks.show(by=shown.jeanne, record_id=shown.record.id, gesture=done.gesture)
        asked.append((len(hiding), len(showing)))
    assert asked[0] == asked[1]


def test_when_the_journal_fails_nothing_is_hidden(shown, monkeypatch):
    def broken(*_args):
        raise RuntimeError("no journal")

    monkeypatch.setattr("access.binding.journal.write", broken)
    with pytest.raises(RuntimeError):
        hide(shown, shown.letter)
    monkeypatch.undo()

    assert not Mask.objects.filter(record=shown.record).exists()
    assert not Receipt.objects.filter(record=shown.record).exists()
    assert sees(shown.martin, shown.record, shown.letter)


def test_receipts_are_numbered_at_random(shown):
    numbers = {hide(shown, shown.letter).number for _gesture in range(5)}
    assert len(numbers) == 5
    assert all(len(number) == 14 for number in numbers)


def test_what_may_still_be_guessed_is_named_and_never_ticked(shown, as_owner):
    with as_owner():
        letter = cast.document(shown.record, title="Lettre", by=shown.garnier, categories=1)
        june = dt.date(2026, 6, 9)
        later = cast.line(shown.record, label="Séance", categories=1, occurred_on=june)
        cast.line(shown.record, label="Vaccin", occurred_on=june)

    with binding(shown.jeanne, at=NOON):
        found = masks.weigh(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[letter.id],
            audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
        )

    assert [(guess.value, guess.checked) for guess in found.guesses] == [(str(later.id), False)]
    assert found.guesses[0].label.startswith("Séance, 9")


def test_a_doctor_is_said_not_to_know_of_a_medicine_only_when_no_box_of_it_is_left(
    shown, as_owner
):
    def weighed():
        with binding(shown.jeanne, at=NOON):
            return masks.weigh(
                by=shown.jeanne, record_id=shown.record.id, element_ids=[box.id],
                audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
            )  # fmt: skip

    with as_owner():
        box = metformin(shown.record, dt.date(2026, 6, 9), shown.garnier)
    assert weighed().takes_medicine
    with as_owner():
        other = metformin(shown.record, dt.date(2025, 11, 3), shown.petit)
    found = weighed()

    assert str(other.id) in [guess.value for guess in found.guesses]
    assert not found.takes_medicine
