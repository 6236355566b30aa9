"""What somebody goes on seeing, or knows, of what is hidden from them.

A mask takes from them neither what they wrote nor what was shown to them (policy, lines 9 and 10),
nor the memory of care they took part in: whoever hides is told. Knows no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.circle.blocks import blocks_known_to
from access.circle.knowing import live_periods_known_to
from access.elements import key_of
from access.models import AuthorisationKind, MaskAudience


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from access.circle.deciding import Decider
    from access.masks.aims import Audience
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Staying:
    """Elements a professional sees all the same: those they wrote, and those shown to them."""

    written: tuple[Element, ...] = ()
    shown: tuple[Element, ...] = ()


def staying(decider: Decider, audience: Audience, elements: Sequence[Element]) -> Staying:
    """Return what of these elements one professional sees whatever a mask says, and why.

    As far as the asker may know. Nothing of whom they blocked (line 7), nor of any other audience:
    only professionals write, and are shown something.
    """
    if audience.id is None:
        return Staying()
    if blocks_known_to(decider).filter(professional_id=audience.id).exists():
        return Staying()
    given = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.SHARE,
        professional_id=audience.id,
        element_id__in=[key_of(element) for element in elements],
    )
    shared = set(given.values_list("element_id", flat=True))
    return Staying(
        written=tuple(one for one in elements if one.author_id == audience.id),
        shown=tuple(one for one in elements if key_of(one) in shared),
    )


def took_part(audience: Audience, elements: Iterable[Element]) -> bool:
    """Tell whether one professional gave, prescribed or wrote any of these: they know of it."""
    return audience.kind is MaskAudience.PROFESSIONAL and any(
        audience.id in {one.author_id, one.performer_id, one.prescriber_id} for one in elements
    )
