"""Which report of an access keeps a professional out, as far as the decider may know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming
from access.models import CaseState


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.circle.deciding import Decider
    from access.models import Block


def reports_holding(decider: Decider, blocks: Iterable[Block]) -> dict[uuid.UUID, uuid.UUID]:
    """Return, by professional, the report whose page gives their access back.

    Answered or not, until it is taken back; the latest of those that wait before any other, which
    gives nothing back meanwhile. A minor who decides alone isn't led to their family's: that it is
    taken back, the family reads.
    """
    from access.cases.reading import cases_known_to  # noqa: PLC0415  # it reads blocks

    live = {block.id for block in blocks}
    holding = [
        case
        for case in (cases_known_to(decider.dossier) if live else [])
        if case.block_id in live
        and case.state != CaseState.WITHDRAWN
        and (case.secret or not decider.minor_alone)
    ]
    held: dict[uuid.UUID, uuid.UUID] = {}
    for case in sorted(holding, key=lambda case: case.state != CaseState.OPEN):
        held.setdefault(case.professional_id, case.id)
    return held


def where_to_give_back(name: str) -> str:
    """Return what whoever reported an access reads where they would give it back."""
    return _(
        "Vous avez signalé un accès à ce dossier par %(name)s. Pour lui rendre son accès, ouvrez"
        " votre signalement : il est dans « Qui a regardé »."
    ) % {"name": naming.the(name)}
