"""Addresses of accounts, circles, masks and the journal; each view declares its door."""

from __future__ import annotations

from django.urls import path

from access.pages import (
    about,
    activation,
    cases,
    doctors,
    emergency,
    hide,
    patients,
    questions,
    relatives,
    rules,
    see_as,
    shares,
    signin,
    start,
    who,
)


app_name = "access"
# Names used across the product: start, capacity, second_factor, demo, activate (+ activate_*),
# doctors (+ doctor_*), relatives (+ delegate_*, invitation_*), invitation, patients, rule_new,
# hide, hidden, show, share_new, ask, question, see_as, who_can_see, who_looked, emergency_end,
# emergency_seen.
_RECORD = "dossiers/<uuid:record_id>/"
_DOCTOR = f"{_RECORD}soignants/<uuid:professional_id>/"
_RELATIVES = f"{_RECORD}proches/"
_OPENING = f"{_RECORD}urgences/<uuid:opening_id>/"
_DOOR = f"{_RECORD}acces/<uuid:authorisation_id>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("connexion/demonstration/", start.demo_list, name="demo"),
    path("connexion/role/", start.capacity, name="capacity"),
    path("connexion/code/", signin.second_factor, name="second_factor"),
    path("activation/", activation.activate, name="activate"),
    path("activation/compte/", activation.activate_account, name="activate_account"),
    path("activation/code/", activation.activate_code, name="activate_code"),
    path("dossiers/<uuid:record_id>/choix/", activation.choices, name="choices"),
    path("mes-patients/", patients.patients, name="patients"),
    path("mes-patients/suivant/", patients.next_draft, name="next_draft"),
    path(f"{_RECORD}soignants/", doctors.doctors, name="doctors"),
    path(f"{_DOCTOR}medecin-traitant/", doctors.doctor_declare, name="doctor_declare"),
    path(f"{_DOCTOR}acces/", doctors.doctor_authorise, name="doctor_authorise"),
    path(f"{_DOCTOR}bloquer/", doctors.doctor_block, name="doctor_block"),
    path(f"{_DOCTOR}debloquer/", doctors.doctor_unblock, name="doctor_unblock"),
    path(
        f"{_RECORD}structures/<uuid:structure_id>/acces/",
        doctors.structure_authorise,
        name="structure_authorise",
    ),
    path(f"{_DOOR}retirer/", doctors.doctor_end, name="doctor_end"),
    path(f"{_DOOR}confirmer/", doctors.doctor_confirm, name="doctor_confirm"),
    path(f"{_DOOR}confirmer-medecin-traitant/", doctors.gp_confirm, name="gp_confirm"),
    path(f"{_DOOR}refuser/", doctors.doctor_refuse, name="doctor_refuse"),
    path(
        f"{_RECORD}propositions/<uuid:proposal_id>/ecarter/",
        doctors.proposal_dismiss,
        name="proposal_dismiss",
    ),
    path(f"{_RECORD}regles/ajouter/", rules.rule_new, name="rule_new"),
    path(f"{_RECORD}propositions/ecarter/", rules.offers_aside, name="offers_aside"),
    path(_RELATIVES, relatives.relatives, name="relatives"),
    path(f"{_RELATIVES}inviter/", relatives.delegate_invite, name="delegate_invite"),
    path(f"{_RELATIVES}<uuid:delegation_id>/", relatives.delegate_change, name="delegate_change"),
    path(
        f"{_RELATIVES}<uuid:delegation_id>/retirer/", relatives.delegate_end, name="delegate_end"
    ),
    path(
        f"{_RELATIVES}invitations/<uuid:invitation_id>/renvoyer/",
        relatives.invitation_again,
        name="invitation_again",
    ),
    path(
        f"{_RELATIVES}invitations/<uuid:invitation_id>/annuler/",
        relatives.invitation_end,
        name="invitation_end",
    ),
    path(f"{_RECORD}majorite/", relatives.coming_of_age, name="coming_of_age"),
    path("invitation/", relatives.invitation, name="invitation"),
    path("invitation/reponse/", relatives.invitation_answer, name="invitation_answer"),
    path(f"{_RECORD}masquer/", hide.hide, name="hide"),
    path(f"{_RECORD}masques/<uuid:receipt_id>/", hide.hidden, name="hidden"),
    path(f"{_RECORD}masques/<uuid:receipt_id>/leve/", hide.shown, name="shown"),
    path(f"{_RECORD}montrer/", hide.show, name="show"),
    path(f"{_RECORD}montrer-a/", shares.share_new, name="share_new"),
    path(f"{_RECORD}demander/", questions.ask, name="ask"),
    path(f"{_RECORD}questions/<uuid:question_id>/", questions.question, name="question"),
    path(f"{_RECORD}voir-comme/", see_as.see_as, name="see_as"),
    path(f"{_RECORD}voir-comme/manque/", see_as.see_as_missing, name="see_as_missing"),
    path(f"{_RECORD}voir-comme/quitter/", see_as.see_as_leave, name="see_as_leave"),
    path(f"{_RECORD}qui-peut-voir/", who.who_can_see, name="who_can_see"),
    path(f"{_RECORD}qui-a-regarde/", who.who_looked, name="who_looked"),
    path(
        f"{_RECORD}qui-a-regarde/<uuid:event_id>/inconnu/",
        cases.unknown_visitor,
        name="unknown_visitor",
    ),
    path(f"{_RECORD}signalements/<uuid:case_id>/", cases.case, name="case"),
    path(
        f"{_RECORD}signalements/<uuid:case_id>/rendre/",
        cases.case_take_back,
        name="case_take_back",
    ),
    path("signalements/", cases.cases_desk, name="cases_desk"),
    path("signalements/<uuid:case_id>/", cases.case_answer, name="case_answer"),
    path(f"{_OPENING}fermer/", emergency.emergency_end, name="emergency_end"),
    path(f"{_OPENING}vu/", emergency.emergency_seen, name="emergency_seen"),
    path("aide/", about.help_index, name="help"),
    path("aide/<slug:topic>/", about.help_topic, name="help_topic"),
    path("accessibilite/", about.accessibility, name="accessibility"),
]
