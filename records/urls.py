"""Addresses of records. Nouns in French, keys random; each view declares its door."""

from __future__ import annotations

from django.urls import URLPattern, path


app_name = "records"
# Names used across the product: home, care, care_event, documents, document, document_file,
# document_preview, deposit, deposit_version, withdraw, entries, entry_new, entry_edit,
# entry_withdraw, synthesis, synthesis_draft, synthesis_review, synthesis_version, take_away,
# close, reopen, counter (+ counter_*), leaflet, receipt.
urlpatterns: list[URLPattern] = []
_ = path
