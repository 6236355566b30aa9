"""Where an address or a password is typed: each asked once, each problem in a sentence.

allauth finds these forms by their names, in the settings. Knows no record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as theirs
from django.utils.translation import gettext_lazy as _

from dmp.forms import NEW_PASSWORD_HINT, AddressField


if TYPE_CHECKING:
    from django import forms
    from django.utils.functional import _StrOrPromise


def _ask(
    field: forms.Field,
    *,
    label: _StrOrPromise,
    required: _StrOrPromise,
    hint: _StrOrPromise = "",
) -> None:
    """Say what is asked in our words; the page has its own link for who forgot."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = str(required)
    field.widget.attrs.pop("placeholder", None)


def _ask_address(field: forms.Field) -> None:
    words = AddressField()
    _ask(field, label=words.label or "", required=words.error_messages["required"])
    field.error_messages["invalid"] = words.error_messages["invalid"]


def _ask_password(field: forms.Field) -> None:
    _ask(field, label=_("Mot de passe"), required=_("Écrivez votre mot de passe."))


def _ask_new_password(form: forms.Form) -> None:
    _ask(
        form.fields["password1"],
        label=_("Nouveau mot de passe"),
        required=_("Choisissez un mot de passe."),
        hint=NEW_PASSWORD_HINT,
    )
    _ask(
        form.fields["password2"],
        label=_("Le nouveau mot de passe, encore une fois"),
        required=_("Écrivez le nouveau mot de passe une seconde fois."),
    )


class SignInForm(theirs.LoginForm):
    """The address and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_address(self.fields["login"])
        _ask_password(self.fields["password"])


class ForgottenForm(theirs.ResetPasswordForm):
    """The address a link is sent to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_address(self.fields["email"])


class AnotherPasswordForm(theirs.ResetPasswordKeyForm):
    """Another password, from the link that was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_new_password(self)


class ChangePasswordForm(theirs.ChangePasswordForm):
    """Another password, by who knows the one in use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask(
            self.fields["oldpassword"],
            label=_("Mot de passe actuel"),
            required=_("Écrivez votre mot de passe actuel."),
        )
        _ask_new_password(self)


class AgainForm(theirs.ReauthenticateForm):
    """Who is there, before a change of the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_password(self.fields["password"])
