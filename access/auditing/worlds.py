"""One auditor's row as rows of the database: people, doors, masks and the one element asked about.

Worlds are inserted as rows and not through use cases, so that a wrong world can be asked about.
Runs in a scratch database (``check_policy``) and in tests, never on live data.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from access import matrix
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
from access.standing import release_day
from access.viewer import ANONYMOUS, PracticeFacts, Role, Viewer
from records import reference
from records.keys import new_wrapped_key
from records.models import (
    Document,
    DocumentVersion,
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


if TYPE_CHECKING:
    from access.auditing.rows import Case


Row = TypeVar("Row", bound=Model)

AnyElement = Document | ReimbursementLine | Entry | SynthesisLine

PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 6, 15, 12, tzinfo=PARIS)
MIDNIGHT = dt.datetime(2026, 6, 15, tzinfo=PARIS)
LONG_AGO = NOON - dt.timedelta(days=400)
YESTERDAY = NOON - dt.timedelta(days=1)
TOMORROW = NOON + dt.timedelta(days=1)
ENDED = MIDNIGHT
END_OF_TODAY = MIDNIGHT + dt.timedelta(days=1)
TITLE = "Élément de la ligne d'audit"


@dataclass(frozen=True, slots=True)
class World:
    """What was built: the record, the element asked about and the viewer who asks."""

    record: Record
    element: AnyElement
    viewer: Viewer
    user: User | None
    database: str


class _Builder:
    """Builds one row's world. One object per row: the parts name each other."""

    def __init__(self, case: Case, database: str) -> None:
        self.case = case
        self.database = database
        self.holder = self._person(born_on=dt.date(2010, 1, 10))
        self.record = self._record()
        self.is_professional = case["role"] in {"professional", "treating_gp"}
        self.structure = self._structure("samu" if case["regulation"] != "none" else "practice")
        self.professional: Professional | None = None
        self.practice: Practice | None = None
        self.user: User | None = None
        self.person: Person | None = None

    def build(self) -> World:
        case = self.case
        if case["role"] != "anonymous":
            self._viewer_rows()
        element = self._element()
        self._mask(element)
        if self.is_professional:
            self._doors(element)
        self._family(element)
        return World(
            record=self.record, element=element, viewer=self._viewer(), user=self.user,
            database=self.database,
        )  # fmt: skip

    def _insert(self, model: type[Row], **facts: Any) -> Row:
        return model._default_manager.using(self.database).create(**facts)  # noqa: SLF001

    # people

    def _person(self, *, born_on: dt.date = dt.date(1980, 3, 4)) -> Person:
        return self._insert(
            Person,
            birth_name="EXEMPLE", given_names="Camille", first_given="Camille", sex="F",
            born_on=born_on, birthplace="75115",
        )  # fmt: skip

    def _record(self) -> Record:
        state = self.case["record"]
        record_id = uuid.uuid4()
        refused = {
            name: True if self.case[name] == "yes" else None
            for name in ("emergency_refused", "regulation_refused")
        }
        return self._insert(
            Record,
            id=record_id, holder=self.holder, opened_at=LONG_AGO, consent_at=LONG_AGO,
            status="open" if state == "deceased" else state,
            died_on=dt.date(2026, 6, 1) if state == "deceased" else None,
            key_wrapped=new_wrapped_key(record_id.bytes), opened_by_kind="counter", **refused,
        )  # fmt: skip

    def _structure(self, kind: str) -> Structure:
        key = uuid.uuid4()
        return self._insert(
            Structure,
            id=key, finess=key.hex[:9], name="Structure", kind=kind,
            group=self._insert(Group, name=f"structure {key}"),
        )  # fmt: skip

    def _professional(self) -> Professional:
        key = uuid.uuid4()
        return self._insert(
            Professional,
            id=key, rpps=key.hex[:12], title="Dr", family_name="Exemple", given_name="Alix",
            profession=self.case["profession"],
        )  # fmt: skip

    def _viewer_rows(self) -> None:
        case = self.case
        self.person = self.holder if "holder" in {case["role"], case["also"]} else self._person()
        if self.is_professional:
            self.professional = self._professional()
            self.practice = self._insert(
            Practice,
                professional=self.professional, structure=self.structure,
                profession=case["profession"], since=LONG_AGO,
            )  # fmt: skip
        self.user = self._insert(
            User,
            email=f"{uuid.uuid4().hex}@exemple.test", password="!",  # noqa: S106
            person=self.person,
            professional=self.professional, is_active=case["account"] == "active",
            is_superuser=case["role"] == "superuser",
            fund_role="administrator" if case["role"] == "claims_admin" else "",
        )  # fmt: skip

    def _viewer(self) -> Viewer:
        if self.user is None:
            return ANONYMOUS
        roles = {
            "holder": Role.PATIENT,
            "representative": Role.REPRESENTATIVE,
            "delegate": Role.DELEGATE,
            "professional": Role.PROFESSIONAL,
            "treating_gp": Role.PROFESSIONAL,
            "claims_admin": Role.FUND_ADMINISTRATOR,
        }
        practice = None
        if self.practice is not None and self.professional is not None:
            practice = PracticeFacts(
                id=self.practice.id, professional_id=self.professional.id,
                profession=self.practice.profession, structure_id=self.structure.id,
                structure_kind=self.structure.kind,
            )  # fmt: skip
        return Viewer(
            user_id=self.user.id, person_id=self.user.person_id,
            role=roles.get(self.case["role"], Role.NOBODY), active=self.user.is_active,
            second_factor="totp" if self.case["second_factor"] == "yes" else "",
            practice=practice, name="Alix Exemple",
        )  # fmt: skip

    # the element

    def _element(self) -> AnyElement:
        code = self.case["type"]
        if code == matrix.CLAIMS_TYPE:
            return self._line()
        if code in matrix.SYNTHESIS_TYPES:
            return self._synthesis_line()
        if code == matrix.ENTRY_TYPE:
            return self._insert(
                Entry,
                **self._common(),
                kind="allergy",
                content={"text": TITLE},
                author_kind="holder",
            )
        return self._document(**self._common())

    def _common(self) -> dict[str, Any]:
        case = self.case
        facts: dict[str, Any] = {
            "record": self.record,
            "type_code": case["type"],
            "occurred_on": YESTERDAY.date(),
            "created_at": YESTERDAY,
            "secret": case["invisible_to_representatives"] == "yes",
            "about_another": case["about_another"] == "yes",
            **self._author(),
        }
        if case["withdrawn"] != "no":
            facts["withdrawn_at"] = YESTERDAY
            facts["withdrawn_reason"] = case["withdrawn"]
        if case["unannounced"] != "no":
            released = case["unannounced"] == "released"
            days = 10 if released else int(case["unannounced"].split()[0])
            deposited = NOON - dt.timedelta(days=days)
            facts["created_at"] = deposited
            facts["unannounced_until"] = release_day(deposited.date())
            facts["released_at"] = YESTERDAY if released else None
        if case["same_care_secret"] == "yes":  # noqa: S105  # a column
            facts["episodes"] = [self._secret_episode()]
        return facts

    def _author(self) -> dict[str, Any]:
        wrote = self.case["wrote"]
        if wrote == "self" and self.professional is not None:
            return {"author_id": self.professional.id, "author_structure_id": self.structure.id}
        other = {"author_id": uuid.uuid4(), "author_structure_id": uuid.uuid4()}
        if wrote == "structure":
            other["author_structure_id"] = self.structure.id
        elif wrote == "former structure" and self.professional is not None:
            former = self._structure("practice")
            self._insert(
            Practice,
                professional=self.professional, structure=former,
                profession=self.case["profession"], since=LONG_AGO, until=ENDED,
            )  # fmt: skip
            other["author_structure_id"] = former.id
        return other

    def _secret_episode(self) -> uuid.UUID:
        episode = self._insert(Episode, record=self.record, created_at=YESTERDAY)
        self._document(
            record=self.record, type_code="11488-4", occurred_on=YESTERDAY.date(),
            created_at=YESTERDAY, secret=True, episodes=[episode.id], author_id=uuid.uuid4(),
        )  # fmt: skip
        return episode.id

    def _document(self, **facts: Any) -> Document:
        kind = reference.document_type(facts["type_code"])
        document = self._insert(
            Document,
            **facts, title=TITLE, class_code=kind.class_code if kind else "10",
            author_kind="professional", author_name="Alix Exemple",
        )  # fmt: skip
        self._insert(
            DocumentVersion,
            record_id=self.record.id, document=document, number=1,
            deposited_at=document.created_at,
        )  # fmt: skip
        return document

    def _line(self) -> ReimbursementLine:
        facts = self._common() | {"author_id": None, "author_structure_id": None}
        return self._insert(
            ReimbursementLine,
            **facts, pays_for=self.case["pays_for"], scheme="general", line_key=uuid.uuid4().hex,
            section="MED", care_end=YESTERDAY.date(), code_system="CIP13", code="3400900000000",
            label=TITLE, flow_date=YESTERDAY.date(), digest=b"\0" * 32,
        )  # fmt: skip

    def _synthesis_line(self) -> SynthesisLine:
        synthesis = self._insert(
            Synthesis,
            record=self.record, number=1, author_id=uuid.uuid4(), author_name="Dr Exemple",
            signed_at=YESTERDAY,
        )  # fmt: skip
        line = self._insert(
            SynthesisLine,
            **self._common(),
            synthesis=synthesis,
            section="problems",
            position=1,
            text=TITLE,
        )
        if self.case["source_visible"] != "-":
            self._source(line, visible=self.case["source_visible"] == "yes")
        return line

    def _source(self, line: SynthesisLine, *, visible: bool) -> None:
        """A source nobody but the treating GP sees: not announced, secret, masked from all."""
        hidden: dict[str, Any] = {}
        if not visible:
            deposited = NOON - dt.timedelta(days=10)
            hidden = {"secret": True, "unannounced_until": release_day(deposited.date())}
        source = self._document(
            record=self.record, type_code="11488-4", occurred_on=YESTERDAY.date(),
            created_at=YESTERDAY, author_id=uuid.uuid4(), **hidden,
        )  # fmt: skip
        self._insert(
            SynthesisSource,
            record_id=self.record.id,
            line=line,
            kind="document",
            element_id=source.id,
        )
        if not visible:
            self._insert(
            Mask,
                record=self.record, target="element", target_id=source.id, audience="everyone",
                since=LONG_AGO,
            )  # fmt: skip
        elif self.case["share"] == "live":
            self._period("share", element_id=source.id)

    # masks and doors

    def _mask(self, element: AnyElement) -> None:
        aimed = self.case["mask"]
        if aimed == "none":
            return
        audience: dict[str, Any] = {"audience": "everyone"}
        if aimed in {"self", "another professional"}:
            himself = aimed == "self" and self.professional is not None
            key = self.professional.id if himself and self.professional else uuid.uuid4()
            audience = {"audience": "professional", "audience_id": key}
        elif aimed in {"profession", "another profession"}:
            profession = self.case["profession"] if aimed == "profession" else "other"
            audience = {"audience": "profession", "audience_profession": profession}
        elif aimed == "delegate":
            key = self.person.id if self.person else uuid.uuid4()
            audience = {"audience": "delegate", "audience_id": key}
        self._insert(
            Mask,
            record=self.record, target="element", target_id=element.id, since=LONG_AGO,
            until=ENDED if aimed == "ended" else None,
            opens_in_emergency=self.case["mask_in_emergency"] == "opens", **audience,
        )  # fmt: skip

    def _period(self, kind: str, **facts: Any) -> None:
        permission = {
            "circle": "consult_record", "treating_gp": "treat_record", "share": "receive_share",
        }[kind]  # fmt: skip
        given = {"given_at": LONG_AGO, "confirmed_at": LONG_AGO, "since": LONG_AGO} | facts
        if "structure" not in given:
            given["professional"] = self.professional
        self._insert(Authorisation, record=self.record, kind=kind, **given)
        allowed = Permission.objects.using(self.database).get(codename=permission)
        same: dict[str, Any] = {"permission": allowed, "content_object": self.record}
        if "structure" in given:
            rows = RecordGroupGrant.objects.using(self.database)
            rows.get_or_create(**same, group=self.structure.group)
        else:
            users = RecordUserGrant.objects.using(self.database)
            users.get_or_create(**same, user=self.user)

    def _doors(self, element: AnyElement) -> None:
        case = self.case
        if case["role"] == "treating_gp":
            gp: dict[str, dict[str, Any]] = {
                "live": {},
                "ended": {"ended_at": ENDED},
                "awaiting confirmation": {"confirmed_at": None},
            }
            if case["gp"] in gp:
                self._period("treating_gp", **gp[case["gp"]])
        circle: dict[str, dict[str, Any]] = {
            "live": {},
            "ended": {"until": ENDED},
            "ends today": {"until": END_OF_TODAY},
            "waiting for holder": {"confirmed_at": None, "ground": "presence"},
            "structure": {"structure": self.structure},
            "removed then ticked": {
                "ground": "presence",
                "given_at": YESTERDAY,
                "since": YESTERDAY,
            },
        }
        if case["circle"] == "removed then ticked":
            removed = YESTERDAY - dt.timedelta(days=1)
            self._period("circle", ended_at=removed, removed_by_holder=True)
        if case["circle"] in circle:
            self._period("circle", **circle[case["circle"]])
        shares: dict[str, dict[str, Any]] = {
            "live": {}, "ended": {"until": ENDED}, "future": {"since": TOMORROW},
        }  # fmt: skip
        if case["share"] in shares:
            self._period("share", element_id=element.id, **shares[case["share"]])
        for kind in ("emergency", "regulation"):
            if case[kind] != "none":
                self._insert(
            Opening,
                    record=self.record, professional=self.professional, kind=kind,
                    since=NOON - dt.timedelta(hours=2),
                    until=NOON + dt.timedelta(hours=-1 if case[kind] == "ended" else 1),
                )  # fmt: skip
        if case["blocked"] == "yes":
            self._insert(Block, record=self.record, professional=self.professional, since=LONG_AGO)

    def _family(self, element: AnyElement) -> None:
        case = self.case
        capacities = {case["role"], case["also"]}
        if "representative" in capacities and case["representation"] != "-":
            state = case["representation"]
            self._insert(
            Representation,
                person=self.person, record=self.record, ground="parent", since=LONG_AGO,
                until=ENDED if state == "ended" else None,
                suspended_at=YESTERDAY if state == "suspended" else None,
            )  # fmt: skip
        if "delegate" in capacities:
            scope = case["scope"]
            kinds = []
            if scope in {"kind of the element", "another kind"}:
                mine = _kind_of(element)
                kinds = [mine] if scope == "kind of the element" else _other_kinds(mine)
            self._insert(
            Delegation,
                person=self.person, record=self.record, everything=not kinds, kinds=kinds,
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


def build_world(case: Case, *, database: str = "default") -> World:
    """Insert one row's world by a connection that may write, and return what it is asked about."""
    return _Builder(case, database).build()
