"""Opening, closing and reopening a record: who asks, what is written, what is printed.

Opening gives nobody a right to read. Must not know screens.
"""

from __future__ import annotations

from records.opening.checking import Known, look_for_record
from records.opening.closing import (
    Leaving,
    ReceiptView,
    ask_erasure,
    close_record,
    read_leaving,
    read_receipt,
    reopen_record,
)
from records.opening.codes import code_of as printed_code, renew_code
from records.opening.facts import Contact, Document, Identity, Opened, Outcome
from records.opening.opening import by_oneself, count_refusal, filling_of, open_record


__all__ = [
    "Contact",
    "Document",
    "Identity",
    "Known",
    "Leaving",
    "Opened",
    "Outcome",
    "ReceiptView",
    "ask_erasure",
    "by_oneself",
    "close_record",
    "count_refusal",
    "filling_of",
    "look_for_record",
    "open_record",
    "printed_code",
    "read_leaving",
    "read_receipt",
    "renew_code",
    "reopen_record",
]
