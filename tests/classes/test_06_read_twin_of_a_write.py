"""Class 6: writing is guarded and reading the same thing isn't, or the other way about.

OpenEMR forbade to sign for another, and showed the signature at its neighbour's address
(CVE-2026-33934, `show-signature`).
"""

from __future__ import annotations

import pytest

from tests.classes.asking import NOWHERE, every_address, some
from tests.interference.facts import KINDS, seen_by
from tests.interference.scene import OWN_RECORD, THROUGH
from tests.interference.values import Keys


#: The word that names an element of each kind in an address.
WORDS = {"document": "document_id", "claim": "line_id", "entry": "entry_id",
         "synthesis": "line_id"}  # fmt: skip


def doors_of(kind):
    """Every address about one element of a kind: read, change, take back, give out."""
    found = [
        one for one in every_address()
        if WORDS[kind] in one.words
        and (one.name == "records:synthesis_line") is (kind == "synthesis")
    ]  # fmt: skip
    assert found, kind
    return found


def test_every_kind_of_element_has_a_door_and_each_door_a_kind():
    words = {"document_id", "line_id", "entry_id"}
    about = {one.name for one in every_address() if words & set(one.words)}
    assert {one.name for kind in KINDS for one in doors_of(kind)} == about


FIRST = ("nurse", "delegate", "shared")
VIEWERS = sorted(set(OWN_RECORD) - set(THROUGH) - {"anonymous", "half"})


@pytest.mark.parametrize(
    "who",
    some(*FIRST, *sorted({*VIEWERS} - {*FIRST}), first=3),
)
def test_what_one_may_not_see_has_no_open_door_at_all(who, scene, asker, as_owner):
    """Each hidden element, at each of its doors, by each method: as one that never was."""
    record = scene.record_of(who)
    with as_owner():
        seen = seen_by(scene.viewers[who], record)
        of = {
            kind: list(model.objects.filter(record_id=record.id).order_by("id"))
            for kind, model in KINDS.items()
        }
        keys = Keys(scene, who)
    one, hidden, shown = asker(who), 0, 0
    for kind, elements in of.items():
        chosen = [e for e in elements if e.id not in seen][:3]
        chosen += [e for e in elements if e.id in seen][:1]
        for element in chosen:
            for address in doors_of(kind):
                if not address.open_to(scene, who) or "file_id" in address.words:
                    continue  # class 4 asks for files
                words = address.filled(keys, record.id)
                here = words | {WORDS[kind]: element.id}
                nowhere = words | {WORDS[kind]: NOWHERE}
                asked = zip(address.asks(keys, **here), address.asks(keys, **nowhere), strict=True)
                for ask, elsewhere in asked:
                    answer = one.answer(ask)
                    if element.id in seen:
                        shown += answer.shown
                        continue
                    hidden += 1
                    missing = one.answer(elsewhere)
                    assert not answer.shown, f"{who} {ask}"
                    same = {str(element.id): NOWHERE}
                    assert not answer.unlike(missing, **same), f"{who} {ask}"
                    assert answer.wrote == missing.wrote, f"{who} {ask}"
    # The treating GP sees everything; these have no door to ask at.
    assert who in {"petit", "agent", "administrator", "nobody"} or hidden
    assert not seen or shown
