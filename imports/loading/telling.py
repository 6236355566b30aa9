"""The e-mail at the end of a load, to who brought the file: its state, how many rows are refused.

Nothing of what they say. In the language of their page when they brought it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from access import channels
from access.models import User
from dmp.templatetags.wording import moment
from imports.loading import wording
from imports.models import LoadState


if TYPE_CHECKING:
    from imports.models import Load


def tell_uploader(load: Load) -> None:
    """Write to who brought a file that the work on it has ended. Nobody else learns of it."""
    if load.uploaded_by is None:
        return  # brought from a shell, by whoever is looking at it
    user = User.objects.filter(id=load.uploaded_by, is_active=True).only("email").first()
    if user is None or not user.email:
        return
    with translation.override(load.language or settings.LANGUAGE_CODE):
        state = wording.state(load)[0]
        # Not the file's name: it may be anything, somebody's name included.
        subject, next_step = _told(load)
        text = _("Le fichier que vous avez déposé le %(when)s : %(state)s. %(next_step)s") % {
            "when": moment(load.uploaded_at),
            "state": state,
            "next_step": " ".join(filter(None, (_refused(load), next_step))),
        }
    channels.send("email", to=user.email, text=text, subject=subject)


def _refused(load: Load) -> str:
    """Say how many rows are refused, and where the reasons are."""
    if load.state not in {LoadState.CHECKED, LoadState.DONE} or not load.rows_refused:
        return ""
    return ngettext(
        "%(count)s ligne sur %(read)s est refusée : la page « Chargements » dit pourquoi, et "
        "donne le fichier à corriger.",
        "%(count)s lignes sur %(read)s sont refusées : la page « Chargements » dit pourquoi, et "
        "donne le fichier à corriger.",
        load.rows_refused,
    ) % {"count": wording.number(load.rows_refused), "read": wording.number(load.rows_read)}


def _told(load: Load) -> tuple[str, str]:
    """Return what has ended, as a subject, and what there is to do: a check has loaded nothing."""
    become = _("Ouvrez la page « Chargements » pour voir ce que chaque ligne est devenue.")
    why = _("Ouvrez la page « Chargements » pour voir pourquoi, et que faire.")
    if wording.all_refused(load):
        return _("Rien de votre fichier n'est chargé"), why
    return {
        LoadState.CHECKED: (
            _("Votre fichier est vérifié : à vous de décider"),
            _("Rien n'est chargé avant que vous le décidiez, à la page « Chargements »."),
        ),
        LoadState.DONE: (_("Votre chargement est terminé"), become),
        LoadState.UNDONE: (_("Votre chargement est retiré"), become),
        LoadState.REFUSED: (_("Votre fichier est refusé"), why),
        LoadState.FAILED: (_("Votre chargement s'est interrompu"), why),
    }[LoadState(load.state)]
