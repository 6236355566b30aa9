"""The types of document each profession adds most: offered first, and nothing more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final


if TYPE_CHECKING:
    from records.reference import DocumentType

_NOTE, _AUXILIARY, _MEDICINES, _TESTS = "11488-4", "11506-3", "57833-6", "PRESC-BIO"
_VACCINE, _CERTIFICATE, _FUNCTION = "87273-9", "89601-9", "47420-5"
_ANY: Final = (_NOTE, _AUXILIARY, _CERTIFICATE)
_BY_PROFESSION: Final = {
    # Doctor, pharmacist, dentist, midwife, nurse, physiotherapist: codes of the national list.
    "10": (_NOTE, _MEDICINES, _TESTS, "55115-0", "96349-6", _CERTIFICATE, "18748-4"),
    "21": ("78601-2", "56445-0", "61357-0", "60593-1", _VACCINE, "96173-0"),
    "40": (_NOTE, "83836-7", _MEDICINES, "34874-8"),
    "50": (_NOTE, "57055-6", "15508-5", _MEDICINES, _TESTS, _VACCINE),
    "60": (_AUXILIARY, "29274-8", "80565-5", _VACCINE),
    "70": (_AUXILIARY, _FUNCTION),
}


def usual_types(types: list[DocumentType], profession: str) -> list[DocumentType]:
    """Return those of these types that a profession adds most, the commonest first."""
    by_code = {kind.code: kind for kind in types}
    usual = _BY_PROFESSION.get(profession, _ANY)
    return [by_code[code] for code in usual if code in by_code]
