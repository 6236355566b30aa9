"""Class 11: one thing is checked, and many at once aren't.

paperless-ngx changed, joined and sent documents of others when their keys came in one list with
one's own (#4003, #5888, #8468, #8631).
"""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.urls import reverse

from access import elements, masks
from access.binding import binding
from access.models import Mask
from access.policy import NotVisible, standing_on
from records.uuid7 import uuid7
from tests.access.cast import NOON
from tests.classes.asking import NOWHERE, every_address, some
from tests.interference.facts import KINDS, seen_by
from tests.interference.values import Keys
from tests.interference.walking import Ask


#: Names that a door takes several times, each with why a wrong one among right ones does no harm
#: (or "whole": the batch fails whole).
SEVERAL = {
    ("access:hide", "e"): "whole",
    ("access:show", "e"): "whole",
    ("access:delegate_invite", "kinds"): "kinds of care, of a list that the form knows",
    ("access:delegate_change", "kinds"): "kinds of care, of a list that the form knows",
    ("access:offers_aside", "subject"): "subjects on offer: another one is none",
    ("records:synthesis_draft", "keep"): "names of proposals on the page, not of rows",
    ("records:synthesis_draft", "shown"): "names of proposals on the page, not of rows",
    ("records:synthesis_draft", "again"): "names of questions on the page, not of rows",
    ("records:synthesis_consent", "word"): "words",
    ("records:synthesis_draft", "added"): "words",
    ("records:synthesis_draft", "added_section"): "words",
}


@pytest.mark.parametrize("who", some("jeanne", "petit", "administrator"))
def test_every_name_that_is_taken_several_times_is_thought_of(who, scene, asker, patch):
    taken, keys, one, lists = set(), Keys(scene, who), asker(who), QueryDict.getlist

    def getlist(self, key, *args):
        taken.add(key)
        return lists(self, key, *args)

    patch.setattr(QueryDict, "getlist", getlist)
    found = set()
    for address in every_address():
        inside = "record_id" in address.words or who == "administrator"
        if not address.open_to(scene, who) or address.of_account or not inside:
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.before or (ask.method != "POST" and not ask.query):
                continue
            taken.clear()
            one.answer(ask)
            found |= {(address.name, name) for name in taken
                      if name in {*address.declared.query, *address.declared.form}}  # fmt: skip
    assert {pair for pair in found if pair not in SEVERAL and not _machine(pair)} == set()
    if who == "jeanne":
        assert found


def _machine(pair):
    """FHIR: several values are several conditions, all held (or refused); the gate decides."""
    return pair[0].startswith("fhir:")


@pytest.mark.parametrize("who", ["jeanne", "mother"])
@pytest.mark.parametrize("door", ["access:hide", "access:show"])
def test_a_batch_with_one_wrong_key_fails_whole_and_changes_nothing(who, door, scene, asker,
                                                                    as_owner):  # fmt: skip
    keys, one, record = Keys(scene, who), asker(who), scene.record_of(who)
    with as_owner():
        seen = seen_by(scene.viewers[who], record)
        all_documents = KINDS["document"].objects.filter(record_id=record.id)
        mine = [str(key) for key in all_documents.values_list("id", flat=True) if key in seen][:2]
        hidden = [str(k) for k in all_documents.values_list("id", flat=True) if k not in seen][:1]
    pro = str(scene.world.professionals["garnier" if who == "jeanne" else "midwife"].id)
    path = reverse(door, kwargs={"record_id": record.id})
    whom = (("from", f"professional:{pro}"),)
    given = (("gesture", str(uuid7())), ("lasting", "always"))
    for wrong in [*hidden, keys.of["document_id"][1][0], NOWHERE]:
        batch = tuple(("e", key) for key in (*mine, wrong))
        for ask in (Ask(door, path, "POST", whom, (*batch, *given)),
                    Ask(door, path, "POST", (*batch, *whom), (*batch, *given))):  # fmt: skip
            answer = one.answer(ask)
            assert not {"access_mask", "access_receipt"} & answer.wrote, f"{who} {ask}"
    batch = tuple(("e", key) for key in mine)
    hide = reverse("access:hide", kwargs={"record_id": record.id})
    whole = one.answer(Ask("access:hide", hide, "POST", whom, (*batch, *given)))
    assert {"access_mask", "access_receipt"} <= whole.wrote


def test_the_use_cases_behind_take_all_or_nothing(scene, as_owner):
    record, viewer = scene.records["jeanne"], scene.viewers["jeanne"]
    waits, letter = scene.elements["jeanne"]["waits"].id, scene.elements["jeanne"]["letter"].id
    with as_owner():
        before = Mask.objects.filter(record=record).count()
    audience = masks.Audience.parse(f"professional:{scene.world.professionals['garnier'].id}")
    with binding(viewer, at=NOON):
        with pytest.raises(NotVisible):
            elements.find_visible(standing_on(record.id), [letter, waits])
        with pytest.raises(NotVisible):
            masks.hide(by=viewer, record_id=record.id, element_ids=[letter, waits],
                       audience=audience, gesture=uuid7())  # fmt: skip
        many = [uuid7() for _ in range(elements.MOST_AT_ONCE)]
        with pytest.raises(NotVisible):
            elements.find_visible(standing_on(record.id), [letter, *many])
    with as_owner():
        assert Mask.objects.filter(record=record).count() == before


@pytest.mark.parametrize("who", ["jeanne", "guardian", "delegate", "petit", "stranger"])
def test_the_archive_is_what_one_sees_one_by_one(who, scene, asker, as_owner):
    """The holder and the representative alone; each document in it opens to them, and no other."""
    record, one = scene.record_of(who), asker(who)
    path = reverse("records:take_away", kwargs={"record_id": record.id})
    with as_owner():
        seen = {str(key) for key in seen_by(scene.viewers[who], record)}
        documents = {str(k) for k in KINDS["document"].objects.filter(record_id=record.id)
                     .values_list("id", flat=True)}  # fmt: skip
        entries = {str(k) for k in KINDS["entry"].objects.filter(record_id=record.id)
                   .values_list("id", flat=True)}  # fmt: skip
    answer = one.answer(Ask("records:take_away", path, "POST"))
    if who not in {"jeanne", "guardian"}:
        assert not answer.shown
        return
    held = {key for key in documents | entries if key in answer.body.decode(errors="replace")}
    assert held == seen & held
    assert held & documents == seen & documents
