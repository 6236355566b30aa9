"""What is bought and done, with indicative prices, from the codes of the reference.

Prices of boxes are published; those of acts are of the right size, no more: made-up claims are
for screens and load tests, never for accounts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from imports.generating.ledger import Item
from records import reference


if TYPE_CHECKING:
    from records.reference import Medicine

_DOCTOR, _LABORATORY, _AUXILIARY, _STAY, _TRANSPORT = 70, 60, 60, 80, 55
_B_IN_TENTHS_OF_CENT: Final = 250
_DEFAULT_BOX: Final = 450

# Cents, and the rate where it differs from the family's.
_NGAP: Final = {
    "G": 3000, "GS": 3000, "C": 2500, "CS": 2600, "CNP": 5500, "CSC": 5173, "CCX": 6000,
    "CCP": 4600, "COE": 3000, "CDE": 4600, "APC": 6000, "APY": 6700, "V": 2500, "VG": 4000,
    "VGS": 4000, "VS": 3600, "VNP": 5800, "VL": 7000, "TC": 2500, "TCG": 2500, "TE1": 1000,
    "TE2": 2000, "SF": 2800, "SFI": 900, "A": 34900, "AM": 42300, "IC": 2500, "ICS": 2800,
    "FHV": 17891, "AMF": 28281, "FPB": 7046, "FUB": 1754, "IPE": 3575, "IVE": 3065,
    "IMD": 46373, "AMD": 55846, "IPD": 62541, "AMI": 630, "AIS": 795, "BSA": 1300, "BSB": 1820,
    "BSC": 2870, "DI": 2500, "MAU": 135, "MCI": 500, "IFI": 275, "TLS": 1000, "AMK": 1658,
    "AMS": 1658, "AMC": 1658, "AMO": 3125, "AMY": 2600, "AMP": 2700, "POD": 3200, "BDC": 3000,
    "TO": 19350, "IFA": 250, "MEO": 600, "TB": 375, "PB": 650, "KB": 670, "FTN": 8000,
    "FTR": 5800, "FTG": 6900, "ATU": 2532, "PJ": 98000, "FJ": 2000, "FST": 60000,
    "FNN": 40000, "FSO": 30000, "FSY": 5500, "PY8": 8000, "PY0": 7500, "PY1": 9500,
    "D09": 34000, "D11": 26000, "ABA": 8500, "ABG": 15000, "VSL": 3600, "TXI": 4200,
    "VP": 1500, "SMU": 64000, "ATP": 3000,
}  # fmt: skip
_NGAP_RATES: Final = {
    **dict.fromkeys(
        ("nursing", "physiotherapy", "auxiliary", "allowance", "laboratory"), _AUXILIARY
    ),
    "hospital": _STAY,
    "transport": _TRANSPORT,
    "abortion": 100,
    "dental": _AUXILIARY,
}
_NGAP_SECTIONS: Final = {
    "hospital": "HOSP",
    "transport": "TRANSP",
    "imaging_fee": "RADIO",
    "laboratory": "BIO",
}
_CCAM: Final = {
    "imaging": 4200, "dental": 4300, "diagnostic": 4800, "endoscopy": 9600, "birth": 31350,
    "abortion": 12500, "contraception": 3840, "fertility": 6000, "anaesthesia": 9500,
    "psychiatry": 12000, "treatment": 3100, "surgery": 24000,
}  # fmt: skip
# Dearer or cheaper than its family by more than half.
_CCAM_PRICES: Final = {
    "ACQN001": 6900, "ACQJ002": 6900, "LHQN001": 6900, "LHQJ001": 6900, "NZQN001": 6900,
    "MZQN001": 6900, "ZZQL016": 9000, "DDQH009": 22000, "DZQM006": 9649, "DEQP003": 1473,
    "HBJD001": 2892, "HBQK389": 798, "HBQK002": 2127, "HBLD634": 50000, "HBLD350": 44000,
    "HBLD038": 29000, "HBLD680": 50000, "HBLD090": 17500, "HBLD364": 32500, "JKHD001": 1246,
    "JKQX347": 1540, "CAGD001": 1920, "JVJF004": 3400, "NEKA020": 45900, "NFKA007": 47300,
    "DBLF001": 65000, "BGLB001": 8360, "ZBQK002": 2128, "NGQK001": 1995, "MDQK001": 1995,
}  # fmt: skip
# The form of a medicine for adults is given from 15 on; some classes are refused to the young.
_FOR_CHILDREN: Final = re.compile(r"\b(?:enfant|nourrisson|pédiatrique)s?\b", re.IGNORECASE)
_FOR_ADULTS: Final = re.compile(r"\badultes?\b", re.IGNORECASE)
_ADULT_FROM: Final = 15
_NOT_BEFORE: Final = {
    "R05C": 2, "N02AJ": 12, "R05DA09": 15, "M03BX": 16, "J01M": 18, "N05BA": 18, "N05CF": 18,
    "N06AB": 8,
}  # fmt: skip
_CROWNS: Final = frozenset({"HBLD634", "HBLD350", "HBLD680", "HBLD038"})
_CROWN_BASE: Final = 12000
_DEVICES: Final = {
    "diabetes": 2500, "heart": 2200, "respiratory": 1800, "mobility": 4500, "orthosis": 2900,
    "dressing": 1600, "stoma": 6800, "optics": 6000, "hearing": 4000, "implant": 80000,
    "women": 2500, "sexual_health": 210, "nutrition": 4200,
}  # fmt: skip
_STAYS: Final = {
    "medicine": 210000, "surgery": 480000, "day_surgery": 105000, "women": 98000,
    "mental": 160000, "session": 36000,
}  # fmt: skip


@cache
def box(cip13: str) -> Item:
    """Return a box of a medicine or of a vaccine."""
    found = reference.medicine(cip13)
    if found is None:
        raise KeyError(cip13)
    section = "VAC" if found.atc.startswith("J07") else "MED"
    price = found.price_cents or _DEFAULT_BOX
    return Item(section, "CIP13", cip13, base=price, rate=found.rate_pct, atc=found.atc)


@cache
def boxes(atc: str, youngest: int, oldest: int) -> tuple[Item, ...]:
    """Return the boxes of an ATC class, cheapest first: the first are the most prescribed.

    Those alone that suit a person at both ages, the first and the last of the history; maybe none.
    """
    known = [it for it in reference.medicines() if it.atc.startswith(atc)]
    if not known:
        raise KeyError(atc)
    found = [box(it.cip13) for it in known if _suits(it, youngest, oldest)]
    return tuple(sorted(found, key=lambda item: (item.base, item.code)))


def _suits(it: Medicine, youngest: int, oldest: int) -> bool:
    """Tell whether a medicine is for people of these ages: its name says, or its class."""
    if _FOR_CHILDREN.search(it.name) and oldest >= _ADULT_FROM:
        return False
    if _FOR_ADULTS.search(it.name) and youngest < _ADULT_FROM:
        return False
    return all(youngest >= age for atc, age in _NOT_BEFORE.items() if it.atc.startswith(atc))


@cache
def ngap(letters: str) -> Item:
    """Return an act of the NGAP."""
    family = _family("NGAP", letters)
    section = _NGAP_SECTIONS.get(family, "CARE")
    rate = _NGAP_RATES.get(family, _DOCTOR)
    return Item(section, "NGAP", letters, base=_NGAP[letters], rate=rate)


@cache
def ccam(code: str) -> Item:
    """Return an act of the CCAM."""
    family = _family("CCAM", code)
    section = "RADIO" if family == "imaging" else "CARE"
    price = _CCAM_PRICES.get(code, _CCAM[family])
    base = _CROWN_BASE if code in _CROWNS else price
    rate = _AUXILIARY if family == "dental" else _DOCTOR
    return Item(section, "CCAM", code, base=base, rate=rate, over=price - base)


@cache
def test(code: str) -> Item:
    """Return a laboratory act; its price is its coefficient."""
    _family("NABM", code)
    price = reference.coefficient(code) * _B_IN_TENTHS_OF_CENT // 10
    return Item("BIO", "NABM", code, base=price, rate=_LABORATORY)


@cache
def tests(*codes: str) -> tuple[Item, ...]:
    """Return the laboratory acts of one order, with the fee for handling the sample."""
    return (*(test(code) for code in codes), test("9005"))


@cache
def device(code: str) -> Item:
    """Return a device or a service of the LPP."""
    return Item("DM", "LPP", code, base=_DEVICES[_family("LPP", code)], rate=_AUXILIARY)


@cache
def stay(number: str) -> Item:
    """Return a group of stays."""
    return Item("HOSP", "GHS", number, base=_STAYS[_family("GHS", number)], rate=_STAY)


def _family(system: str, code: str) -> str:
    found = reference.act(system, code)
    if found is None:
        raise KeyError(f"{system} {code}")
    return found.family
