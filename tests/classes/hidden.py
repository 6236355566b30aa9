"""More of what a viewer may not see, of every kind at once, with one word in all of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from access.journal import Action
from records.models import Episode, Synthesis, SynthesisLine, SynthesisSource
from records.uuid7 import uuid7
from tests import jeanne as adult
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.interference.traces import event
from tests.jeanne import add_document, add_entry, circle_period, hide


if TYPE_CHECKING:
    from tests.interference.scene import Scene


#: In no page of ours, in no other row.
WORD: Final = "Zygomorphe"
#: How something is hidden, and from whom of the scene.
WAYS: Final = {
    "mask": ("martin", "pharmacist", "emergency"),
    "unannounced": ("jeanne",),
    "secret": ("guardian", "delegate"),
}
_FLAGS: Final[dict[str, dict[str, Any]]] = {
    "mask": {},
    "unannounced": {"unannounced_until": dt.date(2026, 7, 12)},
    "secret": {"secret": True},
}


def add_hidden(scene: Scene, way: str = "mask") -> dict[str, Any]:
    """One element of each kind in Jeanne's record, hidden in one way. Called as the owner."""
    record, flags = scene.records["jeanne"], _FLAGS[way]
    # The directory is public: a professional may be found in it by their name.
    far, petit = cast.pro("Discret"), scene.world.professionals["petit"]
    three_days_ago = NOON - dt.timedelta(days=3)
    care = Episode.objects.create(record=record, created_at=LONG_AGO)
    given = {"created_at": three_days_ago, "episodes": [care.id], **flags}
    letter = add_document(
        record, title=f"{WORD} dans le titre", text=f"{WORD} dans le texte", by=far,
        type_code="34112-3", class_code="11", occurred_on=dt.date(2023, 2, 3), **given,
    )  # fmt: skip
    line = adult.a_visit(record, dt.date(2023, 2, 4), far, performer_name=f"Dr {WORD}", **given)
    pill = adult.add_medicine(
        record, dt.date(2023, 2, 4), cip13="3400930000000", label=WORD, atc="C01AA05", by=far,
        **given,
    )  # fmt: skip
    found = {"letter": letter, "line": line, "pill": pill}
    if way != "unannounced":  # the holder's own words wait for nobody
        found["entry"] = add_entry(
            record, scene.world.holder, "history", content={"text": WORD}, **flags
        )
    if way == "mask":
        for element in found.values():
            hide(record, element)
        other = scene.world.professionals["midwife"]
        circle_period(
            record, "share", professional=other.professional, user=other.user,
            element_id=letter.id,
        )  # fmt: skip
    found["said"] = _say(scene, letter, petit)
    event(record, scene.viewers["petit"], Action.ELEMENT_READ, "document", letter,
          "treating_gp", days=2, secret=way == "secret")  # fmt: skip
    return found


def _say(scene: Scene, letter: Any, by: Any) -> SynthesisLine:
    """A line of the last version that rests on the letter, and is hidden as it is."""
    last = Synthesis.objects.filter(record=scene.records["jeanne"]).order_by("number").last()
    assert last is not None
    line = SynthesisLine.objects.create(
        id=uuid7(), record=scene.records["jeanne"], synthesis=last, section="problems",
        position=90, text=WORD, type_code="SYNTH", occurred_on=last.signed_at.date(),
        created_at=last.signed_at, author_id=by.id,
    )  # fmt: skip
    SynthesisSource.objects.create(
        record_id=line.record_id, line=line, kind="document", element_id=letter.id
    )
    return line
