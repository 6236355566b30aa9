"""The few questions a long treatment may raise: one medicine, one illness, or no question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from collections.abc import Iterable

    from records.care.treatments import Treatment


@dataclass(frozen=True, slots=True)
class Question:
    """A problem to ask about, the ATC classes that raise it, the ICD-10 codes that answer it.

    `key` names the words (`words.PROBLEMS`, `words.QUESTIONS`) and what a doctor may ask
    never to be asked again.
    """

    key: str
    atc: tuple[str, ...]
    icd10: tuple[str, ...]


# Classes whose reimbursed indication in France is one illness (ATC index, and the indications
# of the public medicines database). A class with a second use has no place here, nor anything
# of a sensitive category.
QUESTIONS: Final = (
    Question(
        "type_2_diabetes", ("A10BA02", "A10BB", "A10BD", "A10BH"), ("E11", "E12", "E13", "E14")
    ),
    Question("diabetes", ("A10A",), ("E10", "E11", "E12", "E13", "E14")),
    Question("hypothyroidism", ("H03AA01",), ("E00", "E01", "E02", "E03", "E89.0", "E890")),
    Question("hyperthyroidism", ("H03BA", "H03BB"), ("E05",)),
    Question("glaucoma", ("S01ED", "S01EE"), ("H40", "H42")),
    Question("asthma", ("R03DC03",), ("J45", "J46")),
    Question("parkinson", ("N04BA02",), ("G20", "G21")),
    Question("gout", ("M04AA01",), ("M10",)),
    Question("osteoporosis", ("M05BA04", "M05BA07"), ("M80", "M81", "M82")),
    Question("bowel_inflammation", ("A07EC02",), ("K50", "K51")),
)

# Never asked from, whatever the list above becomes: medicines of several uses, and those
# that would tell of mental health, sexual health, pregnancy, fertility or an addiction.
NEVER_FROM: Final = (
    "A10BJ",  # diabetes or weight
    "A10BK",  # diabetes, heart or kidney
    "B01",  # heart rhythm or clot
    "C07",  # beta-blockers: heart, migraine, tremor, anxiety
    "C10",  # cholesterol or prevention
    "G02",
    "G03",
    "G04BE",
    "J05",  # HIV treatment, or the prevention of it
    "L01",
    "L02",
    "L04AX03",  # methotrexate
    "N02",
    "N03",  # epilepsy, pain, mood
    "N05",
    "N06",
    "N07B",
)


def questions_from(
    treatments: Iterable[Treatment], declared: Iterable[str], never_ask: Iterable[str]
) -> tuple[tuple[Question, Treatment], ...]:
    """Return the questions treatments in progress raise, each problem once.

    `declared` are ICD-10 codes already known, `never_ask` the keys of questions a doctor
    put aside. A sensitive treatment raises none.
    """
    answered = tuple(code.upper() for code in declared)
    aside = frozenset(never_ask)
    held = [treatment for treatment in treatments if treatment.atc and not treatment.categories]
    raised: list[tuple[Question, Treatment]] = []
    for question in QUESTIONS:
        source = next((one for one in held if _may_ask(question, one.atc)), None)
        known = any(code.startswith(question.icd10) for code in answered)
        if source is None or known or question.key in aside:
            continue
        if not any(set(question.icd10) & set(other.icd10) for other, _ in raised):
            raised.append((question, source))
    return tuple(raised)


def _may_ask(question: Question, atc: str) -> bool:
    return atc.startswith(question.atc) and not atc.startswith(NEVER_FROM)
