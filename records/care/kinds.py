"""What kind of care a line pays for, read from its section, its code and its performer."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from records.care import lines as care


if TYPE_CHECKING:
    from records.care.lines import CareLine


class EventKind(StrEnum):
    """What a person would call it; from the kind that names an event to the one that follows.

    The order is a rule: an event made of several kinds is named after the first of them.
    """

    STAY = "stay"
    VISIT = "visit"
    DENTAL = "dental"
    IMAGING = "imaging"
    LABORATORY = "laboratory"
    PHARMACY = "pharmacy"
    VACCINE = "vaccine"
    DEVICE = "device"
    NURSING = "nursing"
    PHYSIOTHERAPY = "physiotherapy"
    AUXILIARY = "auxiliary"
    TRANSPORT = "transport"


class VisitForm(StrEnum):
    """How a visit took place, from the form that names it best to the one that says least."""

    CONSULTATION = "consultation"
    HOME = "home_visit"
    REMOTE = "remote_visit"
    PROCEDURE = "procedure"


RANK: Final = {kind: rank for rank, kind in enumerate(EventKind)}
FORM_RANK: Final = {form: rank for rank, form in enumerate(VisitForm)}

# Care given in series, told by the month.
SERIES: Final = frozenset(
    {EventKind.NURSING, EventKind.PHYSIOTHERAPY, EventKind.AUXILIARY},
)
# What a prescriber sends the patient to: it follows the visit that ordered it.
PRESCRIBED: Final = frozenset(
    {
        EventKind.PHARMACY,
        EventKind.VACCINE,
        EventKind.DEVICE,
        EventKind.LABORATORY,
        EventKind.IMAGING,
    },
)
# Meetings with someone who may prescribe.
MEETINGS: Final = frozenset({EventKind.VISIT, EventKind.DENTAL})

_BY_SECTION: Final = {
    care.MEDICINE: EventKind.PHARMACY,
    care.VACCINE: EventKind.VACCINE,
    care.DEVICE: EventKind.DEVICE,
    care.STAY: EventKind.STAY,
    care.RADIOLOGY: EventKind.IMAGING,
    care.LABORATORY: EventKind.LABORATORY,
    care.TRANSPORT: EventKind.TRANSPORT,
}

# Letters of the NGAP (general nomenclature of professional acts), titles XIV to XVI for
# auxiliaries and title II for dental care.
_NGAP: Final = {
    **dict.fromkeys(
        (
            "AMI", "AIS", "AMX", "BSA", "BSB", "BSC", "DI", "IFI", "MAU", "MCI", "MIE",
            "TLD", "TLL", "TLS",
        ),
        EventKind.NURSING,
    ),
    **dict.fromkeys(
        (
            "AMC", "AMK", "AMS", "IFN", "IFO", "IFP", "IFR", "IFS", "IFV",
            "NMI", "RAB", "RAM", "RAO", "RIC", "RPB", "RPE", "RSC", "RSM", "TER", "VSC", "VSM",
        ),
        EventKind.PHYSIOTHERAPY,
    ),
    **dict.fromkeys(("AMO", "AMP", "AMY", "POD"), EventKind.AUXILIARY),
    **dict.fromkeys(("BDC", "BDX", "BRP", "D", "DC", "SC", "SDE", "SPR", "TO"), EventKind.DENTAL),
}  # fmt: skip

# Travel and unsocial hours: they belong to whatever the same performer did that day.
_ALLOWANCES: Final = frozenset(
    {"F", "ID", "IF", "IFA", "IFD", "IK", "IKM", "IKP", "IKS", "MM", "MN", "N"},
)

_CONSULTATIONS: Final = frozenset(
    {
        "APC", "APU", "APY", "C", "CA", "CCE", "CCX", "CDE", "CG", "CNP", "CNPSY", "COD", "COE",
        "COG", "COH", "CS", "CSC", "G", "GS", "SP", "U03", "U45",
    },
)  # fmt: skip
_HOME_VISITS: Final = frozenset(
    {"APV", "AVY", "V", "VA", "VG", "VGS", "VL", "VNP", "VNPSY", "VS", "VU"},
)
_REMOTE_VISITS: Final = frozenset(
    {"TC", "TCG", "TCP", "TCS", "TDT", "TE1", "TE2", "TEP", "TLC", "TLE", "TTE"}
)

# What a hospital is paid for someone who came to its emergency room and went home.
_EMERGENCY_ROOM: Final = frozenset({"ATU", "FPU"})

# CCAM chapter 7.2 (teeth): every code starts with these two letters.
_CCAM_TEETH: Final = "HB"

_SPECIALTY_WORDS: Final = (
    (("dentaire", "dentiste", "odont", "orthodon"), EventKind.DENTAL),
    (("infirm",), EventKind.NURSING),
    (("kiné", "kine", "masseur"), EventKind.PHYSIOTHERAPY),
    (
        ("orthophon", "orthopt", "podolog", "pédicure", "pedicure", "ergoth", "psychomot"),
        EventKind.AUXILIARY,
    ),
)
# The same trades where the specialty is sent as a code of the national claims base.
_SPECIALTY_CODES: Final = {
    "19": EventKind.DENTAL,
    "24": EventKind.NURSING,
    "26": EventKind.PHYSIOTHERAPY,
    "27": EventKind.AUXILIARY,
    "28": EventKind.AUXILIARY,
    "29": EventKind.AUXILIARY,
    "36": EventKind.DENTAL,
}


@lru_cache(maxsize=1024)
def _kind_of_specialty(specialty: str) -> EventKind | None:
    known = _SPECIALTY_CODES.get(specialty.strip())
    if known is not None:
        return known
    words = specialty.casefold()
    return next(
        (kind for starts, kind in _SPECIALTY_WORDS if any(start in words for start in starts)),
        None,
    )


def _letters(line: CareLine) -> str:
    """Return the key letters of an NGAP code sent with or without its coefficient."""
    return line.code.upper().split(" ", 1)[0]


def kind_of(line: CareLine) -> EventKind | None:
    """Return the kind of a line; None for an allowance, which follows its performer's acts.

    A section or code that isn't known counts as a visit: a line is never left out.
    """
    by_section = _BY_SECTION.get(line.section)
    if by_section is not None:
        return by_section
    by_specialty = _kind_of_specialty(line.performer_specialty)
    if by_specialty is not None:
        return by_specialty
    if line.code_system.upper() == "NGAP":
        letters = _letters(line)
        return None if letters in _ALLOWANCES else _NGAP.get(letters, EventKind.VISIT)
    if line.code.upper().startswith(_CCAM_TEETH):
        return EventKind.DENTAL
    return EventKind.VISIT


def form_of(line: CareLine) -> VisitForm:
    """Return how a visit took place, from its NGAP letters."""
    letters = _letters(line)
    if letters in _CONSULTATIONS:
        return VisitForm.CONSULTATION
    if letters in _HOME_VISITS:
        return VisitForm.HOME
    if letters in _REMOTE_VISITS:
        return VisitForm.REMOTE
    return VisitForm.PROCEDURE


def is_emergency_visit(line: CareLine) -> bool:
    """Tell a line of an emergency room from the other lines of a hospital."""
    return line.section == care.STAY and _letters(line) in _EMERGENCY_ROOM
