"""One refusal to one sentence, in the language of whoever reads; must not know languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imports.parsing.messages import MESSAGES
from imports.parsing.messages.wording import (
    ON_COLUMN,
    ON_EMPTY,
    ON_ROW,
    PLACED,
    WITH_CORRECTION,
)  # fmt: skip
from imports.parsing.refusals import Refusal


if TYPE_CHECKING:
    from collections.abc import Callable

    from imports.parsing.refusals import Notice


def sentence(about: Refusal | Notice, translate: Callable[[str], str] = str) -> str:
    """Return the sentence to show: where, what was expected, what was found, what to do.

    Pass `gettext` as `translate` for the reader's language; the texts are French.
    """
    message = MESSAGES[about.code]
    values: dict[str, str | int] = dict(about.parameters)
    form = message.title
    corrected = ""
    if isinstance(about, Refusal):
        values |= {"line": about.line, "column": about.column, "found": about.found}
        if message.expected:
            values["expected"] = translate(message.expected) % values
            form = (ON_COLUMN if about.found else ON_EMPTY) if about.column else ON_ROW
            form = PLACED[form] if "place" in values else form
        if about.correction:
            corrected = translate(WITH_CORRECTION) % {"correction": about.correction}
    advice = translate(message.advice) % values if message.advice else ""
    return " ".join(part for part in (translate(form) % values, advice, corrected) if part)
