"""Looking at a record through somebody's eyes: whose, and the lens a request then carries.

Nobody is signed in by it: the pages are asked as that person, and show what the asker sees too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming
from access.binding import Lens, now
from access.circle.knowing import live_periods_known_to
from access.models import AuthorisationKind, MaskAudience
from access.policy import NotVisible
from access.seeing.asking import standings_as
from access.seeing.candidates import Candidate, candidates_for
from access.seeing.viewers import emergency_doctor
from records.dossier.entrance import Dossier, door_of, enter


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer


EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody whose eyes one may look through, as a page names them."""

    key: str
    name: str
    who: str
    icon: str


@dataclass(frozen=True, slots=True)
class Looks:
    """Everybody a decider may look as, on one record."""

    dossier: Dossier
    people: tuple[Look, ...]


def whom_to_look_as(*, by: Viewer, record_id: uuid.UUID) -> Looks:
    """Return those who have a way to the record, then a doctor in an emergency.

    For the holder and their representative. Raises ``NotVisible`` for anybody else.
    """
    dossier = decider_of(by, record_id)
    people = [_look(dossier, one) for one in candidates_for(dossier)]
    doctor = Look(
        EMERGENCY, _("Un médecin, en urgence"), _("quelqu'un que vous ne connaissez pas"), "siren"
    )
    return Looks(dossier, (*people, doctor))


def look_as(*, by: Viewer, record_id: uuid.UUID, key: str) -> Lens | None:
    """Return the lens of somebody's eyes; None where they have no way to the record any more."""
    dossier = decider_of(by, record_id)
    if key == EMERGENCY:
        shown = emergency_doctor(dossier.standing)
        return Lens(record_id, key, _("un médecin, en urgence"), dossier.standing, shown)
    one = next((each for each in candidates_for(dossier) if _key(each) == key), None)
    if one is None:
        return None
    found = _standings(dossier, one)
    if not found:
        return None
    # The most favourable of the places they work in, as the gate itself has it.
    best = max(found, key=lambda standing: (bool(door_of(standing)), standing.treating_gp))
    return Lens(record_id, key, naming.the(one.name), dossier.standing, best)


def decider_of(by: Viewer, record_id: uuid.UUID) -> Dossier:
    """Return the record of a decider. Raises ``NotVisible`` for anybody else."""
    dossier = enter(by=by, record_id=record_id)
    if not dossier.may_decide:
        raise NotVisible
    return dossier


def _standings(dossier: Dossier, one: Candidate) -> list[Standing]:
    shared: tuple[uuid.UUID, ...] = ()
    if one.kind == MaskAudience.PROFESSIONAL:
        shares = live_periods_known_to(dossier.standing).filter(
            professional_id=one.id, kind=AuthorisationKind.SHARE, confirmed_at__lte=now()
        )
        keys = shares.order_by("id").values_list("element_id", flat=True)
        shared = tuple(key for key in keys if key is not None)
    [found] = standings_as([one], dossier.standing, {one.id: shared})
    return found


def _key(one: Candidate) -> str:
    return f"{one.kind}:{one.id}"


def _look(dossier: Dossier, one: Candidate) -> Look:
    words, icon = _("a accès"), "stethoscope"
    if one.kind == MaskAudience.STRUCTURE:
        words, icon = _("ceux qui y travaillent ont accès"), "store"
    elif one.kind == MaskAudience.DELEGATE:
        words, icon = _("aidant"), "hand-heart"
    elif one.kind == "representative":
        words, icon = _("tuteur") if one.is_guardian else _("représentant légal"), "users"
    elif one.treating_gp:
        words = _("votre médecin traitant") if dossier.by_holder else _("médecin traitant")
    elif not one.circle and one.shared:
        words = _("un élément lui a été montré")
    elif one.emergency or one.regulation:
        words = _("accès d'urgence ouvert en ce moment")
    return Look(_key(one), naming.sentence_start(one.name), words, icon)
