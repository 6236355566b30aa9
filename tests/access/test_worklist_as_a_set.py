"""A list says of all records at once what is said of each alone: on random rights, as rows."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from access import narrow_ways, policy
from access.binding import binding, bound
from access.models import (
    Authorisation,
    Block,
    Practice,
    Professional,
    RecordGroupGrant,
    RecordUserGrant,
)
from access.standing import read_standing, read_standings
from access.worklist import read_worklist
from records.dossier.entrance import door_of
from records.models import Document, Representation
from tests.access import cast


NOON = cast.NOON
DAYS = [NOON + dt.timedelta(days=n) for n in (-9, -6, -3, -1, 1)]
some_day = st.sampled_from(DAYS)
past = st.sampled_from(DAYS[:-1])
maybe = st.none() | some_day

PERIOD = st.fixed_dictionaries({
    "kind": st.sampled_from(["treating_gp", "circle", "circle"]),
    "whose": st.sampled_from(["me", "me", "my place", "my place", "another", "elsewhere"]),
    "ground": st.sampled_from(["holder", "presence", "colleague"]),
    "given_at": past, "since": st.just(DAYS[0]) | some_day, "until": st.none() | maybe,
    "confirmed_at": st.just(DAYS[0]) | maybe, "ended_at": st.none() | maybe,
    "removed_by_holder": st.booleans(),
})  # fmt: skip
OPEN = st.fixed_dictionaries({
    "kind": st.sampled_from(["treating_gp", "circle"]),
    "whose": st.sampled_from(["me", "my place"]),
    "ground": st.sampled_from(["holder", "presence"]), "given_at": past, "since": st.just(DAYS[0]),
    "confirmed_at": st.just(DAYS[0]),
})  # fmt: skip
# What removes somebody, and what may bring them back: else seldom drawn together.
REMOVED = st.tuples(
    st.sampled_from(["circle", "treating_gp"]), st.sampled_from(["me", "my place"]), past, past,
    st.sampled_from(["holder", "presence"]), st.none() | past,
).map(lambda each: _removed_and_back(each))  # noqa: PLW0108  # below  # fmt: skip
GRANTS = st.frozensets(
    st.sampled_from([
        ("treat_record", "me"), ("consult_record", "me"), ("consult_record", "my place"),
        ("treat_record", "my place"), ("consult_record", "elsewhere"),
    ])
)  # fmt: skip
EVERY_GRANT = st.just(
    frozenset({("treat_record", "me"), ("consult_record", "me"), ("consult_record", "my place")})
)
OTHERS_GRANTS = st.just(
    frozenset({
        ("treat_record", "another"), ("consult_record", "another"),
        ("consult_record", "elsewhere"),
    })
)  # fmt: skip
ODD = {
    "periods": st.lists(OPEN | PERIOD, max_size=3) | REMOVED,
    "grants": EVERY_GRANT | GRANTS | OTHERS_GRANTS,
    "status": st.sampled_from(["open"] * 9 + ["suspended", "closed"]),
    "died_on": st.sampled_from([None] * 9 + [NOON.date(), NOON.date() + dt.timedelta(days=1)]),
    "mine": st.sampled_from([False] * 9 + [True]),
    "adult": st.booleans(),
    "represented": st.none() | st.fixed_dictionaries({
        "ground": st.sampled_from(["parent", "guardian"]), "since": some_day, "until": maybe,
        "suspended_at": maybe, "by": st.sampled_from(["me", "another", "another"]),
    }),
    "block": st.none() | st.none() | st.none() | st.fixed_dictionaries({
        "since": some_day, "ended_at": maybe,
    }),
    "wrote": st.lists(
        st.fixed_dictionaries({
            "withdrawn_at": st.none() | st.none() | past,
            "unannounced_until": st.none() | st.just(NOON.date() + dt.timedelta(days=9)),
            "secret": st.booleans(),
        }),
        max_size=2,
    ),
}  # fmt: skip
# What most records are, or nothing would be on most lists.
USUAL = ODD | {
    "periods": st.lists(OPEN, min_size=1, max_size=2) | REMOVED,
    "grants": EVERY_GRANT,
}  # fmt: skip
RECORD = st.one_of(*map(st.fixed_dictionaries, (ODD, USUAL, USUAL)))
RIGHTS = st.fixed_dictionaries({
    "records": st.lists(RECORD, min_size=2, max_size=5),
    "registered": st.sampled_from([None] * 9 + [DAYS[0], DAYS[-1]]),
    "practice_ends": st.sampled_from([None] * 9 + [DAYS[0], DAYS[-1]]),
})  # fmt: skip


def _removed_and_back(each):
    """A period the holder ended, another since; and the holder's own, now and then."""
    kind, whose, ended, given_at, ground, again = each
    common = {"kind": kind, "whose": whose, "since": DAYS[0], "until": None,
              "confirmed_at": DAYS[0], "removed_by_holder": False, "ended_at": None}  # fmt: skip
    first = common | {
        "ground": "holder", "given_at": DAYS[0], "ended_at": ended, "removed_by_holder": True
    }  # fmt: skip
    found = [first, common | {"ground": ground, "given_at": given_at}]
    if again is not None:
        # Over since: it lets the other in and opens nothing by itself.
        ours = {"ground": "holder", "given_at": again, "ended_at": DAYS[-2]}
        found.append(common | ours)
    return found


class Rights:
    """The rows of what was drawn, around one professional and where they work."""

    def __init__(self, world, drawn):
        self.me, self.world = world.me, world
        Professional.objects.filter(id=self.me.id).update(
            registration_ended_at=drawn["registered"]
        )
        Practice.objects.filter(id=self.me.practice.id).update(until=drawn["practice_ends"])
        self.viewer = replace(self.me.viewer, person_id=world.person.id)
        self.records = [self._record(one) for one in drawn["records"]]

    def _record(self, facts):
        born = dt.date(1960, 1, 1) if facts["adult"] else dt.date(2015, 1, 1)
        holder = self.world.person if facts["mine"] else cast.person("Line", born=born)
        record = cast.record(holder, status=facts["status"], died_on=facts["died_on"])
        Authorisation.objects.bulk_create(
            Authorisation(record=record, **period) for period in self._periods(facts["periods"])
        )
        for codename, whose in facts["grants"]:
            same = {"permission": self.world.permissions[codename], "content_object": record}
            if whose in {"me", "another"}:
                user = self.me.user if whose == "me" else self.world.another.user
                RecordUserGrant.objects.create(user=user, **same)
            else:
                RecordGroupGrant.objects.create(group=self.world.places[whose].group, **same)
        if facts["represented"]:
            ground = dict(facts["represented"])
            who = self.world.person if ground.pop("by") == "me" else self.world.somebody
            Representation.objects.create(record=record, person=who, **ground)
        if facts["block"]:
            Block.objects.create(
                record=record, professional=self.me.professional, **facts["block"]
            )
        for wrote in facts["wrote"]:
            cast.document(record, by=self.me, **wrote)
        return record

    def _periods(self, drawn):
        seen = False
        for facts in drawn:
            period = dict(facts)
            whose = period.pop("whose")
            if period["kind"] == "treating_gp" and not period.get("ended_at"):
                if seen:  # a record has one
                    continue
                seen = seen or period["confirmed_at"] is not None
            if whose in self.world.places:
                period["structure"] = self.world.places[whose]
            else:
                period["professional"] = (
                    self.me.professional if whose == "me" else self.world.another.professional
                )
            yield period


@pytest.fixture
def rights(as_owner):
    """A professional whose places, account and person are there; their rights are drawn."""
    with as_owner():
        places = {"my place": cast.structure(), "elsewhere": cast.structure()}
        for place in places.values():
            place.group = Group.objects.create(name=str(place.id))
            place.save()

        class World:
            me = cast.pro("Petit", place=places["my place"])
            another = cast.pro("Autre")
            person = cast.person("Alix", "Petit")
            somebody = cast.person("Paul", "Autre")
            permissions = {one.codename: one for one in Permission.objects.all()}

        World.places = places
    return World


def drawn(strategy, most):
    """Draw the same each time; what fails is not made smaller, which takes minutes."""
    return lambda function: settings(
        max_examples=most, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )(given(strategy)(function))  # fmt: skip


def test_the_list_holds_the_records_whose_door_is_open_one_by_one(rights, as_owner):
    seen = {"treating_gp": 0, "circle": 0, "nothing": 0, "several": 0, "deposits": 0, "not": 0}

    @drawn(RIGHTS, 150)
    def _agree(facts):
        with transaction.atomic():
            with as_owner():
                laid = Rights(rights, facts)
            _compare(laid, seen)
            transaction.set_rollback(True)

    _agree()
    assert min(seen.values()) > 25, seen  # of each, enough for the draw to tell


def _compare(laid, seen):
    viewer = laid.viewer
    keys = [record.id for record in laid.records]
    with binding(viewer, at=NOON):
        moment = bound().moment
        alone = {key: read_standing(viewer, key, moment) for key in keys}
        assert read_standings(viewer, [*keys, uuid.uuid4()], moment) == alone
        doors = {key: door_of(standing) for key, standing in alone.items()}
        view = read_worklist(by=viewer)
        told = {row.record_id: row.treating_gp for row in view.rows}
        assert told == {
            key: door == "treating_gp"
            for key, door in doors.items()
            if door in {"treating_gp", "circle"}
        }
        assert view.total == len(told)
        written = narrow_ways.deposited_by_me(100)
        mine = [one for one in written if policy.can_see(Document, alone[one.record_id],
                                                         one.document_id)]  # fmt: skip
        assert policy.written_by(viewer, limit=100) == mine
        assert {one.element_id for one in view.deposits} == {one.document_id for one in mine}
    for door in doors.values():
        seen[door if door in seen else "nothing"] += 1
    seen["several"] += len(told) > 1
    seen["deposits"] += len(mine)
    seen["not"] += len(written) - len(mine)
