"""Free text and closed lists of words; must not know which columns hold them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from imports.parsing.refusals import Fault


if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


CUT_MARK = "…"

_SPACE = re.compile(r"[^\S\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")
_SCHEME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,19}", re.ASCII)


class Text:
    """A text without control characters, of at most `limit` characters.

    Typographic spaces become plain ones and composed letters one character, so that the same
    name sent by two systems is the same text. With `kept`, what is longer is cut: an official
    label of a medical act runs to 440 characters and is no reason to lose the act.
    """

    def __init__(self, limit: int, *, kept: int = 0) -> None:
        self._limit = limit
        self._kept = kept or limit

    def __call__(self, value: str) -> str | Fault:
        """Return the text as it is kept."""
        text = unicodedata.normalize("NFC", _SPACE.sub(" ", value))
        if not text.isprintable():
            return Fault("control_character")
        if len(text) > self._limit:
            return Fault("text_too_long", parameters=(("limit", self._limit),))
        if len(text) > self._kept:
            return text[: self._kept - 1].rstrip() + CUT_MARK
        return text

    def all_plain(self, values: Collection[str]) -> bool:
        """Tell at once, in C, whether every value would come out as it went in."""
        joined = "|".join(values)
        return (
            joined.isprintable()
            and joined[:1] != " "
            and joined[-1:] != " "
            and "| " not in joined
            and " |" not in joined
            and max(map(len, values)) <= self._kept
            and (joined.isascii() or unicodedata.is_normalized("NFC", joined))
        )


SPREADSHEET = ("E+", "'")
"""Without one of these no text is a number that a spreadsheet turned, or was kept from turning."""
# A long number as a spreadsheet shows it, and saves it; one that it was kept from turning.
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,3}", re.ASCII)
_KEPT_AS_TEXT = re.compile(r"'\d.*", re.ASCII)


def spoilt(value: str) -> Fault | None:
    """Return what is wrong with a number that went through a spreadsheet, if it did.

    Half of its figures are lost: as a name it would be that of many. What it was is not proposed:
    a key may hold the number of a person.
    """
    wrong = _SHORTENED.fullmatch(value) or _KEPT_AS_TEXT.fullmatch(value)
    return Fault("number_spreadsheet") if wrong else None


class Key(Text):
    """A text that names something: what a spreadsheet made of a number names nothing."""

    def __call__(self, value: str) -> str | Fault:
        """Return the text as it is kept."""
        return spoilt(value) or super().__call__(value)

    def all_plain(self, values: Collection[str]) -> bool:
        """Tell at once, in C, whether every value would come out as it went in."""
        joined = "|".join(values)
        return not any(mark in joined for mark in SPREADSHEET) and super().all_plain(values)


def check_scheme(value: str) -> str | Fault:
    """Return the code of the fund that sends, in small letters."""
    scheme = value.lower()
    return scheme if _SCHEME.fullmatch(scheme) else Fault("scheme_shape")


def choice(allowed: Sequence[str], likely: Mapping[str, str]) -> Callable[[str], str | Fault]:
    """Make a check that accepts one of a few words, whatever their case.

    `likely` maps other words, in small letters, to the one they most likely stand for.
    """
    words = {word.casefold(): word for word in allowed}
    parameters = (("choices", ", ".join(allowed)),)

    def check(value: str) -> str | Fault:
        key = value.casefold()
        return words.get(key) or Fault("choice_unknown", likely.get(key, ""), parameters)

    return check
