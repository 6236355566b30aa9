"""Jeanne's world, for every test of what is read and written in a record."""

from __future__ import annotations

from tests.laid_once import jeanne


__all__ = ["jeanne"]
