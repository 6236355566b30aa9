"""The viewer: a user in a capacity, frozen for a request. Reads no clinical model."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.models import StructureKind


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.standing import Standing


class Role(enum.StrEnum):
    """The capacity chosen at sign-in. Holder and representative decide in every capacity."""

    ANONYMOUS = "anonymous"
    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    DELEGATE = "delegate"
    PROFESSIONAL = "professional"
    FUND_ADMINISTRATOR = "fund_admin"
    FUND_AGENT = "fund_agent"
    NOBODY = "nobody"


NO_CLINICAL_ROLE = frozenset({Role.FUND_ADMINISTRATOR, Role.FUND_AGENT, Role.NOBODY})


@dataclass(frozen=True, slots=True)
class PracticeFacts:
    """A professional at work: the profession and the structure the decision is taken in."""

    id: uuid.UUID
    professional_id: uuid.UUID
    profession: str
    structure_id: uuid.UUID | None = None
    structure_name: str = ""
    structure_kind: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and in which capacity. ``second_factor`` is the kind used in this session."""

    user_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    role: Role = Role.ANONYMOUS
    active: bool = False
    second_factor: str = ""
    practice: PracticeFacts | None = None
    name: str = ""

    @property
    def admitted(self) -> bool:
        """Line 1: signed in, second factor used, account active."""
        return bool(self.user_id and self.active and self.second_factor)

    @property
    def is_professional(self) -> bool:
        """Tell whether they come as a professional at work."""
        return self.role is Role.PROFESSIONAL and self.practice is not None

    @property
    def professional_id(self) -> uuid.UUID | None:
        """The professional they are in this capacity."""
        return self.practice.professional_id if self.practice else None

    @property
    def profession(self) -> str:
        """The profession the matrix is asked about."""
        return self.practice.profession if self.practice else ""

    @property
    def structure_id(self) -> uuid.UUID | None:
        """The structure they work in now."""
        return self.practice.structure_id if self.practice else None

    @property
    def at_samu(self) -> bool:
        """They work now where calls to the 15 are answered."""
        return self.practice is not None and self.practice.structure_kind == StructureKind.SAMU


ANONYMOUS = Viewer()
WORKER = Viewer(role=Role.NOBODY, name="worker")


@dataclass(frozen=True, slots=True)
class Moment:
    """The one clock of a binding: an aware instant and its civil date in Paris."""

    at: dt.datetime
    today: dt.date


@dataclass(frozen=True, slots=True)
class Lens:
    """Somebody's eyes that the bound viewer looks through on one record (policy section 7).

    What is shown is what both see; what is written down is that the bound viewer looked.
    """

    record_id: uuid.UUID
    key: str
    name: str
    own: Standing
    shown: Standing
    # Which of the places they work in, where there are several.
    place: str = ""
