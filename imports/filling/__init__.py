"""The store into records: at their opening, after a load that touched them, and as months pass.

Repeated as often as one likes: what is there already is left alone. Must not know files.
"""

from __future__ import annotations

from imports.filling.record import fill, fill_waiting, roll
from imports.filling.waiting import ask_again, ask_known_since


__all__ = ["ask_again", "ask_known_since", "fill", "fill_waiting", "roll"]
