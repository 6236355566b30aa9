"""Who performed or prescribed a line, and when two names are the same person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from records.care.lines import STRUCTURE


if TYPE_CHECKING:
    from uuid import UUID

    from records.care.lines import CareLine

# A professional's or structure's key, or what is left to know them by when it has none.
Identity = str


@dataclass(frozen=True, slots=True)
class Party:
    """A professional or a structure as a line names them."""

    key: UUID | None
    name: str
    specialty: str
    finess: str

    @property
    def is_known(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.name or self.key or self.finess)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Fold case and spaces, so that one person typed twice is one person."""
    return " ".join(name.casefold().split())


def are_two(key: UUID | None, name: str, other_key: UUID | None, other_name: str) -> bool:
    """Tell whether two people are known to be different: by their numbers, else by their names."""
    if key is not None and other_key is not None:
        return key != other_key
    if name and other_name:
        return plain_name(name) != plain_name(other_name)
    return False


@lru_cache(maxsize=4096)
def identities(key: UUID | None, name: str, finess: str) -> tuple[Identity, ...]:
    """Return how a party may be recognised, the surest first.

    A structure number says where, not who: it stands for a party only when nothing better
    is known, as for hospital prescriptions.
    """
    found: tuple[Identity, ...] = ()
    if key is not None:
        found = (f"key:{key.hex}",)
    if name:
        found = (*found, f"name:{plain_name(name)}")
    if not found and finess:
        found = (f"place:{finess}",)
    return found


def performer_identities(line: CareLine) -> tuple[Identity, ...]:
    """Return how the performer of a line may be recognised, the surest first."""
    found = identities(line.performer_key, line.performer_name, line.performer_finess)
    if line.performer_kind == STRUCTURE and line.performer_finess:
        place = f"place:{line.performer_finess}"
        return found if place in found else (*found, place)
    return found


def prescriber_identities(line: CareLine) -> tuple[Identity, ...]:
    """Return how the prescriber of a line may be recognised, the surest first."""
    return identities(line.prescriber_key, line.prescriber_name, line.prescriber_finess)


def performer(line: CareLine) -> Party:
    """Return who or what performed a line."""
    return Party(
        line.performer_key,
        line.performer_name,
        line.performer_specialty,
        line.performer_finess,
    )


def prescriber(line: CareLine) -> Party | None:
    """Return who prescribed a line, or None when it names nobody."""
    if not (line.prescriber_key or line.prescriber_name or line.prescriber_finess):
        return None
    return Party(
        line.prescriber_key,
        line.prescriber_name,
        line.prescriber_specialty,
        line.prescriber_finess,
    )
