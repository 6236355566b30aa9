"""Product code that reads a clinical table while nobody is bound: it would find nothing in life.

In the tests' database a policy lets tests look outside bindings; it must not let the product.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from access import binding


if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


_READING = re.compile(
    r"\b(?:FROM|JOIN|UPDATE)\s+\"?records_(?:document|documentversion|documentfile|entry"
    r"|reimbursementline|synthesis|synthesisline|synthesissource|synthesisdraft)\b",
    re.IGNORECASE,
)
_ROOT = f"{settings.BASE_DIR}/"
# Run by the owner, whom no policy holds: an auditor's worlds, the invented people, benchmarks.
_OWNERS = ("tests/", "access/auditing/", "imports/demo_world.py", "benchmarks/", ".venv/")


def refuse_outside_bindings(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    """Fail a question about clinical rows that the product asks outside a binding."""
    if context["connection"].alias == "default" and binding._bound.get() is None:
        asked = sql if isinstance(sql, str) else str(sql)
        if _READING.search(asked):
            where = next(_files(sys._getframe(1)), "tests/")
            if not where.startswith(_OWNERS):
                pytest.fail(f"{where} reads clinical rows outside a binding: {asked[:200]}")
    return execute(sql, params, many, context)


def _files(frame: FrameType | None) -> Iterator[str]:
    """The files of this repository that are at work, the innermost first."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_ROOT) and not name.startswith((f"{_ROOT}.venv", __file__)):
            yield name.removeprefix(_ROOT)
        frame = frame.f_back
