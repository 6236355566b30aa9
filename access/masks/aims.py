"""What a mask hides and from whom: two values, checked against what the asker may name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from access import naming
from access.circle import directory
from access.circle.delegates import live_delegations
from access.circle.treating_gp import live_treating_gp
from access.elements import find_visible, key_of, named, those_visible, visible_models
from access.masks.subjects import EVERY_CATEGORY, bit_of, category_names, subject_key
from access.models import Delegation, MaskAudience, MaskTarget
from access.policy import NotVisible, Refused
from dmp.templatetags.wording import day
from records import reference
from records.models import SynthesisLine


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from access.circle.deciding import Decider
    from access.models import Mask
    from access.standing import Standing
    from records.models import Element


@dataclass(frozen=True, slots=True)
class Audience:
    """From whom: everyone, a profession, a professional, a structure or a delegate."""

    kind: MaskAudience
    id: uuid.UUID | None = None
    profession: str = ""

    @property
    def key(self) -> str:
        """What an address carries: ``professional:<key>``, ``profession:70``, ``everyone``."""
        about = self.id or self.profession
        return f"{self.kind.value}:{about}" if about else self.kind.value

    @classmethod
    def parse(cls, key: str) -> Audience:
        """Read what an address carries. Raises ``NotVisible`` for anything else."""
        kind, _colon, about = key.partition(":")
        if kind not in MaskAudience.values:
            raise NotVisible
        found = MaskAudience(kind)
        if found is MaskAudience.EVERYONE and not about:
            return cls(found)
        if found is MaskAudience.PROFESSION and about:
            return cls(found, profession=about[:10])
        try:
            return cls(found, id=uuid.UUID(about))
        except ValueError as error:
            raise NotVisible from error

    @classmethod
    def of(cls, mask: Mask) -> Audience:
        """Read a mask's row."""
        return cls(MaskAudience(mask.audience), mask.audience_id, mask.audience_profession)


@dataclass(frozen=True, slots=True)
class Target:
    """What: one element, one episode, what comes from a professional, categories, everything."""

    kind: MaskTarget
    id: uuid.UUID | None = None
    categories: int = 0

    def key(self, record_id: uuid.UUID) -> str:
        """What an address carries for a rule: ``everything``, ``episode:<key>``, a subject."""
        if self.kind is MaskTarget.CATEGORY:
            return f"subject:{subject_key(record_id, self.categories)}"
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value

    @classmethod
    def parse(cls, key: str, record_id: uuid.UUID) -> Target:
        """Read what an address carries for a rule. Raises ``NotVisible`` for anything else."""
        kind, _colon, about = key.partition(":")
        if key == MaskTarget.EVERYTHING.value:
            return cls(MaskTarget.EVERYTHING)
        if kind == "subject":
            categories = bit_of(record_id, about)
            if categories:
                return cls(MaskTarget.CATEGORY, categories=categories)
        if kind not in {MaskTarget.EPISODE.value, MaskTarget.PROFESSIONAL.value}:
            raise NotVisible
        try:
            return cls(MaskTarget(kind), uuid.UUID(about))
        except ValueError as error:
            raise NotVisible from error

    @classmethod
    def of(cls, mask: Mask) -> Target:
        """Read a mask's row."""
        return cls(MaskTarget(mask.target), mask.target_id, mask.target_categories)


def name_of(audience: Audience, record_id: uuid.UUID) -> str:
    """Return the name of an audience as a page says it after « masquer » or before « voit ».

    Raises ``NotVisible`` for somebody who isn't in the directory, or no delegate of this record.
    """
    if audience.kind is MaskAudience.EVERYONE:
        return _("tous les professionnels")
    if audience.kind is MaskAudience.PROFESSION:
        name = reference.profession_label(audience.profession, naming.language())
        if not name:
            raise NotVisible
        return name
    if audience.id is None:
        raise NotVisible
    if audience.kind is MaskAudience.PROFESSIONAL:
        return directory.professional(audience.id).display_name
    if audience.kind is MaskAudience.STRUCTURE:
        return directory.structure(audience.id).name
    delegation = (
        Delegation.objects.filter(record_id=record_id, person_id=audience.id)
        .select_related("person")
        .first()
    )
    if delegation is None:
        raise NotVisible
    return delegation.person.full_name


def hidden_from(audience: Audience, record_id: uuid.UUID) -> str:
    """Return « au Dr Martin », « à tous les professionnels », « à tous : Infirmier »."""
    name = name_of(audience, record_id)
    if audience.kind is MaskAudience.PROFESSION:
        return _("à toute une profession (%(name)s)") % {"name": name}
    return naming.hidden_from(name)


def check_audience(audience: Audience, decider: Decider) -> None:
    """Refuse an audience that can't be hidden from.

    Raises ``Refused`` for the treating GP, whom the law lets see everything (CSP L1111-16), and
    ``NotVisible`` for somebody unknown.
    """
    record_id = decider.dossier.record_id
    name = name_of(audience, record_id)
    if audience.kind is MaskAudience.DELEGATE:
        adult = decider.dossier.standing.holder_is_adult
        live = live_delegations(record_id, adult=adult)
        if not live.filter(person=audience.id).exists():
            raise NotVisible
    gp = live_treating_gp(record_id)
    if audience.kind is MaskAudience.PROFESSIONAL and gp and gp.professional_id == audience.id:
        raise Refused(
            _(
                "%(name)s est votre médecin traitant : la loi lui permet de tout voir, on ne peut"
                " rien lui masquer. Vous pouvez choisir un autre médecin traitant, dans"
                " « Mes soignants »."
            )
            % {"name": naming.sentence_start(name)}
        )


def check_targets(targets: list[Target], standing: Standing) -> None:
    """Refuse to hide what the asker doesn't see: hidden and missing are one answer."""
    elements = {t.id for t in targets if t.kind is MaskTarget.ELEMENT}
    if elements:
        find_visible(standing, elements)
    for target in targets:
        if target.kind is MaskTarget.EPISODE and not _touches(
            standing, Q(episodes__contains=[target.id])
        ):
            raise NotVisible
        if target.kind is MaskTarget.PROFESSIONAL:
            if target.id is None:
                raise NotVisible
            theirs = Q(author_id=target.id) | Q(performer_id=target.id)
            if not _touches(standing, theirs | Q(prescriber_id=target.id)):
                # Nothing of theirs yet: a rule may wait for it, if they exist.
                directory.professional(target.id)
        if target.kind is MaskTarget.CATEGORY and not 0 < target.categories <= EVERY_CATEGORY:
            raise NotVisible


def cares_of(elements: Collection[Element], standing: Standing) -> list[Target]:
    """Return the cares these elements are of, as whole rules: what comes later is under them too.

    Not one of which the asker leaves something in sight: the rule would hide that as well. What
    the synthesis says of it, in each of its versions, goes with its sources.
    """
    chosen = {key_of(element) for element in elements}
    own = dict.fromkeys(element.episodes[0] for element in elements if element.episodes)
    left: set[uuid.UUID] = set()
    for rows in visible_models(standing) if own else ():
        if rows.model is SynthesisLine:
            continue
        for element in rows.filter(episodes__overlap=list(own)):
            if key_of(element) not in chosen:
                left.update(element.episodes)
    return [Target(MaskTarget.EPISODE, care) for care in own if care not in left]


def cares_seen(cares: Collection[uuid.UUID | None], standing: Standing) -> set[uuid.UUID | None]:
    """Return of which of these cares the asker sees something: of the others they know nothing."""
    seen: set[uuid.UUID | None] = set()
    for rows in visible_models(standing) if cares else ():
        found = rows.filter(episodes__overlap=list(cares))
        seen.update(*found.values_list("episodes", flat=True))
    return seen.intersection(cares)


def _touches(standing: Standing, condition: Q) -> bool:
    return any(rows.filter(condition).exists() for rows in visible_models(standing))


def target_words(target: Target, standing: Standing) -> str:  # one line a kind
    """Return what a mask hides, in words; empty for an element the asker doesn't see."""
    if target.kind is MaskTarget.EVERYTHING:
        return _("Tout le dossier")
    if target.kind is MaskTarget.EPISODE:
        return care_words([target.id], standing)[target.id]
    if target.kind is MaskTarget.CATEGORY:
        return ", ".join(category_names(target.categories))
    if target.id is None:
        return ""
    if target.kind is MaskTarget.PROFESSIONAL:
        return _professional_words(target.id)
    return next((named(element).title for element in those_visible(standing, [target.id])), "")


def _professional_words(professional_id: uuid.UUID) -> str:
    try:
        name = directory.professional(professional_id).display_name
    except NotVisible:
        return _("Tout ce qu'un professionnel a fait ou prescrit")
    return _("Tout ce que %(name)s a fait ou prescrit") % {"name": naming.the(name)}


def care_words(
    cares: Collection[uuid.UUID | None], standing: Standing
) -> dict[uuid.UUID | None, str]:
    """Name cares by what each began with, of what the asker sees: a query a kind for all."""
    theirs = (rows.filter(episodes__0__in=list(cares)) for rows in visible_models(standing))
    found = [one for rows in theirs for one in rows.order_by("id")]
    found.sort(key=lambda one: (one.occurred_on, key_of(one)))
    began: dict[uuid.UUID | None, Element] = {}
    for one in found:
        began.setdefault(one.episodes[0], one)
    words: dict[uuid.UUID | None, str] = dict.fromkeys(
        cares, _("Tous les éléments d'un même soin")
    )
    for care, one in began.items():
        first = named(one)
        words[care] = _("Tout ce qui va avec : %(title)s, %(day)s") % {
            "title": first.title, "day": day(first.on),
        }  # fmt: skip
    return words


@dataclass(frozen=True, slots=True)
class Said:
    """In words, what one gesture aims at beside elements: rules, and what comes later of these."""

    rules: tuple[str, ...]
    coming: tuple[str, ...]


def words_of_cares(targets: Iterable[Target], standing: Standing) -> dict[uuid.UUID | None, str]:
    """Name the cares among what many masks aim at."""
    return care_words({one.id for one in targets if one.kind is MaskTarget.EPISODE}, standing)


def said_of(
    targets: Iterable[Target],
    elements: Iterable[Element],
    standing: Standing,
    cares: Mapping[uuid.UUID | None, str],
) -> Said:
    """Say what one gesture aims at beside these elements, which are what its reader sees of it."""
    theirs = {care for element in elements for care in element.episodes}
    rules: list[str] = []
    coming: list[str] = []
    for target in targets:
        if target.kind is MaskTarget.EPISODE:
            (coming if target.id in theirs else rules).append(cares[target.id])
        elif target.kind is not MaskTarget.ELEMENT:
            rules.append(target_words(target, standing))
    return Said(tuple(rules), tuple(coming))
