"""Setting a rule: what it may aim at, and what it would change before anything is written.

A rule hides what belongs to it, today's and what comes. Evaluated by the gate alone, at each read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import matrix, naming
from access.binding import note
from access.circle.deciding import may_decide
from access.circle.directory import describe
from access.elements import named, those_visible, visible_models
from access.journal import Action
from access.masks.aims import (
    Audience,
    Target,
    check_audience,
    check_targets,
    hidden_from,
    name_of,
    target_words,
)
from access.masks.bundling import Choice, guesses, read_known, takes_unknown
from access.masks.difference import difference
from access.masks.staying import took_part
from access.masks.subjects import subjects
from access.masks.weighing import left_to, still_see
from access.models import MaskAudience, MaskTarget, Professional
from access.seeing.candidates import candidates_for
from records import reference


if TYPE_CHECKING:
    import uuid

    from access.elements import Named
    from access.masks.difference import Reach
    from access.masks.subjects import Subject
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier


MOST_AUTHORS = 100
MOST_TOLD = 40
_AUDIENCES = {MaskAudience.PROFESSIONAL, MaskAudience.STRUCTURE, MaskAudience.DELEGATE}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something or somebody to choose: the key an address carries, the name, the reason."""

    key: str
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """What a rule may hide, and from whom."""

    dossier: Dossier
    subjects: tuple[Subject, ...]
    authors: tuple[Chosen, ...]
    care: Chosen | None
    people: tuple[Chosen, ...]
    professions: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class RuleConsequences:
    """What a rule would do, as the page says it before anything is written."""

    dossier: Dossier
    target: Target
    audience: Audience
    words: str
    name: str
    from_whom: str
    subject: str
    plural: bool
    covered: int
    told: tuple[Named, ...]
    people: tuple[Reach, ...]
    unnamed: int
    guesses: tuple[Choice, ...]
    took_part: bool
    takes_medicine: bool
    still_see: tuple[str, ...]
    without_effect: str

    @property
    def untold(self) -> int:
        """How many of the elements it covers aren't named one by one."""
        return self.covered - len(self.told)


def read_rule_choices(*, by: Viewer, record_id: uuid.UUID, care: str = "") -> RuleChoices:
    """Return what a rule may aim at, computed from what the asker sees.

    ``care`` is the key of an episode the page came from. Raises ``NotVisible`` if it isn't theirs.
    """
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    authors = _authors(decider.dossier)
    chosen = None
    if care.startswith(f"{MaskTarget.EPISODE.value}:"):
        target = Target.parse(care, record_id)
        check_targets([target], dossier.standing)
        chosen = Chosen(care, target_words(target, dossier.standing))
    people = tuple(
        Chosen(
            f"{one.kind}:{one.id}",
            naming.sentence_start(one.name),
            _who(one.kind, you=dossier.by_holder),
        )
        for one in candidates_for(dossier)
        if one.kind in _AUDIENCES and not one.treating_gp
    )
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door, shown=len(authors),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    lang = naming.language()
    professions = (
        Chosen(code, reference.profession_label(code, lang)) for code in matrix.professions()
    )
    return RuleChoices(
        dossier=dossier,
        subjects=subjects(record_id),
        authors=authors,
        care=chosen,
        people=people,
        professions=tuple(professions),
    )


def _who(kind: str, *, you: bool) -> str:
    words = {
        MaskAudience.PROFESSIONAL.value: _("a accès"),
        MaskAudience.STRUCTURE.value: _("tous ceux qui y travaillent"),
        MaskAudience.DELEGATE.value: naming.helps(you=you),
    }
    return words[kind]


def _authors(dossier: Dossier) -> tuple[Chosen, ...]:
    """The professionals that what the asker sees names: they wrote, gave or prescribed it."""
    keys: set[uuid.UUID] = set()
    for rows in visible_models(dossier.standing):
        columns = rows.values_list("author_id", "performer_id", "prescriber_id")
        keys |= {key for each in columns.distinct() for key in each if key is not None}
    found = Professional.objects.filter(id__in=keys).order_by("family_name", "given_name", "id")
    return tuple(
        Chosen(str(one.id), f"{one.full_name} – {one.trade}")
        for one in describe(found[:MOST_AUTHORS])
    )


def weigh_rule(
    *, by: Viewer, record_id: uuid.UUID, target: Target, audience: Audience
) -> RuleConsequences:
    """Return what a rule would do; nothing is written but the reading.

    Raises ``NotVisible`` for what the asker may not name, ``Refused`` for the treating GP.
    """
    decider = may_decide(by=by, record_id=record_id)
    dossier = decider.dossier
    check_audience(audience, decider)
    check_targets([target], dossier.standing)
    change = difference(decider, target, audience)
    known = read_known(dossier)
    left = left_to(audience, decider, known, change.covered)
    guessed = guesses(dossier.standing, change.covered, left)
    elements = those_visible(dossier.standing, change.covered)
    told = [named(element) for element in reversed(elements[-MOST_TOLD:])]
    note(
        Action.LIST_READ, record_id, by=by, door=dossier.door,
        shown=len(told) + sum(choice.count for choice in guessed),
        rests_on_secret=decider.minor_alone,
    )  # fmt: skip
    name = name_of(audience, record_id)
    return RuleConsequences(
        dossier=dossier,
        target=target,
        audience=audience,
        words=target_words(target, dossier.standing),
        name=name,
        from_whom=hidden_from(audience, record_id),
        subject=naming.sentence_start(name),
        plural=audience.kind in {MaskAudience.EVERYONE, MaskAudience.PROFESSION},
        covered=len(change.covered),
        told=tuple(told),
        people=change.people,
        unnamed=change.unnamed,
        guesses=tuple(guessed),
        took_part=took_part(audience, elements),
        takes_medicine=takes_unknown(elements, left, guessed),
        still_see=tuple(still_see(decider, audience)),
        without_effect=_without_effect(target, audience),
    )


def _without_effect(target: Target, audience: Audience) -> str:
    """A rule never takes from somebody what they wrote (line 9)."""
    if audience.id is None or audience.id != target.id:
        return ""
    return _(
        "On ne peut pas cacher à quelqu'un ce qu'il a écrit lui-même : cette règle ne lui cachera"
        " que les remboursements de ses soins."
    )
