"""What every figure is given: sizes, and time measured turn by turn with its floor."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.machine import Machine
    from benchmarks.results import Row


@dataclass(frozen=True)
class Sizes:
    """How many records at each size, how many measures of each kind."""

    small: int = 1_000
    large: int = 20_000
    documents: int = 50
    repeat: int = 300


def measure(module: str, here: Machine, sizes: Sizes) -> list[Row]:
    """Return the figures of one module of this package."""
    rows: list[Row] = import_module(f"benchmarks.{module}").measure(here, sizes)
    return rows


def turn_by_turn(
    work: Sequence[Callable[[Any], object]], over: Sequence[Any], *, warm: int = 20
) -> list[list[float]]:
    """Time each kind of work on each subject, one after the other, in milliseconds.

    What else the machine does then weighs on all alike. The first ``warm`` aren't counted.
    """
    times: list[list[float]] = [[] for _ in work]
    gc.collect()
    gc.disable()
    try:
        for number, subject in enumerate([*over[:warm], *over]):
            for each, kept in zip(work, times, strict=True):
                begins = time.perf_counter()
                each(subject)
                spent = time.perf_counter() - begins
                if number >= warm:
                    kept.append(spent * 1000)
    finally:
        gc.enable()
    return times
