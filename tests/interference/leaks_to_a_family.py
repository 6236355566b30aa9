"""Leaks of what a minor decided alone, planted for who speaks for them. Finds nothing itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Value

from access import standing
from access.circle import blocks, knowing
from access.masks import hiding
from access.seeing import viewers
from records.models import Record
from tests.interference.leaks import Leak


if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import pytest


def _everybody_is_known(patch: pytest.MonkeyPatch) -> None:
    def known(asker: Any) -> Any:
        return blocks.live_blocks(asker.record_id)

    for module in (blocks, viewers):
        patch.setattr(module, "blocks_known_as", known)


def _ended_is_over(module: ModuleType) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(module, "ended_alone", lambda *_acts, **_by: Value(False))  # noqa: FBT003

    return plant


def _answers_are_the_minors(patch: pytest.MonkeyPatch) -> None:
    def answered(record: Record, name: str, *, to_family: bool) -> Any:
        return getattr(record, name)

    patch.setattr(Record, "choice", answered)


def _a_refusal_shuts(patch: pytest.MonkeyPatch) -> None:
    told = standing._standing

    def shut(viewer: Any, moment: Any, row: Any) -> Any:
        refused = row[3]
        return replace(told(viewer, moment, row), died=refused)

    patch.setattr(standing, "_standing", shut)


LEAKS_TO_A_FAMILY: Final = {
    "whom a minor blocked": Leak(_everybody_is_known, "mother", "access:doctor_authorise",
                                 "status"),
    "whom a minor blocked, on an element": Leak(_everybody_is_known, "mother",
                                                "records:document"),
    "a door that a minor ended": Leak(_ended_is_over(knowing), "mother", "access:doctors"),
    "whom a minor unblocked": Leak(_ended_is_over(blocks), "mother", "access:doctors"),
    "what a minor answered": Leak(_answers_are_the_minors, "mother", "access:choices"),
    "what a minor answered, by a standing": Leak(_a_refusal_shuts, "mother", "records:home",
                                                 "status"),
    "a mask that a minor lifted": Leak(_ended_is_over(hiding), "mother", "access:who_can_see"),
}  # fmt: skip
