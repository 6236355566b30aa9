"""What a carte Vitale says and what the fund holds, through adapters that an installation chooses.

The demonstration's adapters read invented people from `cards_demo.json`. Must not know who has a
record, nor screens.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from records.identifiers import normalise_nir, ranked_number
from records.traits import Traits


# Whose card the demonstration lends to a visitor: nobody has opened her record.
_LENT = "8025000000000000007"
_DEMO = Path(__file__).with_name("cards_demo.json")


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """One person of a card: their own national number and their traits, never to be edited.

    ``ranked`` is the number of the insured with the person's rank, under which their care may be
    sent; empty where no card says it.
    """

    nir: str
    traits: Traits
    ranked: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as read: its serial number and everybody on it, the insured first.

    ``outdated`` is a card that a kiosk must update first; nobody is read from it.
    """

    serial: str
    beneficiaries: tuple[Beneficiary, ...]
    outdated: bool = False


class CardReader(Protocol):
    """Reads the card that is in it. ``token`` says which, where there are several readers."""

    def read(self, token: str) -> Card | None:
        """Return the card, or None where there is none."""
        ...


class FundDirectory(Protocol):
    """What the fund knows of its insured: who they are, and where a code reaches them."""

    def find(self, nir: str, serial: str) -> Beneficiary | None:
        """Return the person of a number and a card's serial number, both right."""
        ...

    def send_code(self, nir: str, code: str) -> None:
        """Send a code to the address the fund holds."""
        ...


@dataclass(frozen=True, slots=True)
class CardOnShow:
    """One card of the demonstration's list: what is printed on it."""

    token: str
    label: str
    people: int


@cache
def _demo_cards() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(_DEMO.read_text(encoding="utf-8")))


def _beneficiary(row: dict[str, Any], insured: str) -> Beneficiary:
    return Beneficiary(
        nir=row["nir"],
        ranked=ranked_number(insured, row["rank"]),
        traits=Traits(
            birth_name=row["birth_name"],
            given_names=row["given_names"],
            sex=row["sex"],
            born_on=dt.date.fromisoformat(row["born_on"]),
            birthplace=row["birthplace"],
            used_name=row["used_name"],
        ),
    )


class DemoReader:
    """Reads the card chosen from a list; its token is its serial number."""

    def read(self, token: str) -> Card | None:
        """Return the card of a serial number."""
        row = next((row for row in _demo_cards() if row["serial"] == token), None)
        if row is None:
            return None
        insured = row["people"][0]["nir"] if row["people"] else ""
        people = tuple(_beneficiary(person, insured) for person in row["people"])
        return Card(row["serial"], people, outdated=row.get("outdated", False))

    def on_show(self) -> list[CardOnShow]:
        """Return the cards one may put in the reader."""
        return [
            CardOnShow(row["serial"], row["label"], len(row["people"])) for row in _demo_cards()
        ]


class DemoDirectory:
    """A fund that knows the people of the demonstration's cards; the page shows its codes."""

    def find(self, nir: str, serial: str) -> Beneficiary | None:
        """Return the person of a number and a card, both right."""
        asked = normalise_nir(nir).encode()
        card = DemoReader().read("".join(serial.split()))
        people = card.beneficiaries if card else ()
        return next((p for p in people if hmac.compare_digest(p.nir.encode(), asked)), None)

    def send_code(self, nir: str, code: str) -> None:
        """Send nothing: the page shows the code."""


def card_to_try() -> Card | None:
    """Return the card lent to who has none in the demonstration; nothing elsewhere."""
    return DemoReader().read(_LENT) if settings.DMP_DEMO else None


def card_reader() -> DemoReader | None:
    """Return the reader of this installation, or None: identities are then typed."""
    return DemoReader() if settings.DMP_DEMO else None


def fund_directory() -> FundDirectory | None:
    """Return the fund's directory, or None where nobody can open a record alone."""
    return DemoDirectory() if settings.DMP_DEMO else None
