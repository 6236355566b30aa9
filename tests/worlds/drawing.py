"""Small random worlds around one record, with a clock near the edges of what is drawn.

A strategy over the oracle's facts: who there is, what is in the record, which rules hold. Values
are weighted so that every line of the policy is reached; nothing here says what the answer is.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache

from hypothesis import strategies as st

from tests import oracle
from tests.oracle import PARIS
from tests.oracle_grid import TYPES


# Plain days; edges of days, of months, of years and of summer time. Instants are kept in UTC:
# two of them in one zone compare by what its clocks show, wrong in the hour that comes twice.
CLOCKS = [
    one.astimezone(dt.UTC)
    for one in (
        dt.datetime(2026, 6, 15, 12, tzinfo=PARIS),
        dt.datetime(2026, 6, 15, tzinfo=PARIS),
        dt.datetime(2026, 6, 15, 23, 59, 59, 999999, tzinfo=PARIS),
        dt.datetime(2026, 6, 30, 1, 30, tzinfo=PARIS),
        dt.datetime(2026, 2, 28, 12, tzinfo=PARIS),
        dt.datetime(2026, 3, 1, 0, 30, tzinfo=PARIS),
        dt.datetime(2028, 2, 29, 9, tzinfo=PARIS),
        dt.datetime(2026, 3, 29, 3, 0, tzinfo=PARIS),
        dt.datetime(2026, 3, 31, 22, 30, tzinfo=PARIS),
        dt.datetime(2026, 4, 30, 0, 0, tzinfo=PARIS),
        dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS),
        dt.datetime(2026, 12, 31, 23, 30, tzinfo=PARIS),
        dt.datetime(2027, 1, 1, 0, 0, tzinfo=PARIS),
    )
]
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
LONG = dt.timedelta(days=400)

PROS = {
    "dr ada": "10", "dr bea": "10", "dr cid": "10", "pharmacist": "21", "nurse": "60",
    "midwife": "50", "dentist": "40", "physio": "70", "coordinator": "330", "social": "41",
    "osteopath": "71",
}  # fmt: skip
PLACES = {"house": "practice", "hospital": "hospital", "samu": "samu", "port": "pharmacy"}
AT_WORK = ["house", "house", "hospital", "hospital", "samu", "samu", "port", None]
FAMILY = ["holder", "mother", "uncle", "aide"]
SOMEBODY = "somebody else"
CAPACITIES = ["professional"] * 14 + ["patient"] * 2 + ["representative", "delegate"] * 2
CAPACITIES += ["fund"]
NOT_ADMITTED = [{"signed_in": False}, {"second_factor": False}, {"active": False}]

ELEMENT_KINDS = ["document"] * 5 + ["claim"] * 2 + ["entry"] + ["synthesis"] * 3
ALL_TYPES = sorted(code for codes in TYPES.values() for code in codes.split())
COMMON = ["11488-4"] * 6 + ["68599-0", "57833-6", "34112-3", "11502-2", "18748-4", "SYNTH"]
UNLISTED = ["51851-4", "89233-1", "UNKNOWN"]  # in another list than the grid's, and in none
TYPES_OF = {
    "document": COMMON * 12 + UNLISTED * 2 + ALL_TYPES,
    "claim": ["REMB"],
    "entry": ["EXPPAT_2"],
    "synthesis": ["SYNTH", "60591-5"],
}
PAID = ["11488-4", "11488-4", "60593-1", "68599-0", "51969-4", "34112-3", "UNKNOWN"]
EPISODES = ["knee", "clinic", "tooth"]
EPISODES_OF = [frozenset()] * 3 + [frozenset({name}) for name in EPISODES]
EPISODES_OF += [frozenset(EPISODES[:2])]
CATEGORIES = ["mental health", "sexual health", "genetics", "violence"]
ONE_CATEGORY = [frozenset({name}) for name in CATEGORIES]
CATEGORIES_OF = [frozenset(), frozenset(), *ONE_CATEGORY, frozenset(CATEGORIES[:2])]
FLAGS = [{"not_announced": True}] * 5 + [{"secret": True}] * 3
FLAGS += [{"not_announced": True, "secret": True}] * 2 + [{"about_another": True}] * 2
FLAGS = [{}] * 17 + FLAGS + [{"withdrawn": True}]
DAYS_OLD = [1, 1, 1, 0, 10, 27, 28, 29, 30, 31, 32, 40]
HOURS = [dt.time(12), dt.time(), dt.time(23, 59, 59)]

TARGETS = ["element"] * 5 + ["everything"] * 2 + ["professional", "episode", "category"]
AUDIENCES = ["everyone"] * 5 + ["professional"] * 2 + ["profession", "structure", "delegate"]
KINDS = ["medicines", "results", "letters", "claims", "entries"]


@dataclass(frozen=True, repr=False)
class Scene:
    """A world, the clock, and who looks for what purpose."""

    at: dt.datetime
    world: oracle.World
    viewers: tuple[tuple[oracle.Viewer, str], ...]

    def _repr_pretty_(self, printer, _cycle) -> None:
        """Hypothesis shows the smallest world that fails: without what goes without saying."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"at {self.at}\n{said(self.world)}\n" + "\n".join(map(said, self.viewers))


def said(one) -> str:
    """Say facts without what goes without saying: the values that nobody gave."""
    if isinstance(one, dt.date):
        return str(one)
    if isinstance(one, tuple):
        return f"({', '.join(map(said, one))},)"
    if not is_dataclass(one):
        return repr(one)
    given = {field.name: getattr(one, field.name) for field in fields(one)
             if getattr(one, field.name) != field.default}  # fmt: skip
    return f"{type(one).__name__}({', '.join(f'{k}={said(v)}' for k, v in given.items())})"


@dataclass(frozen=True)
class Cast:
    """Who can be named by the rules of a world: those who look."""

    pros: tuple[str, ...]
    places: tuple[str, ...]
    people: tuple[str, ...]


def cast_of(looking) -> Cast:
    """Return whom rules may name: at least one professional and one place."""
    pros = sorted({v.professional for v in looking if v.professional}) or ["dr ada"]
    places = sorted({v.structure for v in looking if v.structure}) or ["house"]
    return Cast(tuple(pros), tuple(places), tuple(sorted({v.person for v in looking if v.person})))


class Drawing:
    """Draws choices from a string of bytes, one or two each: zero is the plain one, and the first.

    One string and not a strategy per choice: Hypothesis then draws worlds that have nothing in
    common, and finds the smallest that fails by making bytes zero.
    """

    def __init__(self, given, at=None):
        self.given = iter(given)
        self.at = at or self.one(CLOCKS)
        self.today = self.at.astimezone(PARIS).date()

    def later(self, at):
        """Go on drawing at another instant."""
        return Drawing(self.given, at)

    def one(self, values):
        number = next(self.given, 0)
        if len(values) > 64:
            number = number * 256 + next(self.given, 0)
        return values[number % len(values)]

    def mostly(self, value, *others, times=4):
        return self.one([value] * times + list(others))

    def few(self, what, most, least=0):
        drawn = (what() for _ in range(self.one(range(least, most + 1))))
        return tuple(dict.fromkeys(drawn))  # twice the same rule is the rule

    def period(self):
        """Facts of a period: one in three is at an edge, by a hair or by a day."""
        return dict(self.one(_periods(self.at)))


@cache
def _periods(at):
    today = at.astimezone(PARIS).date()
    plain = {"since": at - LONG, "until": None, "ended": None}
    edges = [{"since": since} for since in (at - DAY, at, at + SECOND)]
    edges += [{"until": last} for last in (today, today - DAY, today + DAY)]
    edges += [{"until": stop} for stop in (at, at - SECOND, at + SECOND)]
    edges += [{"ended": ended} for ended in (at - HOUR, at, at + SECOND)]
    edges.append({"until": today + DAY, "ended": at - HOUR})
    edges.append({"until": today - DAY, "ended": at + SECOND})
    return [plain] * 28 + [plain | edge for edge in edges]


def viewer(d):
    capacity = d.one(CAPACITIES)
    admitted = d.mostly({}, *NOT_ADMITTED, times=90)
    if capacity != "professional":
        own = {"patient": "holder", "representative": "mother", "delegate": "aide"}
        person = d.mostly(own.get(capacity, "clerk"), *FAMILY, times=10)
        return oracle.Viewer(capacity=capacity, person=person, **admitted)
    pro = d.one([*PROS, "dr ada", "dr ada", "dr bea"])
    place = d.one(AT_WORK)
    there = d.period() if d.mostly(False, True, times=16) else {"since": d.at - LONG}  # noqa: FBT003
    return oracle.Viewer(
        capacity=capacity,
        person=d.mostly(f"{pro} at home", None, *FAMILY, times=16),
        professional=pro,
        profession=PROS[pro],
        structure=place,
        samu=place == "samu",
        practice=oracle.Period(**there),
        registration_ended=d.mostly(None, d.at, d.at + SECOND, times=14),
        **admitted,
    )


def element(d, cast, before):
    kind = d.one(ELEMENT_KINDS)
    deposited = d.today - DAY * d.one(DAYS_OLD)
    flags = d.one(FLAGS)
    return oracle.Element(
        key=f"element {len(before)}",
        kind=kind,
        type=d.one(TYPES_OF[kind]),
        pays_for=d.one(PAID) if kind == "claim" else "",
        sources=sources(d, before) if kind == "synthesis" else (),
        deposited=dt.datetime.combine(deposited, d.one(HOURS), PARIS).astimezone(dt.UTC),
        author=d.one([SOMEBODY, None, *cast.pros]),
        structure=d.one([None, "elsewhere", *cast.places]),
        performer=d.mostly(None, *cast.pros, times=5),
        prescriber=d.mostly(None, *cast.pros, times=5),
        categories=d.one(CATEGORIES_OF),
        episodes=d.one(EPISODES_OF),
        released=d.mostly(None, d.at - HOUR, d.at, d.at + SECOND)
        if "not_announced" in flags
        else None,
        on_card=kind == "entry" and d.one([True, False]),
        **flags,
    )


def sources(d, before):
    keys = [one.key for one in before if one.kind != "synthesis"]
    cited = {d.one(keys) for _ in range(d.one([1, 2, 3]))} if keys else set()
    return (*sorted(cited), *d.mostly((), ("gone",), times=16))


def door(d, cast, keys):
    kind = d.one(["circle"] * 6 + ["share"] * 3 + ["treating GP"] * 2)
    personal = kind == "treating GP" or d.mostly(True, False, times=2)  # noqa: FBT003
    given = d.mostly(d.at - LONG, *(d.at - DAY * days for days in (5, 2, 1)))
    facts = d.period()
    if d.mostly(False, True):  # noqa: FBT003
        facts["ended"] = d.one([d.at - DAY * 3, d.at - DAY * 2, d.at])
    return oracle.Door(
        kind=kind,
        whom=d.one(cast.pros if personal else cast.places),
        element=d.one(keys) if kind == "share" else None,
        given=given,
        confirmed=d.mostly(given, None, d.at, d.at + SECOND, times=12),
        by_holder=d.mostly(True, False, times=2),  # noqa: FBT003
        removed=facts["ended"] is not None and d.one([True, True, False]),
        **facts,
    )


def comeback(d, looking):
    """Somebody the holder removed, and what was given since: to them, or where they work."""
    pro, place = d.one([(v.professional, v.structure) for v in looking if v.professional])
    whoms = [pro, pro, place or pro]
    days = d.at - DAY * 9, d.at - DAY * 5, d.at - DAY * 3, d.at - DAY
    same = {"kind": d.mostly("circle", "treating GP", times=3)}
    if same["kind"] == "treating GP":
        whoms = [pro]
    acts = [{"given": days[0], "ended": days[1], "removed": d.mostly(True, False)}]  # noqa: FBT003
    acts += [{"given": days[2], "ended": days[2] + HOUR}] * d.one([0, 1])
    acts += [{"given": days[3]}]
    return tuple(
        oracle.Door(
            whom=d.one(whoms), since=act["given"], confirmed=act["given"],
            by_holder=d.one([False, True, False]), **same, **act,
        )
        for act in acts
    )  # fmt: skip


def mask(d, cast, keys):
    target, audience = d.one(TARGETS), d.one(AUDIENCES)
    whats = {
        "element": keys,
        "everything": [None],
        "professional": [*cast.pros, SOMEBODY],
        "episode": EPISODES,
        "category": [*ONE_CATEGORY, frozenset(CATEGORIES[:2])],
    }
    whoms = {
        "everyone": [None],
        "professional": [*cast.pros, SOMEBODY],
        "profession": [*(PROS[pro] for pro in cast.pros), "98"],
        "structure": [*cast.places, "elsewhere"],
        "delegate": [*cast.people, "aide"],
    }
    return oracle.Mask(
        target=target,
        what=d.one(whats[target]),
        audience=audience,
        whom=d.one(whoms[audience]),
        opens=d.one([False, True]),
        **d.period(),
    )


def opening(d, cast):
    facts = d.period()
    facts["until"] = facts["until"] or d.at + HOUR
    kind = d.one(["emergency", "emergency", "regulation"])
    return oracle.Opening(kind=kind, professional=d.one(cast.pros), **facts)


def block(d, cast):
    facts = d.period() | {"until": None}
    return oracle.Block(professional=d.mostly(SOMEBODY, *cast.pros), **facts)


def representation(d):
    facts = d.period() | {"ended": None}
    since = d.mostly(facts["since"], dt.datetime(2008, 5, 1, 12, tzinfo=dt.UTC))
    return oracle.Representation(
        person=d.mostly("mother", *FAMILY),
        ground=d.one(["parent", "guardian"]),
        suspended=d.mostly(None, d.at - DAY, d.at, d.at + SECOND),
        **(facts | {"since": since}),
    )


def delegation(d):
    facts = d.period()
    facts["until"] = facts["until"] or d.at + dt.timedelta(days=90)
    some = frozenset(d.one(KINDS) for _ in range(d.one([2, 0, 1, 3, 2])))
    return oracle.Delegation(
        person=d.mostly("aide", *FAMILY),
        kinds=d.one([frozenset({"everything"}), some]),
        named_by_representative=d.mostly(False, True, times=3),  # noqa: FBT003
        **facts,
    )


def one_treating_gp(drawn):
    """Zero or one treating GP at any moment: keep the first that isn't over."""
    kept, current = [], False
    for one in drawn:
        gp = one.kind == "treating GP" and one.confirmed is not None
        lasting = gp and (one.ended is None or one.ended > one.since + LONG - DAY * 2)
        if not (lasting and current):
            kept.append(one)
        current = current or lasting
    return tuple(kept)


def birthdays(today):
    """Children, an adult, somebody of a 29 February, and three around the day they are 18."""
    month = dt.date(today.year - 18, today.month, 1)
    last = monthrange(month.year, month.month)[1]
    eighteen = month.replace(day=min(today.day, last))
    around = [eighteen - DAY, eighteen, eighteen + DAY]
    child, adult = dt.date(2012, 1, 10), dt.date(1958, 3, 4)
    return [child, child, child, adult, dt.date(2008, 2, 29), *around]


# More than the largest world takes; what is missing would be zeros.
BYTES = st.binary(min_size=500, max_size=500)


def scenes():
    """Small worlds: 2 to 6 elements, 3 to 6 viewers, up to 6 of each rule."""
    return BYTES.map(lambda given: scene(Drawing(given)))


def scene(d):
    looking = [viewer(d) for _ in range(d.one(range(3, 7)))]
    ends = {v.professional: v.registration_ended for v in looking}  # theirs, wherever they work
    looking = tuple(replace(v, registration_ended=ends[v.professional]) for v in looking)
    capacities = {v.capacity for v in looking}
    cast = cast_of(looking)
    found = []
    for _ in range(d.one(range(2, 7))):
        found.append(element(d, cast, found))
    keys = [one.key for one in found]
    given = d.few(lambda: door(d, cast, keys), 6, 2)
    if any(v.professional for v in looking) and d.mostly(False, True):  # noqa: FBT003
        given = tuple(dict.fromkeys(comeback(d, looking) + given))
    world = oracle.World(
        holder="holder",
        born=d.one(birthdays(d.today)),
        status=d.mostly("open", "suspended", "closed", times=40),
        died=d.mostly(None, d.today, d.today + DAY, times=50),
        emergency_refused=d.one([None, True, False]),
        regulation_refused=d.one([None, True, False]),
        elements=tuple(found),
        secret_episodes=d.mostly(frozenset(), frozenset({"clinic"}), times=6),
        doors=one_treating_gp(given),
        openings=d.few(lambda: opening(d, cast), 3),
        blocks=d.few(lambda: block(d, cast), 1),
        masks=d.few(lambda: mask(d, cast, keys), 4),
        representations=d.few(lambda: representation(d), 2, "representative" in capacities),
        delegations=d.few(lambda: delegation(d), 2, "delegate" in capacities),
    )
    purposes = oracle.READ, oracle.TAKE_AWAY
    return Scene(d.at, world, tuple((v, d.mostly(*purposes, times=14)) for v in looking))
