"""What an opening is told and what it answers: plain facts. Knows no database and no screen."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from records.models import IdentifierStatus


if TYPE_CHECKING:
    import uuid

    from records.traits import Traits


class Document(TextChoices):
    """What proves an identity. A carte Vitale is not in it: it is no identity document."""

    IDENTITY_CARD = "cni", _("Carte nationale d'identité")
    PASSPORT = "passport", _("Passeport")
    PERMIT = "permit", _("Titre de séjour")
    FAMILY_BOOK = "family_book", _("Livret de famille, avec la pièce du parent")
    NONE = "none", _("Pas de pièce")


@dataclass(frozen=True, slots=True)
class Identity:
    """One person as a counter or the fund knows them: number, traits, and what proves them.

    ``ranked`` is the insured's number with the person's rank on their card, if a card says it.
    """

    nir: str
    traits: Traits
    document: str = Document.NONE
    from_card: bool = True
    ranked: str = ""

    @property
    def status(self) -> IdentifierStatus:
        """How sure the identity is: qualified needs the card and an identity document."""
        if self.document == Document.NONE:
            return IdentifierStatus.RETRIEVED if self.from_card else IdentifierStatus.PROVISIONAL
        return IdentifierStatus.QUALIFIED if self.from_card else IdentifierStatus.VALIDATED


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody, as given; not confirmed until they do so themselves."""

    mobile: str = ""
    email: str = ""
    by_post: bool = False


class Outcome(enum.StrEnum):
    """What became of a press on « Créer »."""

    OPENED = "opened"
    REOPENED = "reopened"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as the one who opened it may know it: no date, nothing clinical.

    ``code`` is empty where none is printed: the record was activated before, or existed.
    ``letter`` says that a second code goes by post, which is known to have left once all is kept.
    """

    record_id: uuid.UUID
    outcome: Outcome
    receipt: str = ""
    code: str = ""
    letter: bool = False
