"""The invented pages: their addresses, their people, their forms."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from dmp.forms import DayField, Explained, OneTimeCodeField


def _nav(*items: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"key": k, "label": label, "icon": i, "url": f"/{k}"} for k, label, i in items]


PATIENT = {
    "nav_role": "patient",
    "nav_items": _nav(
        ("accueil", "Accueil", "house"),
        ("soins", "Mes soins", "calendar-days"),
        ("documents", "Documents", "file-text"),
        ("profil", "Profil médical", "id-card"),
        ("soignants", "Mes soignants", "stethoscope"),
        ("voir", "Qui peut voir", "eye"),
        ("regarde", "Qui a regardé", "history"),
    ),
    "who": {"name": "Jeanne Morel", "capacity": "Mon dossier", "practice": ""},
}
DOCTOR = {
    "nav_role": "professional",
    "nav_items": _nav(
        ("patients", "Mes patients", "users"),
        ("avec-moi", "Le patient est avec moi", "user-check"),
        ("deposer", "Déposer", "upload"),
        ("ouvrir", "Ouvrir un dossier", "folder-heart"),
        ("urgence", "Urgence", "siren"),
    ),
    "record_items": _nav(
        ("synthese", "Synthèse", ""),
        ("dossier", "Soins", ""),
        ("documents", "Documents", ""),
        ("profil", "Profil médical", ""),
    ),
    "who": {
        "name": "Dr Claire Petit",
        "capacity": "Médecin",
        "practice": "Maison de santé du Port",
    },
}
COUNTER = {
    "nav_role": "counter",
    "nav_items": _nav(
        ("ouvrir", "Ouvrir un dossier", "plus"),
        ("jour", "Aujourd'hui", "calendar-days"),
    ),
    "who": {"name": "Amina Haddad", "capacity": "Pharmacienne", "practice": "Pharmacie du Port"},
}


class Identity(forms.Form):
    name = forms.CharField(
        label="Nom de naissance",
        help_text="Tel qu'il est écrit sur la pièce d'identité.",
        error_messages={"required": "Indiquez le nom de naissance."},
    )
    born = DayField(label="Date de naissance")
    piece = forms.ChoiceField(
        label="Quelle pièce d'identité avez-vous sous les yeux ?",
        choices=[
            ("cni", Explained("Carte d'identité", "française ou d'un pays de l'Union")),
            ("passeport", "Passeport"),
            ("sejour", "Titre de séjour"),
            ("rien", Explained("Aucune", "le dossier sera ouvert mais restera à vérifier")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une pièce d'identité."},
    )
    mobile = forms.CharField(label="Portable", required=False, help_text="Pour envoyer le code.")
    kind = forms.ChoiceField(
        label="Langue de la feuille", choices=[("fr", "Français"), ("en", "Anglais")]
    )
    agreed = forms.BooleanField(
        label="Le patient est d'accord pour ouvrir son dossier",
        help_text="Il peut changer d'avis à tout moment.",
        error_messages={"required": "Cochez cette case si le patient est d'accord."},
    )

    def clean(self) -> None:
        if self.is_bound:
            raise forms.ValidationError("Un des cinq traits diffère de la pièce d'identité.")


class Deposit(forms.Form):
    title = forms.CharField(label="Titre du document")
    file = forms.FileField(label="Fichier", help_text="PDF ou photo, 10 Mo au plus.")
    note = forms.CharField(label="Un mot pour le médecin", required=False, widget=forms.Textarea)
    marks = forms.MultipleChoiceField(
        label="À protéger",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("hidden", Explained("Masqué aux professionnels", "sauf au médecin traitant")),
            ("later", Explained("Pas encore annoncé au patient", "visible dans un mois au plus")),
        ],
    )


class Code(forms.Form):
    code = OneTimeCodeField(label="Code reçu par SMS", help_text="6 chiffres, valables 5 minutes.")


CONTEXTS: dict[str, dict[str, Any]] = {
    "accueil": PATIENT,
    "soins": PATIENT,
    "documents": PATIENT,
    "document": {**PATIENT, "nav_current": "documents"},
    "masquer": {**PATIENT, "nav_current": "documents"},
    "comme": {**DOCTOR, "see_as": {"name": "le Dr Martin", "record_id": uuid.UUID(int=0)}},
    "dossier": DOCTOR,
    "patients": DOCTOR,
    "ouvrir": COUNTER,
    "parties": PATIENT,
    "feuille": {},
    "fautes": PATIENT,
}


def around(request: HttpRequest) -> dict[str, Any]:
    return {"is_demo": True, "user": {"is_authenticated": True}}


def page(request: HttpRequest, name: str = "accueil") -> HttpResponse:
    context = {
        "nav_current": name,
        "identity": Identity(),
        "form": Identity({"name": "", "born": "31/02/1955"}),
        "deposit": Deposit(),
        "code": Code(),
        "numbers": Paginator(range(100), 20).page(2),
        "checks": [
            {
                "name": "e",
                "value": "1",
                "label": "Lettre du Dr Garnier, psychiatre",
                "why": "le document que vous regardez",
                "checked": True,
            },
            {
                "name": "e",
                "value": "2",
                "label": "Consultation du 9 octobre",
                "why": "remboursement, même médecin, même jour",
                "checked": True,
            },
            {
                "name": "e",
                "value": "3",
                "label": "Sertraline, délivrée le 9 octobre",
                "why": "prescrite par le Dr Garnier",
                "checked": True,
            },
            {
                "name": "e",
                "value": "4",
                "label": "Transport du 9 octobre",
                "why": "même jour, même lieu",
                "checked": True,
            },
        ],
        "danger": [
            {
                "name": "d",
                "value": "1",
                "label": "Sauf si ma vie est en danger",
                "why": "un médecin pourra alors l'ouvrir en urgence ; vous serez prévenue",
                "checked": False,
            },
        ],
        "detail": "71 ans, née le 27 mars 1955",
    } | CONTEXTS[name]
    return render(request, f"gallery/{name}.html", context)


def broken(request: HttpRequest, code: str) -> HttpResponse:
    context = {
        "403": {"exception": "Seul le médecin traitant peut écrire la synthèse."},
        "404": {"request_path": "/x"},
    }
    return render(request, f"{code}.html", context.get(code, {}))


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("rien")


ELSEWHERE = [
    path("aide", nothing, name="help"),
    path("aide/<slug:topic>/", nothing, name="help_topic"),
    path("role", nothing, name="capacity"),
    path("accessibilite", nothing, name="accessibility"),
]
urlpatterns = [
    path("langue/", include("django.conf.urls.i18n")),
    path("", include((ELSEWHERE, "access"))),
    path("sortir", nothing, name="account_logout"),
    path("erreur/<str:code>", broken),
    path("", page),
    path("<str:name>", page),
]
