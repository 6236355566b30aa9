"""The doors of a record: who holds one, who gives and takes back, who is blocked.

The only writer of authorisations and of guardian's rows. Must not know screens nor elements'
content.
"""

from __future__ import annotations

from access.circle.blocks import block, unblock
from access.circle.directory import (
    FEWEST_LETTERS,
    find_professionals,
    find_structures,
    read_grantee,
)
from access.circle.doors import (
    authorise,
    confirm_waiting_door,
    end_authorisation,
    refuse_waiting_door,
)
from access.circle.periods import grants_for_new_user, sweep_ended
from access.circle.proposals import dismiss_proposal
from access.circle.shares import end_share, share, weigh_share
from access.circle.team import read_team
from access.circle.treating_gp import (
    confirm_treating_gp,
    declare_at_counter,
    declare_treating_gp,
    end_treating_gp,
    weigh_declaration,
)


__all__ = [
    "FEWEST_LETTERS",
    "authorise",
    "block",
    "confirm_treating_gp",
    "confirm_waiting_door",
    "declare_at_counter",
    "declare_treating_gp",
    "dismiss_proposal",
    "end_authorisation",
    "end_share",
    "end_treating_gp",
    "find_professionals",
    "find_structures",
    "grants_for_new_user",
    "read_grantee",
    "read_team",
    "refuse_waiting_door",
    "share",
    "sweep_ended",
    "unblock",
    "weigh_declaration",
    "weigh_share",
]
