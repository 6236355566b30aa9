"""The policy said again in plain Python, over facts: who sees what, which marks, by which line.

It knows nothing of the product: the gate is judged by it. A world is one record and all that is
known around it; numbers are the lines of the policy, section 2. The grid is its second page.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Hashable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tests.oracle_grid import kind_of_care, readable


PARIS = ZoneInfo("Europe/Paris")
READ, TAKE_AWAY = "read", "take away"
DOCTOR = "10"
Key = Hashable

# --- The facts -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Period:
    """From an instant, until an instant or a last day (which counts to its 24:00), or ended."""

    since: dt.datetime
    until: dt.date | dt.datetime | None = None
    ended: dt.datetime | None = None

    def live(self, at):
        if isinstance(self.until, dt.datetime):
            over = at >= self.until
        else:
            over = self.until is not None and day(at) > self.until
        return self.since <= at and not over and (self.ended is None or at < self.ended)


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A user in a capacity: patient, representative, delegate, professional, or none of care."""

    capacity: str
    signed_in: bool = True
    second_factor: bool = True
    active: bool = True
    person: Key = None
    professional: Key = None  # of the practice they are at work in, as the four below
    profession: str = ""
    structure: Key = None
    samu: bool = False
    practice: Period | None = None
    registration_ended: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Element:
    key: Key
    kind: str  # document, claim, entry, synthesis
    type: str
    deposited: dt.datetime
    pays_for: str = ""  # claims only
    sources: tuple[Key, ...] = ()  # lines of the synthesis only
    author: Key = None
    structure: Key = None
    performer: Key = None
    prescriber: Key = None
    categories: frozenset[str] = frozenset()
    episodes: frozenset[Key] = frozenset()
    not_announced: bool = False
    released: dt.datetime | None = None
    secret: bool = False
    about_another: bool = False
    withdrawn: bool = False
    on_card: bool = False


@dataclass(frozen=True, kw_only=True)
class Door(Period):
    kind: str  # circle, treating GP, share
    whom: Key  # a professional or a structure
    given: dt.datetime
    confirmed: dt.datetime | None
    by_holder: bool = True  # else ticked by somebody else
    removed: bool = False  # by the holder, when it ended
    element: Key = None  # shares only


@dataclass(frozen=True, kw_only=True)
class Opening(Period):
    kind: str  # emergency, regulation
    professional: Key


@dataclass(frozen=True, kw_only=True)
class Block(Period):
    professional: Key


@dataclass(frozen=True, kw_only=True)
class Mask(Period):
    target: str  # element, episode, professional, category, everything
    what: Key = None
    audience: str = "everyone"  # everyone, profession, professional, structure, delegate
    whom: Key = None
    opens: bool = False  # « sauf si ma vie est en danger »


@dataclass(frozen=True, kw_only=True)
class Representation(Period):
    person: Key
    ground: str  # parent, guardian
    suspended: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Delegation(Period):
    person: Key
    kinds: frozenset[str]  # everything, or medicines, results, letters, claims, entries
    named_by_representative: bool = False


@dataclass(frozen=True, kw_only=True)
class World:
    holder: Key
    born: dt.date
    status: str = "open"  # open, suspended, closed
    died: dt.date | None = None
    emergency_refused: bool | None = None  # None: nobody asked, which is not a refusal
    regulation_refused: bool | None = None
    padlock: bool = True
    elements: tuple[Element, ...] = ()
    secret_episodes: frozenset[Key] = frozenset()
    doors: tuple[Door, ...] = ()
    openings: tuple[Opening, ...] = ()
    blocks: tuple[Block, ...] = ()
    masks: tuple[Mask, ...] = ()
    representations: tuple[Representation, ...] = ()
    delegations: tuple[Delegation, ...] = ()


@dataclass(frozen=True)
class Answer:
    line: str
    sees: bool
    marks: frozenset[str] = frozenset()


def nothing(line):
    return Answer(line, sees=False)


def sees(line, *marks):
    return Answer(line, sees=True, marks=frozenset(marks))


# --- The decision --------------------------------------------------------------------------------


def decide(  # noqa: C901, PLR0911, PLR0912 - one line after the other, as the policy says them
    w: World, v: Viewer, e: Element, at: dt.datetime, purpose: str = READ
) -> Answer:
    """Return the answer of the first line that applies."""
    if not (v.signed_in and v.second_factor and v.active):
        return nothing("1")
    if e.withdrawn:
        return nothing("2")
    holder = v.person is not None and v.person == w.holder
    representation = representation_of(w, v, at)
    family = holder or representation == "live"
    if w.died is not None and w.died <= day(at):
        return nothing("3")
    if w.status == "closed" and not (family and purpose == TAKE_AWAY):
        return nothing("3")
    if w.status == "suspended" and not family:
        return nothing("3")
    if not family and (purpose == TAKE_AWAY or no_capacity(v, at)):
        return nothing("nobody else")

    def unless_blind(line, *marks):
        """Line 14: whatever line shows it, a hidden source hides the line that cites it."""
        shown = {one.key for one in w.elements if one.key in e.sources
                 and decide(w, v, one, at, purpose).sees}  # fmt: skip
        return sees(line, *marks) if shown >= set(e.sources) else nothing("14")

    hushed = not_announced(e, at)
    kept = hushed or e.about_another or secret_care(w, e)
    if holder:
        return nothing("4") if hushed else unless_blind("4")
    if representation == "live":
        return nothing("5") if kept else unless_blind("5")
    if representation == "suspended" or v.capacity == "representative":
        return nothing("5")
    if v.capacity == "delegate":
        hidden = any(covers(m, e, at) and m.audience == "delegate" and m.whom == v.person
                     for m in w.masks)  # fmt: skip
        shown = in_scope(w, v, e, at) and not (kept or hidden)
        return unless_blind("6") if shown else nothing("6")
    if v.capacity != "professional":
        return nothing("11")  # a patient who is nothing to this record
    if any(b.professional == v.professional and b.live(at) for b in w.blocks):
        return nothing("7")
    marks = ["not announced"] * hushed + ["secret"] * e.secret
    registered = v.registration_ended is None or at < v.registration_ended
    if registered and holds(w, v, "treating GP", at):
        masked = any(covers(m, e, at) and not by_name(m, v) for m in w.masks)
        return sees("8", *marks, *["padlock"] * (masked and w.padlock))
    care = e.kind in {"document", "synthesis"}  # the fund writes claims, the holder writes entries
    if care and e.author == v.professional:
        return sees("9", *marks)
    circle = holds(w, v, "circle", at)
    names_me = any(covers(m, e, at) and names(m, v) for m in w.masks)
    colleague = care and circle and v.structure is not None and e.structure == v.structure
    if colleague and may_read(v.profession, e) and not names_me:
        return unless_blind("9", *marks)
    if holds(w, v, "share", at, e.key):
        return unless_blind("10", *marks)
    doctor = v.profession == DOCTOR
    emergency = doctor and w.emergency_refused is not True and opened(w, v, "emergency", at)
    regulation = doctor and v.samu and w.regulation_refused is not True
    if not (circle or emergency or (regulation and opened(w, v, "regulation", at))):
        return nothing("11")
    if not (emergency and e.kind == "entry" and e.on_card) and any(
        covers(m, e, at) and aimed_at(m, v) and not (emergency and m.opens and not by_name(m, v))
        for m in w.masks
    ):
        return nothing("12")
    return unless_blind("15", *marks) if may_read(v.profession, e) else nothing("13")


# --- What the lines ask --------------------------------------------------------------------------


def day(at):
    return at.astimezone(PARIS).date()


def same_day(year, month, of):
    """The same day of another month, its last day if missing."""
    return dt.date(year, month, min(of, monthrange(year, month)[1]))


def majority(w):
    return same_day(w.born.year + 18, w.born.month, w.born.day)


def no_capacity(v, at):
    """The fund, staff, operators; and a place of work somebody has left, or not joined yet."""
    of_care = v.capacity in {"patient", "representative", "delegate", "professional"}
    return not of_care or (v.capacity == "professional" and not v.practice.live(at))


def representation_of(w, v, at):
    def grown_up(one):  # what began in childhood ends at 18, a parent's in any case
        begun = one.ground == "parent" or day(one.since) < majority(w)
        return begun and day(at) >= majority(w)

    mine = [one for one in w.representations if one.person == v.person]
    live = [one for one in mine if one.live(at) and not grown_up(one)]
    if any(one.suspended is None or at < one.suspended for one in live):
        return "live"
    return "suspended" if live else "ended" if mine else "none"


def not_announced(e, at):
    """Until a professional releases it, or 00:00 of the same day of the next month."""
    deposited = day(e.deposited)
    year, month = deposited.year + deposited.month // 12, deposited.month % 12 + 1
    released = e.released is not None and e.released <= at
    return e.not_announced and not released and day(at) < same_day(year, month, deposited.day)


def secret_care(w, e):
    """Secret itself, or of the same care as something secret, withdrawn since or not."""
    care = w.secret_episodes.union(*(one.episodes for one in w.elements if one.secret))
    return e.secret or bool(care & e.episodes)


def in_scope(w, v, e, at):
    kinds = {"claim": "claims", "entry": "entries", "synthesis": "letters"}
    wanted = {"everything", kinds.get(e.kind) or kind_of_care(e.type)}
    return any(
        d.person == v.person and d.live(at) and d.kinds & wanted
        and not (d.named_by_representative and day(at) >= majority(w))
        for d in w.delegations
    )  # fmt: skip


def holds(w, v, kind, at, element=None):
    """A live, confirmed door of the viewer or of their structure (the GP's right is personal)."""
    mine = {v.professional} if kind == "treating GP" else {v.professional, v.structure} - {None}
    return any(
        d.kind == kind and d.whom in mine and d.element == element and d.live(at)
        and d.confirmed is not None and d.confirmed <= at and not void(w, v, d)
        for d in w.doors
    )  # fmt: skip


def void(w, v, door):
    """Whoever the holder removed returns only by the holder's own act."""
    if door.by_holder:
        return False
    same = [d for d in w.doors if d.kind == door.kind]
    removals = [d for d in same if d.removed and d.ended is not None and d.ended <= door.given
                and d.whom in {door.whom, v.professional}]  # fmt: skip
    return any(
        not any(d.by_holder and d.whom in {gone.whom, door.whom}
                and gone.ended <= d.given <= door.given for d in same)
        for gone in removals
    )  # fmt: skip


def opened(w, v, kind, at):
    return any(o.kind == kind and o.professional == v.professional and o.live(at)
               for o in w.openings)  # fmt: skip


def covers(m, e, at):
    people = {e.author, e.performer, e.prescriber} - {None}
    return m.live(at) and (
        m.target == "everything"
        or (m.target == "element" and m.what == e.key)
        or (m.target == "episode" and m.what in e.episodes)
        or (m.target == "professional" and m.what in people)
        or (m.target == "category" and bool(m.what & e.categories))
    )


def by_name(m, v):
    return m.audience == "professional" and m.whom == v.professional


def names(m, v):
    place = m.audience == "structure" and v.structure is not None and m.whom == v.structure
    return by_name(m, v) or place or (m.audience == "profession" and m.whom == v.profession)


def aimed_at(m, v):
    return m.audience == "everyone" or names(m, v)


def may_read(profession, e):
    if e.kind == "claim":
        return readable(profession, "REMB") and readable(profession, e.pays_for)
    return readable(profession, "EXPPAT_2" if e.kind == "entry" else e.type)
