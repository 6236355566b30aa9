"""Before hiding: what goes together, what could still be guessed, who sees all the same."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import naming
from access.binding import note
from access.circle.deciding import Decider, may_decide
from access.circle.directory import professional
from access.circle.treating_gp import live_treating_gp
from access.elements import find_visible, key_of, named, those_visible
from access.journal import Action
from access.masks.aims import Audience, check_audience, hidden_from, name_of
from access.masks.bundling import (
    Choice,
    Known,
    bundle,
    guesses,
    read_known,
    takes_unknown,
)
from access.masks.difference import aimed_at, seen_by, standings_under
from access.masks.staying import staying, took_part
from access.models import MaskAudience, Professional
from dmp.templatetags.wording import listed


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Consequences:
    """What hiding would do, as the page says it before anything is written."""

    dossier: Dossier
    audience: Audience
    name: str
    from_whom: str
    subject: str
    plural: bool
    together: tuple[Choice, ...]
    guesses: tuple[Choice, ...]
    count: int
    took_part: bool
    takes_medicine: bool
    still_see: tuple[str, ...]
    without_effect: str
    back: uuid.UUID


def weigh(
    *, by: Viewer, record_id: uuid.UUID, element_ids: Sequence[uuid.UUID], audience: Audience
) -> Consequences:
    """Return what hiding elements from an audience would do; nothing is written but the reading.

    Raises ``NotVisible`` for what the asker doesn't see, ``Refused`` for the treating GP.
    """
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    chosen = find_visible(dossier.standing, element_ids)
    check_audience(audience, decider)
    known = read_known(dossier)
    keys = [key_of(element) for element in chosen]
    together = bundle(dossier, known, keys)
    hidden = _keys(together)
    left = left_to(audience, decider, known, hidden)
    guessed = guesses(dossier.standing, hidden, left)
    count = sum(choice.count for choice in together)
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door,
        shown=count + sum(choice.count for choice in guessed),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    name = name_of(audience, record_id)
    gone = those_visible(dossier.standing, hidden)
    return Consequences(
        dossier=dossier,
        audience=audience,
        name=name,
        from_whom=hidden_from(audience, record_id),
        subject=naming.sentence_start(name),
        plural=audience.kind is MaskAudience.EVERYONE,
        together=tuple(together),
        guesses=tuple(guessed),
        count=count,
        took_part=took_part(audience, gone),
        takes_medicine=takes_unknown(gone, left, guessed),
        still_see=tuple(still_see(decider, audience, gone)),
        without_effect=_without_effect(decider, keys, gone, audience),
        back=keys[0],
    )


def _keys(choices: Iterable[Choice]) -> set[uuid.UUID]:
    return {uuid.UUID(key) for choice in choices for key in choice.value.split()}


def left_to(
    audience: Audience, decider: Decider, known: Known, hidden: Collection[uuid.UUID]
) -> Known:
    """Return what the audience sees and the asker knows, with what is being hidden among it."""
    if audience.id is None:
        return known
    people = aimed_at(decider, audience)
    standings = [one for each in standings_under(decider, audience, people) for one in each]
    if not standings:
        return known
    seen = frozenset(hidden).union(*map(seen_by, standings))
    return dataclasses.replace(
        known,
        lines=tuple(line for line in known.lines if line.id in seen),
        documents=tuple(fact for fact in known.documents if fact.id in seen),
    )


def still_see(
    decider: Decider, audience: Audience, chosen: Sequence[Element] | None = None
) -> list[str]:
    """Who sees whatever is hidden: the treating GP and whoever wrote it (lines 8 and 9).

    Of a rule, ``chosen`` is missing: what it covers has many authors, and will have others.
    """
    said = []
    gp = live_treating_gp(decider.dossier.record_id)
    gp_id = gp.professional_id if gp else None
    if gp_id is not None:
        name = naming.the(professional(gp_id).display_name)
        if decider.dossier.by_holder:
            said.append(_("%(name)s, votre médecin traitant") % {"name": name})
        else:
            said.append(_("%(name)s, médecin traitant") % {"name": name})
    authors = {element.author_id for element in chosen or () if element.author_id}
    if chosen is None and audience.kind is not MaskAudience.DELEGATE:
        said.append(_("chaque professionnel, pour ce qu'il a écrit lui-même"))
    rows = Professional.objects.filter(id__in=authors - {gp_id, audience.id})
    said += [
        _("%(name)s, qui l'a écrit") % {"name": naming.the(row.display_name)}
        for row in rows.order_by("family_name", "id")
    ]
    if audience.kind is MaskAudience.EVERYONE and not decider.dossier.standing.holder_is_adult:
        said.append(_("les représentants légaux"))
    return said


def _without_effect(
    decider: Decider,
    chosen: Collection[uuid.UUID],
    gone: Sequence[Element],
    audience: Audience,
) -> str:
    """A mask never takes from its author what they wrote, nor what a share gives (lines 9, 10).

    Said of what was chosen; of what goes with it alone, by its titles.
    """
    stays = staying(decider, audience, gone)
    if audience.id is None or not (stays.written or stays.shown):
        return ""
    display_name = professional(audience.id).display_name
    name = naming.sentence_start(display_name)
    if any(key_of(element) in chosen for element in stays.written):
        return _(
            "%(name)s l'a écrit : on ne peut pas cacher à quelqu'un ce qu'il a écrit lui-même."
        ) % {"name": name}
    if any(key_of(element) in chosen for element in stays.shown):
        return _(
            "Vous avez montré cet élément %(to)s exprès : il le verra encore tant que vous"
            " n'aurez pas retiré ce partage, dans « Qui peut voir »."
        ) % {"to": naming.given_to(display_name)}
    titles = [named(element).title for element in (*stays.written, *stays.shown)]
    return _(
        "%(name)s verra encore : %(titles)s. On ne peut cacher à quelqu'un ni ce qu'il a écrit"
        " lui-même, ni ce que vous lui avez montré exprès."
    ) % {"name": name, "titles": listed(list(dict.fromkeys(titles)))}
