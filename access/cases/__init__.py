"""« I don't know this person »: a case on a visit, the access paused, the fund's answer.

What the fund reads names no holder and no element. Must not know screens.
"""

from __future__ import annotations

from access.cases.answering import (
    FEWEST_WORDS,
    MOST_WORDS,
    DeskCase,
    answer,
    read_case_at_desk,
    read_desk,
)
from access.cases.opening import ANSWERED_WITHIN, Weighed, open_case, take_back, weigh
from access.cases.reading import CaseView, Mentioned, read_case, read_cases


__all__ = [
    "ANSWERED_WITHIN",
    "FEWEST_WORDS",
    "MOST_WORDS",
    "CaseView",
    "DeskCase",
    "Mentioned",
    "Weighed",
    "answer",
    "open_case",
    "read_case",
    "read_case_at_desk",
    "read_cases",
    "read_desk",
    "take_back",
    "weigh",
]
