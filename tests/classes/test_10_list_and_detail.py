"""Class 10: the list and the page of one thing ask by different rules.

paperless-ngx' bulk doors and its lists disagreed more than once (#4003, #4007, #8631); care
filters patients by two relations and opens them by four.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.classes.asking import every_address, some
from tests.interference.facts import KINDS, seen_by
from tests.interference.scene import OWN_RECORD, THROUGH
from tests.interference.values import Keys
from tests.interference.walking import Ask


FIRST = ("nurse", "delegate", "shared")
VIEWERS = sorted(set(OWN_RECORD) - set(THROUGH) - {"anonymous", "half"})
#: The lists of each kind: the door, and what its page calls an element by.
LISTS = {
    "document": ["records:documents", "fhir:document_search"],
    "entry": ["records:entries"],
}  # fmt: skip
DETAILS = {
    "document": ["records:document", "fhir:document"],
    "entry": ["records:entry"],
}
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def pages(one, name, record, viewer_asks):
    """Every page of a list, with the keys it names."""
    found = set()
    for number in range(1, 4):
        answer = viewer_asks(one, name, record, number)
        keys = set(KEY.findall(answer.body.decode())) if answer.shown else set()
        if not keys - found:
            break
        found |= keys
    return found


def _ask(one, name, record, number):
    if name.startswith("fhir:"):
        query = (("patient", f"Patient/{record.id}"), ("status", "current"), ("_count", "50"))
        return one.answer(Ask(name, reverse(name), "GET", query))
    path = reverse(name, kwargs={"record_id": record.id})
    return one.answer(Ask(name, path, "GET", (("page", str(number)),)))


@pytest.mark.parametrize(
    "who",
    some(*FIRST, *sorted({*VIEWERS} - {*FIRST}), first=3),
)
def test_what_a_list_names_opens_and_what_opens_is_in_the_list(who, scene, asker, as_owner):
    record, one = scene.record_of(who), asker(who)
    with as_owner():
        expected = seen_by(scene.viewers[who], record)
        of = {
            kind: {str(key) for key in model.objects.filter(record_id=record.id)
                   .values_list("id", flat=True)}
            for kind, model in KINDS.items()
        }  # fmt: skip
    by_name = {one.name: one for one in every_address()}
    for kind, lists in LISTS.items():
        for name, detail in zip(lists, DETAILS[kind], strict=True):
            if not by_name[name].open_to(scene, who):
                continue
            listed = pages(one, name, record, _ask) & of[kind]
            word = {"document": "document_id", "entry": "entry_id"}[kind]
            opened = set()
            for key in of[kind]:
                words = {word: key}
                if "record_id" in by_name[detail].words:
                    words["record_id"] = record.id
                if one.get(detail, **words).shown:
                    opened.add(key)
            assert opened == {str(key) for key in expected} & of[kind], f"{who} {detail}"
            # An author, or who has a share, comes to their element by no list.
            if kind == "document" or opened & listed:
                assert listed == opened, f"{who} {name}"


@pytest.mark.parametrize("who", some("martin", "delegate", "mother", "petit", first=2))
def test_care_that_the_list_tells_opens_and_no_other_does(who, scene, asker, as_owner):
    """Lines are told as events: an event's page opens by each of its lines that is seen."""
    record, one, keys = scene.record_of(who), asker(who), Keys(scene, who)
    with as_owner():
        expected = {str(key) for key in seen_by(scene.viewers[who], record)}
        lines = [str(key) for key in KINDS["claim"].objects.filter(record_id=record.id)
                 .values_list("id", flat=True)]  # fmt: skip
    listed = set()
    for page in ("1", "2", "3"):
        path = reverse("records:care", kwargs={"record_id": record.id})
        answer = one.answer(Ask("records:care", path, "GET", (("page", page),)))
        listed |= set(KEY.findall(answer.body.decode())) & set(lines)
    assert listed <= expected
    for key in lines:
        opens = one.get("records:care_event", record_id=record.id, line_id=key).shown
        assert opens is (key in expected), f"{who} {key}"
    assert listed
    assert keys.who == who
