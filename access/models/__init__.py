"""Who people are and what lets them in: no document's content."""

from __future__ import annotations

from access.models.accounts import ActivationCode, Notice, NoticeState, OneTimeCode
from access.models.authorisations import (
    Authorisation,
    AuthorisationKind,
    Block,
    CareKind,
    Delegation,
    GivenGround,
    Invitation,
    Opening,
    OpeningKind,
    RecordGroupGrant,
    RecordUserGrant,
)
from access.models.cases import Case, CaseOutcome, CaseState, Rush, Watch
from access.models.journal import JournalEvent, JournalHead
from access.models.masks import Mask, MaskAudience, MaskTarget, Receipt
from access.models.people import (
    FundRole,
    Practice,
    Professional,
    Structure,
    StructureKind,
    User,
)
from access.models.tokens import AccessToken


__all__ = [
    "AccessToken",
    "ActivationCode",
    "Authorisation",
    "AuthorisationKind",
    "Block",
    "CareKind",
    "Case",
    "CaseOutcome",
    "CaseState",
    "Delegation",
    "FundRole",
    "GivenGround",
    "Invitation",
    "JournalEvent",
    "JournalHead",
    "Mask",
    "MaskAudience",
    "MaskTarget",
    "Notice",
    "NoticeState",
    "OneTimeCode",
    "Opening",
    "OpeningKind",
    "Practice",
    "Professional",
    "Receipt",
    "RecordGroupGrant",
    "RecordUserGrant",
    "Rush",
    "Structure",
    "StructureKind",
    "User",
    "Watch",
]
