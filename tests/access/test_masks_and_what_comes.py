"""The care's own rule, ticked with its elements: what it is to its reader, and to a family."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import masks, notices, policy
from access.binding import binding
from access.masks import Audience
from access.masks.aims import Target, care_words
from access.models import Mask, MaskAudience, MaskTarget, Notice
from access.notices.wording import CHOICE_ENDS
from access.policy import NotVisible
from access.viewer import WORKER
from records.models import Document
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_masks import hide, sees, shown
from tests.access.test_pages import sign_in
from tests.roles import role


__all__ = ["shown", "sign_in"]
MINUTE = dt.timedelta(minutes=1)


def of_care(world, *episodes):
    return cast.line(world.record, performer_id=world.garnier.id, episodes=episodes)


def as_jeanne(world, use_case, *, at=NOON, **asked):
    with binding(world.jeanne, at=at):
        return use_case(by=world.jeanne, record_id=world.record.id, **asked)


def show_one(world, element):
    martin = Audience(MaskAudience.PROFESSIONAL, world.martin.id)
    return as_jeanne(world, masks.show_element, element_ids=[element.id], audience=martin)


def test_an_element_shown_again_is_seen_though_it_is_of_another_care_too(shown, as_owner):
    own, entered = uuid.uuid4(), uuid.uuid4()
    with as_owner():
        visit, box = of_care(shown, own, entered), of_care(shown, entered)
    hide(shown, visit, box, and_what_comes=True)
    assert show_one(shown, visit) == 1

    assert as_jeanne(shown, masks.still_hidden) == 0
    assert sees(shown.martin, shown.record, visit, NOON + MINUTE)
    assert not sees(shown.martin, shown.record, box, NOON + MINUTE)


def test_the_proof_is_of_the_elements_and_names_what_comes_of_them(shown, as_owner):
    """Neither a rule nor an element more; and of no care that isn't hidden any more."""
    care = uuid.uuid4()
    with as_owner():
        visit, box = of_care(shown, care), of_care(shown, care)
    receipt_id = hide(shown, visit, box, and_what_comes=True).receipt_id

    receipt = as_jeanne(shown, masks.read_receipt, receipt_id=receipt_id)
    assert (receipt.count, receipt.unseen, receipt.words) == (2, 2, ())
    assert (len(receipt.coming), receipt.still_see) == (1, ())
    [rule] = as_jeanne(shown, masks.read_decided).rules
    assert (rule.count, rule.words, rule.coming) == (2, (), receipt.coming)

    show_one(shown, visit)
    given = as_jeanne(shown, masks.receipt_of_now)
    back = as_jeanne(shown, masks.read_showing, receipt_id=given)
    assert ([one.id for one in back.elements], back.words) == ([visit.id], ())
    assert back.coming == receipt.coming
    receipt = as_jeanne(shown, masks.read_receipt, receipt_id=receipt_id, at=NOON + MINUTE)
    assert (receipt.in_force, receipt.unseen, receipt.words, receipt.coming) == (True, 1, (), ())
    [rule] = as_jeanne(shown, masks.read_decided, at=NOON + MINUTE).rules
    assert (rule.count, rule.coming) == (1, ())


def test_the_pages_count_the_elements_and_list_what_comes(shown, sign_in, as_owner):
    with as_owner():
        visit = of_care(shown, uuid.uuid4())
    hidden = hide(shown, visit, and_what_comes=True)
    browser = sign_in(shown.jeanne, shown.record)
    proof = reverse("access:hidden", args=[shown.record.id, hidden.receipt_id])
    said = "Tout ce qui va avec"
    page = browser.get(proof).content.decode()
    assert "Le Dr Martin ne voit plus cet élément" in page
    assert said in page
    assert said in browser.get(f"{proof}?imprimer").content.decode()
    page = browser.get(reverse("access:who_can_see", args=[shown.record.id])).content.decode()
    assert "2 éléments masqués" not in page
    assert said in page
    as_jeanne(shown, masks.show, gesture=hidden.gesture)
    given = as_jeanne(shown, masks.receipt_of_now)
    back = reverse("access:shown", args=[shown.record.id, given])
    page = browser.get(back).content.decode()
    assert "Cet élément n&#x27;est plus masqué au Dr Martin" in page.replace("'", "&#x27;")
    assert said in page
    assert said in browser.get(f"{back}?imprimer").content.decode()


def test_many_cares_are_named_with_as_few_queries_as_one(shown, as_owner):
    with as_owner():
        cares = [of_care(shown, uuid.uuid4()).episodes[0] for _time in range(3)]
    counts = []
    with binding(shown.jeanne, at=NOON):
        standing = policy.standing_on(shown.record.id)
        for some in (cares[:1], cares):
            with CaptureQueriesContext(connection) as asked:
                words = care_words(some, standing)
            counts.append(len(asked))
            assert [*words] == some
    assert counts[0] == counts[1]


@pytest.fixture
def lou(world, as_owner):
    """Marie hides Lou's letter and what comes of it; then Lou's care becomes a secret."""
    with as_owner():
        world.record, world.lou, world.marie = cast.minor_and_mother()
        world.letter = cast.document(world.record, by=world.garnier, episodes=[uuid.uuid4()])
    return world


def hide_letter(lou):
    return hide(
        lou, lou.letter, by=lou.marie, and_what_comes=True,
        audience=Audience(MaskAudience.EVERYONE),
    )  # fmt: skip


def becomes_secret(lou, as_owner):
    with as_owner():
        Document.objects.filter(id=lou.letter.id).update(secret=True)


def test_a_family_neither_reads_nor_lifts_the_rule_of_a_care_that_became_secret(lou, as_owner):
    """Line 5 and section 3: nothing of it, what comes later least of all."""
    asked = {"by": lou.marie, "record_id": lou.record.id}
    hidden = hide_letter(lou)
    with binding(lou.marie, at=NOON + MINUTE):
        assert len(masks.read_decided(**asked).rules) == 1
    becomes_secret(lou, as_owner)
    with binding(lou.marie, at=NOON + MINUTE):
        assert masks.read_decided(**asked).rules == ()
        with pytest.raises(NotVisible):
            masks.read_receipt(**asked, receipt_id=hidden.receipt_id)
        with pytest.raises(NotVisible):
            masks.show(**asked, gesture=hidden.gesture)
    asked["by"] = lou.lou
    with binding(lou.lou, at=NOON + MINUTE):
        assert len(masks.read_decided(**asked).rules) == 1


@pytest.mark.parametrize("secret", [False, True])
def test_nor_are_they_told_that_it_ends(lou, as_owner, secret):
    with as_owner():
        box = cast.line(lou.record, episodes=lou.letter.episodes)
    hide(
        lou, lou.letter, box, by=lou.marie, and_what_comes=True,
        audience=Audience(MaskAudience.EVERYONE), until=NOON.date() + dt.timedelta(days=20),
    )  # fmt: skip
    if secret:
        becomes_secret(lou, as_owner)
    with role("dmp_worker"), binding(WORKER, at=NOON + dt.timedelta(days=18)):
        notices.remind(by=WORKER)
        rows = Notice.objects.filter(kind=CHOICE_ENDS)
        told = set(rows.values_list("person_id", flat=True))
    assert told == {lou.lou.person_id} | (set() if secret else {lou.marie.person_id})


def test_nor_the_receipt_of_having_shown_it_again(lou, as_owner):
    asked = {"by": lou.marie, "record_id": lou.record.id}
    hidden = hide_letter(lou)
    with binding(lou.marie, at=NOON + MINUTE):
        masks.show(**asked, gesture=hidden.gesture)
        given = masks.receipt_of_now(**asked)
        assert masks.read_showing(**asked, receipt_id=given).coming
    becomes_secret(lou, as_owner)
    with binding(lou.marie, at=NOON + 2 * MINUTE), pytest.raises(NotVisible):
        masks.read_showing(**asked, receipt_id=given)


def test_nothing_but_its_own_gesture_and_care_is_shown_with_an_element(shown, as_owner):
    own, other = uuid.uuid4(), uuid.uuid4()
    with as_owner():
        visit, box, alone = of_care(shown, own), of_care(shown, other), of_care(shown)
    first = hide(shown, visit, box, alone, and_what_comes=True).gesture
    rule = hide(shown, others=[Target(MaskTarget.EPISODE, own)]).gesture
    assert show_one(shown, visit) == 1

    left = Mask.objects.filter(record=shown.record, ended_at=None, audience_id=shown.martin.id)
    assert set(left.values_list("gesture", "target", "target_id")) == {
        (first, "element", box.id), (first, "element", alone.id), (first, "episode", other),
        (rule, "episode", own),
    }  # fmt: skip


def test_a_care_is_named_by_what_it_began_with_of_whatever_kind(shown, as_owner):
    care = uuid.uuid4()
    with as_owner():
        for number in (3, 1, 2):
            cast.line(
                shown.record, label=f"Visite {number}", episodes=[care],
                occurred_on=dt.date(2026, 4, number),
            )  # fmt: skip
        cast.document(shown.record, episodes=[care], occurred_on=dt.date(2026, 4, 2))
    with binding(shown.jeanne, at=NOON):
        standing = policy.standing_on(shown.record.id)
        known, unknown = care_words([care, shown.record.id], standing).values()
    assert known.endswith("1er\N{NO-BREAK SPACE}avril 2026")
    assert unknown == "Tous les éléments d'un même soin"


def test_the_receipt_of_a_rule_that_is_over_still_says_which(shown, as_owner):
    care = uuid.uuid4()
    with as_owner():
        of_care(shown, care)
    given = hide(shown, others=[Target(MaskTarget.EPISODE, care)])
    with as_owner():  # another's, of a page that was sent with the same key
        Mask.objects.create(
            record=cast.record(cast.person("Noé")), target="everything", audience="everyone",
            since=NOON, gesture=given.gesture,
        )  # fmt: skip
    in_force = as_jeanne(shown, masks.read_receipt, receipt_id=given.receipt_id)
    assert as_jeanne(shown, masks.show, gesture=given.gesture) == 1

    over = as_jeanne(shown, masks.read_receipt, receipt_id=given.receipt_id)
    assert (in_force.in_force, over.in_force) == (True, False)
    assert len(in_force.words) == 1
    assert over.words == in_force.words
