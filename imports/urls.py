"""Addresses of the fund's desk; each view declares its door."""

from __future__ import annotations

from django.urls import URLPattern, path


app_name = "imports"
# Names used across the product: loads, load, load_refusals.
urlpatterns: list[URLPattern] = []
_ = path
