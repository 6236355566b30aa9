"""The screens that come before another: what is pressed, in order, to be at a later one."""

from __future__ import annotations

from typing import Any, Final

from tests.interference.traces import INVITATION
from tests.interference.values import attempt_of, code_on
from tests.jeanne import NIR
from tests.records.opening.conftest import ANGELE_CARD, ELODIE_NIR, FAMILY_CARD


Press = tuple[str, tuple[tuple[str, Any], ...]]

_KNOWN: Final[Press] = (
    "/ouvrir/sans-carte/",
    (
        ("nir", NIR), ("document", "cni"), ("birth_name", "MOREL"), ("given_names", "Jeanne"),
        ("sex", "F"), ("born_on", "04/03/1958"), ("birthplace", "75115"),
    ),
)  # fmt: skip
_UNKNOWN: Final[Press] = (
    "/ouvrir/sans-carte/",
    (
        ("nir", ELODIE_NIR), ("document", "cni"), ("birth_name", "GUILLOU"),
        ("given_names", "Élodie Soizic"), ("sex", "F"), ("born_on", "03/04/1988"),
        ("birthplace", "22016"),
    ),
)  # fmt: skip
_AGREED: Final[Press] = (
    "/ouvrir/accord/",
    (("attempt", attempt_of), ("consent", "on"), ("mobile", "06 39 98 00 01"),
     ("language", "fr")),
)  # fmt: skip
_ASKED: Final[Press] = (
    "/mon-dossier/ouvrir/", (("nir", ELODIE_NIR), ("serial", FAMILY_CARD)),
)  # fmt: skip
_CAME_BACK: Final[Press] = ("/mon-dossier/ouvrir/code/", (("code", code_on),))
_CHECKED: Final[Press] = ("/mon-dossier/ouvrir/identite/", (("born_on", "03/04/1988"),))

_INVITED: Final[Press] = (
    "/invitation/", (("code", INVITATION), ("born_on", "02/01/1990")),
)  # fmt: skip

_THERE: Final[Press] = ("/presence/sans-carte/", _KNOWN[1])
_ASKED_FOR: Final[Press] = (
    "/presence/acces/", (("attempt", attempt_of), ("ask", "wait"), ("lasting", "year")),
)  # fmt: skip
_SENT: Final[Press] = ("/presence/acces/", (("attempt", attempt_of), ("ask", "send")))
_SAID: Final[Press] = (
    "/presence/acces/", (("attempt", attempt_of), ("lasting", "day"), ("code", code_on)),
)  # fmt: skip

BEFORE: Final[dict[str, tuple[Press, ...]]] = {
    "card": (("/ouvrir/", (("card", ANGELE_CARD),)),),
    "family card": (("/ouvrir/", (("card", FAMILY_CARD),)),),
    "known person": (_KNOWN,),
    "unknown person": (_UNKNOWN,),
    "opened": (_UNKNOWN, _AGREED),
    "invited": (_INVITED,),
    "patient's card": (("/presence/", (("card", FAMILY_CARD),)),),
    "patient there": (_THERE,),
    "access asked": (_THERE, _ASKED_FOR),
    "access opened": (_THERE, _SENT, _SAID),
    "asked a code": (_ASKED,),
    "code came back": (_ASKED, _CAME_BACK),
    "identity checked": (_ASKED, _CAME_BACK, _CHECKED),
}
