"""Long-lasting conditions: how frequent they are, and the care they bring.

Orders of magnitude from public statistics of the health insurance; they make screens and load
tests believable and prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Treatment:
    """One of several ATC classes, given with a chance, ``boxes`` a month."""

    classes: tuple[str, ...]
    chance: float = 1.0
    boxes: int = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition and its care over a year.

    ``ages`` are (age, share of people of that age), read by straight lines between them.
    ``visits`` counts visits to ``specialty``, ``tests`` those of the laboratory acts named.
    """

    name: str
    ages: tuple[tuple[int, float], ...]
    treatments: tuple[Treatment, ...]
    women: float = 1.0
    men: float = 1.0
    icd10: str = ""
    covered: float = 0.0
    specialty: str = ""
    visits: float = 0.0
    acts: tuple[str, ...] = ()
    """CCAM acts, done by the specialist, one of two visits."""
    tests: tuple[str, ...] = ()
    tests_a_year: float = 0.0
    devices: tuple[str, ...] = ()
    """LPP codes, delivered every month."""
    nursing: float = 0.0
    """Share of these people whom a nurse sees every day, from 75 years."""

    def chance(self, age: int, sex: int) -> float:
        """Return the share of people of that age and sex who live with it."""
        weight = self.men if sex == 1 else self.women
        if not weight:
            return 0.0
        before = self.ages[0]
        if age <= before[0]:
            return before[1] * weight if age == before[0] else 0.0
        for after in self.ages[1:]:
            if age <= after[0]:
                share = (age - before[0]) / (after[0] - before[0])
                return (before[1] + share * (after[1] - before[1])) * weight
            before = after
        return before[1] * weight


def _one(*classes: str, chance: float = 1.0, boxes: int = 1) -> Treatment:
    return Treatment(classes, chance, boxes)


CONDITIONS: Final = (
    Condition(
        "hypertension", ((30, 0.01), (50, 0.15), (70, 0.45), (90, 0.6)),
        (_one("C09CA", "C09AA", "C09D", "C09B"), _one("C08CA", chance=0.4),
         _one("C07AB", chance=0.3), _one("C03", chance=0.3)),
        tests=("1609", "592"), tests_a_year=1.2, icd10="I10", covered=0.02,
        specialty="3", visits=0.2, acts=("DEQP003", "EQQP008"),
    ),
    Condition(
        "lipids", ((35, 0.01), (50, 0.1), (70, 0.3), (90, 0.25)),
        (_one("C10AA"), _one("C10AX09", chance=0.12)),
        tests=("996", "522"), tests_a_year=1.2,
    ),
    Condition(
        "type 2 diabetes", ((35, 0.005), (50, 0.045), (75, 0.19), (90, 0.15)),
        (_one("A10BA02", boxes=2), _one("A10BB", "A10BH", "A10BD", chance=0.5),
         _one("A10BJ", chance=0.15), _one("A10AE", chance=0.22), _one("B01AC06", chance=0.3)),
        icd10="E11", covered=0.85, specialty="42", visits=0.5,
        tests=("1577", "552", "1133", "592"), tests_a_year=3.2,
        devices=("1136894", "1101826"), nursing=0.12,
    ),
    Condition(
        "type 1 diabetes", ((6, 0.001), (20, 0.004), (60, 0.004)),
        (_one("A10AB", boxes=2), _one("A10AE")),
        icd10="E10", covered=0.98, specialty="42", visits=2.0, tests=("1577",),
        tests_a_year=3.5, devices=("1102257", "1102257"),
    ),
    Condition(
        "thyroid", ((20, 0.01), (50, 0.05), (80, 0.1)), (_one("H03AA01"),), women=1.6, men=0.3,
        tests=("1208",), tests_a_year=1.3,
    ),
    Condition(
        "asthma", ((3, 0.06), (15, 0.06), (60, 0.05), (85, 0.04)),
        (_one("R03AC02", chance=0.7), _one("R03AK", "R03BA", chance=0.6),
         _one("R03DC03", chance=0.15)),
        specialty="13", visits=0.2, acts=("GLQP012",),
    ),
    Condition(
        "chronic lung disease", ((45, 0.005), (60, 0.04), (80, 0.09)),
        (_one("R03BB04", "R03AL"), _one("R03AK", chance=0.5), _one("R03AC02")),
        men=1.3, women=0.8, icd10="J44", covered=0.25, specialty="13", visits=1.2,
        acts=("GLQP002",), tests=("1104",), tests_a_year=0.6,
    ),
    Condition(
        "sleep apnoea", ((40, 0.01), (60, 0.05), (80, 0.05)), (), men=1.6, women=0.6,
        specialty="13", visits=0.6, acts=("GLQP007",), devices=("1100040", "1100040"),
    ),
    Condition(
        "coronary disease", ((45, 0.005), (65, 0.06), (85, 0.13)),
        (_one("B01AC06", "B01AC04"), _one("C10AA"), _one("C07AB"), _one("C01DA", chance=0.3)),
        men=1.6, women=0.6, icd10="I25", covered=0.75, specialty="3", visits=1.3,
        acts=("DEQP003", "DZQM006", "DKRP004"), tests=("996", "1104", "592"), tests_a_year=1.5,
    ),
    Condition(
        "heart failure or rhythm", ((55, 0.005), (75, 0.06), (90, 0.18)),
        (_one("B01AF", "B01AE", "B01AA"), _one("C07AB", chance=0.7), _one("C03CA01", chance=0.6),
         _one("C01BD01", chance=0.2)),
        icd10="I48", covered=0.6, specialty="3", visits=1.5, acts=("DEQP003", "DZQM006"),
        tests=("1609", "1821", "592"), tests_a_year=3.0, nursing=0.2,
    ),
    Condition(
        "anxiety and sleep", ((20, 0.02), (50, 0.07), (80, 0.14)),
        (_one("N05BA", "N05BB", chance=0.7), _one("N05CF", chance=0.5)), women=1.4, men=0.7,
    ),
    Condition(
        "depression", ((16, 0.01), (30, 0.04), (55, 0.08), (85, 0.11)),
        (_one("N06AB", "N06AX16", "N06AX11"), _one("N05BA", chance=0.4)), women=1.4, men=0.7,
        icd10="F33", covered=0.06, specialty="33", visits=1.2,
    ),
    Condition(
        "severe mental illness", ((18, 0.004), (40, 0.012), (70, 0.01)),
        (_one("N05A", boxes=2), _one("N05A", chance=0.3), _one("N03AG02", "N05AN01", chance=0.3),
         _one("N05BA", chance=0.5)),
        icd10="F20", covered=0.85, specialty="33", visits=7.0, tests=("552", "996"),
        tests_a_year=1.0,
    ),
    Condition(
        "attention disorder", ((7, 0.008), (14, 0.012), (20, 0.003), (30, 0.0)),
        (_one("N06BA04"),), men=1.5, women=0.5, specialty="12", visits=1.5,
    ),
    Condition(
        "opioid dependence", ((20, 0.002), (38, 0.009), (60, 0.003), (75, 0.0)),
        (_one("N07BC", boxes=4),), men=1.5, women=0.5,
    ),
    Condition(
        "alcohol dependence", ((25, 0.002), (50, 0.01), (70, 0.005)),
        (_one("N07BB"), _one("N05BA", chance=0.4), _one("A11DA01", chance=0.5)), men=1.6,
        women=0.5, tests=("519", "522", "779"), tests_a_year=1.5,
    ),
    Condition(
        "HIV", ((22, 0.001), (45, 0.004), (70, 0.001)), (_one("J05AR", "J05AX12"),), men=1.4,
        women=0.6, icd10="B24", covered=0.97, specialty="81", visits=1.5,
        tests=("4122", "1122", "1104", "592"), tests_a_year=2.0,
    ),
    Condition(
        "PrEP", ((20, 0.0005), (33, 0.003), (55, 0.0005), (70, 0.0)), (_one("J05AR03"),),
        men=1.9, women=0.1, tests=("388", "1256", "5301", "592"), tests_a_year=4.0,
        specialty="81", visits=1.0,
    ),
    Condition(
        "epilepsy", ((5, 0.006), (60, 0.008), (85, 0.012)),
        (_one("N03AX14", "N03AX09", "N03AG01"), _one("N03AX", "N03AE01", chance=0.4)),
        icd10="G40", covered=0.6, specialty="32", visits=1.0,
    ),
    Condition(
        "Parkinson", ((60, 0.002), (75, 0.012), (90, 0.025)),
        (_one("N04BA", boxes=2), _one("N04BC05", "N04BD", chance=0.4)), icd10="G20",
        covered=0.9, specialty="32", visits=1.8, nursing=0.25,
    ),
    Condition(
        "dementia", ((65, 0.003), (80, 0.06), (92, 0.2)),
        (_one("N06D", chance=0.15), _one("N05AX08", "N05BA", chance=0.3)), icd10="G30",
        covered=0.7, nursing=0.4,
    ),
    Condition(
        "breast cancer", ((40, 0.004), (60, 0.025), (85, 0.03)), (_one("L02BG", "L02BA01"),),
        men=0.0, icd10="C50", covered=0.95, specialty="73", visits=2.2, acts=("QEQK001",),
        tests=("1104", "7321"), tests_a_year=2.5,
    ),
    Condition(
        "prostate", ((50, 0.02), (70, 0.2), (85, 0.3)),
        (_one("G04CA"), _one("G04CB", "G04CX", chance=0.4)), women=0.0, specialty="16",
        visits=0.4, tests=("7318",), tests_a_year=0.8,
    ),
    Condition(
        "joints and back", ((30, 0.02), (50, 0.08), (75, 0.24)),
        (_one("N02BE01", boxes=3), _one("M01A", chance=0.5), _one("N02AJ", chance=0.25),
         _one("A02BC", chance=0.5)), women=1.2, specialty="14", visits=0.3, acts=("NZLB001",),
    ),
    Condition(
        "rheumatoid arthritis", ((30, 0.002), (60, 0.008), (80, 0.009)),
        (_one("L04AX03"), _one("L04AB", chance=0.3), _one("B03BB01", chance=0.6)), women=1.5,
        men=0.6, icd10="M05", covered=0.85, specialty="14", visits=2.0,
        tests=("1104", "1804", "522"), tests_a_year=5.0,
    ),
    Condition(
        "reflux", ((25, 0.02), (50, 0.09), (80, 0.17)), (_one("A02BC"),), specialty="8",
        visits=0.15, acts=("HEQE002",),
    ),
    Condition(
        "bones", ((60, 0.04), (80, 0.16)),
        (_one("M05BA", "M05BX04", chance=0.4), _one("A12AX", chance=0.5),
         _one("A11CC", chance=0.9)), women=1.6, men=0.25, acts=("PAQK007",),
        specialty="14", visits=0.15,
    ),
    Condition(
        "kidney disease", ((50, 0.003), (75, 0.03), (90, 0.05)),
        (_one("C03CA01"), _one("A12", "H05BX01", chance=0.3), _one("B03XA", chance=0.2)),
        icd10="N18", covered=0.6, specialty="35", visits=2.0,
        tests=("593", "1609", "1104", "578"), tests_a_year=5.0,
    ),
    Condition(
        "glaucoma", ((45, 0.005), (65, 0.04), (85, 0.09)), (_one("S01EE", "S01ED", "S01EC"),),
        specialty="15", visits=1.4, acts=("BGQP002", "BZQK001"),
    ),
    Condition(
        "gout", ((45, 0.01), (75, 0.04)), (_one("M04AA01"), _one("M04AC01", chance=0.3)),
        men=1.6, women=0.4, tests=("532",), tests_a_year=0.8,
    ),
    Condition(
        "allergy", ((4, 0.08), (20, 0.12), (50, 0.09), (85, 0.05)),
        (_one("R06A", chance=0.8), _one("R01AD", chance=0.4)),
    ),
    Condition(
        "menopause", ((48, 0.02), (54, 0.08), (65, 0.02), (75, 0.0)),
        (_one("G03CA03"), _one("G03D", chance=0.8)), men=0.0, specialty="70", visits=0.8,
    ),
)  # fmt: skip
