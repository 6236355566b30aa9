"""The addresses of allauth that this product opens, and no others."""

from __future__ import annotations

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as application
from django.urls import path, re_path

from access.doors import SIGNED_IN, door


# A password alone must not make itself a second factor, nor read the codes that replace one.
admitted = door(SIGNED_IN)

urlpatterns = [
    path("connexion/", views.login, name="account_login"),
    path("deconnexion/", views.logout, name="account_logout"),
    path("verification/", views.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", admitted(views.password_change), name="account_change_password"),
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
    path("securite/", admitted(factors.index), name="mfa_index"),
    # Asked while signing in, before there is a second factor.
    path("securite/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("securite/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path(
        "securite/totp/activate/",
        admitted(application.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "securite/totp/deactivate/",
        admitted(application.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "securite/recovery-codes/",
        admitted(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "securite/recovery-codes/generate/",
        admitted(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "securite/recovery-codes/download/",
        admitted(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
