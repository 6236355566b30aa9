"""Reads the tables of codes: the committed seed, and what an operator loaded over it.

It must not know what the codes mean, nor Django: the folder of overrides is given to it.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast


if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")

SEED: Final = Path(__file__).parent / "seed"

Row = dict[str, str]


# Codes come from files: what is remembered is bounded.
_REMEMBERED_AT_MOST: Final = 16_384
_remembering: list[Any] = []


def remembered(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Remember what ``function`` answers until the tables change."""
    wrapped = lru_cache(maxsize=_REMEMBERED_AT_MOST)(function)
    _remembering.append(wrapped)
    return cast("Callable[_P, _R]", wrapped)


class _Overrides:
    """The folder of tables read before the seed; None until someone names one."""

    folder: Path | None = None


def override_folder() -> Path | None:
    """Return the folder of tables that are read before the seed, if there is one."""
    return _Overrides.folder


def use_overrides(folder: Path | None) -> None:
    """Read the tables of ``folder`` before the seed from now on; None reads the seed alone."""
    _Overrides.folder = folder
    for wrapped in _remembering:
        wrapped.cache_clear()


def read(path: Path) -> list[Row]:
    """Return the rows of one table: UTF-8, semicolons, a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@remembered
def read_seed(table: str, key: str = "code") -> dict[str, Row]:
    """Return the rows of the seed's ``table`` by ``key``, whatever was loaded over it."""
    return {row[key]: row for row in read(SEED / f"{table}.csv")}


@remembered
def rows(table: str, key: str = "code") -> dict[str, Row]:
    """Return the rows of ``table`` by ``key``: the seed's, replaced by the overrides'."""
    found = dict(read_seed(table, key))
    folder = override_folder()
    path = folder / f"{table}.csv" if folder else None
    if path and path.is_file():
        found.update((row[key], row) for row in read(path))
    return found


def name(row: Row, lang: str) -> str:
    """Return the name of a row in ``lang``; in French where it has no other."""
    return (lang != "fr" and row.get(lang)) or row.get("fr", "")
