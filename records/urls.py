"""Addresses of records. Nouns in French, keys random; each view declares its door."""

from __future__ import annotations

from django.urls import path

from records.pages import (
    care,
    connecting,
    counter,
    counter_end,
    decisions,
    deposits,
    desk,
    documents,
    emergency,
    entries,
    home,
    leaflet,
    leaving,
    presence,
    synthesis,
    treatments,
)


app_name = "records"
# Names used across the product: home, care, care_months, care_event, treatments, treatment_stop,
# travel_sheet, documents, document, document_file,
# document_preview, deposit, deposit_version, withdraw, entries, entry_new, entry_edit,
# entry_withdraw, synthesis, synthesis_draft, synthesis_review, synthesis_version, take_away,
# emergency, regulation, emergency_card, close, reopen, counter (+ counter_*), decision, presence
# (+ presence_*), deposit_by_number, leaflet, receipt, connect (+ connect_*).
_RECORD = "dossiers/<uuid:record_id>/"
_DOCUMENT = f"{_RECORD}documents/<uuid:document_id>/"
_ENTRY = f"{_RECORD}profil/<uuid:entry_id>/"

urlpatterns = [
    path("ouvrir/", counter.counter, name="counter"),
    path("ouvrir/sans-carte/", counter.counter_manual, name="counter_manual"),
    path("ouvrir/personne/", counter.counter_person, name="counter_person"),
    path("ouvrir/identite/", counter.counter_identity, name="counter_identity"),
    path("ouvrir/arret/", counter.counter_stop, name="counter_stop"),
    path("ouvrir/accord/", counter.counter_consent, name="counter_consent"),
    path("ouvrir/deja-ouvert/", counter_end.counter_existing, name="counter_existing"),
    path("ouvrir/fait/", counter_end.counter_done, name="counter_done"),
    path("ouvrir/fait/remboursements/", counter_end.counter_progress, name="counter_progress"),
    path("ouvrir/feuille/", leaflet.leaflet, name="leaflet"),
    path("ouvrir/feuille.pdf", leaflet.leaflet_pdf, name="leaflet_pdf"),
    path("urgence/", emergency.emergency_open, name="emergency"),
    path("urgence/centre-15/", emergency.regulation_open, name="regulation"),
    path("presence/", presence.presence, name="presence"),
    path("presence/personne/", presence.presence_person, name="presence_person"),
    path("presence/sans-carte/", presence.presence_manual, name="presence_manual"),
    path("presence/acces/", presence.presence_access, name="presence_access"),
    path("presence/fait/", presence.presence_done, name="presence_done"),
    path("deposer/", deposits.deposit_by_number, name="deposit_by_number"),
    path("decisions-de-justice/", decisions.decision, name="decision"),
    path("mon-dossier/ouvrir/", connecting.connect, name="connect"),
    path("mon-dossier/ouvrir/code/", connecting.connect_code, name="connect_code"),
    path("mon-dossier/ouvrir/identite/", connecting.connect_identity, name="connect_identity"),
    path("mon-dossier/ouvrir/accord/", connecting.connect_consent, name="connect_consent"),
    path("mon-dossier/ouvrir/compte/", connecting.connect_account, name="connect_account"),
    path("mon-dossier/ouvrir/connu/", connecting.connect_known, name="connect_known"),
    path(_RECORD, home.home, name="home"),
    path(f"{_RECORD}emporter/", leaving.take_away, name="take_away"),
    path(f"{_RECORD}fermer/", leaving.close, name="close"),
    path(f"{_RECORD}rouvrir/", leaving.reopen, name="reopen"),
    path(f"{_RECORD}effacer/", leaving.erase, name="erase"),
    path(f"{_RECORD}effacer/annuler/", leaving.keep, name="keep"),
    path(f"{_RECORD}recus/<slug:number>/", leaving.receipt, name="receipt"),
    path(f"{_RECORD}soins/", care.care, name="care"),
    path(f"{_RECORD}soins/24-mois/", care.care_months, name="care_months"),
    path(f"{_RECORD}soins/arrivee/", care.care_arriving, name="care_arriving"),
    path(f"{_RECORD}soins/<uuid:line_id>/", care.care_event, name="care_event"),
    path(f"{_RECORD}medicaments/", treatments.treatments, name="treatments"),
    path(f"{_RECORD}medicaments/arret/", treatments.treatment_stop, name="treatment_stop"),
    path(f"{_RECORD}medicaments/voyage/", treatments.travel_sheet, name="travel_sheet"),
    path(f"{_RECORD}documents/", documents.documents, name="documents"),
    path(f"{_RECORD}documents/deposer/", deposits.deposit, name="deposit"),
    path(_DOCUMENT, documents.document, name="document"),
    path(f"{_DOCUMENT}version/", deposits.deposit_version, name="deposit_version"),
    path(f"{_DOCUMENT}retirer/", deposits.withdraw, name="withdraw"),
    path(f"{_DOCUMENT}montrer-au-patient/", deposits.release, name="release"),
    path(f"{_DOCUMENT}fichiers/<uuid:file_id>/", documents.document_file, name="document_file"),
    path(
        f"{_DOCUMENT}fichiers/<uuid:file_id>/apercu/",
        documents.document_preview,
        name="document_preview",
    ),
    path(f"{_RECORD}carte-urgence/", emergency.emergency_card, name="emergency_card"),
    path(f"{_RECORD}profil/", entries.entries, name="entries"),
    path(f"{_RECORD}profil/ajouter/<slug:kind>/", entries.entry_new, name="entry_new"),
    path(_ENTRY, entries.entry, name="entry"),
    path(f"{_ENTRY}modifier/", entries.entry_edit, name="entry_edit"),
    path(f"{_ENTRY}retirer/", entries.entry_withdraw, name="entry_withdraw"),
    path(f"{_RECORD}synthese/", synthesis.synthesis, name="synthesis"),
    path(f"{_RECORD}synthese/brouillon/", desk.synthesis_draft, name="synthesis_draft"),
    path(f"{_RECORD}synthese/changements/", desk.synthesis_changes, name="synthesis_changes"),
    path(f"{_RECORD}synthese/relire/", desk.synthesis_review, name="synthesis_review"),
    path(f"{_RECORD}synthese/accord/", desk.synthesis_consent, name="synthesis_consent"),
    path(
        f"{_RECORD}synthese/accords/<uuid:consent_id>/reprendre/",
        synthesis.consent_take_back,
        name="consent_take_back",
    ),
    path(
        f"{_RECORD}synthese/versions/<uuid:version_id>/",
        synthesis.synthesis_version,
        name="synthesis_version",
    ),
    path(
        f"{_RECORD}synthese/versions/<uuid:version_id>/defaire/",
        desk.synthesis_undo,
        name="synthesis_undo",
    ),
    path(
        f"{_RECORD}synthese/lignes/<uuid:line_id>/",
        synthesis.synthesis_line,
        name="synthesis_line",
    ),
]
