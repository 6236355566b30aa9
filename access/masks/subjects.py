"""The sensitive subjects a holder may hide as one: their words, and a key that doesn't say which.

An address is kept by browsers and logs: it carries the key, never the subject. Knows no element.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _


if TYPE_CHECKING:
    import uuid


BITS: Final = tuple(1 << place for place in range(7))  # the seven sensitive categories
EVERY_CATEGORY: Final = sum(BITS)


@dataclass(frozen=True, slots=True)
class Subject:
    """One sensitive category: its bit, its key on one record, its name, what it is made of."""

    bit: int
    key: str
    name: str
    examples: str


def subject_key(record_id: uuid.UUID, bit: int) -> str:
    """Return what an address carries for a category: nobody without the key reads which."""
    about = f"subject|{record_id}|{bit}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, about, hashlib.sha256).hexdigest()[:12]


def bit_of(record_id: uuid.UUID, key: str) -> int:
    """Return the category an address carries; 0 for anything else."""
    return next((bit for bit in BITS if subject_key(record_id, bit) == key), 0)


def subjects(record_id: uuid.UUID) -> tuple[Subject, ...]:
    """Return the seven, in the order of the policy."""
    names, examples = _names(), _examples()
    return tuple(
        Subject(bit, subject_key(record_id, bit), names[bit], examples[bit]) for bit in BITS
    )


def category_names(categories: int) -> list[str]:
    """Return the sensitive categories of a bit set, in words."""
    return [name for bit, name in _names().items() if categories & bit]


def _names() -> dict[int, str]:
    return {
        1: _("Santé mentale"),
        2: _("Santé sexuelle, infections sexuelles et VIH"),
        4: _("Grossesse, contraception, IVG, fertilité"),
        8: _("Addictions"),
        16: _("Génétique"),
        32: _("Violences"),
        64: _("Identité de genre"),
    }


def _examples() -> dict[int, str]:
    return {
        1: _("Psychiatre, psychologue, antidépresseurs, somnifères…"),
        2: _("Dépistages, traitements et suivi des infections sexuelles et du VIH, prévention…"),
        4: _("Suivi de grossesse, pilule, stérilet, IVG, aide à avoir un enfant…"),
        8: _("Alcool, tabac, drogues, traitements de substitution…"),
        16: _("Tests et consultations de génétique…"),
        32: _("Certificats et consultations après des violences…"),
        64: _("Traitements et suivi d'une transition…"),
    }
