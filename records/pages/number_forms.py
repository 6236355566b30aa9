"""A deposit for the person of a national number; each wrong answer has its sentence."""

from __future__ import annotations

from typing import Any

from records.deposits.by_number import PROFESSIONAL
from records.pages.document_forms import DepositForm
from records.pages.person_forms import TypedPersonForm


class NumberDepositForm(TypedPersonForm, DepositForm):
    """Whose it is, then what is deposited: the same questions as with a record."""

    field_order = ("nir", "birth_name", "born_on", "file", "title", "type_code", "occurred_on",
                   "masked", "unannounced", "secret", "about_another")  # fmt: skip

    def __init__(self, *args: Any, profession: str, **kwargs: Any) -> None:
        # Nobody knows here whether the patient is a minor: the question is always asked.
        super().__init__(*args, pen=PROFESSIONAL, of_minor=True, profession=profession, **kwargs)
