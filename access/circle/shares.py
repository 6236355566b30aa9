"""Shares: « celui-ci peut voir ceci », stronger than a mask, for one viewer and one element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from access.binding import note, now, use_case
from access.circle import directory
from access.circle.blocks import refuse_if_blocked
from access.circle.deciding import Decider, decide, may_decide, note_period
from access.circle.knowing import live_periods_known_to
from access.circle.periods import open_share_periods, stop_after
from access.circle.treating_gp import live_treating_gp
from access.elements import Named, find_visible, key_of, kind_of, named
from access.journal import Action
from access.models import Authorisation, AuthorisationKind, Professional
from access.notices import tell_new_door


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Sequence

    from access.circle.directory import FoundProfessional
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Showing:
    """An element about to be shown to somebody, or to whom it may be shown."""

    dossier: Dossier
    element: Named
    people: tuple[FoundProfessional, ...]
    to: FoundProfessional | None


@dataclass(frozen=True, slots=True)
class Given:
    """A share that was given: the element that it shows, and to whom."""

    authorisation_id: uuid.UUID
    element: Named
    name: str


def weigh_share(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    element_id: uuid.UUID,
    professional_id: uuid.UUID | None = None,
) -> Showing:
    """Return the element to show and to whom, or the professionals who have a door already.

    Raises ``NotVisible`` for what the asker doesn't see, ``Refused`` for somebody blocked.
    """
    decider = may_decide(by=by, record_id=record_id)
    [element] = find_visible(decider.dossier.standing, [element_id])
    to = None
    if professional_id is not None:
        row = directory.professional(professional_id)
        refuse_if_blocked(decider, row)
        [to] = directory.describe([row])
    note(
        Action.ELEMENT_READ, record_id, by=by, door=decider.dossier.door, shown=1,
        element_kind=kind_of(element), element_id=element_id,
        rests_on_secret=decider.minor_alone or element.secret,
    )  # fmt: skip
    people = [] if to is not None else directory.describe(_with_a_door(decider))
    return Showing(decider.dossier, named(element), tuple(people), to)


def _with_a_door(decider: Decider) -> list[Professional]:
    """The professionals of the circle, by name; the treating GP sees everything already."""
    held = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.CIRCLE, professional__isnull=False, confirmed_at__lte=now()
    )
    keys = held.values("professional_id")
    gp = live_treating_gp(decider.dossier.record_id)
    found = Professional.objects.filter(id__in=keys)
    if gp is not None and gp.professional_id is not None:
        found = found.exclude(id=gp.professional_id)
    return list(found.order_by("family_name", "given_name", "id"))


@use_case
def share(
    *,
    by: Viewer,
    record_id: uuid.UUID,
    element_id: uuid.UUID,
    professional_id: uuid.UUID,
    until: dt.date | None = None,
) -> Given:
    """Let one professional see one element that the holder sees.

    It passes masks and the matrix, never a block (lines 7 and 10). Given twice, it is given once.
    """
    decider = decide(by=by, record_id=record_id)
    [element], shares = open_shares(
        decider, by=by, element_ids=[element_id], professional_id=professional_id, until=until
    )
    to = shares[0].professional
    assert to is not None  # noqa: S101  # a share names one
    return Given(shares[0].id, named(element), to.display_name)


def open_shares(
    decider: Decider,
    *,
    by: Viewer,
    element_ids: Sequence[uuid.UUID],
    professional_id: uuid.UUID,
    until: dt.date | None,
) -> tuple[list[Element], list[Authorisation]]:
    """Write the shares there aren't yet, each with its trace, and tell once that there are some.

    Returns what is shown and the shares, old and new. As many statements for one as for all.
    """
    record_id = decider.dossier.record_id
    elements = find_visible(decider.dossier.standing, element_ids)
    professional = directory.professional(professional_id)
    refuse_if_blocked(decider, professional)
    stops = stop_after(until)
    # One that a minor gave alone isn't known: a representative's own is listed beside it.
    same = live_periods_known_to(decider.dossier.standing).filter(
        kind=AuthorisationKind.SHARE,
        professional=professional,
        element_id__in=element_ids,
        until=stops,
    )
    held = list(same.select_related("professional").order_by("id"))
    known = {period.element_id for period in held}
    new = open_share_periods(
        by=by,
        record_id=record_id,
        professional=professional,
        element_ids=[key for key in map(key_of, elements) if key not in known],
        until=stops,
    )
    for period in new:
        note_period(
            Action.SHARED, period, by=by, door=decider.dossier.door, secret=decider.minor_alone
        )
    if new:
        tell_new_door(new[0], family=not decider.minor_alone)
    return elements, [*held, *new]
