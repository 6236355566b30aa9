"""National identifiers: checks, keyed hashes and the keys of professionals and structures.

Knows no model. A readable identifier never leaves this module but encrypted.
"""

from __future__ import annotations

import hmac
import re
import uuid


INS_NIR = "1.2.250.1.213.1.4.8"
INS_NIA = "1.2.250.1.213.1.4.9"
INS_TEST = "1.2.250.1.213.1.4.10"
INS_DEMO = "1.2.250.1.213.1.4.11"
#: The number of the insured and a rank: how a fund sends the care of whoever is on their card.
#: Brothers and sisters may share it, and their parent: with a date of birth it is one person's.
NIR_RANK = "nir:rank"
KEY_VERSION = 1
NIR_LENGTH = 15

_DIRECTORY = uuid.UUID("5b0a1c38-8f55-5d0e-9f3a-6f0c4f2f7e11")
_NIR = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}", re.ASCII)


def nir_key(thirteen: str) -> str:
    """Return the two-digit key of a 13-character NIR (97 less the remainder by 97).

    Corsica counts 2A as 19 and 2B as 18 (domain rules of the national identifier).
    """
    number = thirteen.upper().replace("2A", "19", 1).replace("2B", "18", 1)
    return f"{97 - int(number) % 97:02d}"


def normalise_nir(value: str) -> str:
    """Return a NIR without its spaces, dots and dashes, in capitals."""
    return re.sub(r"[\s.\-]", "", value).upper()


def is_nir(value: str) -> bool:
    """Tell whether ``value`` is a NIR of 15 characters whose key is right."""
    value = normalise_nir(value)
    if len(value) != NIR_LENGTH or not _NIR.fullmatch(value[:13]) or not value[13:].isascii():
        return False
    return value[13:].isdigit() and nir_key(value[:13]) == value[13:]


def ranked_number(nir: str, rank: int) -> str:
    """Return the number of an insured person with the rank of somebody on their card."""
    return f"{normalise_nir(nir)}:{rank}"


def identifier_digest(system: str, value: str) -> bytes:
    """Return the 32-byte keyed hash under which a person's identifier is found.

    Each kind of identifier has its own: the same number under two systems gives two hashes.
    """
    from django.conf import settings  # noqa: PLC0415 - the helpers of a load do without Django

    return keyed_digest(settings.DMP_INDEX_KEY, system, value)


def keyed_digest(key: bytes, system: str, value: str) -> bytes:
    """Return the hash of an identifier under the key of all of them; see `identifier_digest`."""
    message = f"{system}|{normalise_nir(value)}".encode()
    return hmac.digest(key, message, "sha256")


def professional_key(rpps: str) -> uuid.UUID:
    """Return the key of a professional: the same wherever their RPPS number is met.

    RPPS numbers are public; a claim, a mask and the directory then meet without a look-up.
    """
    return uuid.uuid5(_DIRECTORY, f"rpps:{rpps.strip()}")


def structure_key(finess: str) -> uuid.UUID:
    """Return the key of a structure, from its FINESS number."""
    return uuid.uuid5(_DIRECTORY, f"finess:{finess.strip().upper()}")
