"""Who can see an element, and why: the gate asked as each person who might."""

from __future__ import annotations

from access.seeing.people import PersonWhoSees, who_sees


__all__ = ["PersonWhoSees", "who_sees"]
