"""Which form of ours stands in the place of which of allauth's. Must not know what they ask."""

from __future__ import annotations


_PASSWORDS = "access.pages.password_forms"
_CODES = "access.pages.passkey_forms"
ACCOUNT = {
    "login": f"{_PASSWORDS}.SignInForm",
    "reset_password": f"{_PASSWORDS}.ForgottenForm",
    "reset_password_from_key": f"{_PASSWORDS}.AnotherPasswordForm",
    "change_password": f"{_PASSWORDS}.ChangePasswordForm",
    "reauthenticate": f"{_PASSWORDS}.AgainForm",
}
MFA = {
    "activate_totp": f"{_CODES}.FirstCodeForm",
    "add_webauthn": f"{_CODES}.NewPasskeyForm",
    "edit_webauthn": f"{_CODES}.NameForm",
    "login_webauthn": f"{_CODES}.EntryForm",
    "reauthenticate_webauthn": f"{_CODES}.AgainForm",
    "authenticate_webauthn": f"{_CODES}.AfterPasswordForm",
    "authenticate": f"{_CODES}.TypedCodeForm",
    "reauthenticate": f"{_CODES}.TypedCodeAgainForm",
}
