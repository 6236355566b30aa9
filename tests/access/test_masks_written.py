"""What is written when something is hidden and shown again: the masks, the journal, the receipts.

And what reads it back: the receipt's page and the list of what was decided.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access import masks
from access.binding import binding
from access.masks import Audience, Target
from access.models import JournalEvent, Mask, MaskAudience, MaskTarget, Receipt
from access.policy import NotVisible
from access.receipts import body_of, give_receipt
from access.viewer import Role
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON, PARIS


DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
EVERYONE = Audience(MaskAudience.EVERYONE)
EPISODE = uuid.UUID(int=5)


@pytest.fixture
def care(world, as_owner):
    """A letter of Dr Garnier, a visit and a note of Jeanne's own."""
    with as_owner():
        world.letter = cast.document(
            world.record, title="Lettre", by=world.garnier, episodes=[EPISODE]
        )
        world.visit = cast.line(world.record, label="Radio", occurred_on=dt.date(2026, 5, 6))
        world.mine = cast.document(world.record, title="Note", author_kind="holder",
                                   author_id=None, author_person_id=world.holder.id)  # fmt: skip
    world.from_martin = Audience(MaskAudience.PROFESSIONAL, world.martin.id)
    return world


def do(world, use_case, *, at=NOON, by=None, record=None, **asked):
    viewer = by or world.jeanne
    with binding(viewer, at=at):
        return use_case(by=viewer, record_id=(record or world.record).id, **asked)


def hide(world, *elements, audience=EVERYONE, **facts):
    given = {"gesture": uuid.uuid4(), "element_ids": [one.id for one in elements]} | facts
    return do(world, masks.hide, audience=audience, **given)


def row(record, **facts):
    """A mask as it may have been written; everything, from everyone, without a gesture."""
    given = {"target": "everything", "audience": "everyone", "since": LONG_AGO}
    return Mask.objects.create(record=record, **(given | facts))


def events(record, *acts):
    rows = JournalEvent.objects.filter(record_id=record.id, act__in=acts).order_by("seq")
    return list(rows.values_list("act", "door", "element_kind", "element_id", "reason"))


@pytest.fixture
def minor(care, as_owner):
    """Lou, 16, who signs in alone, and Marie, her mother."""
    with as_owner():
        lou, mother = cast.person("Lou", born=dt.date(2010, 1, 5)), cast.person("Marie")
        care.record = cast.record(lou)
        cast.represent(care.record, mother)
        care.lou = cast.family_viewer(lou)
        care.marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        care.letter = cast.document(care.record, by=care.garnier)
    return care


# --- hidden ---


def test_a_mask_keeps_all_that_was_decided_and_who_decided_it(care):
    targets = [
        Target(MaskTarget.EVERYTHING),
        Target(MaskTarget.CATEGORY, categories=5),
        Target(MaskTarget.PROFESSIONAL, care.garnier.id),
        Target(MaskTarget.EPISODE, EPISODE),
    ]
    doctors = Audience(MaskAudience.PROFESSION, profession="10")
    done = hide(
        care, care.letter, care.visit, care.letter, others=targets, audience=doctors,
        until=dt.date(2026, 6, 20), opens_in_emergency=True,
    )  # fmt: skip

    said = {
        "audience": "profession", "audience_id": None, "audience_profession": "10",
        "opens_in_emergency": True, "gesture": done.gesture, "set_by": care.jeanne.user_id,
        "set_by_kind": "holder", "secret": False, "since": NOON,
        "until": dt.datetime(2026, 6, 21, tzinfo=PARIS), "ended_at": None,
    }  # fmt: skip
    rows = Mask.objects.filter(record=care.record)
    assert all(one == said for one in rows.values(*said))
    assert set(rows.values_list("target", "target_id", "target_categories")) == {
        ("element", care.letter.id, 0), ("element", care.visit.id, 0), ("everything", None, 0),
        ("category", None, 5), ("professional", care.garnier.id, 0), ("episode", EPISODE, 0),
    }  # fmt: skip
    assert events(care.record, "masked") == [
        ("masked", "holder", "document", care.letter.id, "profession:10"),
        ("masked", "holder", "line", care.visit.id, "profession:10"),
        ("masked", "holder", "rule", None, "everything: profession:10"),
        ("masked", "holder", "rule", None, "category:5 profession:10"),
        ("masked", "holder", "rule", None, f"professional:{care.garnier.id} profession:10"),
        ("masked", "holder", "rule", None, f"episode:{EPISODE} profession:10"),
    ]


def test_a_receipt_keeps_what_was_hidden_from_whom_and_by_whom_in_the_order_it_was_asked(care):
    done = hide(
        care, care.visit, care.letter, others=[Target(MaskTarget.CATEGORY, categories=5)],
        audience=care.from_martin, until=dt.date(2026, 6, 20), opens_in_emergency=True,
    )  # fmt: skip
    receipt = Receipt.objects.get(id=done.receipt_id)
    given = (receipt.kind, receipt.given_to, receipt.gesture, receipt.number, receipt.made_at)
    assert given == ("hiding", care.holder.id, done.gesture, done.number, NOON)
    assert body_of(receipt, care.record) == {
        "by": "Jeanne Morel",
        "audience": f"professional:{care.martin.id}",
        "until": "2026-06-20",
        "opens_in_emergency": True,
        "targets": [
            {"kind": "element", "id": str(care.visit.id), "categories": 0, "title": "Radio"},
            {"kind": "element", "id": str(care.letter.id), "categories": 0, "title": "Lettre"},
            {"kind": "category", "id": None, "categories": 5, "title": ""},
        ],
    }
    always = hide(care, care.letter)
    body = body_of(Receipt.objects.get(id=always.receipt_id), care.record)
    assert (body["until"], body["opens_in_emergency"]) == (None, False)


def test_a_gesture_is_one_act_on_one_record_and_no_other_receipt_stands_for_it(care, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        other = cast.record(cast.person("Autre"))
        give_receipt_of = {"gesture": gesture, "to": care.holder.id}
        with binding(care.jeanne, at=NOON):
            give_receipt(other, "hiding", {}, **give_receipt_of)
            give_receipt(care.record, "opening", {}, **give_receipt_of)
    done = hide(care, care.letter, gesture=gesture)
    assert Mask.objects.filter(record=care.record, gesture=done.gesture).count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"elements": ["letter"]}, {"elements": ["letter", "visit", "mine"]},
        {"audience": Audience(MaskAudience.PROFESSION, profession="10")},
        {"until": dt.date(2026, 9, 1)}, {"opens_in_emergency": True},
        {"others": [Target(MaskTarget.CATEGORY, categories=1)]},
    ],
)  # fmt: skip
def test_a_page_come_back_to_hides_what_is_chosen_then(care, changed):
    """A browser keeps the page with its key: what is chosen anew is never left unhidden."""
    asked = {"elements": ["letter", "visit"], "audience": EVERYONE, "gesture": uuid.uuid4()}

    def sent(facts):
        facts = asked | facts
        return hide(care, *(getattr(care, name) for name in facts.pop("elements")), **facts)

    first = sent({})
    assert sent({"elements": ["visit", "letter"]}) == first
    again = sent(changed)
    assert again.gesture != first.gesture
    assert again.receipt_id != first.receipt_id
    wanted = len((asked | changed)["elements"]) + len(changed.get("others", []))
    masks_ = Mask.objects.filter(record=care.record)
    assert masks_.filter(gesture=again.gesture).count() == wanted
    assert masks_.filter(gesture=first.gesture).count() == 2


def test_hidden_again_from_the_page_come_back_to_after_it_was_undone_it_is_hidden(care):
    gesture = uuid.uuid4()
    first = hide(care, care.letter, gesture=gesture)
    hide(care, care.visit)
    do(care, masks.show, gesture=gesture, at=NOON)
    again = hide(care, care.letter, gesture=gesture)
    assert again.receipt_id != first.receipt_id
    assert Mask.objects.filter(target_id=care.letter.id, ended_at=None).count() == 1


def test_another_subject_is_another_gesture_and_each_page_keeps_its_own(care):
    gesture = uuid.uuid4()
    for categories, same in ((1, True), (2, False)):
        subject = Target(MaskTarget.CATEGORY, categories=categories)
        assert (hide(care, others=[subject], gesture=gesture).gesture == gesture) is same
    assert hide(care, others=[subject], gesture=EPISODE).gesture == EPISODE


def test_nothing_to_hide_hides_nothing_and_gives_no_receipt(care):
    with pytest.raises(NotVisible):
        hide(care)
    assert not Receipt.objects.exists()


# --- shown again ---


def test_showing_one_element_again_ends_the_masks_that_name_it_and_that_audience_alone(
    care, as_owner
):
    letter = {"target": "element", "target_id": care.letter.id}
    martin = {"audience": "professional", "audience_id": care.martin.id}
    with as_owner():
        same = [row(care.record, **letter, **martin, gesture=key) for key in (None, EPISODE)]
        row(care.record, **letter, **martin, ended_at=NOON - DAY)
        row(care.record, target="professional", target_id=care.letter.id, **martin)
        row(care.record, target="element", target_id=care.visit.id, **martin)
        row(care.record, **letter)
        row(care.record, **letter, audience="structure", audience_id=care.martin.id)
        row(care.record, **letter, audience="professional", audience_id=care.garnier.id)
        row(care.record, **letter, **martin, audience_profession="10")
    asked = {"element_ids": [care.letter.id], "audience": care.from_martin, "at": NOON + MINUTE}

    assert do(care, masks.show_element, **asked) == 2
    ended = Mask.objects.filter(ended_at=NOON + MINUTE).values_list("id", flat=True)
    assert set(ended) == {one.id for one in same}
    reason = f"professional:{care.martin.id}"
    assert events(care.record, "unmasked") == 2 * [
        ("unmasked", "holder", "document", care.letter.id, reason)
    ]
    receipt = Receipt.objects.get(record=care.record)
    assert (receipt.kind, receipt.given_to, receipt.gesture) == ("showing", care.holder.id, None)
    told = {"kind": "element", "id": str(care.letter.id), "categories": 0, "title": "Lettre"}
    assert body_of(receipt, care.record) == {
        "by": "Jeanne Morel", "audience": reason, "until": None, "opens_in_emergency": False,
        "targets": 2 * [told],
    }  # fmt: skip
    # Shown again, it is: nothing more ends, and no receipt says so.
    assert do(care, masks.show_element, **asked) == 0
    assert Receipt.objects.count() == 1


def test_a_gesture_or_a_rule_of_another_record_is_none_of_this_one(care, as_owner):
    gesture = uuid.uuid4()
    with as_owner():
        theirs = row(cast.record(cast.person("Autre")), gesture=gesture)
    for use_case, asked in (
        (masks.show, {"gesture": gesture}),
        (masks.show_rule, {"mask_id": theirs.id}),
    ):
        with pytest.raises(NotVisible):
            do(care, use_case, **asked)
    assert do(care, masks.read_decided).rules == ()
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_a_rule_set_at_deposit_is_taken_back_alone_and_written_down(care, as_owner):
    with as_owner():
        rule = row(care.record, target="category", target_categories=5)
        row(care.record)
    assert do(care, masks.show_rule, mask_id=rule.id, at=NOON + MINUTE) == 1
    assert events(care.record, "unmasked") == [
        ("unmasked", "holder", "rule", None, "category:5 everyone")
    ]
    assert do(care, masks.show_rule, mask_id=rule.id, at=NOON + 2 * MINUTE) == 0
    assert [one.target for one in Mask.objects.filter(ended_at=None)] == ["everything"]


def test_a_mask_on_what_its_holder_does_not_see_yet_ends_with_the_others(care, as_owner):
    """A rule covers silently what isn't announced: its end says no more of it.

    Nor does a rule on somebody name an element, whatever its key.
    """
    gesture = uuid.uuid4()
    with as_owner():
        waits = cast.document(
            care.record, title="Biopsie", unannounced_until=dt.date(2026, 7, 4)
        )  # fmt: skip
        row(care.record, target="element", target_id=waits.id, gesture=gesture)
        row(care.record, target="professional", target_id=care.letter.id, gesture=gesture)
    assert do(care, masks.show, gesture=gesture) == 2
    assert set(events(care.record, "unmasked")) == {
        ("unmasked", "holder", "element", waits.id, "everyone"),
        ("unmasked", "holder", "rule", None, f"professional:{care.letter.id} everyone"),
    }
    told = body_of(Receipt.objects.get(), care.record)["targets"]
    assert [one["title"] for one in told] == ["", ""]


def lifted(world, gesture, by=None):
    """Show a gesture again; how much another rule still hides, said in the same request."""
    viewer = by or world.jeanne
    asked = {"by": viewer, "record_id": world.record.id}
    with binding(viewer, at=NOON + MINUTE):
        masks.show(**asked, gesture=gesture)
        return masks.still_hidden(**asked)


@pytest.mark.parametrize(
    ("another", "still"),
    [
        ({"target": "everything"}, 2),
        ({"target": "episode", "target_id": EPISODE}, 1),
        ({"target": "everything", "audience": "professional"}, 2),
        ({"target": "everything", "audience": "professional", "ended_at": NOON}, 0),
        ({"target": "everything", "audience": "structure"}, 0),
        ({"target": "everything", "audience": "profession", "audience_profession": "10"}, 0),
        ({"audience": "professional", "audience_id": uuid.UUID(int=9)}, 0),
        ({"target": "professional", "target_id": uuid.UUID(int=9)}, 0),
    ],
)
def test_what_another_rule_hides_from_the_same_people_is_not_said_to_be_shown(
    care, as_owner, another, still
):
    done = hide(care, care.letter, care.visit, audience=care.from_martin)
    hide(care, care.mine, audience=EVERYONE)
    if another.get("audience") in {"professional", "structure"}:
        another = {"audience_id": care.martin.id} | another
    with as_owner():
        row(care.record, **another)
        row(cast.record(cast.person("Autre")), gesture=done.gesture)
    assert lifted(care, done.gesture) == still


def test_of_a_profession_another_one_is_not_the_same_people(care):
    doctors, nurses = (Audience(MaskAudience.PROFESSION, profession=code) for code in ("10", "60"))
    for audience, still in ((nurses, 0), (doctors, 1)):
        done = hide(care, care.letter, audience=doctors)
        hide(care, care.letter, audience=audience)
        assert lifted(care, done.gesture) == still


def test_a_rule_on_every_professional_hides_nothing_from_a_delegate(care, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(care.record, paul)
        row(care.record)
    audience = Audience(MaskAudience.DELEGATE, paul.id)
    for again in (False, True):
        done = hide(care, care.letter, audience=audience)
        if again:
            hide(care, care.letter, audience=audience)
        assert lifted(care, done.gesture) == again


# --- a minor and who speaks for them ---


def test_a_representative_is_not_told_that_a_minors_mask_hides_it_still(minor):
    done = hide(minor, minor.letter, by=minor.marie)
    hide(minor, minor.letter, by=minor.lou)
    assert lifted(minor, done.gesture, by=minor.marie) == 0
    done = hide(minor, minor.letter, by=minor.lou)
    assert lifted(minor, done.gesture, by=minor.lou) == 1


def test_what_a_minor_hides_and_shows_again_rests_on_a_secret(minor):
    for viewer, secret in ((minor.marie, False), (minor.lou, True)):
        done = hide(minor, minor.letter, by=viewer)
        [mask] = Mask.objects.filter(gesture=done.gesture)
        kind = "holder" if secret else "representative"
        assert (mask.secret, mask.set_by_kind, mask.set_by) == (secret, kind, viewer.user_id)
        do(minor, masks.show, by=viewer, gesture=done.gesture)
    rows = JournalEvent.objects.filter(record_id=minor.record.id, act__in=["masked", "unmasked"])
    told = rows.order_by("seq").values_list("act", "rests_on_secret", "door")
    assert list(told) == [
        ("masked", False, "representative"), ("unmasked", False, "representative"),
        ("masked", True, "holder"), ("unmasked", True, "holder"),
    ]  # fmt: skip


def test_a_representative_knows_of_no_mask_on_what_they_do_not_see(minor, as_owner):
    """Set at deposit it is no secret; what it hides is. Their own wider rule they know of."""
    with as_owner():
        hidden = cast.document(minor.record, title="Secret", secret=True)
        mask = row(minor.record, target="element", target_id=hidden.id,
                   set_by_kind="professional")  # fmt: skip
    wide = hide(minor, by=minor.marie, others=[Target(MaskTarget.EVERYTHING)])
    seen = hide(minor, minor.letter, by=minor.marie)
    for viewer, known in ((minor.marie, 2), (minor.lou, 3)):
        rules = do(minor, masks.read_decided, by=viewer).rules
        assert len(rules) == known
    with pytest.raises(NotVisible):
        do(minor, masks.show_rule, by=minor.marie, mask_id=mask.id)
    for gesture in (wide.gesture, seen.gesture):
        assert do(minor, masks.show, by=minor.marie, gesture=gesture) == 1
    assert do(minor, masks.show_rule, by=minor.lou, mask_id=mask.id) == 1
