"""Addresses: includes only."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language


urlpatterns = [
    # Whoever reads chooses the language, signed in or not.
    path("langue/setlang/", login_not_required(set_language), name="set_language"),
    path("compte/", include("access.account_urls")),
    path("fhir/", include("records.fhir.urls")),
    path("", include("access.urls")),
    path("", include("records.urls")),
    path("", include("imports.urls")),
]
