"""The addresses of allauth that this product opens, and no others."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path, re_path


urlpatterns = [
    path("connexion/", views.login, name="account_login"),
    path("deconnexion/", views.logout, name="account_logout"),
    path("verification/", views.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", views.password_change, name="account_change_password"),
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
    path("securite/", include("allauth.mfa.urls")),
]
