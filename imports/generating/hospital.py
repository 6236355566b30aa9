"""Hospital stays: the stay and the acts inside, transport, what is ordered on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imports.generating import catalogue
from imports.generating.life import YEARS


if TYPE_CHECKING:
    from imports.generating.life import Life


@dataclass(frozen=True, slots=True)
class Stay:
    """A kind of stay: ages, weight, nights at most, the specialty and the acts inside."""

    ghs: str
    ages: tuple[int, int]
    weight: int
    nights: int
    specialty: str
    acts: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ("N02BE01",)
    nursing: int = 0
    physiotherapy: int = 0
    devices: tuple[str, ...] = ()
    man: bool = True
    woman: bool = True


STAYS: Final = (
    Stay("424", (58, 95), 26, 0, "15", ("BFGA427", "ZZLP025"), ("S01BA01", "S01AA12")),
    Stay("83", (35, 80), 6, 0, "41", ("AHPA009", "ZZLP025"), nursing=5),
    Stay("2355", (25, 80), 6, 0, "49", ("HMFC004", "ZZLP030"), nursing=4),
    Stay("1995", (30, 75), 3, 0, "49", ("ZZLP025",), ("N02BE01", "A06AD")),
    Stay("1214", (60, 95), 8, 7, "13", ("ZBQK002", "GLQP012"), ("J01CR", "H02AB", "R03AC02")),
    Stay("1227", (65, 95), 5, 5, "13", ("ZBQK002",), ("N02BE01", "J01CR")),
    Stay("319", (60, 95), 5, 9, "32", ("ACQK001", "DEQP003"), ("B01AC06", "C10AA"),
         nursing=10, physiotherapy=25),
    Stay("335", (50, 79), 3, 1, "32", ("ACQN001", "EBQM001"), ("B01AC06",)),
    Stay("3155", (50, 95), 5, 3, "41", ("MGQK001",), ("N02BE01", "N02AJ"), physiotherapy=15,
         devices=("2182755",)),
    Stay("2743", (55, 90), 5, 8, "41", ("NFKA007", "ZZLP030", "NFQK001"),
         ("N02BE01", "B01AB05", "N02AJ"), nursing=15, physiotherapy=30, devices=("1261872",)),
    Stay("3144", (20, 75), 3, 1, "41", ("ZZLP025",), nursing=6),
    Stay("4765", (60, 90), 3, 3, "16", ("JGFE023", "ZZLP030"), woman=False),
    Stay("4162", (25, 75), 4, 0, "16", ("JCLE002", "ZZLP025"), ("N02BE01", "M01A")),
    Stay("3328", (40, 85), 3, 2, "49", ("QEFA004", "ZZLP030"), nursing=5, man=False),
    Stay("4990", (32, 50), 2, 3, "7", ("ZZLP030",), man=False),
    Stay("5003", (25, 50), 2, 0, "7", ("JLQE002", "ZZLP025"), man=False),
    Stay("1241", (0, 4), 10, 3, "12", ("ZBQK002",), ("R03AC02", "N02BE01")),
    Stay("469", (3, 14), 1, 0, "15", ("ZZLP025",), ("S01BA01",)),
    Stay("3124", (25, 75), 4, 1, "14", ("LHQN001",), ("N02AJ", "M01A")),
    Stay("3961", (50, 95), 4, 1, "42", (), ("A12BA01",)),
    Stay("4322", (40, 90), 4, 2, "16", ("JAQM004",), ("J01M",)),
    Stay("325", (35, 75), 4, 1, "13", ("AMQP010",), ()),
    Stay("324", (20, 85), 4, 0, "32", ("AAQP007",), ()),
    Stay("7267", (30, 65), 3, 8, "83", (), ("N07BB", "N05BA")),
    Stay("7992", (65, 99), 2, 12, "83", (), ()),
)  # fmt: skip
_ENDOSCOPY: Final = 0.035
_SCREENING_AGE: Final = 45
_A_YEAR: Final = ((16, 0.06), (45, 0.055), (65, 0.1), (80, 0.2), (200, 0.32))
_TRANSPORTED: Final = ("ABA", "VSL", "TXI")


def stay_in_hospital(life: Life) -> None:
    """Write the stays, and the endoscopies of the day."""
    person = life.person
    rate = next(rate for upto, rate in _A_YEAR if person.age < upto)
    possible = [
        it
        for it in STAYS
        if it.ages[0] <= person.age <= it.ages[1] and (it.woman if life.is_woman else it.man)
    ]
    for _ in range(life.happens(rate * YEARS * person.frailty)):
        if possible:
            weights = [it.weight for it in possible]
            _stay(life, life.rng.choices(possible, weights)[0])
    if person.age >= _SCREENING_AGE and life.random() < _ENDOSCOPY * YEARS:
        _endoscopy(life)


def _endoscopy(life: Life) -> None:
    order = life.consult("8", life.some_day())
    life.dispense(order, life.soon(order.day, 5), life.first_box("A06AD65"))
    day = life.soon(order.day + 12, 20)
    code = "HHQE005" if life.random() < 0.6 else "HHFE002"  # more look than cut
    life.ledger.line(catalogue.ccam(code), day, life.specialist("8"), order.columns)
    life.ledger.line(catalogue.ccam("ZZLP025"), day, life.specialist("2"), order.columns)


def _stay(life: Life, stay: Stay) -> None:
    ledger, area, last = life.ledger, life.area, life.calendar.last
    arrival = life.some_day()
    departure = arrival + (1 + int(life.random() * stay.nights) if stay.nights else 0)
    if departure > last:
        return
    planned = life.random() < 0.6  # the others come through the emergency
    if planned:
        life.see(stay.specialty, max(0, arrival - 5 - int(life.random() * 30)))
    with ledger.one_care():
        if not planned:
            ledger.line(catalogue.ngap("ATU"), arrival, area.hospital)
        _transport(life, arrival, planned=planned)
        ledger.line(catalogue.stay(stay.ghs), arrival, area.hospital, end=departure)
        surgeon = life.specialist(stay.specialty)
        for code in stay.acts:
            who = life.specialist("2") if code.startswith("ZZLP") else surgeon
            day = min(arrival + (1 if stay.nights else 0), departure)
            ledger.line(catalogue.ccam(code), day, who)
        _way_out(life, stay, departure)


def _transport(life: Life, day: int, *, planned: bool) -> None:
    drawn = life.random()
    if drawn < (0.4 if planned else 0.7):
        letters = _TRANSPORTED[int(drawn * 20) % 3]
        who = life.area.taxi if letters == "TXI" else life.area.ambulance
        order = life.ledger.prescribe(day, life.gp if planned else life.area.hospital_team)
        life.ledger.line(catalogue.ngap(letters), day, who, order.columns, quantity=2)


def _way_out(life: Life, stay: Stay, day: int) -> None:
    order = life.ledger.prescribe(day, life.area.hospital_team)
    boxes = [one for atc in stay.boxes for one in life.first_box(atc)]
    life.dispense(order, life.soon(day, 1), boxes)
    for code in stay.devices:
        life.ledger.line(catalogue.device(code), day, life.pharmacy, order.columns)
    if stay.nursing:
        life.series(
            order, "AMI", life.specialist("24"), first=day + 1, count=stay.nursing, every=2
        )
    if stay.physiotherapy:
        life.series(
            order, "AMS", life.specialist("26"), first=day + 7, count=stay.physiotherapy, every=3
        )
