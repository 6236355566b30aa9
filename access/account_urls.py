"""The addresses of allauth that this product opens, and no others."""

from __future__ import annotations

from allauth.account import views
from allauth.mfa.base import views as factor
from django.urls import path, re_path

from access.pages import passkeys, security


urlpatterns = [
    path("connexion/", passkeys.sign_in, name="account_login"),
    path("connexion/application/", passkeys.after_password, name="mfa_authenticate"),
    path("connexion/cle/", passkeys.enter_with_passkey, name="mfa_login_webauthn"),
    path("deconnexion/", views.logout, name="account_logout"),
    path("verification/", views.reauthenticate, name="account_reauthenticate"),
    path("verification/application/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("verification/cle/", passkeys.again_with_passkey, name="mfa_reauthenticate_webauthn"),
    path("mot-de-passe/", security.change_password, name="account_change_password"),
    path("mot-de-passe/oublie/", views.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("ferme/", views.account_inactive, name="account_inactive"),
    path("inscription/", views.signup, name="account_signup"),
    path("securite/", security.security, name="mfa_index"),
    path("securite/application/", security.activate_application, name="mfa_activate_totp"),
    path(
        "securite/application/retirer/",
        security.deactivate_application,
        name="mfa_deactivate_totp",
    ),
    path("securite/cles/nouvelle/", passkeys.add_passkey, name="mfa_add_webauthn"),
    path(
        "securite/cles/<uuid:passkey_id>/nom/", passkeys.rename_passkey, name="mfa_edit_webauthn"
    ),
    path(
        "securite/cles/<uuid:passkey_id>/retirer/",
        passkeys.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("securite/codes/", security.see_last_codes, name="mfa_view_recovery_codes"),
    path("securite/codes/nouveaux/", security.make_last_codes, name="mfa_generate_recovery_codes"),
    path(
        "securite/codes/fichier/", security.download_last_codes, name="mfa_download_recovery_codes"
    ),
]
