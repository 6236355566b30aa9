"""Lines of the store as lines of a record: who, what they pay for, what is sensitive, episodes.

Pure but for the reference: reads no table.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from imports.filling.record_line import RecordLine, Rest, State
from records import reference
from records.care.lines import MEDICINE, TRANSPORT, VACCINE, VACCINES, CareLine
from records.dossier.facts import ILLNESS_SECTION
from records.identifiers import professional_key
from records.reference import tables
from records.reference.sensitive import GENETICS, PSYCHIATRY, STAY, VISIT
from records.uuid5 import uuid5


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from imports.filling.netting import StoreLine
    from imports.filling.store import Illness
    from records.care.episodes import Membership

CLAIMS_TYPE: Final = "REMB"
ILLNESS_TYPE: Final = "PROT_ALD"
ILLNESS_CODES: Final = "CIM10"
# Of the care a transport may go with, what tells the most about it comes first.
_TELLING: Final = (PSYCHIATRY, GENETICS, STAY)


def line_id(record_id: uuid.UUID, scheme: str, key: str) -> uuid.UUID:
    """Return the identifier of a line in a record: the same whenever it is filled again."""
    return uuid5(record_id, f"line\x1f{scheme}\x1f{key}")


@lru_cache(maxsize=10_000)
def person_of(rpps: str) -> uuid.UUID | None:
    """Return the key of the professional of a number; None where there is no number."""
    return professional_key(rpps) if rpps else None


def care_lines(
    record_id: uuid.UUID,
    lines: Iterable[StoreLine],
    episodes: Mapping[uuid.UUID, tuple[uuid.UUID, ...]],
) -> list[CareLine]:
    """Return lines as the rules of care read them, with the episodes they already have."""
    found = []
    for line in lines:
        key = line_id(record_id, line.scheme, line.line_id)
        atc = reference.class_of_medicine(line.code_system, line.code, line.atc)
        vaccine = line.section == MEDICINE and atc.startswith(VACCINES)  # by its box
        categories = _categories(
            line.code_system,
            line.code,
            line.atc,
            line.prescriber_specialty,
            line.performer_specialty,
        )
        # By place: names cost as much as all the rest, for each of two thousand lines.
        found.append(
            CareLine(
                key, VACCINE if vaccine else line.section, line.care_start, line.care_end,
                line.code_system, line.code, line.label,
                1 if line.quantity is None else line.quantity, line.unpacked, atc,
                line.prescribed_on, line.prescription_ref,
                person_of(line.prescriber_rpps), line.prescriber_name,
                line.prescriber_specialty, line.prescriber_finess,
                line.performer_kind, person_of(line.performer_rpps), line.performer_name,
                line.performer_specialty, line.performer_finess,
                line.paid_cents, line.base_cents, line.reimbursed_cents, line.rate_pct,
                episodes.get(key, ()), categories,
            )
        )  # fmt: skip
    return found


# Asked for each line of a set, of which few differ.
@tables.remembered
def _categories(code_system: str, code: str, atc: str, *specialties: str) -> int:
    return reference.sensitive_categories(
        code_system=code_system, code=code, atc=atc, specialty=specialties
    )


def record_lines(
    lines: Sequence[StoreLine],
    cares: Sequence[CareLine],
    memberships: Mapping[uuid.UUID, Membership],
) -> list[RecordLine]:
    """Return the lines of a record; `cares` are the same lines in the same order."""
    carried = {
        transport.id: _carried(transport, goes_with)
        for transport, goes_with in _companions(cares, memberships)
    }
    found = []
    for line, care in zip(lines, cares, strict=True):
        own = care.section != TRANSPORT
        pays_for, categories = (_pays_for(care), care.categories) if own else carried[care.id]
        found.append(_record_line(line, care, pays_for, categories, memberships[care.id].episodes))
    return found


def _carried(transport: CareLine, goes_with: Iterable[CareLine]) -> tuple[str, int]:
    """Return what a transport pays for and its categories, by the care it goes with."""
    categories = transport.categories
    types = []
    for companion in goes_with:
        categories |= companion.categories
        types.append(_pays_for(companion))
    first = next((each for each in _TELLING if each in types), "")
    return _pays_for(transport, first or (types[0] if types else VISIT)), categories


def _pays_for(care: CareLine, goes_with: str = "") -> str:
    code = (care.code_system, care.code, care.atc)
    specialties = (care.prescriber_specialty, care.performer_specialty)
    return _care_type(care.section, code, specialties, goes_with, care.categories)


# As above.
@tables.remembered
def _care_type(
    section: str,
    code: tuple[str, str, str],
    specialties: tuple[str, str],
    goes_with: str,
    categories: int,
) -> str:
    return reference.care_type(
        section=section, code_system=code[0], code=code[1], atc=code[2], specialty=specialties,
        goes_with=goes_with, categories=categories,
    )  # fmt: skip


def _companions(
    cares: Sequence[CareLine], memberships: Mapping[uuid.UUID, Membership]
) -> Iterable[tuple[CareLine, list[CareLine]]]:
    """Each transport with the care of its episodes that took place on its day.

    A taxi to a clinic tells as much as the visit: it pays for the same care, and is as sensitive.
    """
    transports = [care for care in cares if care.section == TRANSPORT]
    if not transports:
        return
    by_episode: dict[uuid.UUID, list[CareLine]] = {}
    for care in cares:
        if care.section != TRANSPORT:
            for episode in memberships[care.id].episodes:
                by_episode.setdefault(episode, []).append(care)
    for transport in transports:
        near = {
            care.id: care
            for episode in memberships[transport.id].episodes
            for care in by_episode.get(episode, ())
            if care.care_start <= transport.care_start <= max(care.care_start, care.care_end)
        }
        yield transport, sorted(near.values(), key=lambda care: (care.care_start, care.id.int))


def _record_line(
    line: StoreLine,
    care: CareLine,
    pays_for: str,
    categories: int,
    episodes: tuple[uuid.UUID, ...],
) -> RecordLine:
    # By place: names cost as much as all the rest, for each of two thousand lines.
    state = State(
        line.digest, line.flow_date, care.quantity, line.paid_cents, line.base_cents,
        line.reimbursed_cents, care.atc, pays_for, categories, episodes,
    )  # fmt: skip
    return RecordLine(care.id, state, partial(_rest, line, care))


def _rest(line: StoreLine, care: CareLine) -> Rest:
    return Rest(
        care.section, line.care_start, line.care_end, line.code_system, line.code, line.label,
        line.line_id, line.scheme, line.unpacked, care.performer_key, care.prescriber_key,
        line.prescribed_on, line.prescription_ref,
        line.prescriber_name, line.prescriber_specialty, line.prescriber_finess,
        line.performer_kind, line.performer_name, line.performer_specialty, line.performer_finess,
        line.rate_pct,
    )  # fmt: skip


def illness_line(record_id: uuid.UUID, illness: Illness) -> RecordLine:
    """Return a long-term illness as a line of its own section, in an episode of its own."""
    key = f"{illness.icd10}|{illness.since}"
    until = illness.until or illness.since
    categories = reference.sensitive_categories(code_system=ILLNESS_CODES, code=illness.icd10)
    pays_for = ILLNESS_TYPE
    if categories & reference.Category.MENTAL_HEALTH:
        pays_for = PSYCHIATRY
    elif categories & reference.Category.GENETICS:
        pays_for = GENETICS
    state = State(
        digest=hashlib.sha256(f"{illness.label}|{illness.until}".encode()).digest(),
        flow_date=illness.flow_date,
        quantity=1,
        paid_cents=None,
        base_cents=None,
        reimbursed_cents=None,
        atc="",
        pays_for=pays_for,
        categories=categories,
        episodes=(uuid5(record_id, f"illness\x1f{illness.icd10}"),),
    )
    rest = Rest(
        section=ILLNESS_SECTION,
        occurred_on=illness.since,
        care_end=until,
        code_system=ILLNESS_CODES,
        code=illness.icd10,
        label=illness.label,
        line_key=key,
    )
    return RecordLine(line_id(record_id, ILLNESS_SECTION, key), state, lambda: rest)
