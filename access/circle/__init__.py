"""The doors of a record: who holds one, who gives and takes back, who is blocked.

The only writer of authorisations and of guardian's rows. Must not know screens nor elements'
content.
"""

from __future__ import annotations

from access.circle.accepting import accept, decline, find_invitation, read_offer
from access.circle.blocks import block, unblock
from access.circle.coming_of_age import (
    has_come_of_age,
    read_coming_of_age,
    review_coming_of_age,
)
from access.circle.deciding import CHOOSES_ALONE_FROM
from access.circle.delegates import (
    Scope,
    change_delegate,
    end_delegate,
    read_relatives,
)
from access.circle.directory import (
    find_professionals,
    find_structures,
    is_too_short,
    read_grantee,
)
from access.circle.doors import (
    authorise,
    confirm_waiting_door,
    end_authorisation,
    refuse_waiting_door,
)
from access.circle.invitations import invite, send_again, withdraw_invitation
from access.circle.periods import grants_for_new_user, sweep_ended
from access.circle.presence import open_in_presence
from access.circle.proposals import dismiss_proposal
from access.circle.shares import share, weigh_share
from access.circle.team import read_team
from access.circle.treating_gp import (
    confirm_treating_gp,
    declare_at_counter,
    declare_treating_gp,
    end_treating_gp,
    read_doctor,
)
from access.circle.weighing_gp import doctor_to_confirm, weigh_declaration, weigh_waiting


__all__ = [
    "CHOOSES_ALONE_FROM",
    "Scope",
    "accept",
    "authorise",
    "block",
    "change_delegate",
    "confirm_treating_gp",
    "confirm_waiting_door",
    "declare_at_counter",
    "declare_treating_gp",
    "decline",
    "dismiss_proposal",
    "doctor_to_confirm",
    "end_authorisation",
    "end_delegate",
    "end_treating_gp",
    "find_invitation",
    "find_professionals",
    "find_structures",
    "grants_for_new_user",
    "has_come_of_age",
    "invite",
    "is_too_short",
    "open_in_presence",
    "read_coming_of_age",
    "read_doctor",
    "read_grantee",
    "read_offer",
    "read_relatives",
    "read_team",
    "refuse_waiting_door",
    "review_coming_of_age",
    "send_again",
    "share",
    "sweep_ended",
    "unblock",
    "weigh_declaration",
    "weigh_share",
    "weigh_waiting",
    "withdraw_invitation",
]
