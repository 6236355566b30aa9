"""How every form is drawn, and the kinds of answers Django lacks. Must not know the domain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext, gettext_lazy as _, ngettext


if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise


AnyField = TypeVar("AnyField", bound=forms.Field)
# Said where a password is chosen; what refuses it is in the settings.
NEW_PASSWORD_HINT = _("12 caractères au moins. Une phrase courte est plus facile à retenir.")
_MOST_SEARCHED = 60  # letters
_MOBILE_DIGITS = 10
_MOBILE = re.compile(r"0[67]\d{8}", re.ASCII)
_ABROAD = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)


def searched(said: QueryDict) -> str:
    """Return what was typed to look for somebody: `q`, no longer than a name is."""
    return said.get("q", "").replace("\x00", " ").strip()[:_MOST_SEARCHED]


class FormRenderer(TemplatesSetting):
    """Draws `{{ form }}` with the product's components: summary of problems, then the fields."""

    form_template_name = "components/form/_form.html"
    field_template_name = "components/form/_field.html"


class Explained:
    """The words of a choice and, on a second line, the reason to make it."""

    def __init__(self, words: _StrOrPromise, why: _StrOrPromise) -> None:
        self.words = words
        self.why = why

    def __str__(self) -> str:
        """Return the words alone."""
        return str(self.words)


class LinesField(forms.Field):
    """Lines that a page lists itself, each with its box; what is wrong is told with their group.

    The page gives its first box the id ``id_<name>_0``: the summary of problems links to it.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


def conditional(field: AnyField) -> AnyField:
    """Return a field that only some answers before it ask for: its label says when by itself.

    It may stay empty, and nobody is told so: « (facultatif) » would be wrong once it is asked.
    """
    field.required = field.widget.is_required = False
    field.conditional = True  # type: ignore[attr-defined]
    return field


class DayField(forms.DateField):
    """A day typed in one field, day first in both languages: 27/03/1955, 27-3-1955, 27031955.

    An English reader of a French record would otherwise type the third of November for the
    eleventh of March. Errors: one sentence that says what was expected.
    """

    # The ISO form is what a browser or a script sends.
    input_formats = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d")
    default_error_messages = {
        "required": _("Indiquez une date, par exemple 27/03/1955."),
        "invalid": _("Cette date n'existe pas. Écrivez le jour, le mois et l'année : 27/03/1955."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Par exemple 27/03/1955"))
        kwargs.setdefault(
            "widget",
            forms.DateInput(
                format="%d/%m/%Y",
                attrs={"class": "govuk-input--width-10", "autocomplete": "off", "maxlength": 10},
            ),
        )
        super().__init__(input_formats=self.input_formats, **kwargs)


class OneTimeCodeField(forms.CharField):
    """A code received by message: one field, which accepts paste and the phone's suggestion."""

    def __init__(self, *, digits: int = 6, **kwargs: Any) -> None:
        self.digits = digits
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "class": "dmp-input--code",
                    "autocomplete": "one-time-code",
                    "inputmode": "numeric",
                    "spellcheck": "false",
                    "maxlength": 2 * digits,
                }
            ),
        )
        super().__init__(max_length=4 * digits, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the digits alone, whatever spaces were typed between them."""
        code = "".join(str(super().clean(value)).split())
        if code and not (code.isascii() and code.isdigit() and len(code) == self.digits):
            raise forms.ValidationError(
                _("Le code a %(digits)s chiffres. Recopiez-le tel que vous l'avez reçu."),
                code="invalid",
                params={"digits": self.digits},
            )
        return code


def miscounted(missing: int) -> str:
    """Return « Il en manque 2. », after what was counted; negative is how many too many."""
    if missing > 0:
        text = ngettext("Il en manque %(n)d.", "Il en manque %(n)d.", missing)
    else:
        text = ngettext("Il y en a %(n)d de trop.", "Il y en a %(n)d de trop.", -missing)
    return text % {"n": abs(missing)}


def narrow(width: int, **attrs: Any) -> forms.TextInput:
    """Return a field of text as wide as ``width`` characters; the browser proposes nothing."""
    shape = {"class": f"govuk-input--width-{width}", "autocomplete": "off", "spellcheck": "false"}
    return forms.TextInput(attrs=shape | attrs)


class AddressField(forms.EmailField):
    """An e-mail address, called so everywhere; what comes to it is an e-mail."""

    default_error_messages = {
        "required": _("Écrivez votre adresse e-mail."),
        "invalid": _("Une adresse e-mail s'écrit comme ceci : jeanne@exemple.fr."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Adresse e-mail"))
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        super().__init__(**kwargs)


class MobileField(forms.CharField):
    """A mobile number, French (06, 07) or with its country's prefix."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Portable"))
        kwargs.setdefault("widget", narrow(20, type="tel", inputmode="tel", maxlength=30))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        """Return ten digits, or + and the digits of a number abroad."""
        number = re.sub(r"[\s.\-()/]", "", str(super().clean(value)))
        if number.startswith("00"):
            number = f"+{number[2:]}"
        if number.startswith("+33"):
            number = f"0{number[3:].removeprefix('0')}"
        if not number or _MOBILE.fullmatch(number) or _ABROAD.fullmatch(number):
            return number
        if number.isascii() and number.isdigit() and len(number) != _MOBILE_DIGITS:
            counted = miscounted(_MOBILE_DIGITS - len(number))
            expected = gettext("Un portable a 10 chiffres.")
            raise forms.ValidationError(f"{expected} {counted}")
        raise forms.ValidationError(
            gettext("Un portable commence par 06 ou 07, ou par + et le numéro du pays.")
        )
