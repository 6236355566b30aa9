"""Line 13: which profession may read which type of document. A table, no database.

The grid respects every cell known of the annex of the decree of 26 October 2023 until the official
annex replaces it. A profession or a type it doesn't name is refused.
"""

from __future__ import annotations

from functools import cache

from records import reference


SYNTHESIS_TYPES = frozenset({"SYNTH", "60591-5"})
ENTRY_TYPE = "EXPPAT_2"
CLAIMS_TYPE = "REMB"

_PROFILES = {
    "doctors": {"10"},
    "close": {"50", "21", "60"},
    "dentists": {"40"},
    "other care": {
        "70", "80", "91", "92", "94", "95", "96", "98", "26", "28", "81", "82", "83", "84", "85",
    },
    "social": {"41", "93", "330"},
}  # fmt: skip

# class -> types refused in it, or types alone allowed in it
_ALL_BUT: dict[str, dict[str, frozenset[str]]] = {
    "doctors": {"95": frozenset({"ATTEST-RESID"})},
    "close": {"11": frozenset({"68599-0"})},
    "dentists": {
        "10": frozenset({"75496-0", "83981-1"}),
        "11": frozenset({"83901-9", "68599-0"}),
        "44": frozenset({"80788-3"}),
    },
    "other care": {
        "10": frozenset({"51969-4", "34794-8"}),
        "11": frozenset({"83901-9", "68599-0"}),
    },
    "social": {"10": frozenset({"15507-7", "BIL_AUTO", "34794-8", "34112-3", "11506-3"})},
}
_ONLY: dict[str, dict[str, frozenset[str]]] = {
    "dentists": {"95": frozenset()},
    "other care": {"95": frozenset()},
    "social": {
        "11": frozenset({"34133-9", "88348-8", "34842-5"}),
        "31": frozenset(),
        "42": frozenset(),
        "43": frozenset(),
        "45": frozenset(),
        "52": frozenset(),
        "60": frozenset(),
        "90": frozenset({"EXPPAT_1", "EXPPAT_3"}),
    },
}


def professions() -> tuple[str, ...]:
    """Return the professions the grid names: the others read nothing."""
    return tuple(code for each in _PROFILES.values() for code in sorted(each))


@cache
def readable_types(profession: str) -> tuple[str, ...]:
    """Return the document types a profession may read, in a stable order; empty if unknown."""
    profile = next((name for name, codes in _PROFILES.items() if profession in codes), None)
    if profile is None:
        return ()
    refused = _ALL_BUT.get(profile, {})
    only = _ONLY.get(profile, {})
    allowed = set(SYNTHESIS_TYPES)
    for kind in reference.document_types():
        if not kind.in_matrix:
            continue
        if kind.class_code in only:
            if kind.code in only[kind.class_code]:
                allowed.add(kind.code)
        elif kind.code not in refused.get(kind.class_code, frozenset()):
            allowed.add(kind.code)
    return tuple(sorted(allowed))


_RESULT_TYPES = frozenset({"11502-2", "60568-3", "51969-4", "70004-7", "96173-0", "DOCPAT05"})


def _care_kind(class_code: str, code: str) -> str:
    """Return the kind of care a delegate's scope counts a document under (policy line 6)."""
    if code in _RESULT_TYPES or class_code == "31":
        return "results"
    if class_code in {"42", "43", "45"} or code == "56445-0":
        return "medicines"
    if class_code == "60":
        return "claims"
    if class_code == "90":
        return "entries"
    return "letters"


@cache
def types_of_care(kinds: frozenset[str]) -> tuple[str, ...]:
    """Return the document types within a delegate's kinds of care; an unknown type is in none."""
    return tuple(
        sorted(
            kind.code
            for kind in reference.document_types()
            if kind.in_matrix and _care_kind(kind.class_code, kind.code) in kinds
        )
    )
