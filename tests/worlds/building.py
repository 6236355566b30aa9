"""A world's facts as rows of the database, a table at a time, and viewers as the gate meets them.

Written by the owner: a wrong world must be possible. Knows nothing of what anybody should see.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import connection

from access.circle.periods import end_of_day
from access.models import (
    Authorisation,
    Block,
    Delegation,
    Mask,
    Opening,
    Practice,
    Professional,
    RecordGroupGrant,
    RecordUserGrant,
    Structure,
    User,
)
from access.unannounced import release_day
from access.viewer import ANONYMOUS, PracticeFacts, Role, Viewer
from records.models import (
    Document,
    Entry,
    Episode,
    Person,
    Record,
    ReimbursementLine,
    Representation,
    Synthesis,
    SynthesisLine,
    SynthesisSource,
)
from tests import oracle
from tests.worlds.drawing import PLACES, SOMEBODY


if TYPE_CHECKING:
    from tests.worlds.drawing import Scene


MODELS = {
    "document": Document,
    "claim": ReimbursementLine,
    "entry": Entry,
    "synthesis": SynthesisLine,
}
ROLES = {
    "patient": Role.PATIENT,
    "representative": Role.REPRESENTATIVE,
    "delegate": Role.DELEGATE,
    "professional": Role.PROFESSIONAL,
    "fund": Role.FUND_ADMINISTRATOR,
    "desk": Role.FUND_AGENT,
}
DOORS = {
    "circle": ("circle", "consult_record"),
    "treating GP": ("treating_gp", "treat_record"),
    "share": ("share", "receive_share"),
}
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def instant(until):
    """Return when a period stops: a last day counts until its 24:00."""
    whole_day = isinstance(until, dt.date) and not isinstance(until, dt.datetime)
    return end_of_day(until) if whole_day else until


class Rows:
    """The rows of one world. `ids` gives the key of everything the facts name."""

    def __init__(self, scene: Scene) -> None:
        self.world = scene.world
        self._space = UUID(int=next(_numbers))
        self._first_known_as: dict[object, object] = {}
        self.record_id = self.key("the record")
        self.people = {v.person for v, _ in scene.viewers} | {"holder"}
        self.people |= {one.person for one in self.world.representations}
        self.people |= {one.person for one in self.world.delegations}
        self.people -= {None}
        self.viewers = [self._viewer(number, v) for number, (v, _) in enumerate(scene.viewers)]
        self._insert(scene)

    def key(self, name: object) -> UUID | None:
        """Return the key of something, by its name; the same all along a world."""
        name = self._first_known_as.get(name, name)
        return None if name is None else uuid.uuid5(self._space, str(name))

    def same_row(self, before: object, now: object) -> None:
        """Let a fact that changed keep the key of its row."""
        self._first_known_as[now] = self._first_known_as.get(before, before)

    def _insert(self, scene: Scene) -> None:
        self._lay_people()
        self._lay_professionals([v for v, _ in scene.viewers])
        world = self.world
        self._lay_record(world)
        self.add_elements(world.elements)
        self.add_doors(world.doors)
        self.add_masks(world.masks)
        self.add_openings(world.openings)
        self.add_blocks(world.blocks)
        Representation.objects.bulk_create(
            Representation(
                person_id=self.key(one.person), record_id=self.record_id, ground=one.ground,
                since=one.since, until=instant(one.until), suspended_at=one.suspended,
            )
            for one in world.representations
        )  # fmt: skip
        Delegation.objects.bulk_create(
            Delegation(
                person_id=self.key(one.person), record_id=self.record_id,
                everything="everything" in one.kinds, kinds=sorted(one.kinds - {"everything"}),
                named_by_representative=one.named_by_representative, since=one.since,
                until=instant(one.until), ended_at=one.ended,
            )
            for one in world.delegations
        )  # fmt: skip

    # people

    def _lay_people(self) -> None:
        Person.objects.bulk_create(
            Person(
                id=self.key(name), birth_name="EXEMPLE", given_names="Camille", sex="F",
                first_given="Camille", birthplace="75115",
                born_on=self.world.born if name == "holder" else dt.date(1980, 3, 4),
            )
            for name in sorted(self.people)
        )  # fmt: skip

    def _lay_professionals(self, viewers: list[oracle.Viewer]) -> None:
        self.pros = {v.professional: v for v in viewers if v.professional}
        named = {one.professional for one in (*self.world.openings, *self.world.blocks)}
        named |= {one.whom for one in self.world.doors} - set(PLACES)
        named.add(SOMEBODY)
        Professional.objects.bulk_create(
            Professional(
                id=self.key(name), rpps=self.key(name).hex[:12], family_name="Exemple",
                given_name="Alix", profession=one.profession if one else "10",
                registration_ended_at=one.registration_ended if one else None,
            )
            for name, one in ((name, self.pros.get(name)) for name in named | set(self.pros))
        )  # fmt: skip
        places = {v.structure for v in viewers} | {one.whom for one in self.world.doors}
        self.places = sorted(places & set(PLACES))
        groups = Group.objects.bulk_create(
            Group(name=f"structure {self.key(name)}") for name in self.places
        )
        self.groups = dict(zip(self.places, groups, strict=True))
        Structure.objects.bulk_create(
            Structure(
                id=self.key(name), finess=self.key(name).hex[:9], name=name, kind=PLACES[name],
                group=self.groups[name],
            )
            for name in self.places
        )  # fmt: skip
        User.objects.bulk_create(
            User(
                id=row.user_id, email=f"{row.user_id}@exemple.test", password="!",  # noqa: S106
                person_id=row.person_id, is_active=row.active,
                professional_id=row.professional_id,
            )
            for row in self.viewers if row.user_id
        )  # fmt: skip
        Practice.objects.bulk_create(
            Practice(
                id=row.practice.id, professional_id=row.professional_id,
                structure_id=row.structure_id, profession=row.profession,
                since=v.practice.since, until=_stop(v.practice),
            )
            for row, v in zip(self.viewers, viewers, strict=True) if row.practice
        )  # fmt: skip

    def _viewer(self, number: int, v: oracle.Viewer) -> Viewer:
        if not v.signed_in:
            return ANONYMOUS
        practice = None
        if v.professional is not None:
            practice = PracticeFacts(
                id=self.key(f"practice {number}"), professional_id=self.key(v.professional),
                profession=v.profession, structure_id=self.key(v.structure),
                structure_kind=PLACES.get(v.structure, ""),
            )  # fmt: skip
        return Viewer(
            user_id=self.key(f"user {number}"), person_id=self.key(v.person),
            role=ROLES.get(v.capacity, Role.NOBODY), active=v.active,
            second_factor="totp" if v.second_factor else "", practice=practice,
        )  # fmt: skip

    # the record

    def _lay_record(self, world: oracle.World) -> None:
        Record.objects.create(
            id=self.record_id, holder_id=self.key("holder"), opened_at=LONG_AGO,
            consent_at=LONG_AGO, status=world.status, died_on=world.died, opened_by_kind="counter",
            emergency_refused=world.emergency_refused, key_wrapped=b"none",
            regulation_refused=world.regulation_refused,
        )  # fmt: skip
        Episode.objects.bulk_create(
            Episode(
                id=self.key(name), record_id=self.record_id, created_at=LONG_AGO,
                secret=name in world.secret_episodes,
            )
            for name in sorted(set().union(*(one.episodes for one in world.elements))
                               | world.secret_episodes)
        )  # fmt: skip

    def add_elements(self, elements) -> None:
        """Lay out elements, each kind in its table; lines of the synthesis with their sources."""
        for kind, model in MODELS.items():
            some = [one for one in elements if one.kind == kind]
            if some and kind == "synthesis":
                Synthesis.objects.get_or_create(
                    id=self.key("synthesis"), record_id=self.record_id, number=1,
                    author_id=self.key("somebody"), signed_at=LONG_AGO,
                )  # fmt: skip
            model.objects.bulk_create(model(**self._common(one), **self._own(one)) for one in some)
        SynthesisSource.objects.bulk_create(
            SynthesisSource(
                record_id=self.record_id, line_id=self.key(one.key), element_id=self.key(source),
                kind="document",
            )
            for one in elements for source in one.sources
        )  # fmt: skip

    def _common(self, one: oracle.Element) -> dict:
        return {
            "id": self.key(one.key),
            "record_id": self.record_id,
            "type_code": one.type,
            "occurred_on": one.deposited.date(),
            "created_at": one.deposited,
            "categories": bits(one.categories),
            "episodes": [self.key(name) for name in sorted(one.episodes)],
            "author_id": self.key(one.author),
            "author_structure_id": self.key(one.structure),
            "performer_id": self.key(one.performer),
            "prescriber_id": self.key(one.prescriber),
            "secret": one.secret,
            "about_another": one.about_another,
            "unannounced_until": release_day(oracle.day(one.deposited))
            if one.not_announced
            else None,
            "released_at": one.released,
            "withdrawn_at": one.deposited if one.withdrawn else None,
        }

    def _own(self, one: oracle.Element) -> dict:
        if one.kind == "document":
            return {"title": "A title", "class_code": "10", "author_kind": "professional"}
        if one.kind == "entry":
            return {
                "kind": "allergy",
                "author_kind": "holder",
                "on_emergency_card": one.on_card,
            }
        if one.kind == "synthesis":
            return {
                "synthesis_id": self.key("synthesis"),
                "section": "problems",
                "position": int(one.key.rpartition(" ")[2]),
                "text": "A line",
            }
        return {
            "pays_for": one.pays_for, "scheme": "general", "line_key": one.key, "section": "MED",
            "care_end": one.deposited.date(), "code_system": "CIP13", "code": "3400900000000",
            "label": "A line", "flow_date": one.deposited.date(), "digest": b"\0" * 32,
        }  # fmt: skip

    # rules

    def add_doors(self, doors) -> None:
        """Lay out doors with guardian's rows, as a sweep that comes late would leave them."""
        Authorisation.objects.bulk_create(self._door(one) for one in doors)
        for one in doors:
            self.grant(one)

    def _door(self, one: oracle.Door) -> Authorisation:
        place = one.whom in PLACES
        return Authorisation(
            id=self.key(one), record_id=self.record_id, kind=DOORS[one.kind][0],
            structure_id=self.key(one.whom) if place else None,
            professional_id=None if place else self.key(one.whom),
            element_id=self.key(one.element), ground="holder" if one.by_holder else "presence",
            given_at=one.given, confirmed_at=one.confirmed, since=one.since,
            until=instant(one.until), ended_at=one.ended, removed_by_holder=one.removed,
        )  # fmt: skip

    def grant(self, one: oracle.Door) -> None:
        """Write guardian's rows of a door, for every account of a professional."""
        permission = Permission.objects.get(codename=DOORS[one.kind][1])
        same = {"permission": permission, "content_object_id": self.record_id}
        if one.whom in PLACES:
            group = self.groups[one.whom]
            RecordGroupGrant.objects.bulk_create(
                [RecordGroupGrant(group=group, **same)], ignore_conflicts=True
            )
            return
        mine = [row for row in self.viewers if row.professional_id == self.key(one.whom)]
        RecordUserGrant.objects.bulk_create(
            [RecordUserGrant(user_id=row.user_id, **same) for row in mine], ignore_conflicts=True
        )

    def add_masks(self, masks) -> None:
        Mask.objects.bulk_create(
            Mask(
                id=self.key(one), record_id=self.record_id, target=one.target,
                target_id=None if one.target == "category" else self.key(one.what),
                target_categories=bits(one.what) if one.target == "category" else 0,
                audience=one.audience,
                audience_id=None if one.audience == "profession" else self.key(one.whom),
                audience_profession=one.whom if one.audience == "profession" else "",
                opens_in_emergency=one.opens, since=one.since, until=instant(one.until),
                ended_at=one.ended,
            )
            for one in masks
        )  # fmt: skip

    def add_openings(self, openings) -> None:
        Opening.objects.bulk_create(
            Opening(
                id=self.key(one), record_id=self.record_id, kind=one.kind,
                professional_id=self.key(one.professional), since=one.since,
                until=instant(one.until), ended_at=one.ended,
            )
            for one in openings
        )  # fmt: skip

    def add_blocks(self, blocks) -> None:
        Block.objects.bulk_create(
            Block(
                id=self.key(one), record_id=self.record_id,
                professional_id=self.key(one.professional), since=one.since, ended_at=one.ended,
            )
            for one in blocks
        )  # fmt: skip


def _stop(period: oracle.Period) -> dt.datetime | None:
    """Return the one instant a period without an end of its own stops at."""
    stops = [one for one in (instant(period.until), period.ended) if one is not None]
    return min(stops, default=None)


def bits(categories) -> int:
    """Return sensitive categories as the columns hold them, one bit each."""
    order = ["mental health", "sexual health", "genetics", "violence"]
    return sum(1 << order.index(name) for name in categories)


def check_constraints() -> None:
    """Fail now, not at the end of the test, when the rows contradict one another."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
