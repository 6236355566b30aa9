"""The claims store and the loads that feed it. Knows no record."""

from __future__ import annotations

from imports.models.loads import Load, LoadState, RefusedRow
from imports.models.store import (
    ClaimDoctor,
    ClaimIllness,
    ClaimLine,
    ControlTotal,
    PersonAlias,
    PreviousLine,
    TouchedPersons,
)


__all__ = [
    "ClaimDoctor",
    "ClaimIllness",
    "ClaimLine",
    "ControlTotal",
    "Load",
    "LoadState",
    "PersonAlias",
    "PreviousLine",
    "RefusedRow",
    "TouchedPersons",
]
