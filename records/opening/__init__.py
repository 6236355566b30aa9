"""Opening, closing and reopening a record: who asks, what is written, what is printed.

Opening gives nobody a right to read. Must not know screens.
"""

from __future__ import annotations

from records.leaflet_codes import code_of as printed_code
from records.opening.checking import Known, look_for_record
from records.opening.closing import (
    Leaving,
    ReceiptView,
    ask_erasure,
    close_record,
    read_leaving,
    read_receipt,
    reopen_record,
    take_back_erasure,
)
from records.opening.codes import give_own_code, has_own_sign_in, letter_left, renew_code
from records.opening.counting import opened_today
from records.opening.decisions import record_decision
from records.opening.declaring import came_alone, declare_doctor
from records.opening.destroying import NotDestroyed, destroy, destroy_due, known_as
from records.opening.facts import Contact, Document, Identity, Opened, Outcome
from records.opening.opening import by_oneself, count_refusal, filling_of, open_record
from records.opening.presence import send_presence_code, tick_presence, use_presence_code
from records.opening.renumbering import change_number


__all__ = [
    "Contact",
    "Document",
    "Identity",
    "Known",
    "Leaving",
    "NotDestroyed",
    "Opened",
    "Outcome",
    "ReceiptView",
    "ask_erasure",
    "by_oneself",
    "came_alone",
    "change_number",
    "close_record",
    "count_refusal",
    "declare_doctor",
    "destroy",
    "destroy_due",
    "filling_of",
    "give_own_code",
    "has_own_sign_in",
    "known_as",
    "letter_left",
    "look_for_record",
    "open_record",
    "opened_today",
    "printed_code",
    "read_leaving",
    "read_receipt",
    "record_decision",
    "renew_code",
    "reopen_record",
    "send_presence_code",
    "take_back_erasure",
    "tick_presence",
    "use_presence_code",
]
