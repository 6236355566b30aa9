"""Somebody's national number changes, and their record stays theirs: noted by the fund's agent.

The agent copies two numbers and learns nothing: whether there is a record, under either, the
answer is the same. Must not know screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from access.binding import note, now, use_case
from access.circle.deciding import lock
from access.journal import SYSTEM, Action
from access.notices import tell_number
from access.policy import Refused
from access.viewer import Role
from records.identifiers import NIR_RANK, identifier_digest, ranked_number
from records.models import IdentifierStatus, Person, RecordIdentifier, RecordStatus
from records.odd_letters import has_odd_letters, odd_letters_said
from records.opening.checking import digest_of, hold, person_under, record_under
from records.opening.numbers import keep_number, read_number
from records.opening.opening import ask_filling
from records.traits import nir_contradicts_birth, nir_problem, sex_of
from records.turns import EPISODES, take_turn


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from access.viewer import Viewer
    from records.models import Record


LONGEST_NAMES: Final = 100  # characters
_RANKS: Final = range(1, 100)


@use_case
def change_number(
    *, by: Viewer, former: str, number: str, born_on: dt.date, given_names: str = ""
) -> None:
    """Give a person another national number: record, doors, masks and journal stay as they are.

    What the fund sends under either fills the record, and either leads to it. The number says the
    sex; ``given_names``, where they changed too, are those of birth from now on. Changed back, all
    that was noted since was a mistake and leads to nothing. Where two people or two records are
    under the two numbers nothing is written, nor for who isn't born that day: nobody becomes
    another's. Noted twice, it is noted once. Raises ``Refused`` for anybody but the fund's agent,
    and for numbers that can't be one person's.
    """
    given_names = " ".join(given_names.split())
    _check(by, former, number, born_on, given_names)
    ranked = [identifier_digest(NIR_RANK, ranked_number(number, rank)) for rank in _RANKS]
    hold([digest_of(former), digest_of(number), *ranked])
    person = _held(former)
    record = record_under(former)
    if person is None or person.born_on != born_on or not _free(number, person, record):
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    had = bytes(person.identifier_digest or digest_of(former))
    names = given_names or person.given_names
    if (had, person.given_names) == (digest_of(number), names):
        # Who was read from an old card since follows all the same.
        _note_again(former, number, record)
        note(Action.EXISTENCE_ASKED, SYSTEM, by=by, door="counter")
        return
    mistaken = _write_person(person, had, number, names)
    others = {former, *(_renumber(record, former, number, mistaken) if record else ())}
    _renumber_those_on_the_card(others, number, mistaken)
    note(Action.NUMBER_CHANGED, record.id if record else SYSTEM, by=by, door="counter")
    if record is not None:
        tell_number(record.id)
        _fill(record)


def _held(former: str) -> Person | None:
    """Return whose number it is, held: somebody may be noting another, under one of theirs."""
    found = person_under(former)
    if found is not None:
        Person.objects.select_for_update(no_key=True).get(id=found.id)
        found = person_under(former)
    return found


def _note_again(former: str, number: str, record: Record | None) -> None:
    if record is not None:
        read_number(record, number)
    _renumber_those_on_the_card({former}, number, mistaken=())


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


def _write_person(person: Person, had: bytes, number: str, names: str) -> list[bytes]:
    """Write who somebody is under a number, and return which they had that never were theirs.

    A former one taken up again says that all noted since was a mistake, whichever was the last.
    """
    numbers = [*(bytes(one) for one in person.former_digests or ()), had]
    now_theirs = digest_of(number)
    place = numbers.index(now_theirs) if now_theirs in numbers else len(numbers)
    person.identifier_digest, person.former_digests = now_theirs, numbers[:place]
    person.sex = sex_of(number)
    if names != person.given_names:
        person.given_names, person.first_given = names, names.split(maxsplit=1)[0]
    person.save(
        update_fields=[
            "identifier_digest", "former_digests", "sex", "given_names", "first_given",
        ]
    )  # fmt: skip
    return numbers[place + 1 :]


def _renumber(record: Record, former: str, number: str, mistaken: Collection[bytes]) -> list[str]:
    """Write the number of a record, and return those it had until now."""
    # A filling under way has read what is sent under the numbers it knew.
    take_turn(record.id, EPISODES)
    lock(record.id)
    # Known by its hash alone until now: that it changed is told by letter under it.
    read_number(record, former)
    rows = RecordIdentifier.objects.filter(
        record=record, system=settings.DMP_INS_SYSTEM, theirs=True
    )
    others = list(rows.exclude(digest=digest_of(number)).order_by("since", "id"))
    rows.filter(id__in=[one.id for one in others], until=None).update(until=now())
    rows.filter(digest__in=mistaken).update(theirs=False)
    if not rows.filter(digest=digest_of(number)).update(until=None):
        keep_number(record, settings.DMP_INS_SYSTEM, number, IdentifierStatus.VALIDATED)
    read_number(record, number)
    return [value for one in others if (value := one.value())]


def _renumber_those_on_the_card(
    formers: Iterable[str], number: str, mistaken: Collection[bytes]
) -> None:
    """Let children be found by their rank under the new number of who insures them too.

    No longer under a number noted by mistake: whoever is on the card of whose it really is stays
    theirs. Where another child born that day has the rank already, nobody could tell whose care it
    is.
    """
    ranks = {
        identifier_digest(NIR_RANK, ranked_number(former, rank)): (
            rank, digest_of(former) in mistaken,
        )
        for former in formers
        for rank in _RANKS
    }  # fmt: skip
    known = RecordIdentifier.objects.filter(system=NIR_RANK, theirs=True)
    right = [digest for digest, (_rank, wrong) in ranks.items() if not wrong]
    right += [identifier_digest(NIR_RANK, ranked_number(number, rank)) for rank in _RANKS]
    family = set(known.filter(digest__in=right).values_list("record_id", flat=True))
    rows = known.filter(digest__in=list(ranks), record__in=family)
    for row in rows.select_related("record__holder").order_by("record_id", "id"):
        rank, wrong = ranks[bytes(row.digest)]
        value = ranked_number(number, rank)
        held = known.filter(digest=identifier_digest(NIR_RANK, value))
        born_that_day = Q(record__holder__born_on=row.record.holder.born_on)
        if wrong:
            row.until, row.theirs = now(), False
            row.save(update_fields=["until", "theirs"])
        elif held.filter(Q(record=row.record) | born_that_day).exists():
            continue
        else:
            keep_number(row.record, NIR_RANK, value, row.status)
        _fill(row.record)


def _fill(record: Record) -> None:
    """Have a record filled; one that is closed is, once it is opened again."""
    if record.status == RecordStatus.OPEN:
        take_turn(record.id, EPISODES)
        ask_filling(record)
