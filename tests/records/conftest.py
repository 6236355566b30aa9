"""Jeanne's world, for every test of what is read and written in a record."""

from __future__ import annotations

from tests.jeanne import jeanne


__all__ = ["jeanne"]
