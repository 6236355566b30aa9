"""Which of a person's funds is late, in a sentence: to who decides of the record, and to the GP.

The funds are those whose lines this reader sees. What has come and what has not is told by one
function of the database, which says nothing else of the fund's files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import gettext as _

from access import policy
from access.binding import today
from records.dossier import telling


if TYPE_CHECKING:
    import datetime as dt

    from records.dossier.entrance import Dossier

DUE_DAY: Final = 5
"""By when last month's file of a scheme should have come."""


def expected_files(day: dt.date) -> list[tuple[str, dt.date]]:
    """Return the schemes that send files and have not sent last month's, with that month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme, month FROM dmp_expected_files(%s)", [day])
        return [(str(scheme), month) for scheme, month in cursor.fetchall()]


def scheme_name(code: str) -> str:
    """Return a scheme as people call it; one we don't know, as the fund does."""
    return {
        "general": _("régime général"),
        "agricultural": _("régime agricole"),
        "civil": _("régime des agents publics"),
        "military": _("régime des militaires"),
    }.get(code, code)


def late_funds(dossier: Dossier) -> tuple[str, ...]:
    """Return a sentence for each fund that is late; nothing to whoever else reads."""
    day = today()
    if day.day <= DUE_DAY or not (dossier.may_decide or dossier.by_treating_gp):
        return ()
    missing = expected_files(day)
    if not missing:
        return ()
    lines = policy.visible_lines(dossier.standing).filter(scheme__in=[one for one, _m in missing])
    theirs = set(lines.order_by().values_list("scheme", flat=True).distinct())
    return tuple(
        _(
            "La caisse du %(scheme)s n'a pas encore envoyé les remboursements de %(month)s, "
            "attendus le %(due)s : des soins récents peuvent manquer ici."
        )
        % {
            "scheme": scheme_name(scheme),
            "month": telling.month(month),
            "due": telling.day_and_month(day.replace(day=DUE_DAY)),
        }
        for scheme, month in missing
        if scheme in theirs
    )
