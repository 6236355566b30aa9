"""Addresses: includes only."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path


urlpatterns = [
    path("langue/", include("django.conf.urls.i18n")),
    path("compte/", include("access.account_urls")),
]
# Until the three rooms have their doors.
urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("access", "records", "imports")
    if find_spec(app) and find_spec(f"{app}.urls")
]
