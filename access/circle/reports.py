"""Which report of an access keeps a professional out, as far as the decider may know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming
from access.conditions import accounts_of_holder
from access.models import Case, CaseState


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


def reports_unknown_to(decider: Decider, blocks: Iterable[Block]) -> list[uuid.UUID]:
    """Return the reports that hold these blocks and that only the holder may know of now.

    None where the holder has no account to take them back with.
    """
    from access.cases.reading import cases_known_to  # noqa: PLC0415  # it reads blocks

    record_id = decider.dossier.record_id
    if decider.dossier.by_holder or not accounts_of_holder(record_id).exists():
        return []
    holding = Case.objects.filter(block__in=[block.id for block in blocks])
    holding = holding.exclude(state=CaseState.WITHDRAWN)
    known = [case.id for case in cases_known_to(decider.dossier)]
    return list(holding.exclude(id__in=known).values_list("id", flat=True))


def where_to_give_back(name: str) -> str:
    """Return what whoever reported an access reads where they would give it back."""
    return _(
        "Vous avez signalé un accès à ce dossier par %(name)s. Pour lui rendre son accès, ouvrez"
        " votre signalement : il est dans « Qui a regardé »."
    ) % {"name": naming.the(name)}
