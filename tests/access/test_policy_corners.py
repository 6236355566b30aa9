"""The policy's corners, laid out by hand: bounds met to the second, every way to name and to come.

Random worlds meet them now and then; here gate, row security and oracle are compared on each.
"""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from tests import oracle
from tests.oracle import PARIS, READ, TAKE_AWAY
from tests.worlds.building import Rows, check_constraints
from tests.worlds.comparing import Tally, compare
from tests.worlds.drawing import Scene


pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 6, 15, 12, tzinfo=PARIS)
TODAY, DAY, SECOND = AT.date(), dt.timedelta(days=1), dt.timedelta(seconds=1)
LONG_AGO = AT - dt.timedelta(days=400)
# A period at the clock: its first instant, its last, and the one after.
BOUNDS = [
    {}, {"since": AT}, {"since": AT + SECOND}, {"until": AT}, {"until": AT + SECOND},
    {"ended": AT}, {"ended": AT + SECOND}, {"until": TODAY}, {"until": TODAY - DAY},
]  # fmt: skip
SINCE = {"since": LONG_AGO}
KINDS = ("document", "claim", "entry", "synthesis")
TYPE_OF = {"document": "11488-4", "claim": "REMB", "entry": "EXPPAT_2", "synthesis": "SYNTH"}


def element(number, kind="document", **facts):
    given = {"type": TYPE_OF[kind], "deposited": AT - 40 * DAY} | facts
    if kind == "claim":
        given.setdefault("pays_for", "11488-4")
    return oracle.Element(key=f"element {number}", kind=kind, **given)


def elements(each, kind="document"):
    """One element for each of these facts."""
    return [element(number, **({"kind": kind} | facts)) for number, facts in enumerate(each)]


def pro(name, structure=None, profession="10", **facts):
    given = {"practice": oracle.Period(**SINCE), "person": f"{name} at home"} | facts
    return oracle.Viewer(
        capacity="professional", professional=name, profession=profession, structure=structure,
        samu=structure == "samu", **given,
    )  # fmt: skip


def family(capacity, person):
    return oracle.Viewer(capacity=capacity, person=person)


HOLDER = family("patient", "holder")


def door(whom, kind="circle", **facts):
    given = SINCE | {"given": LONG_AGO, "confirmed": LONG_AGO} | facts
    return oracle.Door(kind=kind, whom=whom, **given)


def mask(what=None, target="element", **facts):
    return oracle.Mask(target=target, what=what, **(SINCE | facts))


def opening(name, kind="emergency", **facts):
    given = SINCE | {"until": AT + DAY} | facts
    return oracle.Opening(kind=kind, professional=name, **given)


def delegation(person, *kinds, **facts):
    given = SINCE | {"until": AT + DAY} | facts
    return oracle.Delegation(person=person, kinds=frozenset(kinds or {"everything"}), **given)


@pytest.fixture
def agree(row_security, as_owner):
    """Lay a world out and compare the three bodies on it. Returns how often each line decided."""

    def agree(viewers, elements, *, purposes=(READ,), at=AT, **world):
        facts = {"holder": "holder", "born": dt.date(1958, 3, 4)} | world
        laid = oracle.World(elements=tuple(elements), **facts)
        scene = Scene(at, laid, tuple(product(viewers, purposes)))
        with as_owner():
            rows = Rows(scene)
            check_constraints()
        tally = Tally()
        compare(scene.world, scene.viewers, rows, at, tally, briefly=True)
        return tally

    return agree


# --- Masks ---


def test_a_mask_holds_from_its_first_instant_to_its_last(agree):
    some = elements([{}] * len(BOUNDS))
    for audience, whom in (("everyone", None), ("delegate", "aide")):
        masks = [mask(one.key, audience=audience, whom=whom, **bound)
                 for one, bound in zip(some, BOUNDS, strict=True)]  # fmt: skip
        found = agree(
            [pro("ada"), pro("bea"), family("delegate", "aide")], some, masks=tuple(masks),
            doors=(door("ada"), door("bea", "treating GP")),
            delegations=(delegation("aide"),),
        )  # fmt: skip
        assert found["padlock"] == 5
        assert found["6" if whom else "12", False] == 5


def test_a_mask_is_aimed_by_name_by_profession_by_place_or_at_everyone(agree):
    audiences = [
        {}, {"audience": "professional", "whom": "ada"}, {"audience": "professional", "whom": "x"},
        {"audience": "profession", "whom": "10"}, {"audience": "profession", "whom": "60"},
        {"audience": "structure", "whom": "house"}, {"audience": "structure", "whom": "port"},
        {"audience": "delegate", "whom": "ada at home"},
        # The key of somebody who looks, in the place of one of another sort.
        {"audience": "delegate", "whom": "house"}, {"audience": "structure", "whom": "ada"},
        {"audience": "professional", "whom": "house"},
    ]  # fmt: skip
    aimed = [*product(audiences, (False, True), (None, "house"))]
    some = elements({"structure": place} for *_, place in aimed)
    masks = [mask(one.key, opens=opens, **audience)
             for one, (audience, opens, _) in zip(some, aimed, strict=True)]  # fmt: skip
    looking = [pro("ada", "house"), pro("bea", "house"), pro("cid"), pro("nell", "port", "60")]
    now = {"masks": tuple(masks), "doors": tuple(map(door, ("ada", "cid", "nell")))}
    agree([*looking, family("delegate", "ada")], some, delegations=(delegation("ada"),), **now)
    agree(looking[:2], some, openings=(opening("ada"), opening("bea")), **now)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_covers_one_element_a_care_whoever_wrote_or_did_it_or_a_category(agree, kind):
    some = elements(
        [
            {}, {}, {"author": "ada"}, {"author": "x"}, {"performer": "x"}, {"prescriber": "x"},
            {"performer": "ada", "prescriber": "ada"}, {"episodes": frozenset({"knee"})},
            {"episodes": frozenset({"knee", "tooth"})}, {"episodes": frozenset({"tooth"})},
            {"categories": frozenset({"violence"})}, {"categories": frozenset({"genetics"})},
            {"categories": frozenset({"violence", "genetics"})},
            {"categories": frozenset({"mental health"})},
        ],
        kind,
    )  # fmt: skip
    whats = {
        "element": some[0].key, "professional": "x", "episode": "knee",
        "category": frozenset({"violence", "mental health"}), "everything": None,
    }  # fmt: skip
    looking, doors = [pro("ada"), pro("bea")], (door("ada"), door("bea", "treating GP"))
    for target, what in whats.items():
        agree(looking, some, masks=(mask(what, target),), doors=doors)
    others = tuple(mask(what, target) for target, what in whats.items() if what is not None)
    agree(looking, some, masks=others, doors=doors)


def test_the_emergency_card_is_read_under_an_emergency_whatever_is_masked(agree):
    some = elements([{"on_card": True}, {"on_card": False}], "entry")
    masks = (
        mask(target="everything"),
        mask(target="everything", audience="professional", whom="ada"),
    )
    came = (("emergency", ()), ("regulation", ()), ("regulation", (door("ada"),)))
    for (kind, doors), hidden in product(came, (masks, ())):
        agree(
            [pro("ada", "samu")], some, masks=hidden, openings=(opening("ada", kind),), doors=doors
        )
    agree([pro("ada")], some, masks=masks, doors=(door("ada"),))


def test_a_mask_that_names_the_treating_gp_sleeps_and_any_other_gives_a_padlock(agree, settings):
    audiences = [
        {}, {"audience": "professional", "whom": "ada"}, {"audience": "professional", "whom": "x"},
        {"audience": "profession", "whom": "10"}, {"audience": "structure", "whom": "house"},
        {"audience": "delegate", "whom": "aide"}, {"audience": "structure", "whom": "ada"},
    ]  # fmt: skip
    some = elements([{}] * len(audiences))
    masks = [mask(one.key, **each) for one, each in zip(some, audiences, strict=True)]
    gp = {"masks": tuple(masks), "doors": (door("ada", "treating GP"),)}

    assert agree([pro("ada", "house")], some, **gp)["padlock"] == 6
    # On their own record, or of whom they represent, they see as the family does.
    guards = oracle.Representation(person="kin", ground="guardian", **SINCE)
    for person in ("holder", "kin"):
        family_too = agree([pro("ada", person=person)], some, representations=(guards,), **gp)
        assert family_too["padlock"] == 0
    settings.DMP_PADLOCK = False
    assert agree([pro("ada", "house")], some, padlock=False, **gp)["padlock"] == 0


# --- Ways to come ---


def test_a_door_is_open_from_its_first_instant_to_its_last_once_confirmed(agree):
    given = [*BOUNDS, {"confirmed": None}, {"confirmed": AT}, {"confirmed": AT + SECOND}]
    some = [element(0), element(1, structure="house")]
    mine = [door(f"dr {n}", **facts) for n, facts in enumerate(given)]
    agree([pro(one.whom, "house") for one in mine], some, doors=tuple(mine))
    for facts in given:
        agree([pro("ada", "house")], some, doors=(door("house", **facts),))
        agree([pro("ada", "port")], some[:1], doors=(door("ada", "treating GP", **facts),))


def test_a_share_shows_one_element_from_its_first_instant_to_its_last(agree):
    given = [*BOUNDS, {"confirmed": None}, {"confirmed": AT}, {"confirmed": AT + SECOND}]
    some = elements([{}] * (len(given) + 1))
    for whom in ("ada", "house"):
        doors = [door(whom, "share", element=one.key, **facts)
                 for one, facts in zip(some, given, strict=False)]  # fmt: skip
        agree([pro("ada", "house"), pro("bea", "port")], some, doors=tuple(doors))


def test_an_opening_lets_a_doctor_in_for_its_time_unless_the_holder_refused_it(agree):
    given = [facts for facts in BOUNDS if "until" not in facts or facts["until"]]
    looking = [pro(f"dr {n}", "samu") for n in range(len(given))]
    looking += [pro("nell", "samu", "60"), pro("ben", "house"), pro("none", "samu")]
    for kind, refused in product(("emergency", "regulation"), (None, False, True)):
        openings = [opening(one.professional, kind, **facts)
                    for one, facts in zip(looking, [*given, {}, {}], strict=False)]  # fmt: skip
        agree(looking if refused is None else looking[:1], elements([{}]),
              openings=tuple(openings), **{f"{kind}_refused": refused})  # fmt: skip


def test_somebody_blocked_sees_nothing_while_the_block_holds(agree):
    given = [facts for facts in BOUNDS if "until" not in facts]
    looking = [pro(f"dr {n}") for n in range(len(given))]
    blocks = [oracle.Block(professional=one.professional, **(SINCE | facts))
              for one, facts in zip(looking, given, strict=True)]  # fmt: skip
    some = [element(0), element(1, author="dr 0")]
    agree(looking, some, blocks=tuple(blocks), doors=tuple(door(v.professional) for v in looking))
    agree([pro("ada")], some, blocks=(oracle.Block(professional="ada", **SINCE),),
          doors=(door("ada", "treating GP"),))  # fmt: skip


def test_a_place_of_work_somebody_has_left_or_not_joined_yet_opens_nothing(agree):
    looking = [pro(f"dr {n}", "house", practice=oracle.Period(**(SINCE | facts)))
               for n, facts in enumerate(BOUNDS)]  # fmt: skip
    some = [element(0), element(1, author="dr 4"), element(2, author="dr 3")]
    agree(looking, some, doors=(door("house"), door("house", "share", element=some[0].key)))


def test_a_treating_gp_is_one_as_long_as_their_registration_lasts(agree):
    for ended in (None, AT, AT + SECOND):
        agree([pro("ada", registration_ended=ended)], elements([{}]),
              doors=(door("ada", "treating GP"),))  # fmt: skip


# --- The family ---

EVERY_FLAG = [
    {}, {"secret": True}, {"episodes": frozenset({"clinic"})}, {"episodes": frozenset({"knee"})},
    {"about_another": True}, {"withdrawn": True},
    {"not_announced": True, "deposited": AT - 40 * DAY},
    {"not_announced": True, "deposited": AT - 20 * DAY},
    {"not_announced": True, "deposited": AT - 20 * DAY, "released": AT},
    {"not_announced": True, "deposited": AT - 20 * DAY, "released": AT + SECOND},
    {"not_announced": True, "deposited": dt.datetime(2026, 5, 15, 23, 59, tzinfo=PARIS)},
    {"not_announced": True, "deposited": dt.datetime(2026, 5, 16, 0, 1, tzinfo=PARIS)},
    {"not_announced": True, "secret": True, "deposited": AT - 20 * DAY},
    {"secret": True, "episodes": frozenset({"knee"}), "withdrawn": True},
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_is_secret_or_of_another_is_kept_from_the_family_alone(agree, kind):
    looking = [
        HOLDER, family("representative", "mother"), family("delegate", "aide"), pro("ada"),
        pro("bea"), pro("cid"), pro("dan", person="holder"), pro("eve", person="mother"),
    ]  # fmt: skip
    some = elements([flags | {"author": "cid"} for flags in EVERY_FLAG], kind)
    agree(
        looking, some, born=dt.date(2010, 1, 5), secret_episodes=frozenset({"clinic"}),
        doors=(door("ada"), door("bea", "treating GP")), delegations=(delegation("aide"),),
        representations=(oracle.Representation(person="mother", ground="parent", **SINCE),),
    )  # fmt: skip


def test_a_representative_is_one_for_their_time_and_until_the_child_is_eighteen(agree):
    facts = [{"ground": "guardian"} | bound for bound in BOUNDS if "ended" not in bound]
    facts += [{"ground": "parent", "suspended": one} for one in (AT - DAY, AT, AT + SECOND)]
    facts += [{"ground": "parent"}, {"ground": "parent", "suspended": AT, "until": AT}]
    looking, given = [], []
    for number, each in enumerate(facts):
        given.append(oracle.Representation(person=f"p{number}", **(SINCE | each)))
        looking.append(family("representative", f"p{number}"))
        looking.append(pro(f"dr {number}", person=f"p{number}"))
    # Twice the same person: one that ended, one that lasts or is suspended.
    for person, suspended in (("again", None), ("twice", AT)):
        given += [
            oracle.Representation(person=person, ground="guardian", until=AT, **SINCE),
            oracle.Representation(person=person, ground="guardian", suspended=suspended, **SINCE),
        ]
        looking += [family("representative", person), pro(person, person=person)]
    looking += [family("representative", "nobody"), family("patient", "p0")]
    doors = tuple(door(one.professional) for one in looking if one.professional)
    # Children and adults, on the day before, the day itself and the next; and when it began.
    for born in (dt.date(2010, 1, 5), dt.date(1958, 3, 4)):
        agree(looking, elements([{}]), born=born, representations=tuple(given), doors=doors)
    for days in (-1, 0, 1):
        born = dt.date(2008, 6, 15) + days * DAY
        both = [oracle.Representation(person=f"{ground} {since.year}", ground=ground, since=since)
                for ground, since in product(("parent", "guardian"), (LONG_AGO, AT))]  # fmt: skip
        agree([family("representative", one.person) for one in both], elements([{}]), born=born,
              representations=tuple(both))  # fmt: skip


def test_who_began_for_an_adult_goes_on_and_who_began_for_a_child_does_not(agree):
    midnight = dt.datetime(2026, 6, 1, 0, 0, tzinfo=PARIS)
    given = [oracle.Representation(person=f"g{n}", ground="guardian", since=since)
             for n, since in enumerate((midnight, midnight - SECOND))]  # fmt: skip
    agree([family("representative", one.person) for one in given], elements([{}]),
          born=dt.date(2008, 6, 1), representations=tuple(given))  # fmt: skip


def test_a_delegate_sees_the_kinds_of_care_they_were_given_for_their_time(agree):
    types = ("11488-4", "11502-2", "18748-4", "57833-6", "60593-1", "REMB", "EXPPAT_1", "UNKNOWN")
    some = [element(number, type=code) for number, code in enumerate(types)]
    some += [element(f"of {kind} {10}", kind) for kind in KINDS]
    kinds = ("medicines", "results", "letters", "claims", "entries", "everything")
    given = [delegation(f"of {kind}", kind) for kind in kinds]
    given += [delegation("of two", "claims", "entries"), delegation("gone", "claims", ended=AT)]
    given += [delegation("gone", "entries")]
    given += [delegation(f"at {number}", **bound) for number, bound in enumerate(BOUNDS)]
    given += [delegation("by them", named_by_representative=True)]
    people = dict.fromkeys(one.person for one in given)
    looking = [family("delegate", one) for one in (*people, "nobody")]
    with_scope = [one for one in looking if not one.person.startswith("at ")]
    agree(with_scope, some, delegations=tuple(given))
    agree(looking, some[:1], delegations=tuple(given))
    for days in (-1, 0, 1):
        agree(looking[-2:], some[:1], born=dt.date(2008, 6, 15) + days * DAY,
              delegations=tuple(given))  # fmt: skip
    also = family("patient", "of everything"), pro("ada", person="of everything")
    agree(also, some[:1], delegations=tuple(given))


def test_a_record_that_is_suspended_closed_or_of_somebody_who_died(agree):
    looking = [
        HOLDER, family("representative", "mother"), family("delegate", "aide"), pro("ada"),
        pro("bea"), pro("cid", person="holder"), pro("dan", person="mother"),
        oracle.Viewer(capacity="fund", person="clerk"), family("patient", "neighbour"),
        oracle.Viewer(capacity="fund", person="holder"),
        *(oracle.Viewer(capacity="patient", person="holder", **{lacking: False})
          for lacking in ("signed_in", "second_factor", "active")),
    ]  # fmt: skip
    world = {
        "doors": (*map(door, ("ada", "cid", "dan")), door("bea", "treating GP")),
        "representations": (oracle.Representation(person="mother", ground="guardian", **SINCE),),
        "delegations": (delegation("aide"),),
    }
    some = elements([{}, {"withdrawn": True}])
    for facts in (
        {}, {"status": "suspended"}, {"status": "closed"}, {"died": TODAY}, {"died": TODAY + DAY},
    ):  # fmt: skip
        agree(looking, some, purposes=(READ, TAKE_AWAY), **(world | facts))


# --- The synthesis, and authors ---


def test_a_line_of_the_synthesis_is_hidden_with_any_of_its_sources(agree):
    sources = [
        element("open"), element("masked"), element("waits", not_announced=True, deposited=AT),
        element("secret", secret=True), element("social", type="34112-3"),
        element("claim", "claim"), element("masked claim", "claim"),
        element("entry", "entry"), element("masked entry", "entry"),
    ]  # fmt: skip
    cited = [(), *((one.key,) for one in sources), ("element open", "element masked"), ("gone",)]
    signed = [(each, {}) for each in cited]  # by nobody who looks; then by one of them
    signed += product(cited[:3], ({"author": "ada"}, {"structure": "house"}))
    lines = [
        element(f"line {number}", "synthesis", sources=each, **author)
        for number, (each, author) in enumerate(signed)
    ]
    shares = tuple(door("eve", "share", element=one.key) for one in lines)
    looking = [
        HOLDER, family("representative", "mother"), family("delegate", "aide"),
        pro("ada", "house"), pro("bea"), pro("cid", "house"), pro("sam", "port", "41"), pro("eve"),
        pro("zoe"),
    ]  # fmt: skip
    masked = ("element masked", "element masked claim", "element masked entry")
    agree(
        looking, [*sources, *lines], masks=tuple(map(mask, masked)),
        doors=(*map(door, ("ada", "cid", "sam")), door("bea", "treating GP"), *shares),
        delegations=(delegation("aide"),),
        representations=(oracle.Representation(person="mother", ground="guardian", **SINCE),),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_authors_and_their_colleagues_see_what_was_written_and_claims_have_none(agree, kind):
    some = elements(
        [
            {}, {"author": "ada"}, {"structure": "house"}, {"author": "x", "structure": "port"},
            {"performer": "ada", "prescriber": "ada"},
        ],
        kind,
    )  # fmt: skip
    # What the matrix refuses to their profession: an author sees it, and a colleague doesn't.
    some.append(element("refused 9", kind, author="nell", structure="port", type="34112-3"))
    looking = [pro("ada", "house"), pro("cid", "house"), pro("bea"), pro("nell", "port", "41")]
    looking.append(pro("tess", "port", "41"))
    for doors in ((), tuple(door(one.professional) for one in looking)):
        for masks in ((), (mask(target="everything"),)):
            agree(looking, some, doors=doors, masks=masks)


def test_a_claim_line_is_read_by_who_may_read_claims_and_the_care_it_pays_for(agree):
    paid = ("11488-4", "60593-1", "68599-0", "51969-4", "18748-4", "UNKNOWN", "")
    some = elements([{"pays_for": code} for code in paid], "claim")
    looking = [pro("ada"), pro("phil", profession="21"), pro("den", profession="40"),
               pro("sam", profession="41"), pro("odd", profession="331")]  # fmt: skip
    agree(looking, some, doors=tuple(door(one.professional) for one in looking))
