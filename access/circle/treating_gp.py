"""The treating GP: declared, confirmed, ended; zero or one live at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from access import naming
from access.binding import now, use_case
from access.circle import directory
from access.circle.blocks import refuse_if_blocked
from access.circle.deciding import Decider, decide, lock, note_period
from access.circle.knowing import periods_to_end, unknown_to
from access.circle.periods import close_periods, confirm_period, open_period
from access.doors import COUNTER
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, GivenGround, Professional
from access.models.periods import live
from access.notices import tell_new_door
from access.policy import NotVisible, Refused, standing_on
from records.models import RecordStatus


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.circle.directory import FoundProfessional
    from access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration did: whom it names, and whether the holder has still to confirm it."""

    authorisation_id: uuid.UUID
    professional_id: uuid.UUID
    waiting: bool


def declarations(record_id: uuid.UUID) -> QuerySet[Authorisation]:
    """Return the declarations in force on a record, confirmed or not."""
    return Authorisation.objects.filter(
        live(now()), record_id=record_id, kind=AuthorisationKind.TREATING_GP
    )


def live_treating_gp(record_id: uuid.UUID) -> Authorisation | None:
    """Return the period of the treating GP, declared and confirmed; None where there is none."""
    confirmed = declarations(record_id).filter(confirmed_at__lte=now())
    return confirmed.select_related("professional").first()


def no_longer_practises(doctor: Professional) -> bool:
    """Tell whether their registration has ended."""
    ended = doctor.registration_ended_at
    return ended is not None and ended <= now()


def doctor_of(professional_id: uuid.UUID) -> Professional:
    """Return somebody who can be a treating GP. Raises ``Refused`` for whoever can't."""
    found = directory.professional(professional_id)
    if no_longer_practises(found):
        raise Refused(
            _("%(name)s n'exerce plus. Choisissez un autre médecin.")
            % {"name": naming.sentence_start(found.display_name)}
        )
    if found.profession != directory.DOCTOR:
        raise Refused(_("Seul un médecin peut être médecin traitant."))
    return found


def read_doctor(*, by: Viewer, professional_id: uuid.UUID) -> FoundProfessional:
    """Return a doctor of the directory about to be declared. Raises ``Refused`` for who can't."""
    if not by.admitted:
        raise NotVisible
    [found] = directory.describe([doctor_of(professional_id)])
    return found


@use_case
def declare_treating_gp(
    *, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID
) -> Declared:
    """Declare the treating GP; the former, if any, stops being it once the new one takes effect.

    By the holder, from 16: at once. By a representative: once the holder confirms; before 16 the
    representative decides alone **[decision]**, or nobody could. Declaring the same again changes
    nothing. Raises ``Refused`` for a professional who is no doctor or is blocked.
    """
    decider = decide(by=by, record_id=record_id)
    doctor = doctor_of(professional_id)
    refuse_if_blocked(decider, doctor)
    if decider.by_representative and decider.old_enough:
        return _wait(by, decider, doctor)
    if decider.too_young:
        raise Refused(_("Avant 16 ans, c'est un parent qui déclare le médecin traitant."))
    current = live_treating_gp(record_id)
    if current is not None and current.professional_id == doctor.id:
        return Declared(current.id, doctor.id, waiting=False)
    _end_waiting(by, record_id)
    _end_former(by, decider)
    period = open_period(
        by=by, record_id=record_id, kind=AuthorisationKind.TREATING_GP, professional_id=doctor.id
    )
    note_period(Action.GP_DECLARED, period, by=by, door=decider.dossier.door, secret=False)
    tell_new_door(period, family=True)
    return Declared(period.id, doctor.id, waiting=False)


def _wait(by: Viewer, decider: Decider, doctor: Professional) -> Declared:
    record_id = decider.dossier.record_id
    current = live_treating_gp(record_id)
    if current is not None and current.professional_id == doctor.id:
        return Declared(current.id, doctor.id, waiting=False)
    return _waiting(by, record_id, doctor, GivenGround.HOLDER, decider.dossier.door)


def _waiting(
    by: Viewer, record_id: uuid.UUID, doctor: Professional, ground: GivenGround, door: str
) -> Declared:
    waiting = declarations(record_id).filter(confirmed_at=None)
    same = waiting.filter(professional_id=doctor.id).first()
    if same is not None:
        return Declared(same.id, doctor.id, waiting=True)
    _end_waiting(by, record_id)
    period = open_period(
        by=by,
        record_id=record_id,
        kind=AuthorisationKind.TREATING_GP,
        professional_id=doctor.id,
        ground=ground,
        confirmed=False,
    )
    note_period(Action.GP_DECLARED, period, by=by, door=door, secret=False)
    tell_new_door(period, family=True)
    return Declared(period.id, doctor.id, waiting=True)


@use_case
def declare_at_counter(
    *, by: Viewer, record_id: uuid.UUID, professional_id: uuid.UUID, door: str = "counter"
) -> None:
    """Write what the person said where they are: it waits for them, by their own channel.

    For the use case that knows them, once presence and identity are established; no page leads
    here by a record's key alone. Returns nothing, and nothing is written where there is nothing
    to declare: no record, one that isn't open, a doctor who is the treating GP already. Whom the
    holder blocked waits like anybody: the holder alone is told, before they confirm.
    """
    if not by.admitted or by.role not in COUNTER:
        raise NotVisible
    doctor = doctor_of(professional_id)
    record = lock(record_id)
    if record is None or record.status != RecordStatus.OPEN or record.died_on is not None:
        return
    if doctor.id == by.professional_id and not _may_be_chosen(record_id):
        return
    current = live_treating_gp(record_id)
    if current is None or current.professional_id != doctor.id:
        _waiting(by, record_id, doctor, GivenGround.PRESENCE, door)


def _may_be_chosen(record_id: uuid.UUID) -> bool:
    """Whether a doctor may name themself; a parent suspended by a court isn't told that they are.

    On their own record, and that of who they represent, a doctor has no professional door.
    """
    standing = standing_on(record_id)
    if standing.is_holder or standing.is_representative:
        raise Refused(_("Ce dossier est le vôtre, ou celui de quelqu'un que vous représentez."))
    return standing.representation != "suspended"


@use_case
def confirm_treating_gp(
    *, by: Viewer, record_id: uuid.UUID, authorisation_id: uuid.UUID
) -> Declared:
    """Make a waiting declaration take effect, by the holder's own channel.

    From 16 the minor confirms; for a younger child a representative does. Confirmed twice, it is
    confirmed once.
    """
    decider = decide(by=by, record_id=record_id)
    period = declarations(record_id).filter(id=authorisation_id).first()
    if period is None or period.professional_id is None:
        raise NotVisible
    if decider.by_representative and decider.old_enough:
        raise Refused(
            _("C'est à %(name)s de confirmer, depuis son propre compte.")
            % {"name": decider.dossier.first_name}
        )
    if decider.too_young:
        raise Refused(_("Avant 16 ans, c'est un parent qui confirme le médecin traitant."))
    if period.confirmed_at is None:
        refuse_if_blocked(decider, doctor_of(period.professional_id))
        _end_former(by, decider)
        confirm_period(period, by=by)
        note_period(Action.GP_CONFIRMED, period, by=by, door=decider.dossier.door, secret=False)
    return Declared(period.id, period.professional_id, waiting=False)


@use_case
def end_treating_gp(*, by: Viewer, record_id: uuid.UUID) -> None:
    """Take the treating GP's right away. It leaves no door behind; ended twice, it ended once."""
    decider = decide(by=by, record_id=record_id)
    _end_former(by, decider, removed_by_holder=True)


def _end_waiting(by: Viewer, record_id: uuid.UUID) -> None:
    """A new declaration takes the place of one that nobody confirmed: it never was a door."""
    waiting = declarations(record_id).filter(confirmed_at=None)
    close_periods(waiting, by=by, removed_by_holder=False)


def _end_former(by: Viewer, decider: Decider, *, removed_by_holder: bool = False) -> None:
    """End the treating GP in place and the doors they hold in person: the right leaves none."""
    record_id = decider.dossier.record_id
    former = live_treating_gp(record_id)
    if former is None:
        return
    doors = periods_to_end(decider.dossier.standing).filter(
        Q(id=former.id) | Q(kind=AuthorisationKind.CIRCLE, professional_id=former.professional_id)
    )
    doors = doors.order_by("kind", "id")
    unknown = unknown_to(decider.dossier.standing)
    for period in close_periods(doors, by=by, removed_by_holder=removed_by_holder):
        action = (
            Action.GP_ENDED
            if period.kind == AuthorisationKind.TREATING_GP
            else Action.CIRCLE_ENDED
        )
        note_period(action, period, by=by, door=decider.dossier.door, secret=period.id in unknown)
