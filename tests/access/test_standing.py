"""What a viewer is to a record, read for one, for several records and for several viewers."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from itertools import product

import pytest
from django.contrib.auth.models import Group, Permission

from access.binding import binding, moment_of
from access.conditions import representing
from access.models import Authorisation, RecordGroupGrant, RecordUserGrant
from access.patients import patients_of
from access.standing import Standing, read_standing, read_standings, read_standings_of
from access.viewer import ANONYMOUS
from records.models import Representation
from tests import oracle
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import circle_period
from tests.worlds.building import Rows, check_constraints
from tests.worlds.drawing import Scene


DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
AT = moment_of(NOON)
BOUNDS = [
    {}, {"since": NOON}, {"since": NOON + SECOND}, {"until": NOON}, {"until": NOON + SECOND},
    {"ended": NOON}, {"ended": NOON + SECOND},
]  # fmt: skip
SINCE = {"since": LONG_AGO}


def test_whoever_represents_is_found_by_the_records_or_by_the_person(db, as_owner):
    with as_owner():
        mother, uncle = cast.person("Marie"), cast.person("Paul")
        records = [cast.record(cast.person("Lou", born=dt.date(2012, 1, 10))) for _ in range(3)]

        def represent(record, who=mother, **facts):
            given = {"ground": "guardian", "since": cast.LONG_AGO} | facts
            return Representation.objects.create(record=record, person=who, **given).id

        live = {
            represent(records[0]), represent(records[0], since=NOON),
            represent(records[0], until=NOON + SECOND),
            represent(records[0], suspended_at=NOON + SECOND),
        }  # fmt: skip
        represent(records[0], since=NOON + SECOND)
        represent(records[0], until=NOON)
        represent(records[0], suspended_at=NOON)
        represent(records[0], suspended_at=NOON - DAY)
        grown_up = cast.record(cast.person("Luc", born=dt.date(1958, 3, 4)))
        represent(grown_up, ground="parent")
        theirs = represent(records[1], uncle)
        elsewhere = represent(records[2])

    def found(**asked):
        once = representing(AT, **asked)
        assert len(once) == len(set(once))
        return set(once)

    assert found(record_ids=[records[0].id, grown_up.id]) == live
    assert found(record_ids=[records[0].id, records[1].id]) == live | {theirs}
    assert found(person_id=mother.id) == live | {elsewhere}
    assert found(record_ids=[records[1].id], person_id=mother.id) == live | {theirs, elsewhere}
    assert found() == set()


def test_only_who_represents_somebody_else_who_is_a_minor_speaks_for_a_minor():
    speaking = {
        (held, adult, who)
        for held, adult, who in product((True, False), (True, False), ("live", "suspended", ""))
        if Standing(
            viewer=ANONYMOUS, record_id=uuid.UUID(int=1), moment=AT, is_holder=held,
            holder_is_adult=adult, representation=who,
        ).speaks_for_minor
    }  # fmt: skip
    assert speaking == {(False, False, "live")}


def test_several_are_told_what_each_is_told_alone_whoever_they_are_to_the_record(jeanne, as_owner):
    with as_owner():
        empty = cast.record(cast.person("Paul", "Durand"))
        nowhere = uuid.uuid4()
    viewers = list(jeanne.viewers.values())
    viewers.append(replace(jeanne.viewers["martin"], person_id=jeanne.holder.id))
    for record_id in (jeanne.record.id, empty.id, nowhere):
        alone = [read_standing(viewer, record_id, AT) for viewer in viewers]
        assert read_standings_of(viewers, record_id, AT) == alone
        assert read_standings_of(viewers[::-1], record_id, AT) == alone[::-1]
        for viewer, one in zip(viewers, alone, strict=True):
            found = read_standings(viewer, [record_id], AT)
            assert found == ({record_id: one} if one.exists else {})
    assert read_standings_of([], jeanne.record.id, AT) == []
    assert read_standings(viewers[0], [], AT) == {}
    assert read_standing(viewers[0], nowhere, AT) == Standing(viewers[0], nowhere, AT)


def test_what_each_is_to_jeanne_s_record(jeanne):
    def facts(who):
        one = read_standing(jeanne.viewers[who], jeanne.record.id, AT)
        said = ("is_holder", "is_representative", "delegated", "treating_gp", "circle", "has_door")
        return {name for name in said if getattr(one, name)}

    assert {who: facts(who) for who in jeanne.viewers} == {
        "jeanne": {"is_holder"}, "guardian": {"is_representative"}, "delegate": {"delegated"},
        "petit": {"treating_gp"}, "half": {"treating_gp"}, "martin": {"circle", "has_door"},
        "pharmacist": {"circle", "has_door"}, "stranger": set(), "garnier": set(),
        "agent": set(), "administrator": set(), "nobody": set(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("born", "adult"),
    [(dt.date(2008, 6, 14), True), (dt.date(2008, 6, 15), True), (dt.date(2008, 6, 16), False)],
)
def test_a_holder_is_an_adult_from_the_day_they_are_eighteen(db, as_owner, born, adult):
    with as_owner():
        record = cast.record(holder := cast.person("Lou", born=born))
        viewer = cast.family_viewer(holder)
    assert read_standing(viewer, record.id, AT).holder_is_adult is adult


# --- Doors: what each is told of one record, and what is on the list of each ---


def pro(name, structure=None, **facts):
    given = {"practice": oracle.Period(**SINCE), "person": f"{name} at home"} | facts
    return oracle.Viewer(
        capacity="professional", professional=name, structure=structure,
        **({"profession": "10", "samu": structure == "samu"} | given),
    )  # fmt: skip


def door(whom, kind="circle", **facts):
    given = SINCE | {"given": LONG_AGO, "confirmed": LONG_AGO} | facts
    return oracle.Door(kind=kind, whom=whom, **given)


def on_the_list(viewer):
    """The records of a professional's list, and whether they are their treating GP."""
    with binding(viewer, at=NOON):
        found = patients_of(viewer, AT, name="", opened_after=NOON, limit=9, offset=0)
    return [(one.record_id, one.treating_gp) for one in found.rows]


@pytest.fixture
def compared(db, as_owner):
    """Lay a world out; compare, for each who looks, its doors with the oracle's, and the list."""

    def compared(viewers, doors, **facts):
        world = oracle.World(
            **({"holder": "holder", "born": dt.date(1958, 3, 4)} | facts), doors=tuple(doors)
        )
        with as_owner():
            rows = Rows(Scene(NOON, world, tuple((one, oracle.READ) for one in viewers)))
            check_constraints()
        found = read_standings_of(rows.viewers, rows.record_id, AT)
        for viewer, row, standing in zip(viewers, rows.viewers, found, strict=True):
            there = viewer.practice.live(NOON)
            gp, circle = (
                there and oracle.holds(world, viewer, kind, NOON)
                for kind in ("treating GP", "circle")
            )
            gp = gp and viewer.registration_ended != NOON
            assert (standing.treating_gp, standing.circle) == (gp, circle), viewer
            for kind, refused in (
                ("emergency", world.emergency_refused),
                ("regulation", world.regulation_refused or not viewer.samu),
            ):
                came = there and not refused and oracle.opened(world, viewer, kind, NOON)
                assert getattr(standing, kind) == (came and viewer.profession == "10"), viewer
            listed = dict(on_the_list(row))
            kept = oracle.representation_of(world, viewer, NOON) in {"live", "suspended"} or any(
                one.professional == viewer.professional and one.live(NOON) for one in world.blocks
            )
            over = world.status != "open" or (world.died or dt.date.max) <= NOON.date()
            comes = (gp or circle) and not (kept or over or viewer.person == "holder")
            assert listed == ({rows.record_id: gp} if comes else {}), viewer
        return [standing.has_door or standing.treating_gp for standing in found]

    return compared


def test_whoever_the_holder_removed_comes_back_by_the_holder_s_own_act_alone(compared):
    ended, back = NOON - 5 * DAY, NOON - 3 * DAY
    kinds = [("circle", "circle"), ("treating GP", "circle"), ("treating GP", "treating GP")]
    again = [None, back - DAY, ended, back, ended - SECOND, back + SECOND]
    viewers, doors = [], []
    for (kind, then), removed, given, own in product(
        kinds[:1], (True, False), (ended - SECOND, ended, back), again
    ):
        name = f"dr {len(viewers)}"
        viewers.append(pro(name))
        doors.append(door(name, kind, ended=ended, removed=removed))
        doors.append(door(name, then, given=given, by_holder=False))
        if own is not None:
            doors.append(door(name, kind, given=own, ended=NOON - DAY))
    back_in = compared(viewers, doors)
    assert {True, False} == set(back_in)
    for kind, then in kinds:
        for own in (False, True):
            compared([pro("ada")], [
                door("ada", kind, ended=ended, removed=True),
                door("ada", then, given=back, by_holder=own),
            ])  # fmt: skip


@pytest.mark.parametrize("gone", ["ada", "house", "port", "bea"])
def test_one_removed_in_person_or_with_their_place_comes_back_through_neither(compared, gone):
    ended, back = NOON - 5 * DAY, NOON - 3 * DAY
    looking = [pro("ada", "house"), pro("cid", "house"), pro("dan")]
    for then, own in product(("ada", "house"), (None, "ada", "house", "port", "bea")):
        doors = [door(gone, ended=ended, removed=True), door(then, given=back, by_holder=False)]
        if own is not None:
            doors.append(door(own, given=back - DAY, ended=NOON - DAY))
        compared(looking, doors)


def test_a_door_that_another_removed_or_the_holder_gave_shuts_no_other(compared):
    ended, back = NOON - 5 * DAY, NOON - 3 * DAY
    looking = [pro("ada", "house")]
    # Ticked by somebody else, then removed by the holder; and what they gave lasts until its end.
    compared(looking, [door("ada", by_holder=False, ended=ended, removed=True),
                       door("ada", given=back, by_holder=False)])  # fmt: skip
    compared(looking, [door("ada", given=back, until=NOON, by_holder=False), door("house")])


def test_the_list_and_the_record_say_the_same_of_each_bound(compared):
    looking = [pro(f"block {n}") for n in range(5)]
    ends = [bound for bound in BOUNDS if "until" not in bound]
    blocks = [oracle.Block(professional=one.professional, **(SINCE | bound))
              for one, bound in zip(looking, ends, strict=True)]  # fmt: skip
    looking += [pro(f"work {n}", practice=oracle.Period(**(SINCE | bound)))
                for n, bound in enumerate(BOUNDS)]  # fmt: skip
    looking += [pro("theirs", person="holder"), pro("nobody", person=None)]
    represented = [{"ground": "guardian"} | bound for bound in BOUNDS if "ended" not in bound] + [
        {"ground": "parent"},
        {"ground": "parent", "suspended": NOON},
    ]
    representations = []
    for number, facts in enumerate(represented):
        looking.append(pro(f"kin {number}", person=f"p{number}"))
        representations.append(oracle.Representation(person=f"p{number}", **(SINCE | facts)))
    timed = [*BOUNDS, {"confirmed": None}, {"confirmed": NOON}, {"confirmed": NOON + SECOND}]
    doors = [door(one.professional) for one in looking]
    for number, facts in enumerate(timed):
        looking.append(pro(f"door {number}"))
        doors.append(door(f"door {number}", **facts))
    rules = {"blocks": tuple(blocks), "representations": tuple(representations)}
    # A child's, an adult's, and on the day somebody is eighteen.
    for born in (dt.date(2012, 1, 10), dt.date(1958, 3, 4), dt.date(2008, 6, 15)):
        compared(looking, doors, born=born, **rules)
    some = [looking[5]]
    assert compared(some, doors, **rules) == [True]
    for facts in ({"status": "suspended"}, {"status": "closed"}, {"died": NOON.date()},
                  {"died": NOON.date() + DAY}):  # fmt: skip
        compared(some, doors, **rules, **facts)
    left = pro("ada", practice=oracle.Period(until=NOON, **SINCE))
    assert compared([left], [door("ada", "treating GP"), door("ada")]) == [False]
    for ended in (NOON, NOON + SECOND):
        both = [door("ada", "treating GP"), door("ada"), door("ada", "share", element="one")]
        compared([pro("ada", registration_ended=ended)], both[:1])
        compared([pro("ada", registration_ended=ended)], both)
        compared([pro("ada", registration_ended=ended)], [door("ada")])


def test_a_name_on_the_list_is_found_by_its_plain_letters(jeanne, as_owner):
    with as_owner():
        for first, family in (("àáâäãåçèéêëìí", "îïñòóôöõùúûüýÿ"), ("Léa", "d’Août-L'Écu")):
            record = cast.record(cast.person(first, family))
            circle_period(record, "circle", structure=jeanne.pharmacy)

    def found(name):
        with jeanne.as_("pharmacist") as viewer:
            rows = patients_of(viewer, AT, name=name, opened_after=NOON, limit=9, offset=0).rows
        return [row.first_name for row in rows]

    assert found("aaaaaaceeeeii iinooooouuuuyy") == ["àáâäãåçèéêëìí"]
    assert found("lea d aout l ecu") == ["Léa"]
    assert found("morel") == ["Jeanne"]


def test_an_opening_is_a_doctor_s_at_work_and_the_regulation_s_a_samu_s(compared):
    looking = [
        pro("ada", "samu"), pro("bea", "house"), pro("nell", "samu", profession="60"),
        pro("gone", "samu", practice=oracle.Period(until=NOON, **SINCE)),
    ]  # fmt: skip
    openings = tuple(
        oracle.Opening(kind=kind, professional=one.professional, until=NOON + DAY, **SINCE)
        for one, kind in product(looking, ("emergency", "regulation"))
    )
    for refused in (None, False, True):
        for kind in ("emergency_refused", "regulation_refused"):
            compared(looking, (), openings=openings, **{kind: refused})
    for one in looking[:2]:
        mine = [each for each in openings if each.professional == one.professional]
        for opening in mine:
            compared(looking, (), openings=(opening,))


CODENAMES = {"circle": "consult_record", "treating_gp": "treat_record", "share": "receive_share"}


@pytest.mark.parametrize(
    ("kind", "through"),
    [
        ("circle", "mine"), ("treating_gp", "mine"), ("share", "mine"), ("circle", "place"),
        ("share", "place"),
    ],
)  # fmt: skip
def test_a_period_needs_guardian_s_row_of_its_own_sort_beside_it(jeanne, as_owner, kind, through):
    record, viewer = jeanne.record, jeanne.viewers["pharmacist"]
    mine, another = jeanne.users["pharmacist"], jeanne.users["martin"]
    about = {"element_id": jeanne.letter.id} if kind == "share" else {}
    whose = {
        "mine": {"professional": jeanne.professionals["pharmacist"].professional, "user": mine},
        "place": {"structure": jeanne.pharmacy},
    }[through]

    def grant(who, codename, on):
        holder = {"user": who} if who in {mine, another} else {"group": who}
        table = RecordUserGrant if "user" in holder else RecordGroupGrant
        permission = Permission.objects.get(codename=codename)
        table.objects.create(permission=permission, content_object=on, **holder)

    def held():
        one = read_standing(viewer, record.id, AT)
        listed = [(record.id, one.treating_gp)] if one.treating_gp or one.circle else []
        assert on_the_list(viewer) == listed
        return one.treating_gp, one.circle, one.shared

    with as_owner():
        other = cast.record(cast.person("Nadia"))
        elsewhere = Group.objects.create(name="elsewhere")
        Authorisation.objects.all().delete()
        period = circle_period(record, kind, **whose, **about)
        RecordUserGrant.objects.all().delete()
        RecordGroupGrant.objects.all().delete()
        right, wrong = (mine, jeanne.pharmacy.group)[:: 1 if through == "mine" else -1]
        nobodys = another if through == "mine" else elsewhere
    assert held() == (False, False, ())
    with as_owner():
        # Of another person or place, of another record, of another right, of the other table.
        for who, codename, on in (
            (nobodys, CODENAMES[kind], record), (right, CODENAMES[kind], other),
            (wrong, CODENAMES[kind], record),
            *((right, one, record) for one in CODENAMES.values() if one != CODENAMES[kind]),
        ):  # fmt: skip
            grant(who, codename, on)
    assert held() == (False, False, ())
    with as_owner():
        grant(right, CODENAMES[kind], record)
    assert held() == (kind == "treating_gp", kind == "circle", tuple(about.values()))
    with as_owner():  # nor does the row alone let anybody in, or beside the period of another
        period.delete()
        circle_period(record, kind, professional=jeanne.professionals["martin"].professional,
                      user=another, **about)  # fmt: skip
    assert held() == (False, False, ())
