"""What each line of the policy asks of an element, as a database condition: who asks is given.

The order of the lines is ``access.ladder``'s. Every value that changes from one viewer, record or
instant to another comes from the ``Standing``: ``access.compiled`` relies on it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    UUIDField,
    Value,
)

from access import matrix
from access.models import Mask, MaskAudience, MaskTarget
from records.models import (
    Document,
    Element,
    Entry,
    Episode,
    ReimbursementLine,
    SynthesisLine,
)


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Viewer


Condition = Q | bool


class _In(Func):
    """SQL: a value is one of an array's."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _Overlaps(Func):
    """SQL: two bit sets have a bit in common."""

    template = "((%(expressions)s) <> 0)"
    arg_joiner = " & "
    output_field = BooleanField()


@cache
def _array(codes: tuple[str, ...]) -> str:
    """Codes as one array of PostgreSQL's: a hundred of them are read as fast as one."""
    return "{" + ",".join(f'"{code}"' for code in codes) + "}"


def of_types(types: tuple[str, ...], column: str = "type_code") -> Q:
    """The type is one of these."""
    return Q(_In(F(column), Value(_array(types), output_field=ArrayField(CharField()))))


def among(ids: Iterable[uuid.UUID]) -> Q:
    """The element is one of these."""
    return Q(_In(F("id"), Value(list(ids), output_field=ArrayField(UUIDField()))))


def withdrawn() -> Q:
    """Line 2."""
    return Q(withdrawn_at__isnull=False)


def unannounced(standing: Standing) -> Q:
    """Not announced and not yet released, by a professional or by the month that passed."""
    moment = standing.moment
    return Q(unannounced_until__gt=moment.today) & (
        Q(released_at__isnull=True) | Q(released_at__gt=moment.at)
    )


def secret_or_same_care(standing: Standing) -> Q:
    """Line 5: what is secret, and what rests on it: the same care's elements."""
    record = standing.record_id
    same_care = Q(pk__in=[])
    for model in (Document, Entry, ReimbursementLine, SynthesisLine):
        secret = model._default_manager.filter(record_id=record, secret=True)  # noqa: SLF001
        same_care |= Q(Exists(secret.filter(episodes__overlap=OuterRef("episodes"))))
    declared = Episode.objects.filter(record_id=record, secret=True)
    same_care |= Q(Exists(declared.filter(_In(F("id"), OuterRef("episodes")))))
    return Q(secret=True) | same_care


def scope(standing: Standing, model: type[Element]) -> Condition:
    """Line 6: what a delegate's scope covers."""
    delegated = standing.delegated
    if "everything" in delegated:
        return True
    if model is Entry:
        return "entries" in delegated
    if model is ReimbursementLine:
        return "claims" in delegated
    if model is SynthesisLine:
        return "letters" in delegated
    types = matrix.types_of_care(delegated)
    return of_types(types)


def covering(standing: Standing) -> QuerySet[Mask]:
    """The live masks that cover the element of the outer query, whoever they are aimed at."""
    at = standing.moment.at
    known = Mask.objects.all() if standing.secret_masks else Mask.objects.filter(secret=False)
    return known.filter(
        Q(target=MaskTarget.EVERYTHING)
        | Q(target=MaskTarget.ELEMENT, target_id=OuterRef("id"))
        | (Q(target=MaskTarget.EPISODE) & Q(_In(F("target_id"), OuterRef("episodes"))))
        | (
            Q(target=MaskTarget.PROFESSIONAL)
            & (
                Q(target_id=OuterRef("author_id"))
                | Q(target_id=OuterRef("performer_id"))
                | Q(target_id=OuterRef("prescriber_id"))
            )
        )
        | (
            Q(target=MaskTarget.CATEGORY)
            & Q(_Overlaps(F("target_categories"), OuterRef("categories")))
        ),
        Q(until__isnull=True) | Q(until__gt=at),
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        record_id=standing.record_id,
        since__lte=at,
    )


def naming(viewer: Viewer) -> Q:
    """A mask aimed at the viewer by name, by structure or by profession."""
    named = Q(audience=MaskAudience.PROFESSIONAL, audience_id=viewer.professional_id)
    named |= Q(audience=MaskAudience.PROFESSION, audience_profession=viewer.profession)
    if viewer.structure_id is not None:
        named |= Q(audience=MaskAudience.STRUCTURE, audience_id=viewer.structure_id)
    return named


def masked(standing: Standing, model: type[Element]) -> Q:
    """Line 12: a mask covers the element for this professional.

    Under an emergency door a mask whose holder ticked « sauf si ma vie est en danger » opens,
    never for a professional it names; the emergency card is readable whatever is masked.
    """
    viewer = standing.viewer
    masks = covering(standing).filter(Q(audience=MaskAudience.EVERYONE) | naming(viewer))
    if not standing.emergency:
        return Q(Exists(masks))
    by_name = Q(audience=MaskAudience.PROFESSIONAL, audience_id=viewer.professional_id)
    hidden = Q(Exists(masks.filter(Q(opens_in_emergency=False) | by_name)))
    return hidden & Q(on_emergency_card=False) if model is Entry else hidden


def refused_by_matrix(standing: Standing, model: type[Element]) -> Q:
    """Line 13. A claim line passes only if both REMB and the care it pays for pass."""
    types = matrix.readable_types(standing.viewer.profession)
    if model is ReimbursementLine:
        return ~(of_types(types) & of_types(types, "pays_for"))
    return ~of_types(types)
