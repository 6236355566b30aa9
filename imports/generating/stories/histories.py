"""The care of each person of the stories, told in days before ``until``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imports.generating.days import months_before
from imports.generating.files import Claims, doctor_row
from imports.generating.stories.cast import PEOPLE, professional
from imports.generating.stories.pen import Story, practitioner


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from imports.generating.days import Calendar
    from imports.generating.ledger import Totals
    from imports.generating.stories.cast import Person

MANY_LINES: Final = 2000

SERTRALINE: Final = "3400934034190"  # Zoloft 50 mg
_METFORMIN: Final = "A10BA02"
_RAMIPRIL: Final = "C09AA05"
_MONTH: Final = 30
_TWO_YEARS: Final = 720
# The fund takes two days: care of yesterday isn't in any file.
_FUND: Final = 2


def _jeanne(story: Story) -> None:
    """An elderly person with several illnesses: diabetes, blood pressure, atrial fibrillation."""
    story.illness("E11", 96)
    story.illness("I48", 40)
    # Older than 24 months: it has rolled out of the history.
    story.visit("petit", 780)
    monthly = (_METFORMIN, _RAMIPRIL, "B01AF02", "C07AB07", "C10AA05")
    for ago in range(702, 0, -90):
        order = story.visit("petit", ago)
        for later in (0, 30, 60):
            if ago - later >= _FUND:
                story.pharmacy(order, ago - later, *monthly)
                story.device("1136894", ago - later, "pharmacie_port", order)
        story.laboratory(order, ago - 3, "1577", "592", "1609", "996")
    for ago in (610, 365, 120):
        story.visit("roux", ago, "CSC")
        story.act("DEQP003", ago, "roux")
        story.act("DZQM006", ago, "roux")
    flu = story.visit("petit", 400)
    story.pharmacy(flu, 399, "J07BB02")
    flu = story.visit("petit", 35)
    story.pharmacy(flu, 34, "J07BB02")
    for ago, eye in ((330, "BGQP002"), (290, "BGQP002")):
        story.visit("renaud", ago, "CS")
        story.act(eye, ago, "renaud")
    story.stay("424", 300, 0)
    story.act("BFGA427", 300, "renaud")
    out = story.ledger.prescribe(story.day(300), practitioner("renaud"))
    story.pharmacy(out, 299, "S01BA01", "S01AA12")
    story.act("TXI", 300, "taxi", out, times=2)
    story.stay("1214", 520, 6, "hopital")
    story.act("ZBQK002", 519, "vallon")
    story.act("ABA", 520, "ambulances")
    nursing = story.visit("petit", 512, "VG")
    for ago in range(511, 490, -2):
        story.act("AMI", ago, "quere", nursing)
    dentist = story.visit("salaun", 210, "C")
    story.act("HBJD001", 210, "salaun", dentist)
    knee = story.visit("martin", 28)
    story.act("NFQK003", 21, "vallon", knee)
    story.pharmacy(knee, 27, "N02BE01")
    sessions = story.visit("petit", 110)
    for ago in range(100, 62, -4):
        story.act("AMS", ago, "perrin", sessions)
    last = story.visit("petit", 11)
    story.pharmacy(last, 11, "B01AF02", _METFORMIN)
    story.laboratory(last, 6, "1577", "592", "1609", "1104")


def _salome(story: Story) -> None:
    """A pregnant woman, in her seventh month."""
    story.visit("lesage", 600)
    before = story.visit("morvan", 420, "CCP")
    story.pharmacy(before, 419, "G03AC09")
    first = story.visit("petit", 160)
    story.laboratory(first, 158, "7402")
    for ago in (150, 120, 90, 60, 30, 4):
        order = story.visit("morvan", ago, "SF")
        story.laboratory(order, ago - 2, "1420", "2004")
        if ago == 150:
            story.laboratory(order, 147, "1140", "1773", "388", "1256", "4500", "1104")
            story.pharmacy(order, 149, "B03BB01", "B03A")
            story.act("JQQM010", 121, "vallon", order)
            story.laboratory(order, 120, "4006")
        elif ago == 60:
            story.act("JQQM018", 48, "vallon", order)


def _thomas(story: Story) -> None:
    """A psychiatric episode that he may hide: visit, letter, medicine, laboratory, transport."""
    sprain = story.ledger.prescribe(story.day(400), practitioner("benali"))
    story.act("ATU", 400, "hopital")
    story.act("NGQK001", 400, "vallon", sprain)
    story.pharmacy(sprain, 399, "N02BE01", "M01AE01", where="pharmacie_remparts")
    for ago in range(380, 350, -4):
        story.act("AMS", ago, "perrin", sprain)
    dentist = story.visit("salaun", 190, "C")
    story.act("HBMD053", 190, "salaun", dentist)
    cold = story.visit("petit", 95)
    story.pharmacy(cold, 95, "N02BE01", "R05C")
    referred = story.visit("petit", 58)
    story.pharmacy(referred, 58, "N05BB01")
    episode = story.visit("garnier", 45, "CNP")
    story.act("TXI", 45, "taxi", episode, times=2)
    story.laboratory(episode, 45, "1104", "1208", "522", "1609")
    story.pharmacy(episode, 45, SERTRALINE)
    story.pharmacy(episode, 17, SERTRALINE)
    again = story.visit("garnier", 17, "CNP")
    story.laboratory(again, 15, "1609")


def _lina(story: Story) -> None:
    """A minor with a secret: contraception."""
    vaccine = story.visit("petit", 250)
    story.pharmacy(vaccine, 249, "J07BM01")
    story.visit("petit", 500)
    story.act("HBJD001", 140, "salaun")
    secret = story.visit("morvan", 60, "CCP")
    story.pharmacy(secret, 59, "G03AA07", where="pharmacie_remparts")
    story.laboratory(secret, 57, "5301", "388")
    angina = story.visit("petit", 20)
    story.pharmacy(angina, 20, "N02BE01", "J01CA04")


def _nadia(story: Story) -> None:
    """Her mother: ordinary care."""
    for ago in (640, 410, 230, 70):
        order = story.visit("petit", ago)
        story.pharmacy(order, ago, "H03AA01", "N02BE01")
        story.laboratory(order, ago - 2, "1208")
    story.act("QEQM001", 225, "vallon", story.visit("petit", 231))
    glasses = story.visit("renaud", 150, "CS")
    story.device("2222124", 140, "optique", glasses)
    story.device("2200335", 140, "optique", glasses)


def _noe(story: Story) -> None:
    """Her younger brother: a child's colds."""
    for ago in (610, 500, 330, 90):
        order = story.visit("petit", ago)
        story.pharmacy(order, ago, "N02BE01", "J01CA04")
    story.visit("petit", 180, "COE")
    asthma = story.visit("petit", 45)
    story.pharmacy(asthma, 45, "R03AC02")
    story.device("1128423", 45, "pharmacie_port", asthma)
    story.act("HBGD035", 130, "salaun")


def _marcel(story: Story) -> None:
    """Two thousand lines: dialysis, a nurse every day, eleven medicines."""
    story.illness("N18", 70)
    story.illness("I25", 120)
    taxi = story.ledger.prescribe(story.day(_TWO_YEARS), practitioner("marchand"))
    for ago in range(700, 2, -7):
        for shift in (0, 2, 4):
            if ago - shift >= _FUND:
                story.act("D11", ago - shift, "hopital")
                story.act("TXI", ago - shift, "taxi", taxi, times=2)
    monthly = ("B01AC06", "C07AB07", "C10AA05", "C03CA01", "H05BX01", "A12", "A02BC02", "M04AA01")
    for ago in range(690, 4, -_MONTH):
        order = story.visit("petit", ago, "VG")
        story.pharmacy(order, ago - 1, *monthly)
        story.laboratory(order, ago - 1, "1104", "1609", "578", "563")
    story.stay("4323", 150, 5, "hopital")
    story.stay("1442", 640, 9, "hopital")
    home = story.ledger.prescribe(story.day(_TWO_YEARS), practitioner("petit"))
    for letters in ("BSB", "AMI"):
        for ago in range(_TWO_YEARS, 2, -1):
            if story.ledger.count == MANY_LINES:
                return
            story.act(letters, ago, "quere", home)


def _angele(story: Story) -> None:
    """A Corsican whose record is opened at the counter: 24 months are waiting."""
    story.illness("E11", 30)
    for ago in range(655, 0, -90):
        order = story.visit("petit", ago)
        for later in (0, 30, 60):
            if ago - later >= _FUND:
                story.pharmacy(order, ago - later, _METFORMIN, _RAMIPRIL)
        story.laboratory(order, ago - 2, "1577", "592")
    story.act("QEQK004", 200, "vallon")
    story.visit("roux", 310, "CSC")
    story.act("DEQP003", 310, "roux")
    crown = story.visit("salaun", 95, "C")
    story.act("HBLD634", 80, "salaun", crown)
    story.pharmacy(story.visit("lesage", 25), 25, "N02BE01", "R05C")


def _elodie(story: Story) -> None:
    """A mother whose record, and her children's, are opened at the counter."""
    for ago in (560, 300, 44):
        order = story.visit("martin", ago)
        story.pharmacy(order, ago, "N02BE01", "M01AE01", where="pharmacie_remparts")
    story.act("JKHD001", 260, "morvan", story.visit("morvan", 260, "SF"))


def _jules(story: Story) -> None:
    """Her eldest."""
    for ago in (480, 260, 66):
        order = story.visit("martin", ago)
        story.pharmacy(order, ago, "N02BE01", "J01CA04", where="pharmacie_remparts")
    speech = story.visit("martin", 230)
    story.act("BDC", 150, "salaun", speech)


def _rose(story: Story) -> None:
    """Her youngest: vaccines."""
    for ago, vaccine in ((640, "J07BD52"), (500, "J07AH07")):
        order = story.visit("martin", ago, "COE")
        story.pharmacy(order, ago - 1, vaccine, where="pharmacie_remparts")
    bronchitis = story.visit("martin", 33)
    story.pharmacy(bronchitis, 33, "R03AC02", "N02BE01", where="pharmacie_remparts")


_TOLD: Final[dict[str, Callable[[Story], None]]] = {
    "jeanne": _jeanne,
    "salome": _salome,
    "thomas": _thomas,
    "lina": _lina,
    "nadia": _nadia,
    "noe": _noe,
    "marcel": _marcel,
    "angele": _angele,
    "elodie": _elodie,
    "jules": _jules,
    "rose": _rose,
}


def claims(calendar: Calendar, totals: Totals) -> Iterator[Claims]:
    """Return the claims of each person of the stories who has any, adding to ``totals``."""
    for person in PEOPLE:
        tell = _TOLD.get(person.key)
        if tell is None:
            continue
        story = Story(person, calendar, totals)
        tell(story)
        yield Claims(story.ledger.lines, story.illnesses, _doctor(person, calendar))


def _doctor(person: Person, calendar: Calendar) -> list[str]:
    if not person.treating_gp:
        return []
    since: date = max(months_before(calendar.until, 50), person.born)
    gp = professional(person.treating_gp)
    return [doctor_row(person.ins, gp.rpps, since, max(since, calendar.first))]
