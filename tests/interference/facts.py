"""A record's rows as the oracle's facts: what is hidden is judged without asking the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.models import Authorisation, Block, Delegation, Mask, Opening
from access.viewer import NO_CLINICAL_ROLE, Role
from records.models import (
    Document,
    Entry,
    Episode,
    Record,
    ReimbursementLine,
    Representation,
    SynthesisLine,
    SynthesisSource,
)
from tests import oracle
from tests.access.cast import LONG_AGO, NOON


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


KINDS: dict[str, Any] = {
    "document": Document, "claim": ReimbursementLine, "entry": Entry, "synthesis": SynthesisLine,
}  # fmt: skip
_DOORS = {"circle": "circle", "treating_gp": "treating GP", "share": "share"}


def seen_by(viewer: Viewer, record: Record) -> set[uuid.UUID]:
    """The elements of a record that the policy shows to a viewer, by the oracle."""
    world, eyes = world_of(record), viewer_of(viewer)
    return {
        one.key for one in world.elements if oracle.decide(world, eyes, one, NOON).sees
    }  # fmt: skip


def viewer_of(viewer: Viewer) -> oracle.Viewer:
    practice = viewer.practice
    capacity = "none" if viewer.role in NO_CLINICAL_ROLE | {Role.ANONYMOUS} else viewer.role.value
    return oracle.Viewer(
        capacity=capacity,
        signed_in=viewer.user_id is not None,
        second_factor=bool(viewer.second_factor),
        active=viewer.active,
        person=viewer.person_id,
        professional=viewer.professional_id,
        profession=viewer.profession,
        structure=viewer.structure_id,
        samu=practice is not None and practice.structure_kind == "samu",
        practice=oracle.Period(since=LONG_AGO) if practice else None,
    )


def world_of(record: Record) -> oracle.World:
    of = {"record_id": record.id}
    return oracle.World(
        holder=record.holder_id,
        born=record.holder.born_on,
        status=record.status,
        elements=tuple(_elements(record)),
        secret_episodes=frozenset(
            Episode.objects.filter(**of, secret=True).values_list("id", flat=True)
        ),
        doors=tuple(
            oracle.Door(
                kind=_DOORS[row.kind], whom=row.professional_id or row.structure_id,
                given=row.given_at, confirmed=row.confirmed_at, element=row.element_id,
                since=row.since, until=row.until, ended=row.ended_at,
                by_holder=row.ground == "holder", removed=row.removed_by_holder,
            )
            for row in Authorisation.objects.filter(**of).order_by("id")
        ),
        openings=tuple(
            oracle.Opening(kind=row.kind, professional=row.professional_id, since=row.since,
                           until=row.until, ended=row.ended_at)
            for row in Opening.objects.filter(**of).order_by("id")
        ),
        blocks=tuple(
            oracle.Block(professional=row.professional_id, since=row.since, ended=row.ended_at)
            for row in Block.objects.filter(**of).order_by("id")
        ),
        masks=tuple(_mask(row) for row in Mask.objects.filter(**of).order_by("id")),
        representations=tuple(
            oracle.Representation(person=row.person_id, ground=row.ground, since=row.since,
                                  until=row.until, suspended=row.suspended_at)
            for row in Representation.objects.filter(**of).order_by("id")
        ),
        delegations=tuple(
            oracle.Delegation(
                person=row.person_id,
                kinds=frozenset({"everything"} if row.everything else row.kinds),
                since=row.since, until=row.until, ended=row.ended_at,
            )
            for row in Delegation.objects.filter(**of).order_by("id")
        ),
    )  # fmt: skip


def _bits(categories: int) -> frozenset[str]:
    return frozenset(str(bit) for bit in range(7) if categories >> bit & 1)


def _mask(row: Mask) -> oracle.Mask:
    what = _bits(row.target_categories) if row.target == "category" else row.target_id
    return oracle.Mask(
        target=row.target, what=what, audience=row.audience,
        whom=row.audience_profession or row.audience_id, opens=row.opens_in_emergency,
        since=row.since, until=row.until, ended=row.ended_at,
    )  # fmt: skip


def _elements(record: Record) -> list[oracle.Element]:
    cited: dict[uuid.UUID, list[uuid.UUID]] = {}
    sources = SynthesisSource.objects.filter(record_id=record.id)
    for line, element in sources.values_list("line_id", "element_id").order_by("id"):
        cited.setdefault(line, []).append(element)
    return [
        oracle.Element(
            key=row.id, kind=kind, type=row.type_code, deposited=row.created_at,
            pays_for=getattr(row, "pays_for", ""), sources=tuple(cited.get(row.id, ())),
            author=row.author_id, structure=row.author_structure_id, performer=row.performer_id,
            prescriber=row.prescriber_id, categories=_bits(row.categories),
            episodes=frozenset(row.episodes), not_announced=row.unannounced_until is not None,
            released=row.released_at, secret=row.secret, about_another=row.about_another,
            withdrawn=row.withdrawn_at is not None,
            on_card=getattr(row, "on_emergency_card", False),
        )
        for kind, model in KINDS.items()
        for row in model.objects.filter(record_id=record.id).order_by("id")
    ]  # fmt: skip
