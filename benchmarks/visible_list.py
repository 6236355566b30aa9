"""`visible_list`: what one viewer sees of one record, answered by the gate and by hand.

With it `visible_list_growth` (the large size over the small one), `visible_list_parity` (the
slowest viewer over the fastest), `row_security` (the same code with it over without) and
`guardian` (`get_objects_for_user` over ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import policy
from access.binding import binding, moment_of
from benchmarks import population
from benchmarks.asking import KINDS, subjects
from benchmarks.by_hand import ByHand
from benchmarks.bypass import without_row_security
from benchmarks.figures import turn_by_turn
from benchmarks.mirror import Mirror
from benchmarks.results import Row, percentile, row
from records.dossier.documents import LIST
from records.models import Document


if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.asking import Subject
    from benchmarks.figures import Sizes
    from benchmarks.machine import Machine


MOST_QUERIES = 4
_BLOCK = 25


def ask(subject: Subject) -> list[Any]:
    """Ask the gate as a page does: one binding, what the viewer is, what they see."""
    with binding(subject.viewer):
        return policy.listed(LIST, policy.standing_on(subject.record_id))


def measure(here: Machine, sizes: Sizes) -> list[Row]:  # noqa: ARG001  # every figure's signature
    """Return the figures of lists at both sizes."""
    population.people()
    population.grow(1, sizes.small, documents=sizes.documents)
    small = _lists(sizes, sizes.small)
    guardian = _guardian(sizes, sizes.small)
    population.grow(sizes.small + 1, sizes.large, documents=sizes.documents)
    large = _lists(sizes, sizes.large)
    rows = [*large.values(), *_row_security(sizes, sizes.large)]
    for kind in KINDS:
        both = {"records": sizes.large, "small": sizes.small, "documents": sizes.documents}
        before, after = small[kind], large[kind]
        name = f"visible_list_growth.{kind}"
        rows.append(row(name, after.value, before.value, n=after.n, sizes=both))
    slowest = max(large.values(), key=lambda each: each.value)
    fastest = min(large.values(), key=lambda each: each.value)
    rows.append(
        row(
            "visible_list_parity",
            slowest.value,
            fastest.value,
            n=slowest.n,
            sizes=_on(sizes, sizes.large),
        )
    )
    return [*rows, *guardian]


def _on(sizes: Sizes, records: int) -> dict[str, int]:
    return {"records": records, "documents": sizes.documents}


def _lists(sizes: Sizes, records: int) -> dict[str, Row]:
    """Measure each kind of viewer turn by turn with the statement by hand and the other kinds.

    Parity compares the kinds: what else the machine does must weigh on all alike.
    """
    by_hand = ByHand(moment_of(timezone.now()).at)
    asked = {kind: subjects(kind, records=records, count=sizes.repeat) for kind in KINDS}
    try:
        for each in asked.values():
            _check(each, by_hand)
        work = [_of_kind(answer, kind) for kind in KINDS for answer in (ask, by_hand.documents)]
        over = [_times(each, sizes.repeat) for each in asked.values()]
        times = turn_by_turn(
            work, [dict(zip(KINDS, one, strict=True)) for one in zip(*over, strict=True)]
        )
    finally:
        by_hand.close()
    return {
        kind: row(
            f"visible_list.{kind}",
            percentile(ours, 50),
            percentile(floor, 50),
            n=len(ours),
            sizes=_on(sizes, records),
        )
        for kind, ours, floor in zip(KINDS, times[::2], times[1::2], strict=True)
    }


def _of_kind(
    answer: Callable[[Subject], object], kind: str
) -> Callable[[dict[str, Subject]], object]:
    return lambda subjects_by_kind: answer(subjects_by_kind[kind])


def _row_security(sizes: Sizes, records: int) -> list[Row]:
    """Ask the gate as the web's role, with row security and without it, on one connection.

    By blocks, turn by turn: taking it off has every statement planned anew.
    """
    assert not Document.objects.exists(), "nobody is bound, and rows are shown"
    rows = []
    for kind in KINDS:
        asked = subjects(kind, records=records, count=sizes.repeat)
        held: list[float] = []
        free: list[float] = []
        for first in range(0, sizes.repeat, _BLOCK):
            block = _times(asked, sizes.repeat)[first : first + _BLOCK]
            answers = [ask(subject) for subject in block]
            held += turn_by_turn([ask], block)[0]
            with without_row_security():
                assert [ask(subject) for subject in block] == answers, "row security hides more"
                free += turn_by_turn([ask], block)[0]
        name = f"row_security.{kind}"
        fifty = percentile(held, 50), percentile(free, 50)
        rows.append(row(name, *fifty, n=len(held), sizes=_on(sizes, records)))
    return rows


def _times(asked: list[Subject], count: int) -> list[Subject]:
    """The same questions again and again until there are enough."""
    return (asked * (count // len(asked) + 1))[:count]


def _check(asked: list[Subject], by_hand: ByHand) -> None:
    """Refuse to time two answers that differ, an empty one, or one that asks too often."""
    from django.db import connection  # noqa: PLC0415  # the captured one

    for subject in asked[:20]:
        ours = [tuple(each) for each in ask(subject)]
        assert ours, "nothing is visible: there is nothing to measure"
        assert ours == by_hand.documents(subject), "the gate and the statement by hand disagree"
    with CaptureQueriesContext(connection) as queries:
        ask(asked[0])
    selects = [each["sql"] for each in queries if each["sql"].lower().startswith(("se", "exec"))]
    assert len(selects) <= MOST_QUERIES, selects


def _guardian(sizes: Sizes, records: int) -> list[Row]:
    """Ask guardian for the same documents, each mirrored by a permission row per viewer."""
    mirror = Mirror()
    rows = []
    for kind in ("circle", "quarter"):
        asked = subjects(kind, records=records, count=sizes.repeat)
        mirror.lay_down({subject.viewer.user_id for subject in asked})
        for subject in asked[:20]:
            assert {each.id for each in ask(subject)} == {
                each[0] for each in mirror.documents(subject)
            }, "the mirrored permissions are not what the gate shows"
        ours, theirs = turn_by_turn([ask, mirror.documents], _times(asked, sizes.repeat))
        mine, guardian = percentile(ours, 50), percentile(theirs, 50)
        swapped = row(f"guardian.{kind}", guardian, mine, n=len(ours), sizes=_on(sizes, records))
        rows.append(
            Row(
                name=swapped.name,
                value=swapped.floor,
                unit="ms",
                floor=swapped.value,
                ratio=swapped.ratio,
                n=swapped.n,
                sizes=swapped.sizes,
            )
        )
    return rows
