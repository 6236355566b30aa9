"""Jeanne Morel, her record, and three professionals around it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.access import cast
from tests.laid_once import jeanne


__all__ = ["jeanne"]


@pytest.fixture
def world(as_owner):
    """Jeanne and her record; Dr Petit, Dr Martin and the Pharmacie du Port hold nothing yet."""
    with as_owner():
        holder = cast.person()
        record = cast.record(holder)
        pharmacy = cast.structure("Pharmacie du Port", "pharmacy")
        return SimpleNamespace(
            holder=holder,
            record=record,
            jeanne=cast.family_viewer(holder),
            petit=cast.pro("Petit", place=cast.structure("Maison de santé des Lices")),
            martin=cast.pro("Martin", place=cast.structure("Cabinet du Dr Martin")),
            garnier=cast.pro("Garnier", specialty="33"),
            pharmacy=pharmacy,
            pharmacist=cast.pro("Benali", profession="21", title="", place=pharmacy),
        )
