"""What the journal can say: the acts, and one act on its way to be written. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


class Action(TextChoices):
    """Everything the journal can say, alphabetical."""

    ACCOUNT_MADE = "account_made", _("compte créé")
    ACTIVATED = "activated", _("compte activé")
    ARCHIVE_TAKEN = "archive_taken", _("dossier emporté")
    ASKED_TO_SEE = "asked_to_see", _("question posée au patient")
    BLOCKED = "blocked", _("professionnel bloqué")
    CASE_ANSWERED = "case_answered", _("réponse à un signalement")
    CASE_OPENED = "case_opened", _("visite signalée")
    CASE_WITHDRAWN = "case_withdrawn", _("signalement retiré")
    CAME_OF_AGE = "came_of_age", _("majorité : accès relus")
    CIRCLE_ASKED = "circle_asked", _("accès demandé")
    CIRCLE_ENDED = "circle_ended", _("accès retiré")
    CIRCLE_GIVEN = "circle_given", _("accès donné")
    CLOSED = "closed", _("dossier fermé")
    CODE_RENEWED = "code_renewed", _("code d'activation réimprimé")
    CONSENT_ENDED = "consent_ended", _("accord repris")
    CONSENT_RECORDED = "consent_recorded", _("accord noté")
    DELEGATE_CHANGED = "delegate_changed", _("droits d'un aidant changés")
    DELEGATE_ENDED = "delegate_ended", _("aidant retiré")
    DELEGATE_INVITED = "delegate_invited", _("aidant invité")
    DELEGATE_NAMED = "delegate_named", _("aidant désigné")
    DEPOSITED = "deposited", _("document déposé")
    DESTROYED = "destroyed", _("dossier détruit")
    DOWNLOADED = "downloaded", _("document téléchargé")
    ELEMENT_READ = "element_read", _("élément lu")
    EMERGENCY_CHOICES = "emergency_choices", _("choix d'urgence")
    EMERGENCY_ENDED = "emergency_ended", _("accès d'urgence fermé")
    EMERGENCY_OPENED = "emergency_opened", _("accès d'urgence ouvert")
    EMERGENCY_REFUSED = "emergency_refused", _("accès d'urgence refusé")
    EMERGENCY_SEEN = "emergency_seen", _("accès d'urgence regardé")
    ENTRY_WITHDRAWN = "entry_withdrawn", _("information retirée")
    ENTRY_WRITTEN = "entry_written", _("information saisie")
    ERASURE_ASKED = "erasure_asked", _("effacement demandé")
    ERASURE_TAKEN_BACK = "erasure_taken_back", _("demande d'effacement annulée")
    EXISTENCE_ASKED = "existence_asked", _("existence du dossier vérifiée")
    FILLED = "filled", _("remboursements ajoutés")
    GP_CONFIRMED = "gp_confirmed", _("médecin traitant confirmé")
    GP_DECLARED = "gp_declared", _("médecin traitant déclaré")
    GP_ENDED = "gp_ended", _("médecin traitant retiré")
    JOURNAL_READ = "journal_read", _("historique lu")
    LIST_READ = "list_read", _("liste lue")
    LOAD_STARTED = "load_started", _("fichier déposé")
    LOAD_DONE = "load_done", _("fichier chargé")
    MASKED = "masked", _("élément masqué")
    NUMBER_CHANGED = "number_changed", _("numéro de sécurité sociale changé")
    OPENED = "opened", _("dossier ouvert")
    PREVIEWED = "previewed", _("aperçu affiché")
    QUESTION_CLOSED = "question_closed", _("question du soignant close")
    RELEASED = "released", _("document rendu visible")
    REOPENED = "reopened", _("dossier rouvert")
    REPRESENTATION_RESTORED = "repr_restored", _("représentant rétabli")
    REPRESENTATION_SUSPENDED = "repr_suspended", _("représentant suspendu")
    REPLACED = "replaced", _("document remplacé")
    SEEN_AS = "seen_as", _("vu comme un autre")
    SHARED = "shared", _("élément partagé")
    SHARE_ENDED = "share_ended", _("partage retiré")
    SYNTHESIS_ASKED = "synthesis_asked", _("synthèse demandée")
    SYNTHESIS_DRAFTED = "synthesis_drafted", _("brouillon de synthèse ouvert")
    SYNTHESIS_READ = "synthesis_read", _("synthèse lue")
    SYNTHESIS_SIGNED = "synthesis_signed", _("synthèse signée")
    SYNTHESIS_UNDONE = "synthesis_undone", _("synthèse défaite")
    UNBLOCKED = "unblocked", _("professionnel débloqué")
    UNMASKED = "unmasked", _("masque levé")
    WITHDRAWN = "withdrawn", _("document retiré")


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be written: who, on which record, what, by which door, why."""

    record_id: uuid.UUID
    action: Action
    by: Viewer
    door: str = ""
    reason: str = ""
    element_kind: str = ""
    element_id: uuid.UUID | None = None
    shown: int | None = None
    rests_on_secret: bool = False
    on_behalf_of: uuid.UUID | None = None
    title_sealed: bytes | None = None
