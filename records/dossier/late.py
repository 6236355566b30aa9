"""Which of a person's funds is late, in a sentence: to who decides of the record, and to the GP.

The funds are those whose lines this reader sees. What has come and what has not is told by one
function of the database, which says nothing else of the fund's files.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import gettext as _, ngettext

from access import policy
from access.binding import today
from access.naming import of
from dmp.templatetags.wording import listed
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


def _of_fund(code: str) -> str:
    """Return what follows « la caisse »; a code that only machines know is not shown."""
    name = scheme_name(code)
    if name == code:
        return _("d'un régime que ce portail ne connaît pas")
    return _("du %(scheme)s") % {"scheme": name}


def late_funds(dossier: Dossier) -> tuple[str, ...]:
    """Return a sentence for each of the person's funds that is late; nothing to others."""
    if not (missing := _late(dossier)):
        return ()
    lines = policy.visible_lines(dossier.standing).filter(scheme__in=missing)
    theirs = set(lines.order_by().values_list("scheme", flat=True).distinct())
    return tuple(_sentence(one, months) for one, months in missing.items() if one in theirs)


def funds_that_may_be_theirs(dossier: Dossier) -> tuple[str, ...]:
    """Say which funds are late where no line tells which is the person's: one, or all together.

    Those whose name we know: a code may be a word that slipped into one row of a file, and is
    nobody's fund but theirs whose lines bear it.
    """
    missing = {one: months for one, months in _late(dossier).items() if scheme_name(one) != one}
    if len(missing) > 1:
        funds = [f"{scheme_name(one)} ({_named(months)})" for one, months in missing.items()]
        late = _(
            "Des caisses n'ont pas encore envoyé tous leurs remboursements : %(funds)s. "
            "Si l'une d'elles rembourse ces soins, c'est pour cela."
        )
        return (late % {"funds": listed(funds)},)
    why = _("Si c'est elle qui rembourse ces soins, c'est pour cela.")
    return tuple(f"{_sentence(*one)} {why}" for one in missing.items())


def _late(dossier: Dossier) -> dict[str, list[dt.date]]:
    """Return the months that are late of each fund, for who may be told."""
    if not (dossier.may_decide or dossier.by_treating_gp):
        return {}
    day = today()
    late: dict[str, list[dt.date]] = {}
    for scheme, month in expected_files(day):
        if day > due_on(month):
            late.setdefault(scheme, []).append(month)
    return late


def _sentence(scheme: str, months: list[dt.date]) -> str:
    late = ngettext(
        "La caisse %(of_scheme)s n'a pas encore envoyé les remboursements %(of_months)s, "
        "attendus le %(due)s.",
        "La caisse %(of_scheme)s n'a pas encore envoyé les remboursements %(of_months)s, "
        "attendus depuis le %(due)s.",
        len(months),
    )
    return late % {
        "of_scheme": _of_fund(scheme),
        "of_months": of(_named(months)),
        "due": telling.day_and_month(due_on(months[0])),
    }


def _named(months: list[dt.date]) -> str:
    """« août, septembre et octobre 2026 »: a year is said once, after its last month."""
    last = {month.year: month for month in months}
    said = [
        telling.month(one) if one == last[one.year] else telling.month_alone(one) for one in months
    ]
    return listed(said)
