"""Opening a record without an authorisation: in an emergency, or during a call to the 15.

Who may, for how long, who is told, who ends it, who looks at it afterwards. Decides nothing of
what is then seen: that is the gate's. Must not know screens.
"""

from __future__ import annotations

from access.emergency.ending import end_opening, say_seen
from access.emergency.finding import Sought
from access.emergency.opening import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Outcome,
    open_for_call,
    open_in_emergency,
)
from access.emergency.queue import ToLookAt, count_to_look_at, still_open, to_look_at
from access.emergency.strip import Strip, strip_on
from access.emergency.wording import Reason


__all__ = [
    "LONGEST_REASON",
    "SHORTEST_REASON",
    "Outcome",
    "Reason",
    "Sought",
    "Strip",
    "ToLookAt",
    "count_to_look_at",
    "end_opening",
    "open_for_call",
    "open_in_emergency",
    "say_seen",
    "still_open",
    "strip_on",
    "to_look_at",
]
