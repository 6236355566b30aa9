"""Addresses of the fund's desk; each view declares its door."""

from __future__ import annotations

from django.urls import path

from imports.pages import loads


app_name = "imports"
# Names used across the product: loads, load, load_refusals.
urlpatterns = [
    path("chargements/", loads.loads, name="loads"),
    path("chargements/<uuid:load_id>/", loads.load, name="load"),
    path("chargements/<uuid:load_id>/avancement/", loads.load_progress, name="load_progress"),
    path("chargements/<uuid:load_id>/charger/", loads.load_proceed, name="load_proceed"),
    path("chargements/<uuid:load_id>/pause/", loads.load_pause, name="load_pause"),
    path("chargements/<uuid:load_id>/reprendre/", loads.load_resume, name="load_resume"),
    path("chargements/<uuid:load_id>/retirer/", loads.load_undo, name="load_undo"),
    path("chargements/<uuid:load_id>/corriger/", loads.load_correct, name="load_correct"),
    path("chargements/<uuid:load_id>/rejets.csv", loads.load_refusals, name="load_refusals"),
]
