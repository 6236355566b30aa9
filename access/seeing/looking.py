"""Looking at a record through somebody's eyes: whose, and the lens a request then carries.

Nobody is signed in by it: the pages are asked as that person, and show what the asker sees too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import naming, policy
from access.binding import now
from access.circle.knowing import live_periods_known_to
from access.elements import KINDS
from access.models import AuthorisationKind, MaskAudience
from access.policy import NotVisible
from access.seeing.asking import standings_as
from access.seeing.candidates import Candidate, candidates_for
from access.seeing.viewers import emergency_doctor
from access.viewer import Lens
from records import reference
from records.dossier.entrance import Dossier, door_of, enter


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer
    from records.models import Element


EMERGENCY = "emergency"
AT = "@"
"""Between whose eyes and where: somebody may see otherwise in each place they work in."""


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
    held = candidates_for(dossier)
    asked = standings_as(held, dossier.standing, {})
    people = [
        look
        for one, found in zip(held, asked, strict=True)
        for look in _looks(dossier, one, found)
    ]
    doctor = Look(
        EMERGENCY, _("Un médecin, en urgence"), _("quelqu'un que vous ne connaissez pas"), "siren"
    )
    return Looks(dossier, (*people, doctor))


def look_as(*, by: Viewer, record_id: uuid.UUID, key: str) -> Lens | None:
    """Return the lens of somebody's eyes; None where they have no way to the record any more.

    Who works in several places is looked as in one of them: the one the key says, else where they
    see most, so that nothing they can see is missed.
    """
    dossier = decider_of(by, record_id)
    if key == EMERGENCY:
        shown = emergency_doctor(dossier.standing)
        return Lens(record_id, key, _("un médecin en urgence"), dossier.standing, shown)
    whose, _at, where = key.partition(AT)
    one = next((each for each in candidates_for(dossier) if _key(each) == whose), None)
    if one is None:
        return None
    found = _standings(dossier, one)
    several = len(found) > 1
    if where:
        found = [standing for standing in found if _place(one, standing) == where]
    if not found:
        return None
    best = _where_they_see_most(dossier.standing, found)
    name = naming.the(one.name)
    if not several:
        return Lens(record_id, whose, name, dossier.standing, best)
    name = f"{name} ({_place_name(one, best)})"
    return Lens(record_id, whose, name, dossier.standing, best, _place(one, best))


def key_of(lens: Lens) -> str:
    """Return the key under which the same eyes are found again, in the same place."""
    return f"{lens.key}{AT}{lens.place}" if lens.place else lens.key


def _where_they_see_most(asker: Standing, found: Collection[Standing]) -> Standing:
    """Return what they are where they see most of what the asker sees.

    Where it is as much, where they began first.
    """
    if len(found) == 1:
        return next(iter(found))

    def much(standing: Standing) -> tuple[bool, int]:
        shown = sum(_seen_by_both(model, asker, standing).count() for model in KINDS.values())
        return bool(door_of(standing)), shown

    return max(found, key=much)


def _seen_by_both(model: type[Element], asker: Standing, theirs: Standing) -> QuerySet[Any]:
    own: Any = policy.visible(model, asker)
    shown: Any = policy.visible(model, theirs)
    return shown.filter(id__in=own.order_by().values("id"))  # type: ignore[no-any-return]  # above


def what_is_seen_first(lens: Lens) -> tuple[str, uuid.UUID] | None:
    """Return the kind and the key of something that person sees; None where they see nothing.

    Who was shown one element, or wrote it, has no first page of the record.
    """
    for kind, model in KINDS.items():
        first = _seen_by_both(model, lens.own, lens.shown).order_by("id").first()
        if first is not None:
            return kind, first.id
    return None


def _place(one: Candidate, standing: Standing) -> str:
    """Return what tells one of the places of a person from the others, or of a place its trades.

    Members of a structure differ by their profession alone.
    """
    practice = standing.viewer.practice
    if practice is None:
        return ""
    return practice.profession if one.kind == MaskAudience.STRUCTURE else str(practice.id)


def _place_name(one: Candidate, standing: Standing) -> str:
    practice = standing.viewer.practice
    if practice is None:
        return ""
    trade = reference.profession_label(practice.profession, naming.language())
    if one.kind == MaskAudience.STRUCTURE or not practice.structure_name:
        return trade or practice.profession
    return ", ".join(filter(None, (practice.structure_name, practice.unit)))


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


def _looks(dossier: Dossier, one: Candidate, found: Collection[Standing]) -> Iterable[Look]:
    """One line a person, or one for each place they work in where there are several.

    None for a place where nobody works: there are no eyes to look through.
    """
    if not found:
        return
    whole = _look(dossier, one)
    if len(found) <= 1:
        yield whole
        return
    for standing in found:
        yield Look(
            f"{whole.key}{AT}{_place(one, standing)}",
            f"{whole.name} ({_place_name(one, standing)})", whole.who, whole.icon,
        )  # fmt: skip


def _look(dossier: Dossier, one: Candidate) -> Look:
    words, icon = _("a accès"), "stethoscope"
    if one.kind == MaskAudience.STRUCTURE:
        words, icon = _("ceux qui y travaillent ont accès"), "store"
    elif one.kind == MaskAudience.DELEGATE:
        words, icon = naming.helps(you=dossier.by_holder), "hand-heart"
    elif one.kind == "representative":
        words = naming.represents(you=dossier.by_holder, guardian=one.is_guardian)
        icon = "users"
    elif one.treating_gp:
        words = _("votre médecin traitant") if dossier.by_holder else _("médecin traitant")
    elif not one.circle and one.shared:
        words = _("un élément lui a été montré")
    elif one.emergency or one.regulation:
        words = _("accès d'urgence ouvert en ce moment")
    return Look(_key(one), naming.sentence_start(one.name), words, icon)
