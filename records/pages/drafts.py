"""What a page keeps between two screens: sealed, on the server, for twenty minutes at most.

Nothing of it is ever in an address. Must not know what the screens ask.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from records.cards import Beneficiary
from records.keys import SealBroken, seal_with_master, unseal_with_master
from records.opening import Document, Identity
from records.traits import Traits


if TYPE_CHECKING:
    from access.doors import BoundRequest
    from records.opening import Opened


LIFE = 20 * 60  # seconds without a press


def _about(request: BoundRequest, name: str) -> bytes:
    return f"{name}|{request.viewer.user_id or ''}".encode()


def load(request: BoundRequest, name: str) -> dict[str, Any] | None:
    """Return what was kept under a name for this user, or None: nothing, too old, another's."""
    kept = request.session.get(name)
    if not isinstance(kept, str):
        return None
    try:
        clear = unseal_with_master(base64.b64decode(kept), about=_about(request, name))
    except SealBroken:
        return None
    content: dict[str, Any] = json.loads(clear)
    return content["kept"] if time.time() - content["at"] < LIFE else None


def save(request: BoundRequest, name: str, kept: dict[str, Any]) -> None:
    """Keep something under a name, sealed for this user."""
    clear = json.dumps({"at": time.time(), "kept": kept}).encode()
    sealed = seal_with_master(clear, about=_about(request, name))
    request.session[name] = base64.b64encode(sealed).decode()


def forget(request: BoundRequest, name: str) -> None:
    """Keep it no longer."""
    request.session.pop(name, None)


def _of(person: Beneficiary) -> dict[str, str]:
    traits = dataclasses.asdict(person.traits) | {"born_on": person.traits.born_on.isoformat()}
    return {"nir": person.nir, "ranked": person.ranked, **traits}


def _person(kept: dict[str, str]) -> Beneficiary:
    facts: dict[str, Any] = {
        name: value for name, value in kept.items() if name not in {"nir", "ranked"}
    }
    facts["born_on"] = dt.date.fromisoformat(kept["born_on"])
    return Beneficiary(kept["nir"], Traits(**facts), kept.get("ranked", ""))


@dataclass(slots=True)
class Opening:
    """An opening under way: the people of the card, the one chosen, what was checked, the end.

    ``attempt`` names one person's opening: choosing somebody else makes a new one, so that a
    screen left open in another tab can never act on them.
    """

    people: list[Beneficiary]
    from_card: bool = True
    serial: str = ""
    chosen: int | None = None
    document: str = ""
    known: str = ""
    attempt: uuid.UUID = field(default_factory=uuid.uuid4)
    began_at: float = field(default_factory=time.time)
    outcome: str = ""
    record_id: uuid.UUID | None = None
    receipt: str = ""
    has_code: bool = False
    letter: bool = False
    seconds: int = 0
    # A minor who was given a code of their own: no representative may know that they came.
    alone: bool = False
    # Whom they said their treating GP is: a name of the directory.
    doctor: str = ""

    @property
    def person(self) -> Beneficiary:
        """The one whose record it is."""
        return self.people[self.chosen or 0]

    @property
    def checked(self) -> bool:
        """Their five traits were found identical."""
        return self.chosen is not None and self.known != ""

    @property
    def done(self) -> bool:
        """Something was printed."""
        return self.outcome != ""

    @property
    def identity(self) -> Identity:
        """The identity of the one chosen, with what proved it."""
        person = self.person
        return Identity(
            person.nir,
            person.traits,
            self.document or Document.NONE,
            from_card=self.from_card,
            ranked=person.ranked,
        )

    def choose(self, index: int) -> None:
        """Choose somebody of the card: what was checked or done of another no longer counts."""
        self.chosen, self.document, self.known, self.doctor = index, "", "", ""
        self.outcome, self.record_id = "", None
        self.attempt = uuid.uuid4()

    def adults(self, today: dt.date) -> list[tuple[int, Beneficiary]]:
        """Return the adults of the card, with their place: who may represent a child of it."""
        return [
            (index, person)
            for index, person in enumerate(self.people)
            if not person.traits.is_minor_on(today)
        ]

    def finish(self, opened: Opened) -> None:
        """Keep what the last screen and the leaflet need, and nothing else."""
        self.outcome = opened.outcome
        self.record_id = opened.record_id
        self.receipt = opened.receipt
        self.has_code = bool(opened.code)
        self.letter = opened.letter
        self.seconds = round(time.time() - self.began_at)
        self.people = [self.person]
        self.chosen = 0


def load_opening(request: BoundRequest, name: str) -> Opening | None:
    """Return the opening under way under a name."""
    kept = load(request, name)
    if kept is None:
        return None
    kept["people"] = [_person(person) for person in kept["people"]]
    kept["attempt"] = uuid.UUID(kept["attempt"])
    kept["record_id"] = uuid.UUID(kept["record_id"]) if kept["record_id"] else None
    return Opening(**kept)


def save_opening(request: BoundRequest, name: str, opening: Opening) -> None:
    """Keep an opening under way."""
    kept = {
        found.name: getattr(opening, found.name)
        for found in dataclasses.fields(opening)
        if found.name not in {"people", "attempt", "record_id"}
    }
    kept["people"] = [_of(person) for person in opening.people]
    kept["attempt"] = opening.attempt.hex
    kept["record_id"] = opening.record_id.hex if opening.record_id else ""
    save(request, name, kept)
