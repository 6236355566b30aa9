"""Jeanne and everybody around her."""

from __future__ import annotations

from tests.jeanne import jeanne


__all__ = ["jeanne"]
