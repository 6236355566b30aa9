"""The holder's rules that hide elements: set, listed, taken back.

Never evaluated here: the gate does it at every read. Must not know screens.
"""

from __future__ import annotations

from access.masks.aims import Audience, Target
from access.masks.alike import hide_alike
from access.masks.bundling import Choice
from access.masks.doubled import still_hidden
from access.masks.following import cover_line, cover_new_claims
from access.masks.hiding import Hidden, hide, show, show_element, show_rule
from access.masks.offering import put_subjects_aside, subjects_to_offer
from access.masks.receipts import MaskReceipt, read_receipt
from access.masks.rules import Decided, Rule, Shared, read_decided
from access.masks.ruling import RuleChoices, RuleConsequences, read_rule_choices, weigh_rule
from access.masks.showing import ShowingReceipt, read_showing, receipt_of_now
from access.masks.subjects import Subject
from access.masks.weighing import Consequences, weigh


__all__ = [
    "Audience",
    "Choice",
    "Consequences",
    "Decided",
    "Hidden",
    "MaskReceipt",
    "Rule",
    "RuleChoices",
    "RuleConsequences",
    "Shared",
    "ShowingReceipt",
    "Subject",
    "Target",
    "cover_line",
    "cover_new_claims",
    "hide",
    "hide_alike",
    "put_subjects_aside",
    "read_decided",
    "read_receipt",
    "read_rule_choices",
    "read_showing",
    "receipt_of_now",
    "show",
    "show_element",
    "show_rule",
    "still_hidden",
    "subjects_to_offer",
    "weigh",
    "weigh_rule",
]
