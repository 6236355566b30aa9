"""What opens and what hides in an auditor's row: doors, shares, blocks, masks, the family.

Inserted as rows and not through use cases: a wrong world can be asked about too.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission

from access import matrix
from access.auditing.moments import END_OF_TODAY, ENDED, LONG_AGO, NOON, TOMORROW, YESTERDAY
from access.models import (
    Authorisation,
    Block,
    Delegation,
    Mask,
    Opening,
    RecordGroupGrant,
    RecordUserGrant,
)
from records.models import Document, Entry, ReimbursementLine, Representation, SynthesisLine


if TYPE_CHECKING:
    from access.auditing.people import People


AnyElement = Document | ReimbursementLine | Entry | SynthesisLine


class Doors:
    """Inserts what one row says of doors and masks, around the element it asks about."""

    def __init__(self, people: People) -> None:
        self.who = people

    def mask(self, element: AnyElement) -> None:
        """Insert the mask of the row, if it has one."""
        aimed = self.who.case["mask"]
        if aimed == "none":
            return
        audience: dict[str, Any] = {"audience": "everyone"}
        if aimed in {"self", "another professional"}:
            himself = aimed == "self" and self.who.professional is not None
            key = self.who.professional.id if himself and self.who.professional else uuid.uuid4()
            audience = {"audience": "professional", "audience_id": key}
        elif aimed in {"profession", "another profession"}:
            profession = self.who.case["profession"] if aimed == "profession" else "other"
            audience = {"audience": "profession", "audience_profession": profession}
        elif aimed == "delegate":
            key = self.who.person.id if self.who.person else uuid.uuid4()
            audience = {"audience": "delegate", "audience_id": key}
        self.who.insert(
            Mask,
            record=self.who.record, target="element", target_id=element.id, since=LONG_AGO,
            until=ENDED if aimed == "ended" else None,
            opens_in_emergency=self.who.case["mask_in_emergency"] == "opens", **audience,
        )  # fmt: skip

    def period(self, kind: str, **facts: Any) -> None:
        """Insert a period and guardian's row beside it."""
        permission = {
            "circle": "consult_record", "treating_gp": "treat_record", "share": "receive_share",
        }[kind]  # fmt: skip
        given = {"given_at": LONG_AGO, "confirmed_at": LONG_AGO, "since": LONG_AGO} | facts
        if "structure" not in given:
            given["professional"] = self.who.professional
        self.who.insert(Authorisation, record=self.who.record, kind=kind, **given)
        allowed = Permission.objects.using(self.who.database).get(codename=permission)
        same: dict[str, Any] = {"permission": allowed, "content_object": self.who.record}
        if "structure" in given:
            rows = RecordGroupGrant.objects.using(self.who.database)
            rows.get_or_create(**same, group=self.who.structure.group)
        else:
            users = RecordUserGrant.objects.using(self.who.database)
            users.get_or_create(**same, user=self.who.user)

    def doors(self, element: AnyElement) -> None:
        """Insert the doors of a professional, and the block against them."""
        case = self.who.case
        if case["role"] == "treating_gp":
            gp: dict[str, dict[str, Any]] = {
                "live": {},
                "ended": {"ended_at": ENDED},
                "awaiting confirmation": {"confirmed_at": None},
            }
            if case["gp"] in gp:
                self.period("treating_gp", **gp[case["gp"]])
        circle: dict[str, dict[str, Any]] = {
            "live": {},
            "ended": {"until": ENDED},
            "ends today": {"until": END_OF_TODAY},
            "waiting for holder": {"confirmed_at": None, "ground": "presence"},
            "structure": {"structure": self.who.structure},
            "removed then ticked": {
                "ground": "presence",
                "given_at": YESTERDAY,
                "since": YESTERDAY,
            },
        }
        if case["circle"] == "removed then ticked":
            removed = YESTERDAY - dt.timedelta(days=1)
            self.period("circle", ended_at=removed, removed_by_holder=True)
        if case["circle"] in circle:
            self.period("circle", **circle[case["circle"]])
        shares: dict[str, dict[str, Any]] = {
            "live": {}, "ended": {"until": ENDED}, "future": {"since": TOMORROW},
        }  # fmt: skip
        if case["share"] in shares:
            self.period("share", element_id=element.id, **shares[case["share"]])
        for kind in ("emergency", "regulation"):
            if case[kind] != "none":
                self.who.insert(
                    Opening,
                    record=self.who.record, professional=self.who.professional, kind=kind,
                    since=NOON - dt.timedelta(hours=2),
                    until=NOON + dt.timedelta(hours=-1 if case[kind] == "ended" else 1),
                )  # fmt: skip
        if case["blocked"] == "yes":
            self.who.insert(
                Block,
                record=self.who.record,
                professional=self.who.professional,
                since=LONG_AGO,
            )

    def family(self, element: AnyElement) -> None:
        """Insert a representation or a delegation."""
        case = self.who.case
        capacities = {case["role"], case["also"]}
        if "representative" in capacities and case["representation"] != "-":
            state = case["representation"]
            self.who.insert(
                Representation,
                person=self.who.person, record=self.who.record, ground="parent", since=LONG_AGO,
                until=ENDED if state == "ended" else None,
                suspended_at=YESTERDAY if state == "suspended" else None,
            )  # fmt: skip
        if "delegate" in capacities:
            scope = case["scope"]
            kinds = []
            if scope in {"kind of the element", "another kind"}:
                mine = _kind_of(element)
                kinds = [mine] if scope == "kind of the element" else _other_kinds(mine)
            self.who.insert(
                Delegation,
                person=self.who.person, record=self.who.record, everything=not kinds, kinds=kinds,
                since=LONG_AGO, until=ENDED if scope == "ended" else NOON + dt.timedelta(days=90),
            )  # fmt: skip


def _kind_of(element: AnyElement) -> str:
    if isinstance(element, Entry):
        return "entries"
    if isinstance(element, ReimbursementLine):
        return "claims"
    if isinstance(element, SynthesisLine):
        return "letters"
    kinds = ("medicines", "results", "letters", "claims", "entries")
    return next(
        (k for k in kinds if element.type_code in matrix.types_of_care(frozenset({k}))), "letters"
    )


def _other_kinds(mine: str) -> list[str]:
    return [k for k in ("medicines", "results", "letters", "claims", "entries") if k != mine]
