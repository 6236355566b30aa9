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
    """How many records at each size, measures of each kind, claim lines, records of a load."""

    small: int = 1_000
    large: int = 20_000
    documents: int = 50
    repeat: int = 300
    lines: int = 1_000_000
    touched: int = 20_000


def measure(module: str, here: Machine, sizes: Sizes) -> list[Row]:
    """Return the figures of one module of this package."""
    rows: list[Row] = import_module(f"benchmarks.{module}").measure(here, sizes)
    return rows


def turn_by_turn(
    work: Sequence[Callable[[Any], object]], over: Sequence[Any]
) -> list[list[float]]:
    """Time each kind of work on each subject, in turn, in milliseconds.

    Each is asked once untimed right before it is timed, so that none is measured with the
    processor's caches full of what another read; who comes first changes every time, and what
    else the machine does weighs on all alike.
    """
    times: list[list[float]] = [[] for _ in work]
    order = list(zip(work, times, strict=True))
    gc.collect()
    gc.disable()
    try:
        for subject in over:
            for each, kept in order:
                each(subject)
                begins = time.perf_counter()
                each(subject)
                kept.append((time.perf_counter() - begins) * 1000)
            order.reverse()
    finally:
        gc.enable()
    return times
