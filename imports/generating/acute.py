"""Care of the moment: infections, pain, accidents; the visit, then what it orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.life import YEARS


if TYPE_CHECKING:
    from imports.generating.ledger import Prescription
    from imports.generating.life import Life


@dataclass(frozen=True, slots=True)
class Episode:
    """A reason to see a doctor: its weight in childhood, adult life and old age, its orders."""

    weights: tuple[int, int, int]
    boxes: tuple[tuple[str, float], ...]
    tests: tuple[str, ...] = ()
    tested: float = 0.0
    pictures: tuple[str, ...] = ()
    pictured: float = 0.0
    physiotherapy: float = 0.0
    woman: bool = False


_PAIN = ("N02BE01", 0.8)
EPISODES: Final = (
    Episode((50, 26, 16), (_PAIN, ("R05C", 0.3), ("R01A", 0.3), ("H02AB", 0.2), ("J01CA", 0.25))),
    Episode((16, 5, 3), (_PAIN, ("J01CA04", 0.7), ("S02", 0.3))),
    Episode((12, 8, 7), (("A07", 0.7), ("A03", 0.5), ("A04AA", 0.2)), ("5207",), 0.06),
    Episode((1, 7, 9), (("J01XX", 0.6), ("J01M", 0.3)), ("5201", "269"), 0.8, woman=True),
    Episode((8, 6, 5), (("D07", 0.5), ("D01A", 0.3), ("R06A", 0.4))),
    Episode(
        (1, 16, 16), (_PAIN, ("M01A", 0.6), ("M03BX", 0.2), ("N02AJ", 0.2)),
        pictures=("LFQK002", "LDQK001", "MAQK003", "LHQN001"), pictured=0.32, physiotherapy=0.22,
    ),
    Episode(
        (7, 7, 9), (_PAIN, ("M02AA", 0.5)),
        pictures=("NGQK001", "MGQK001", "MDQK001", "NFQK001", "NDQK001"), pictured=0.75,
        physiotherapy=0.22,
    ),
    Episode(
        (0, 8, 9), (("A11CC", 0.3), ("B03", 0.2)),
        tests=("1104", "552", "996", "592", "522", "1208", "1213"), tested=0.95,
    ),
    Episode((2, 5, 6), (("S01", 0.9),)),
    Episode(
        (0, 5, 9), (("A02BC", 0.6), ("A03", 0.4)), tests=("1104", "524", "522"), tested=0.3,
        pictures=("ZCQM008", "ZCQH001"), pictured=0.35,
    ),
    Episode((3, 6, 2), ()),
    Episode((0, 4, 6), (("N05BA", 0.5), ("N05CF", 0.4), ("N06AB", 0.1))),
    Episode(
        (0, 2, 9), (("C05CA", 0.4),), tests=("1104", "1022"), tested=0.3,
        pictures=("EJQM003", "EBQM001"), pictured=0.4,
    ),
)  # fmt: skip

_CHILD, _ADULT, _OLD = 0, 1, 2
_A_YEAR: Final = (2.7, 1.4, 1.7)
_VIDEO: Final = 0.05
_HOME: Final = (0.01, 0.01, 0.14)
_EMERGENCY: Final = 0.045
_SESSIONS: Final = 12
_MAJORITY, _OLD_AGE = 16, 70


def _stage(age: int) -> int:
    return _CHILD if age < _MAJORITY else _ADULT if age < _OLD_AGE else _OLD


def _drawing(stage: int, *, woman: bool) -> tuple[Episode, ...]:
    """Return episodes, each as often as it weighs, to draw one by its place."""
    return tuple(it for it in EPISODES for _ in range(it.weights[stage]) if woman or not it.woman)


_DRAWINGS: Final = {
    (stage, woman): _drawing(stage, woman=woman)
    for stage in (_CHILD, _ADULT, _OLD)
    for woman in (False, True)
}


def fall_ill(life: Life) -> None:
    """Write the episodes of the months; the frail have more."""
    stage = _stage(life.person.age)
    drawing = _DRAWINGS[stage, life.is_woman]
    for _ in range(life.happens(_A_YEAR[stage] * YEARS * life.person.frailty)):
        episode = drawing[int(life.random() * len(drawing))]
        with life.ledger.one_care():
            _treat(life, episode, _meet(life, stage))


def _meet(life: Life, stage: int) -> Prescription:
    """Write the meeting with a doctor: surgery, screen, home or emergency department."""
    day = life.some_day()
    drawn = life.random()
    if drawn < _EMERGENCY:
        order = life.ledger.prescribe(day, life.area.hospital_team)
        life.ledger.line(catalogue.ngap("ATU"), day, life.area.hospital)
        return order
    if stage == _CHILD and drawn > 0.85:  # one child in seven sees a paediatrician
        return life.consult("12", day)
    order = life.ledger.prescribe(day, life.gp)
    letters = "G"
    if drawn < _EMERGENCY + _VIDEO:
        letters = "TCG"
    elif drawn < _EMERGENCY + _VIDEO + _HOME[stage]:
        letters = "VG"
    life.ledger.visit(catalogue.ngap(letters), day, life.gp, order)
    return order


def _treat(life: Life, episode: Episode, order: Prescription) -> None:
    random = life.random
    boxes = []
    for atc, chance in episode.boxes:
        found = life.boxes(atc)
        if random() < chance and found:
            boxes.append((found[int(random() ** 2 * min(len(found), 6))], 1 + (random() < 0.2)))
    life.dispense(order, life.soon(order.day, 1), boxes)
    if episode.tests and random() < episode.tested:
        life.sample(order, episode.tests)
    if episode.pictures and random() < episode.pictured:
        life.picture(order, episode.pictures[int(random() * len(episode.pictures))])
    if random() < episode.physiotherapy:
        life.series(
            order, "AMS", life.specialist("26"), first=life.soon(order.day + 4, 10),
            count=4 + int(random() * _SESSIONS), every=3,
        )  # fmt: skip
