"""What the care rules ask of the reference codes: names, and what a pack holds."""

from __future__ import annotations

from typing import Protocol


class Medicine(Protocol):
    """A presentation of a medicine as the reference names it."""

    @property
    def name(self) -> str:
        """Return the name on the box."""

    @property
    def substance(self) -> str:
        """Return the active substance, in words."""

    @property
    def atc(self) -> str:
        """Return the ATC code, up to 7 characters."""

    @property
    def units(self) -> int:
        """Return how many tablets or capsules the pack holds; 0 where they aren't counted."""


class Names(Protocol):
    """The names of codes; the module of reference codes satisfies it as it is."""

    def label(self, system: str, code: str, lang: str, /) -> str:
        """Return the name of a code, or an empty string."""

    def medicine(self, cip13: str, /) -> Medicine | None:
        """Return a medicine by its CIP13 code."""

    def atc_label(self, code: str, lang: str, /) -> str:
        """Return the name of an ATC class of any level, or an empty string."""


def substance_of(medicine: Medicine, names: Names, lang: str) -> str:
    """Return the substance of a box in words; its own are French, its class has others too."""
    if lang == "fr":
        return medicine.substance
    return names.atc_label(medicine.atc, lang) or medicine.substance
