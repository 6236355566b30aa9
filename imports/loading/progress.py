"""How far a load is, in words and in hundredths of one of its two steps. Decides nothing.

The desk decides between them: the first one checks, in two passes if nothing is to be written yet;
the second one loads, and begins at nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from imports.loading import wording
from imports.loading.duplicates import DUPLICATE
from imports.models import LoadState


if TYPE_CHECKING:
    from imports.models import Load

FIRST_PASS: Final = 70
"""Of a hundred parts of the first step, those of reading the file if it is compared besides."""
_READ_TWICE: Final = 85
"""And of reading it once more, if rows share their key."""
_MOST: Final = 99
_SLOW_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is in its step. `percent` is unknown while it waits."""

    label: str
    percent: int | None
    detail: str


def progress_of(load: Load) -> Progress:
    """Return how far a load is."""
    if load.state == LoadState.WAITING:
        return Progress(_("En attente de son tour"), None, _waiting_words(load))
    if load.state == LoadState.UNDOING:
        return Progress(
            _("Retrait des lignes de ce fichier"),
            _taken_back(load),
            _("Chaque ligne redevient ce qu'elle était."),
        )
    if load.staged_rows is None:
        most = FIRST_PASS if load.only_check else _MOST
        percent = min(load.bytes_read, load.file_size) * most // load.file_size
        label = ngettext(
            "Étape 1 sur 2, vérification : %(rows)s ligne lue",
            "Étape 1 sur 2, vérification : %(rows)s lignes lues",
            load.rows_read,
        )
        if _is_second_reading(load):
            further = _READ_TWICE - FIRST_PASS if load.only_check else 0
            again = min(load.bytes_read - load.file_size, load.file_size)
            percent += again * further // load.file_size
            label = ngettext(
                "Étape 1 sur 2, recherche des lignes en double : %(rows)s ligne relue",
                "Étape 1 sur 2, recherche des lignes en double : %(rows)s lignes relues",
                load.rows_read,
            )
        label %= {"rows": wording.number(load.rows_read)}
        return Progress(label, percent, _pace(load, percent))
    chunks = load.chunks or 1
    done = load.staged_rows * load.chunk // chunks
    if load.only_check:
        read_twice = any(group["code"] == DUPLICATE for group in load.refusal_groups)
        begun = _READ_TWICE if read_twice else FIRST_PASS
        percent = begun + load.chunk * (_MOST - begun) // chunks
        label = ngettext(
            "Étape 1 sur 2, vérification : %(done)s ligne comparée sur %(rows)s",
            "Étape 1 sur 2, vérification : %(done)s lignes comparées sur %(rows)s",
            done,
        )
    else:
        percent = load.chunk * _MOST // chunks
        label = ngettext(
            "Étape 2 sur 2, chargement : %(done)s ligne sur %(rows)s",
            "Étape 2 sur 2, chargement : %(done)s lignes sur %(rows)s",
            done,
        )
    label %= {"done": wording.number(done), "rows": wording.number(load.staged_rows)}
    return Progress(label, percent, _pace(load, percent))


def _is_second_reading(load: Load) -> bool:
    """Tell whether a file is read once more, to name the rows that share their key."""
    return load.staged_rows is None and load.bytes_read > load.file_size


def _is_read_again(load: Load) -> bool:
    """Tell whether a file is read once more: when that began is written nowhere."""
    return _is_second_reading(load) or (load.staged_rows is None and load.is_writing)


def _taken_back(load: Load) -> int:
    """Return how much of what a load wrote is as it was: its chunks are counted down."""
    chunks = load.chunks or 1
    return (chunks - load.chunk) * _MOST // chunks


def _waiting_words(load: Load) -> str:
    # From when it was last asked for: somebody may have thought for an hour what to do with it.
    asked_at = max(load.uploaded_at, load.started_at or load.uploaded_at)
    waited = (timezone.now() - asked_at).total_seconds()
    if waited > _SLOW_SECONDS:
        return _("Un autre fichier se charge, ou la machine est occupée. Celui-ci suivra seul.")
    return _("Il commence dans un instant.")


def _pace(load: Load, percent: int) -> str:
    words = [_("Vous pouvez fermer cette page : le travail continue.")]
    if load.in_first_step:
        words.insert(0, _("Rien n'est écrit à cette étape."))
    if load.attempts > 1:
        words.insert(0, _("Repris après une interruption : rien ne sera compté deux fois."))
    if pace := _rows_a_second(load):
        rate = ngettext("%(count)s ligne par seconde.", "%(count)s lignes par seconde.", pace)
        words.insert(0, rate % {"count": wording.number(pace)})
    if seconds := _seconds_left(load, percent):
        remains = _("Temps restant : %(left)s.")
        words.insert(0, remains % {"left": wording.duration(seconds)})
    return " ".join(words)


def _seconds_left(load: Load, percent: int) -> float:
    """Return how long the work goes on at the pace of the pass under way; 0 while unknown.

    The first pass began with this attempt. The second may come long after it.
    """
    if _is_read_again(load):
        return 0
    if load.staged_rows is None:
        since, done, left = load.started_at, percent, 100 - percent
    else:
        since, done, left = load.merging_since, load.chunk, (load.chunks or 1) - load.chunk
    spent = (timezone.now() - since).total_seconds() if since else 0
    return spent * left / done if done else 0


def _rows_a_second(load: Load) -> int:
    """Return the pace of the pass under way; 0 while nothing can be said of it."""
    if _is_read_again(load):
        return 0
    if load.staged_rows is None:
        since, rows = load.started_at, load.rows_read
    else:
        since, rows = load.merging_since, load.staged_rows * load.chunk // (load.chunks or 1)
    spent = (timezone.now() - since).total_seconds() if since else 0
    return int(rows / spent) if spent >= 1 else 0
