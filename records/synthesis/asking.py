"""The holder asks their treating GP for a first synthesis: once a month, first in the GP's list.

Knows no screen, and of the synthesis only whether there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.binding import note, now, use_case
from access.circle.blocks import blocks_known_to
from access.circle.deciding import decide
from access.journal import Action
from access.notices import tell_synthesis_asked
from access.policy import Refused
from records.dossier.synthesis import read_versions
from records.dossier.treating_gp import synthesis_asked, treating_gp_of
from records.models import Record, RecordStatus


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


@use_case
def ask_for_synthesis(*, by: Viewer, record_id: uuid.UUID) -> str:
    """Ask the treating GP for a first synthesis; return the doctor's name.

    Asked twice in a month, it was asked once. Raises ``Refused`` where there is nobody to ask,
    where the synthesis is written, and while the record is suspended: no doctor reads it.
    """
    decider = decide(by=by, record_id=record_id)
    dossier = decider.dossier
    gp = treating_gp_of(dossier)
    if gp is None:
        raise Refused(_("Aucun médecin traitant n'est déclaré. Choisissez-le d'abord."))
    if read_versions(dossier):
        raise Refused(_("La synthèse est déjà écrite : vous pouvez la lire."))
    if dossier.status == RecordStatus.SUSPENDED:
        raise Refused(
            _(
                "Ce dossier est suspendu : votre médecin ne peut pas le lire. Demandez la synthèse"
                " quand il sera rouvert."
            )
        )
    asked = synthesis_asked(dossier, by=by, gp=gp)
    if asked is not None and asked.again:
        return gp.full_name
    retired = gp.registration_ended_at is not None and gp.registration_ended_at <= now()
    # One whom the asker may not know to be blocked is asked in the same words, and not told.
    if retired or blocks_known_to(decider).filter(professional_id=gp.id).exists():
        raise Refused(
            _("%(name)s ne peut pas recevoir votre demande. Choisissez un autre médecin traitant.")
            % {"name": gp.full_name}
        )
    record = Record.objects.get(id=record_id)
    tell_synthesis_asked(record, gp.id, alone=decider.minor_alone)
    note(Action.SYNTHESIS_ASKED, record_id, by=by, door=dossier.door)
    return gp.full_name
