"""What people are told outside the pages: written as rows, sent by the worker, never clinical.

Neutral words only: never a type, a title, a name. Must not know screens.
"""

from __future__ import annotations

from access.notices.doctors import synthesis_asked_at, tell_emergency, tell_synthesis_asked
from access.notices.reading import Told, told_lately
from access.notices.reminding import remind
from access.notices.sending import send, send_waiting
from access.notices.telling import (
    Unusual,
    tell_attempt,
    tell_case_answered,
    tell_consent,
    tell_delegate,
    tell_erasure_asked,
    tell_erasure_done,
    tell_new_document,
    tell_new_door,
    tell_number,
    tell_question,
    tell_representation,
    tell_unusual,
    tell_withdrawn,
)
from access.notices.wording import EMERGENCY, QUESTION


__all__ = [
    "EMERGENCY",
    "QUESTION",
    "Told",
    "Unusual",
    "remind",
    "send",
    "send_waiting",
    "synthesis_asked_at",
    "tell_attempt",
    "tell_case_answered",
    "tell_consent",
    "tell_delegate",
    "tell_emergency",
    "tell_erasure_asked",
    "tell_erasure_done",
    "tell_new_document",
    "tell_new_door",
    "tell_number",
    "tell_question",
    "tell_representation",
    "tell_synthesis_asked",
    "tell_unusual",
    "tell_withdrawn",
    "told_lately",
]
