"""What each line of the policy asks of an element, as a database condition: who asks is given.

The order of the lines is ``access.ladder``'s. Every value that changes from one viewer, record or
instant to another comes from the ``Standing``: ``access.compiled`` relies on it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import BitOr
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from access import matrix
from access.journal import Action
from access.models import (
    Authorisation,
    AuthorisationKind,
    JournalEvent,
    Mask,
    MaskAudience,
    MaskTarget,
    User,
)
from access.narrow_ways import SecretCare
from access.standing import REPRESENTS
from access.viewer import Role
from records.models import Element, Entry, Record, ReimbursementLine, SynthesisLine


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from access.standing import Standing
    from access.viewer import Moment, Viewer


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


class _Meet(Func):
    """SQL: two arrays have a value in common; one that is missing is no value."""

    template = "(%(expressions)s)"
    arg_joiner = " && "
    output_field = BooleanField()


class _Joined(Func):
    """SQL: one array after the other."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = ArrayField(UUIDField())


def _what_masks_name() -> Func:
    """SQL: whatever a mask may aim at in an element, but for its categories."""
    columns = ("record_id", "id", "author_id", "performer_id", "prescriber_id")
    array = ArrayField(UUIDField())
    keys = Func(*map(F, columns), template="ARRAY[%(expressions)s]", output_field=array)
    return _Joined(keys, F("episodes"))


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
    # Elements the viewer doesn't see count too: row security would leave them out.
    return Q(secret=True) | Q(_Meet(F("episodes"), SecretCare(standing.record_id)))


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


def ended_alone(*ended_as: Action, **by: OuterRef) -> Exists:
    """What has ended was ended by a minor alone: no representative knows of it (line 5).

    By the event of that instant, one of these acts, which rests on a secret of the holder's; and
    ``by`` whom, where the row says it too.
    """
    return Exists(
        JournalEvent.objects.filter(
            record_id=OuterRef("record_id"), at=OuterRef("ended_at"), act__in=ended_as,
            rests_on_secret=True, actor_role=Role.PATIENT.value, **by,
        )
    )  # fmt: skip


def goes_on(standing: Standing, *ended_as: Action) -> Q:
    """It hasn't ended, as far as is known to who asks, who may not know of a minor's acts."""
    on = Q(ended_at__isnull=True) | Q(ended_at__gt=standing.moment.at)
    if standing.secret_masks or standing.holder_is_adult:
        return on
    return on | Q(ended_alone(*ended_as))


def masks_in_force(standing: Standing) -> QuerySet[Mask]:
    """The live masks of the record, whoever they are aimed at."""
    at = standing.moment.at
    known = Mask.objects.all() if standing.secret_masks else Mask.objects.filter(secret=False)
    return known.filter(
        goes_on(standing, Action.UNMASKED),
        Q(until__isnull=True) | Q(until__gt=at),
        record_id=standing.record_id,
        since__lte=at,
    )


def covered_by(masks: QuerySet[Mask]) -> Q:
    """The element is under one of these masks.

    What they aim at is read once for the record, not once per element: the keys of elements,
    episodes and professionals, the record's own for everything; and the categories.
    """
    aimed = Case(When(target=MaskTarget.EVERYTHING, then=F("record_id")), default=F("target_id"))
    keys = masks.exclude(target=MaskTarget.CATEGORY).annotate(key=aimed).values("key")
    by_category = masks.filter(target=MaskTarget.CATEGORY).values("record_id")
    categories = by_category.annotate(every=BitOr("target_categories")).values("every")
    return Q(_Meet(_what_masks_name(), ArraySubquery(keys))) | Q(
        _Overlaps(F("categories"), Coalesce(Subquery(categories), 0))
    )


def held_by(viewer: Viewer) -> Q:
    """A period given to a professional in person, or to where they work now."""
    held = Q(professional_id=viewer.professional_id)
    if viewer.structure_id is not None:
        held |= Q(structure_id=viewer.structure_id)
    return held


def accounts_of_holder(record_id: uuid.UUID) -> QuerySet[User, uuid.UUID]:
    """The accounts by which the holder of a record acts on it: what these gave, they gave."""
    holder = Record.objects.filter(id=record_id).values("holder_id")
    return User.objects.filter(person_id__in=holder).values_list("id", flat=True)


def live_shares(standing: Standing) -> QuerySet[Authorisation]:
    """The viewer's live shares on the record; without a minor's, for who may not know of them."""
    at = standing.moment.at
    known = Authorisation.objects.all()
    if not (standing.secret_masks or standing.holder_is_adult):
        known = known.exclude(given_by__in=accounts_of_holder(standing.record_id))
    return known.filter(
        goes_on(standing, Action.SHARE_ENDED),
        Q(until__isnull=True) | Q(until__gt=at),
        held_by(standing.viewer),
        record_id=standing.record_id,
        kind=AuthorisationKind.SHARE,
        since__lte=at,
        confirmed_at__lte=at,
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
    masks = masks_in_force(standing).filter(Q(audience=MaskAudience.EVERYONE) | naming(viewer))
    if not standing.emergency:
        return covered_by(masks)
    by_name = Q(audience=MaskAudience.PROFESSIONAL)  # of those, the viewer's own
    hidden = covered_by(masks.filter(Q(opens_in_emergency=False) | by_name))
    return hidden & Q(on_emergency_card=False) if model is Entry else hidden


def refused_by_matrix(standing: Standing, model: type[Element]) -> Q:
    """Line 13. A claim line passes only if both REMB and the care it pays for pass."""
    types = matrix.readable_types(standing.viewer.profession)
    if model is ReimbursementLine:
        return ~(of_types(types) & of_types(types, "pays_for"))
    return ~of_types(types)


_REPRESENTING = f"""
select x.id from records_representation x join records_record r on r.id = x.record_id
join records_person h on h.id = r.holder_id
where (x.record_id = any(%(records)s::uuid[]) or x.person_id = %(person)s) and {REPRESENTS}
  and (x.suspended_at is null or x.suspended_at > %(at)s)
"""  # noqa: S608  # constants only; values are bound


def representing(
    moment: Moment, *, record_ids: Iterable[uuid.UUID] = (), person_id: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Return the representations that are live and not suspended, of records or of a person."""
    about = {"records": list(record_ids), "person": person_id}
    with connection.cursor() as cursor:
        cursor.execute(_REPRESENTING, about | {"at": moment.at, "today": moment.today})
        return [row[0] for row in cursor.fetchall()]
