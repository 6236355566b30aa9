"""The people of an auditor's row: whose record it is, and who asks, as rows of the database.

Must not know what is asked about, nor by which door.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.models import Group
from django.db.models import Model

from access.auditing.moments import LONG_AGO
from access.models import Practice, Professional, Structure, StructureKind, User
from access.viewer import ANONYMOUS, PracticeFacts, Role, Viewer
from records.keys import new_wrapped_key
from records.models import Person, Record


if TYPE_CHECKING:
    from access.auditing.rows import Case


Row = TypeVar("Row", bound=Model)


class People:
    """Inserts the holder, their record and the viewer of one row; keeps them for what comes."""

    def __init__(self, case: Case, database: str) -> None:
        self.case = case
        self.database = database
        self.holder = self._person(born_on=dt.date(2010, 1, 10))
        self.record = self._record()
        self.is_professional = case["role"] in {"professional", "treating_gp"}
        self.structure = self.make_structure(
            StructureKind.SAMU if case["regulation"] != "none" else "practice"
        )
        self.professional: Professional | None = None
        self.practice: Practice | None = None
        self.user: User | None = None
        self.person: Person | None = None
        if case["role"] != "anonymous":
            self._viewer_rows()

    def insert(self, model: type[Row], **facts: Any) -> Row:
        """Insert a row."""
        return model._default_manager.using(self.database).create(**facts)  # noqa: SLF001

    def _person(self, *, born_on: dt.date = dt.date(1980, 3, 4)) -> Person:
        return self.insert(
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
        return self.insert(
            Record,
            id=record_id, holder=self.holder, opened_at=LONG_AGO, consent_at=LONG_AGO,
            status="open" if state == "deceased" else state,
            died_on=dt.date(2026, 6, 1) if state == "deceased" else None,
            key_wrapped=new_wrapped_key(record_id.bytes), opened_by_kind="counter", **refused,
        )  # fmt: skip

    def make_structure(self, kind: str) -> Structure:
        """Insert a structure."""
        key = uuid.uuid4()
        return self.insert(
            Structure,
            id=key, finess=key.hex[:9], name="Structure", kind=kind,
            group=self.insert(Group, name=f"structure {key}"),
        )  # fmt: skip

    def _professional(self) -> Professional:
        key = uuid.uuid4()
        return self.insert(
            Professional,
            id=key, rpps=key.hex[:12], title="Dr", family_name="Exemple", given_name="Alix",
            profession=self.case["profession"],
        )  # fmt: skip

    def _viewer_rows(self) -> None:
        case = self.case
        self.person = self.holder if "holder" in {case["role"], case["also"]} else self._person()
        if self.is_professional:
            self.professional = self._professional()
            self.practice = self.insert(
                Practice,
                professional=self.professional, structure=self.structure,
                profession=case["profession"], since=LONG_AGO,
            )  # fmt: skip
        self.user = self.insert(
            User,
            email=f"{uuid.uuid4().hex}@exemple.test", password="!",  # noqa: S106
            person=self.person,
            professional=self.professional, is_active=case["account"] == "active",
            is_superuser=case["role"] == "superuser",
            fund_role="administrator" if case["role"] == "claims_admin" else "",
        )  # fmt: skip

    def viewer(self) -> Viewer:
        """Return who asks, as the binding is given them."""
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
