"""What is typed or answered to say who is there: passkeys, codes; each problem has its sentence.

allauth finds these forms by their names, in the settings.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as application_forms
from allauth.mfa.webauthn import forms as theirs
from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from access import accounts, passkeys


class _AnswerDecoder(json.JSONDecoder):
    """Reads no number that is long: what reads an answer makes as many bytes of it.

    A device says no other number than that of its algorithm.
    """

    def __init__(self) -> None:
        super().__init__(parse_int=self._short)

    @staticmethod
    def _short(digits: str) -> int:
        if len(digits) > passkeys.NUMBER_LENGTH:
            raise ValueError(digits)
        return int(digits)


class AnswerField(forms.JSONField):
    """What the browser answered, carried by our script; bounded, and never shown again."""

    def __init__(self) -> None:
        super().__init__(
            decoder=_AnswerDecoder,
            widget=forms.HiddenInput,
            error_messages={
                "required": gettext_lazy("Votre appareil n'a rien répondu. Recommencez."),
                "invalid": gettext_lazy(
                    "La réponse de votre appareil est illisible. Recommencez."
                ),
            },
        )

    def to_python(self, value: Any) -> Any:
        """Read an object of a sane size; brackets in brackets without end are unreadable too."""
        unreadable = str(self.error_messages["invalid"])
        if isinstance(value, str) and len(value) > passkeys.ANSWER_LENGTH:
            raise forms.ValidationError(unreadable, code="invalid")
        found = passkeys.read(
            lambda: super(AnswerField, self).to_python(value), otherwise=unreadable
        )
        if found is not None and not isinstance(found, dict):
            raise forms.ValidationError(unreadable, code="invalid")
        return found

    def bound_data(self, data: Any, initial: Any) -> None:
        """Keep nothing of an answer that was refused: its question is spent."""

    def prepare_value(self, value: Any) -> str:  # noqa: ARG002  # as above
        """Show nothing of it either."""
        return ""


class NewPasskeyForm(theirs.AddWebAuthnForm):
    """A name, and what the device made."""

    passwordless = None  # each of ours opens alone: there is nothing to choose
    name = forms.CharField(
        label=gettext_lazy("Un nom pour la reconnaître"),
        help_text=gettext_lazy("Par exemple : mon téléphone, l'ordinateur de la maison."),
        max_length=passkeys.NAME_LENGTH,
        required=False,
        error_messages={
            "max_length": gettext_lazy("Ce nom est trop long : 60 caractères au plus.")
        },
    )
    credential = AnswerField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""

    def clean(self) -> dict[str, Any]:
        """Refuse what isn't the answer to the question just asked."""
        typed: dict[str, Any] = self.cleaned_data
        if "credential" not in typed:
            return typed
        cleaned = passkeys.answered(
            super().clean, otherwise=_("La clé d'accès n'a pas été créée. Recommencez.")
        )
        return {**cleaned, "credential": passkeys.worth_keeping(cleaned["credential"])}


class NameForm(theirs.EditWebAuthnForm):
    """Another name."""

    name = forms.CharField(
        label=gettext_lazy("Son nom"),
        max_length=passkeys.NAME_LENGTH,
        error_messages={
            "required": gettext_lazy("Écrivez un nom pour la reconnaître."),
            "max_length": gettext_lazy("Ce nom est trop long : 60 caractères au plus."),
        },
    )


class _Answered(theirs.AuthenticateWebAuthnForm):
    """One sentence for every answer that opens nothing: unknown, another's, replayed, forged."""

    credential = AnswerField()

    def clean_credential(self) -> Any:
        """Return the passkey that answered rightly."""
        return passkeys.answered(
            super().clean_credential,
            otherwise=_(
                "Cette clé d'accès n'ouvre pas ce compte. Recommencez, ou prenez un autre moyen."
            ),
        )


class AfterPasswordForm(_Answered):
    """The second factor at sign-in."""


class AgainForm(_Answered, theirs.ReauthenticateWebAuthnForm):
    """Who is there, before a change of the account."""


class EntryForm(_Answered, theirs.LoginWebAuthnForm):
    """Who enters, without a password."""


class FirstCodeForm(application_forms.ActivateTOTPForm):
    """The first code of an application, which proves that it has the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_code(self, _("Code de l'application"))


class TypedCodeForm(factor_forms.AuthenticateForm):
    """A code of the application or a last code, named as this person has them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_the_code(self)


class TypedCodeAgainForm(factor_forms.ReauthenticateForm):
    """The same, before a change of the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_the_code(self)


def _name_the_code(form: Any) -> None:
    known = accounts.has_application(form.user)
    _ask_code(form, _("Code de l'application, ou de secours") if known else _("Code de secours"))


def _ask_code(form: Any, label: str) -> None:
    code = form.fields["code"]
    code.label = label
    code.error_messages["required"] = _("Écrivez le code.")
    del code.widget.attrs["placeholder"]
