"""Addresses of accounts, circles, masks and the journal; each view declares its door."""

from __future__ import annotations

from django.urls import path

from access.pages import about, activation, signin, start


app_name = "access"
# Names used across the product: start, capacity, second_factor, demo, activate (+ activate_*),
# doctors (+ doctor_*), patients, hide, hidden, show, who_can_see, who_looked, emergency.
urlpatterns = [
    path("", start.start, name="start"),
    path("connexion/demonstration/", start.demo_list, name="demo"),
    path("connexion/role/", start.capacity, name="capacity"),
    path("connexion/code/", signin.second_factor, name="second_factor"),
    path("activation/", activation.activate, name="activate"),
    path("activation/compte/", activation.activate_account, name="activate_account"),
    path("activation/code/", activation.activate_code, name="activate_code"),
    path("dossiers/<uuid:record_id>/choix/", activation.choices, name="choices"),
    path("aide/", about.help_index, name="help"),
    path("aide/<slug:topic>/", about.help_topic, name="help_topic"),
    path("accessibilite/", about.accessibility, name="accessibility"),
]
