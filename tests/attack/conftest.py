"""Jeanne and everybody around her."""

from __future__ import annotations

from tests.laid_once import jeanne


__all__ = ["jeanne"]
