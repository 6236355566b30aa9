"""« Puis-je voir … ? »: a professional of the circle asks in general words; the holder may show.

Nothing here rests on what is hidden. Must not know screens.
"""

from __future__ import annotations

from access.questions.answering import MOST_LISTED, answer, leave_unanswered, read_question
from access.questions.asking import Question, ask, may_ask, waiting_questions
from access.questions.words import Since, Wanted, since_words, wanted_words


__all__ = [
    "MOST_LISTED",
    "Question",
    "Since",
    "Wanted",
    "answer",
    "ask",
    "leave_unanswered",
    "may_ask",
    "read_question",
    "since_words",
    "waiting_questions",
    "wanted_words",
]
