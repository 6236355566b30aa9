"""The sentence of every refusal and notice, in French; must not know how they are shown.

Plain texts with named parameters, marked so that the catalogue finds them: whoever shows one
passes `gettext` to `imports.parsing.sentences.sentence`.
"""

from __future__ import annotations

from typing import Final

from imports.parsing.messages.files import OF_FILES
from imports.parsing.messages.resources import OF_RESOURCES
from imports.parsing.messages.values import OF_VALUES
from imports.parsing.messages.wording import Message


__all__ = ["MESSAGES", "Message"]

MESSAGES: Final[dict[str, Message]] = {**OF_VALUES, **OF_FILES, **OF_RESOURCES}
"""By code. A code is an interface: refused rows are stored under it."""
