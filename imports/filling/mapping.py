"""Lines of the store as lines of a record: who, what they pay for, what is sensitive, episodes.

Pure but for the reference: reads no table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from records import reference
from records.care.lines import MEDICINE, TRANSPORT, VACCINE, VACCINES, CareLine
from records.dossier.facts import ILLNESS_SECTION
from records.identifiers import professional_key
from records.reference import tables
from records.reference.sensitive import GENETICS, PSYCHIATRY, STAY, VISIT
from records.uuid5 import uuid5


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from imports.filling.netting import StoreLine
    from imports.filling.store import Illness

CLAIMS_TYPE: Final = "REMB"
ILLNESS_TYPE: Final = "PROT_ALD"
ILLNESS_CODES: Final = "CIM10"
# Of the care a transport may go with, what tells the most about it comes first.
_TELLING: Final = (PSYCHIATRY, GENETICS, STAY)


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line as the record will hold it: what can change of it, and the rest as it is written.

    The rest is made for a line that is written only: most fillings write few.
    """

    id: uuid.UUID
    digest: bytes
    flow_date: dt.date
    quantity: int
    paid_cents: int | None
    base_cents: int | None
    reimbursed_cents: int | None
    atc: str
    pays_for: str
    categories: int
    episodes: tuple[uuid.UUID, ...]
    rest: Callable[[], dict[str, Any]]

    @property
    def state(self) -> tuple[object, ...]:
        """What is compared with the line as the record holds it now."""
        return (
            self.digest,
            self.flow_date,
            self.quantity,
            self.paid_cents,
            self.base_cents,
            self.reimbursed_cents,
            self.atc,
            self.pays_for,
            self.categories,
            self.episodes,
        )


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
        found.append(
            CareLine(
                id=key,
                section=VACCINE if vaccine else line.section,
                care_start=line.care_start,
                care_end=line.care_end,
                code_system=line.code_system,
                code=line.code,
                label=line.label,
                quantity=1 if line.quantity is None else line.quantity,
                unpacked=line.unpacked,
                atc=atc,
                prescribed_on=line.prescribed_on,
                prescription_ref=line.prescription_ref,
                prescriber_key=person_of(line.prescriber_rpps),
                prescriber_name=line.prescriber_name,
                prescriber_specialty=line.prescriber_specialty,
                prescriber_finess=line.prescriber_finess,
                performer_kind=line.performer_kind,
                performer_key=person_of(line.performer_rpps),
                performer_name=line.performer_name,
                performer_specialty=line.performer_specialty,
                performer_finess=line.performer_finess,
                paid_cents=line.paid_cents,
                base_cents=line.base_cents,
                reimbursed_cents=line.reimbursed_cents,
                rate_pct=line.rate_pct,
                episodes=episodes.get(key, ()),
                categories=_categories(
                    line.code_system,
                    line.code,
                    line.atc,
                    line.prescriber_specialty,
                    line.performer_specialty,
                ),
            )
        )
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
    episodes: Mapping[uuid.UUID, tuple[uuid.UUID, ...]],
) -> list[RecordLine]:
    """Return the lines of a record; `cares` are the same lines in the same order."""
    carried = {
        transport.id: _carried(transport, goes_with)
        for transport, goes_with in _companions(cares, episodes)
    }
    found = []
    for line, care in zip(lines, cares, strict=True):
        own = care.section != TRANSPORT
        pays_for, categories = (_pays_for(care), care.categories) if own else carried[care.id]
        found.append(_record_line(line, care, pays_for, categories, episodes[care.id]))
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
    cares: Sequence[CareLine], episodes: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]
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
            for episode in episodes[care.id]:
                by_episode.setdefault(episode, []).append(care)
    for transport in transports:
        near = {
            care.id: care
            for episode in episodes[transport.id]
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
    return RecordLine(
        id=care.id,
        digest=line.digest,
        flow_date=line.flow_date,
        quantity=care.quantity,
        paid_cents=line.paid_cents,
        base_cents=line.base_cents,
        reimbursed_cents=line.reimbursed_cents,
        atc=care.atc,
        pays_for=pays_for,
        categories=categories,
        episodes=episodes,
        rest=partial(_rest, line, care),
    )


def _rest(line: StoreLine, care: CareLine) -> dict[str, Any]:
    return {
        "occurred_on": line.care_start.isoformat(),
        "care_end": line.care_end.isoformat(),
        "performer_id": str(care.performer_key) if care.performer_key else None,
        "prescriber_id": str(care.prescriber_key) if care.prescriber_key else None,
        "scheme": line.scheme,
        "line_key": line.line_id,
        "section": care.section,
        "code_system": line.code_system,
        "code": line.code,
        "label": line.label,
        "unpacked": line.unpacked,
        "atc": care.atc,
        "prescribed_on": line.prescribed_on.isoformat() if line.prescribed_on else None,
        "prescription_ref": line.prescription_ref,
        "prescriber_name": line.prescriber_name,
        "prescriber_specialty": line.prescriber_specialty,
        "prescriber_finess": line.prescriber_finess,
        "performer_kind": line.performer_kind,
        "performer_name": line.performer_name,
        "performer_specialty": line.performer_specialty,
        "performer_finess": line.performer_finess,
        "rate_pct": line.rate_pct,
    }


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
    return RecordLine(
        id=line_id(record_id, ILLNESS_SECTION, key),
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
        rest=lambda: {
            "occurred_on": illness.since.isoformat(),
            "care_end": until.isoformat(),
            "section": ILLNESS_SECTION,
            "line_key": key,
            "code_system": ILLNESS_CODES,
            "code": illness.icd10,
            "label": illness.label,
        },
    )
