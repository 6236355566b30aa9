"""Addresses of accounts, circles, masks and the journal; each view declares its door."""

from __future__ import annotations

from django.urls import URLPattern, path


app_name = "access"
# Names used across the product: start, capacity, second_factor, demo, activate (+ activate_*),
# connect (+ connect_*), doctors (+ doctor_*), patients, hide, hidden, show, who_can_see,
# who_looked, emergency.
urlpatterns: list[URLPattern] = []
_ = path
