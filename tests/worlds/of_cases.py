"""One auditor's row as the oracle's facts: the columns are those of the policy's own table.

Knows no database: the same rows are laid out for the gate elsewhere, by other code.
"""

from __future__ import annotations

import datetime as dt

from tests import oracle
from tests.oracle import PARIS


NOON = dt.datetime(2026, 6, 15, 12, tzinfo=PARIS)
LONG_AGO = NOON - dt.timedelta(days=400)
YESTERDAY = NOON - dt.timedelta(days=1)
TOMORROW = NOON + dt.timedelta(days=1)
ALL_KINDS = frozenset({"medicines", "results", "letters", "claims", "entries"})
FAMILY = {"holder": "patient", "representative": "representative", "delegate": "delegate"}


def facts(row):
    """Return the world, the viewer, the element asked about and the purpose of one row."""
    professional = row["role"] in {"professional", "treating_gp"}
    capacities = {row["role"], row["also"]}
    viewer = oracle.Viewer(
        capacity="professional" if professional else FAMILY.get(row["role"], "none"),
        signed_in=row["role"] != "anonymous",
        second_factor=row["second_factor"] == "yes",
        active=row["account"] == "active",
        person="holder" if "holder" in capacities else "me",
        professional="dr me" if professional else None,
        profession=row["profession"] if professional else "",
        structure="here" if professional else None,
        samu=row["regulation"] != "none",
        practice=oracle.Period(since=LONG_AGO) if professional else None,
    )
    asked, others = _elements(row)
    world = oracle.World(
        holder="holder",
        born=dt.date(2010, 1, 10),
        status="open" if row["record"] == "deceased" else row["record"],
        died=dt.date(2026, 6, 1) if row["record"] == "deceased" else None,
        emergency_refused=True if row["emergency_refused"] == "yes" else None,
        regulation_refused=True if row["regulation_refused"] == "yes" else None,
        elements=(asked, *others),
        masks=_masks(row, professional=professional),
        doors=_doors(row) if professional else (),
        openings=_openings(row) if professional else (),
        blocks=(oracle.Block(since=LONG_AGO, professional="dr me"),)
        if professional and row["blocked"] == "yes"
        else (),
        representations=_representations(row) if "representative" in capacities else (),
        delegations=_delegations(row, asked) if "delegate" in capacities else (),
    )
    return world, viewer, asked, row["purpose"]


def _kind(row):
    kinds = {"REMB": "claim", "EXPPAT_2": "entry", "SYNTH": "synthesis", "60591-5": "synthesis"}
    return kinds.get(row["type"], "document")


def _elements(row):
    days = row["unannounced"].partition(" ")[0]
    old = int(days) if days.isdigit() else 10 if days == "released" else 1
    authors = {"self": ("dr me", "here"), "structure": ("dr other", "here")}
    author, place = authors.get(row["wrote"], ("dr other", "elsewhere"))
    source = oracle.Element(key="source", kind="document", type="11488-4", deposited=YESTERDAY)
    hidden = oracle.Element(
        key="source", kind="document", type="11488-4", deposited=NOON - dt.timedelta(days=10),
        secret=True, not_announced=True,
    )  # fmt: skip
    care = oracle.Element(
        key="secret care", kind="document", type="11488-4", deposited=YESTERDAY, secret=True,
        episodes=frozenset({"care"}),
    )  # fmt: skip
    cited = {"yes": (source,), "no": (hidden,)}.get(row["source_visible"], ())
    rests_on_it = row["same_care_secret"] == "yes"  # noqa: S105 - a column
    asked = oracle.Element(
        key="asked",
        kind=_kind(row),
        type=row["type"],
        pays_for=row["pays_for"],
        deposited=NOON - dt.timedelta(days=old),
        author=author,
        structure=place,
        not_announced=row["unannounced"] != "no",
        released=YESTERDAY if days == "released" else None,
        secret=row["invisible_to_representatives"] == "yes",
        about_another=row["about_another"] == "yes",
        withdrawn=row["withdrawn"] != "no",
        episodes=frozenset({"care"} if rests_on_it else ()),
        sources=tuple(one.key for one in cited),
    )
    return asked, (*cited, *((care,) if rests_on_it else ()))


def _masks(row, *, professional):
    aims = {
        "everyone": {},
        "ended": {"until": YESTERDAY.date()},
        "self": {"audience": "professional", "whom": "dr me" if professional else "dr other"},
        "another professional": {"audience": "professional", "whom": "dr other"},
        "profession": {"audience": "profession", "whom": row["profession"]},
        "another profession": {"audience": "profession", "whom": "other"},
        "delegate": {"audience": "delegate", "whom": "me"},
    }
    aim = aims.get(row["mask"])
    opens = row["mask_in_emergency"] == "opens"
    masks = () if aim is None else (_mask("asked", opens=opens, **aim),)
    return masks if row["source_visible"] != "no" else (*masks, _mask("source"))


def _mask(what, **facts):
    return oracle.Mask(since=LONG_AGO, target="element", what=what, **facts)


def _door(kind, **facts):
    given = {"since": LONG_AGO, "given": LONG_AGO, "confirmed": LONG_AGO, "whom": "dr me"}
    return oracle.Door(kind=kind, **(given | facts))


def _doors(row):
    two_days_ago = YESTERDAY - dt.timedelta(days=1)
    doors = []
    if row["role"] == "treating_gp":
        states = {
            "live": {},
            "ended": {"until": YESTERDAY.date()},
            "awaiting confirmation": {"confirmed": None},
        }
        doors.append(_door("treating GP", **states[row["gp"]]))
    circles = {
        "live": {},
        "ended": {"until": YESTERDAY.date()},
        "ends today": {"until": NOON.date()},
        "waiting for holder": {"confirmed": None, "by_holder": False},
        "structure": {"whom": "here"},
        "removed then ticked": {"by_holder": False, "given": YESTERDAY, "since": YESTERDAY},
    }
    if row["circle"] == "removed then ticked":
        doors.append(_door("circle", ended=two_days_ago, removed=True))
    if row["circle"] in circles:
        doors.append(_door("circle", **circles[row["circle"]]))
    shares = {"live": {}, "ended": {"until": YESTERDAY.date()}, "future": {"since": TOMORROW}}
    if row["share"] in shares:
        doors.append(_door("share", element="asked", **shares[row["share"]]))
        if row["source_visible"] == "yes":
            doors.append(_door("share", element="source", **shares[row["share"]]))
    return tuple(doors)


def _openings(row):
    stops = {"live": NOON + dt.timedelta(hours=1), "ended": NOON - dt.timedelta(hours=1)}
    return tuple(
        oracle.Opening(
            kind=kind, professional="dr me", since=NOON - dt.timedelta(hours=2),
            until=stops[row[kind]],
        )
        for kind in ("emergency", "regulation")
        if row[kind] != "none"
    )  # fmt: skip


def _representations(row):
    if row["representation"] == "-":
        return ()
    ended = YESTERDAY.date() if row["representation"] == "ended" else None
    suspended = YESTERDAY if row["representation"] == "suspended" else None
    return (
        oracle.Representation(
            person="me", ground="parent", since=LONG_AGO, until=ended, suspended=suspended
        ),
    )


def _delegations(row, asked):
    kinds = {"entry": "entries", "claim": "claims", "synthesis": "letters"}
    mine = kinds.get(asked.kind) or oracle.kind_of_care(asked.type)
    scopes = {
        "kind of the element": frozenset({mine}),
        "another kind": ALL_KINDS - {mine},
    }
    return (
        oracle.Delegation(
            person="me",
            kinds=scopes.get(row["scope"], frozenset({"everything"})),
            since=LONG_AGO,
            until=YESTERDAY.date() if row["scope"] == "ended" else dt.date(2026, 9, 13),
        ),
    )
