"""Why a document is withdrawn: the three answers its author chooses from."""

from __future__ import annotations

from typing import Final


WRONG_PERSON: Final = "wrong person"
WITHDRAWAL_REASONS: Final = ("mistake", WRONG_PERSON, "replaced elsewhere")
