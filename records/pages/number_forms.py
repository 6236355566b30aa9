"""A deposit for the person of a national number; each wrong answer has its sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dmp.forms import DayField, narrow
from records.deposits.by_number import PROFESSIONAL
from records.pages.document_forms import DepositForm
from records.pages.identity_forms import NirField


class NumberDepositForm(DepositForm):
    """Whose it is, then what is deposited: the same questions as with a record."""

    nir = NirField(label=_("Numéro de sécurité sociale du patient (INS)"))
    birth_name = forms.CharField(
        label=_("Nom de naissance"),
        max_length=100,
        widget=narrow(20),
        error_messages={"required": _("Recopiez le nom de naissance.")},
    )
    born_on = DayField(label=_("Date de naissance"))
    field_order = ("nir", "birth_name", "born_on", "file", "title", "type_code", "occurred_on",
                   "masked", "unannounced", "secret", "about_another")  # fmt: skip

    def __init__(self, *args: Any, profession: str, **kwargs: Any) -> None:
        # Nobody knows here whether the patient is a minor: the question is always asked.
        super().__init__(*args, pen=PROFESSIONAL, of_minor=True, profession=profession, **kwargs)
