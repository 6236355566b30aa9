"""The French sentences of care, as templates; dates, money and names are put in by the caller.

The catalogue tools find the templates because they are written in `_()` and `ngettext()`,
which here only return what they are given: the translation is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | int | date


class Plural(NamedTuple):
    """A template with its plural; the number is always called `count`."""

    one: str
    many: str


Template = str | Plural


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence to be said: the name of its template, and what fills it."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()


def phrase(key: str, /, **values: Value) -> Phrase:
    """Return a sentence to be said, its values in the order given."""
    return Phrase(key, tuple(values.items()))


def _(text: str) -> str:
    return text


def ngettext(one: str, many: str) -> Plural:
    """Keep both forms of a sentence, under the name the catalogue tools look for."""
    return Plural(one, many)


# Titles of events. Each has a form with a name, asked for by the key followed by "_with".
EVENTS: Final[Mapping[str, Template]] = {
    "consultation": _("Consultation"),
    "consultation_with": _("Consultation – %(name)s"),
    "home_visit": _("Visite à domicile"),
    "home_visit_with": _("Visite à domicile – %(name)s"),
    "remote_visit": _("Téléconsultation"),
    "remote_visit_with": _("Téléconsultation – %(name)s"),
    "procedure": _("Soin médical"),
    "procedure_with": _("Soin médical – %(name)s"),
    "dental": _("Soins dentaires"),
    "dental_with": _("Soins dentaires – %(name)s"),
    "imaging": _("Imagerie"),
    "imaging_with": _("Imagerie – %(name)s"),
    "laboratory": _("Analyses de laboratoire"),
    "laboratory_with": _("Analyses de laboratoire – %(name)s"),
    "pharmacy": ngettext(
        "%(count)s médicament délivré en pharmacie",
        "%(count)s médicaments délivrés en pharmacie",
    ),
    "pharmacy_with": ngettext(
        "%(count)s médicament – %(name)s", "%(count)s médicaments – %(name)s"
    ),
    "vaccine": ngettext(
        "%(count)s vaccin délivré en pharmacie", "%(count)s vaccins délivrés en pharmacie"
    ),
    "vaccine_with": ngettext("%(count)s vaccin – %(name)s", "%(count)s vaccins – %(name)s"),
    "device": _("Matériel médical"),
    "device_with": _("Matériel médical – %(name)s"),
    "nursing": ngettext("Soins infirmiers, %(count)s jour", "Soins infirmiers, %(count)s jours"),
    "nursing_with": ngettext(
        "Soins infirmiers, %(count)s jour – %(name)s",
        "Soins infirmiers, %(count)s jours – %(name)s",
    ),
    "physiotherapy": ngettext(
        "Kinésithérapie, %(count)s séance", "Kinésithérapie, %(count)s séances"
    ),
    "physiotherapy_with": ngettext(
        "Kinésithérapie, %(count)s séance – %(name)s",
        "Kinésithérapie, %(count)s séances – %(name)s",
    ),
    "auxiliary": ngettext("Rééducation, %(count)s séance", "Rééducation, %(count)s séances"),
    "auxiliary_with": ngettext(
        "Rééducation, %(count)s séance – %(name)s",
        "Rééducation, %(count)s séances – %(name)s",
    ),
    "transport": _("Transport"),
    "transport_with": _("Transport – %(name)s"),
    "stay": _("Hospitalisation"),
    "stay_with": _("Hospitalisation – %(name)s"),
    "day_stay": _("Journée à l'hôpital"),
    "day_stay_with": _("Journée à l'hôpital – %(name)s"),
    "emergency_visit": _("Passage aux urgences"),
    "emergency_visit_with": _("Passage aux urgences – %(name)s"),
    "emergency_visits": ngettext(
        "%(count)s passage aux urgences", "%(count)s passages aux urgences"
    ),
    "emergency_visits_with": ngettext(
        "%(count)s passage aux urgences – %(name)s", "%(count)s passages aux urgences – %(name)s"
    ),
    "sessions": ngettext("%(count)s séance à l'hôpital", "%(count)s séances à l'hôpital"),
    "sessions_with": ngettext("%(count)s séance – %(name)s", "%(count)s séances – %(name)s"),
}

# What follows the title of an event, for each kind that can follow.
FOLLOWED_BY: Final[Mapping[str, Template]] = {
    "then_pharmacy": ngettext("puis %(count)s médicament", "puis %(count)s médicaments"),
    "then_pharmacy_with": ngettext(
        "puis %(count)s médicament – %(name)s", "puis %(count)s médicaments – %(name)s"
    ),
    "then_vaccine": ngettext("puis %(count)s vaccin", "puis %(count)s vaccins"),
    "then_vaccine_with": ngettext(
        "puis %(count)s vaccin – %(name)s", "puis %(count)s vaccins – %(name)s"
    ),
    "prescribed_by": _("Prescrit par %(name)s"),
    "paid_back": _("Remboursé %(amount)s"),
    "had_been_paid_back": _("Avait été remboursé %(amount)s"),
}

TREATMENTS: Final[Mapping[str, Template]] = {
    "in_progress": _("En cours"),
    "lately": _("Délivré il y a peu"),
    "maybe_stopped": _("Peut-être arrêté – à vérifier"),
    "past": _("Avant"),
    "given_times": ngettext(
        "Délivré en pharmacie %(count)s fois en 12 mois, le %(last)s",
        "Délivré en pharmacie %(count)s fois en 12 mois, la dernière le %(last)s",
    ),
    "last_given": _("Délivré en pharmacie pour la dernière fois le %(last)s"),
    "gap": _("Rien de délivré entre le %(after)s et le %(before)s"),
    "overlap": _("Délivré le %(first)s, puis de nouveau dès le %(second)s"),
    "overlaps": ngettext(
        "Délivré %(count)s fois en avance, le %(last)s",
        "Délivré %(count)s fois en avance, la dernière le %(last)s",
    ),
    "replaced_by": _("Remplacé par %(name)s"),
    "not_everything": _("Les remboursements ne montrent pas tout."),
}

BUNDLE: Final[Mapping[str, Template]] = {
    "document": _("Document du même soin, le %(on)s"),
    "prescription": _("Ordonnance du même soin, le %(on)s"),
    "dispensing": _("Délivré en pharmacie le %(on)s"),
    "dispensing_by": _("Délivré en pharmacie le %(on)s, prescrit par %(name)s"),
    "claim_line": _("Remboursement du même soin, le %(on)s"),
    "transport": _("Transport du même jour, le %(on)s"),
    "laboratory": _("Analyses du même soin, le %(on)s"),
    "imaging": _("Imagerie du même soin, le %(on)s"),
    "stay": _("Hospitalisation du même soin, à partir du %(on)s"),
    "synthesis": _("Ligne de la synthèse médicale qui s'appuie sur ces soins"),
    "same_category": ngettext(
        "%(count)s autre élément du même sujet sensible peut laisser deviner",
        "%(count)s autres éléments du même sujet sensible peuvent laisser deviner",
    ),
    "same_substance": ngettext(
        "%(name)s, délivré %(count)s autre fois, peut laisser deviner",
        "%(name)s, délivré %(count)s autres fois, peut laisser deviner",
    ),
}

DRAFTS: Final[Mapping[str, Template]] = {
    "problems": _("Pathologies en cours, antécédents, allergies, facteurs de risque"),
    "attention": _("Points de vigilance"),
    "treatments": _("Traitements au long cours"),
    "declared_illness": _(
        "Maladie prise en charge à 100 %% (ALD) depuis le %(since)s : %(code)s %(name)s"
    ),
    "document": _("%(title)s (document du %(on)s)"),
    "treatment": _("%(name)s"),
    "treatment_maybe_stopped": _("%(name)s, peut-être arrêté – à vérifier"),
    "evidence_illness": _("Déclaré à l'assurance maladie"),
    "evidence_document": _("Titre d'un document du dossier"),
    "evidence_treatment": ngettext(
        "%(name)s : délivré en pharmacie %(count)s fois en 12 mois, le %(last)s",
        "%(name)s : délivré en pharmacie %(count)s fois en 12 mois, la dernière le %(last)s",
    ),
    "from_claims": _("Issu des remboursements, non vérifié"),
}

# The national document of reimbursement data.
EMPTY_SECTION: Final = _("Aucune donnée de remboursement connue dans la période")
NOT_GIVEN: Final = _("Non communiqué")
NOTICE: Final = _(
    "Ces données viennent de l'assurance maladie et sont données pour information. "
    "Elles peuvent être incomplètes."
)
SECTIONS: Final[Mapping[str, str]] = {
    "use": _("Usage et responsabilités"),
    "medicines": _("Médicaments"),
    "vaccines": _("Vaccinations"),
    "devices": _("Dispositifs médicaux"),
    "stays": _("Hospitalisations"),
    "care": _("Soins médicaux et dentaires"),
    "radiology": _("Radiologie"),
    "laboratory": _("Biologie"),
}
COLUMNS: Final[Mapping[str, str]] = {
    "date": _("Date"),
    "delivered_on": _("Date de délivrance"),
    "stay_from": _("Début du séjour"),
    "stay_until": _("Fin du séjour"),
    "code": _("Code"),
    "label": _("Libellé"),
    "group": _("Groupe thérapeutique"),
    "components": _("Composants actifs"),
    "valence": _("Valence"),
    "nature": _("Nature du séjour"),
    "prescriber": _("Prescrit par"),
    "specialty": _("Spécialité"),
    "prescriber_place": _("Établissement du prescripteur"),
    "delivered_by": _("Délivré par"),
    "performer": _("Réalisé par"),
    "place": _("Établissement"),
    "quantity": _("Quantité"),
    "unpacked": _("Déconditionné"),
}

# A problem as it reads in a synthesis once the doctor has said yes.
PROBLEMS: Final[Mapping[str, str]] = {
    "diabetes": _("Diabète"),
    "type_2_diabetes": _("Diabète de type 2"),
    "hypothyroidism": _("Hypothyroïdie"),
    "hyperthyroidism": _("Hyperthyroïdie"),
    "glaucoma": _("Glaucome ou hypertonie de l'œil"),
    "asthma": _("Asthme"),
    "parkinson": _("Maladie de Parkinson"),
    "gout": _("Goutte"),
    "osteoporosis": _("Ostéoporose"),
    "bowel_inflammation": _("Maladie inflammatoire de l'intestin"),
}
# The same problem as a question to the doctor.
QUESTIONS: Final[Mapping[str, str]] = {
    "diabetes": _("Diabète ?"),
    "type_2_diabetes": _("Diabète de type 2 ?"),
    "hypothyroidism": _("Hypothyroïdie ?"),
    "hyperthyroidism": _("Hyperthyroïdie ?"),
    "glaucoma": _("Glaucome ou hypertonie de l'œil ?"),
    "asthma": _("Asthme ?"),
    "parkinson": _("Maladie de Parkinson ?"),
    "gout": _("Goutte ?"),
    "osteoporosis": _("Ostéoporose ?"),
    "bowel_inflammation": _("Maladie inflammatoire de l'intestin ?"),
}

TEMPLATES: Final[Mapping[str, Template]] = {
    **{f"event.{key}": template for key, template in EVENTS.items()},
    **{f"event.{key}": template for key, template in FOLLOWED_BY.items()},
    **{f"treatment.{key}": template for key, template in TREATMENTS.items()},
    **{f"bundle.{key}": template for key, template in BUNDLE.items()},
    **{f"draft.{key}": template for key, template in DRAFTS.items()},
    **{f"problem.{key}": template for key, template in PROBLEMS.items()},
    **{f"question.{key}": template for key, template in QUESTIONS.items()},
}


def say(
    said: Phrase,
    *,
    one: Callable[[str], str],
    many: Callable[[str, str, int], str],
    show: Callable[[Value], str],
) -> str:
    """Fill a sentence, with the caller's translation (`one`, `many`) and way to show a value.

    A phrase given as a value of another can't be: sentences are whole, so that they translate.
    """
    template = TEMPLATES[said.key]
    values = dict(said.values)
    if isinstance(template, Plural):
        text = many(template.one, template.many, int(str(values["count"])))
    else:
        text = one(template)
    return text % {name: show(value) for name, value in values.items()}
