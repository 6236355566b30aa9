"""Somebody's national number changes, and their record stays theirs: noted by the fund's agent.

The agent copies two numbers and learns nothing: whether there is a record, under either, the
answer is the same. Must not know screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _

from access.binding import note, now, use_case
from access.circle.deciding import lock
from access.journal import SYSTEM, Action
from access.notices import tell_number
from access.policy import Refused
from access.viewer import Role
from records.identifiers import NIR_RANK, identifier_digest, ranked_number
from records.models import IdentifierStatus, RecordIdentifier
from records.odd_letters import has_odd_letters, odd_letters_said
from records.opening.checking import digest_of, hold, person_under, record_under
from records.opening.numbers import keep_number
from records.opening.opening import ask_filling
from records.traits import nir_contradicts_birth, nir_problem, sex_of


if TYPE_CHECKING:
    import datetime as dt

    from access.viewer import Viewer
    from records.models import Person, Record


LONGEST_NAMES: Final = 100  # characters
_RANKS: Final = range(1, 100)


@use_case
def change_number(
    *, by: Viewer, former: str, number: str, born_on: dt.date, given_names: str = ""
) -> None:
    """Give a person another national number: record, doors, masks and journal stay as they are.

    What the fund sends under either fills the record, and either leads to it. The number says the
    sex; ``given_names``, where they changed too, are those of birth from now on. Changed back, the
    number noted in between was a mistake and leads to nothing. Where two people or two records are
    under the two numbers nothing is written, nor for who isn't born that day: nobody becomes
    another's. Noted twice, it is noted once. Raises ``Refused`` for anybody but the fund's agent,
    and for numbers that can't be one person's.
    """
    given_names = " ".join(given_names.split())
    _check(by, former, number, born_on, given_names)
    hold([digest_of(former), digest_of(number)])
    person, record = person_under(former), record_under(former)
    if person is None or person.born_on != born_on or not _free(number, person, record):
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    before = (bytes(person.identifier_digest or b""), person.given_names)
    person.identifier_digest = digest_of(number)
    person.sex = sex_of(number)
    if given_names:
        person.given_names, person.first_given = given_names, given_names.split()[0]
    if before == (digest_of(number), person.given_names):
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    person.save(update_fields=["identifier_digest", "sex", "given_names", "first_given"])
    _renumber_those_on_the_card(former, number)
    note(Action.NUMBER_CHANGED, record.id if record else SYSTEM, by=by, door="counter")
    if record is not None:
        _renumber(record, number)
        tell_number(record.id)
        ask_filling(record)


def _check(by: Viewer, former: str, number: str, born_on: dt.date, given_names: str) -> None:
    if by.role is not Role.FUND_AGENT or not by.admitted:
        raise Refused(_("Seul un agent de la caisse note un changement de numéro."))
    if nir_problem(former) or nir_problem(number) or former == number:
        raise Refused(_("Écrivez l'ancien numéro et le nouveau : 15 caractères chacun."))
    if nir_contradicts_birth(number, born_on):
        raise Refused(_("Le nouveau numéro et cette date de naissance ne vont pas ensemble."))
    if has_odd_letters(given_names):
        raise Refused(odd_letters_said())
    if len(given_names) > LONGEST_NAMES or not given_names.isprintable():
        raise Refused(_("Écrivez les prénoms, en 100 caractères au plus."))


def _free(number: str, person: Person, record: Record | None) -> bool:
    """Tell whether nobody else is known by a number: a person, or a record of its own."""
    whose, theirs = person_under(number), record_under(number)
    return whose in {None, person} and theirs in {None, record}


def _renumber(record: Record, number: str) -> None:
    """Write the number of a record; a former one taken up again says the last was a mistake."""
    lock(record.id)
    rows = RecordIdentifier.objects.filter(
        record=record, system=settings.DMP_INS_SYSTEM, theirs=True
    )
    former = list(rows.filter(digest=digest_of(number)).values_list("id", flat=True))
    rows.filter(until=None).exclude(id__in=former).update(until=now(), theirs=not former)
    if not RecordIdentifier.objects.filter(id__in=former).update(until=None):
        keep_number(record, settings.DMP_INS_SYSTEM, number, IdentifierStatus.VALIDATED)


def _renumber_those_on_the_card(former: str, number: str) -> None:
    """Let children be found by their rank under the new number of who insures them too.

    A rank under a number they were found by before says that the one in between was a mistake.
    """
    ranks = {identifier_digest(NIR_RANK, ranked_number(former, rank)): rank for rank in _RANKS}
    known = RecordIdentifier.objects.filter(system=NIR_RANK, theirs=True)
    rows = known.filter(digest__in=list(ranks)).select_related("record")
    for row in rows.order_by("record_id", "id"):
        value = ranked_number(number, ranks[bytes(row.digest)])
        same = known.filter(record=row.record, digest=identifier_digest(NIR_RANK, value)).first()
        if same is None:
            keep_number(row.record, NIR_RANK, value, row.status)
        elif same.since < row.since:
            row.until, row.theirs = now(), False
            row.save(update_fields=["until", "theirs"])
        ask_filling(row.record)
