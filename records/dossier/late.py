"""Which of a person's funds is late, in a sentence: to who decides of the record, and to the GP.

The funds are those whose lines this reader sees. What has come and what has not is told by one
function of the database, which says nothing else of the fund's files.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import gettext as _

from access import policy
from access.binding import today
from records.dossier import telling


if TYPE_CHECKING:
    from records.dossier.entrance import Dossier

_LONGEST_MONTH: Final = dt.timedelta(days=31)
DUE_DAY: Final = 5
"""By when a month's file of a scheme should have come, in the month that follows."""


def expected_files(day: dt.date) -> list[tuple[str, dt.date]]:
    """Return the schemes that send files and have not sent one of the last three months."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme, month FROM dmp_expected_files(%s)", [day])
        return [(str(scheme), month) for scheme, month in cursor.fetchall()]


def due_on(month: dt.date) -> dt.date:
    """Return by when the file of a month should have come."""
    return (month.replace(day=1) + _LONGEST_MONTH).replace(day=DUE_DAY)


def scheme_name(code: str) -> str:
    """Return a scheme as people call it; one we don't know, as the fund does."""
    return {
        "general": _("régime général"),
        "agricultural": _("régime agricole"),
        "civil": _("régime des agents publics"),
        "military": _("régime des militaires"),
    }.get(code, code)


def late_funds(dossier: Dossier) -> tuple[str, ...]:
    """Return a sentence for each month that one of the person's funds should have sent.

    Nothing to whoever else reads.
    """
    if not (missing := _late(dossier)):
        return ()
    lines = policy.visible_lines(dossier.standing).filter(scheme__in=[one for one, _m in missing])
    theirs = set(lines.order_by().values_list("scheme", flat=True).distinct())
    late = _(
        "La caisse du %(scheme)s n'a pas encore envoyé les remboursements de %(month)s, "
        "attendus le %(due)s : des soins récents peuvent manquer ici."
    )
    return tuple(late % _said(*one) for one in missing if one[0] in theirs)


def funds_that_may_be_theirs(dossier: Dossier) -> tuple[str, ...]:
    """Say which funds are late where no line tells which is the person's."""
    late = _(
        "La caisse du %(scheme)s n'a pas encore envoyé les remboursements de %(month)s, "
        "attendus le %(due)s. Si c'est elle qui rembourse ces soins, c'est pour cela."
    )
    return tuple(late % _said(*one) for one in _late(dossier))


def _late(dossier: Dossier) -> list[tuple[str, dt.date]]:
    if not (dossier.may_decide or dossier.by_treating_gp):
        return []
    day = today()
    return [(scheme, month) for scheme, month in expected_files(day) if day > due_on(month)]


def _said(scheme: str, month: dt.date) -> dict[str, str]:
    return {
        "scheme": scheme_name(scheme),
        "month": telling.month(month),
        "due": telling.day_and_month(due_on(month)),
    }
