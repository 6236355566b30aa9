"""Who sees what: the only place that decides, one body per rule. Knows no HTTP.

The decision is a ladder of fifteen lines taken in order; the first that applies decides. A ladder
is built for one viewer and one record (``Standing``), as database conditions on elements; the list,
the single object, the yes/no form and the explanation are all derived from it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.http import Http404

from access import matrix
from access.binding import bound
from access.models import Authorisation, Mask, MaskAudience, MaskTarget
from access.standing import Standing, read_standing
from access.viewer import NO_CLINICAL_ROLE, Role, Viewer
from records.models import (
    Document,
    Element,
    Entry,
    Episode,
    RecordStatus,
    ReimbursementLine,
    SynthesisLine,
    SynthesisSource,
)


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection


Kind = TypeVar("Kind", bound=Element)
Condition = Q | bool


class Purpose(enum.StrEnum):
    """Why something is asked: to read it, or to take the whole archive away."""

    READ = "read"
    TAKE_AWAY = "take away"


class NotVisible(Http404):
    """Hidden and missing are one answer."""


class Refused(PermissionDenied):
    """You see it but may not do this; ``reason`` is meant for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the ladder: when it applies, whether it shows the element, its name."""

    rule: str
    sees: bool
    when: Condition


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer on one element: does the viewer see it, with which marks, by which line."""

    element_id: uuid.UUID
    sees: bool
    marks: tuple[str, ...]
    rule: str


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


# --- line by line ---------------------------------------------------------------------------------


def _withdrawn() -> Q:
    """Line 2."""
    return Q(withdrawn_at__isnull=False)


def _unannounced(standing: Standing) -> Q:
    """Not announced and not yet released, by a professional or by the month that passed."""
    moment = standing.moment
    return Q(unannounced_until__gt=moment.today) & (
        Q(released_at__isnull=True) | Q(released_at__gt=moment.at)
    )


def _secret_or_same_care(standing: Standing) -> Q:
    """Line 5: what is secret, and what rests on it: the same care's elements."""
    record = standing.record_id
    same_care = Q(pk__in=[])
    for model in (Document, Entry, ReimbursementLine, SynthesisLine):
        secret = model._default_manager.filter(record_id=record, secret=True)  # noqa: SLF001
        same_care |= Q(Exists(secret.filter(episodes__overlap=OuterRef("episodes"))))
    declared = Episode.objects.filter(record_id=record, secret=True)
    same_care |= Q(Exists(declared.filter(_In(F("id"), OuterRef("episodes")))))
    return Q(secret=True) | same_care


def _scope(standing: Standing, model: type[Element]) -> Condition:
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
    return Q(type_code__in=types)


def _covering(standing: Standing) -> QuerySet[Mask]:
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


def _names(viewer: Viewer) -> Q:
    """A mask aimed at the viewer by name, by structure or by profession."""
    named = Q(audience=MaskAudience.PROFESSIONAL, audience_id=viewer.professional_id)
    named |= Q(audience=MaskAudience.PROFESSION, audience_profession=viewer.profession)
    if viewer.structure_id is not None:
        named |= Q(audience=MaskAudience.STRUCTURE, audience_id=viewer.structure_id)
    return named


def _masked(standing: Standing, model: type[Element]) -> Q:
    """Line 12: a mask covers the element for this professional.

    Under an emergency door a mask whose holder ticked « sauf si ma vie est en danger » opens,
    never for a professional it names; the emergency card is readable whatever is masked.
    """
    viewer = standing.viewer
    masks = _covering(standing).filter(Q(audience=MaskAudience.EVERYONE) | _names(viewer))
    if not standing.emergency:
        return Q(Exists(masks))
    by_name = Q(audience=MaskAudience.PROFESSIONAL, audience_id=viewer.professional_id)
    masked = Q(Exists(masks.filter(Q(opens_in_emergency=False) | by_name)))
    return masked & Q(on_emergency_card=False) if model is Entry else masked


def _refused_by_matrix(standing: Standing, model: type[Element]) -> Q:
    """Line 13. A claim line passes only if both REMB and the care it pays for pass."""
    types = matrix.readable_types(standing.viewer.profession)
    if model is ReimbursementLine:
        return ~(Q(type_code__in=types) & Q(pays_for__in=types))
    return ~Q(type_code__in=types)


def _blind(standing: Standing, model: type[Element], purpose: Purpose) -> Condition:
    """Line 14: a line of the synthesis cites something this viewer doesn't see."""
    if model is not SynthesisLine:
        return False
    unseen = SynthesisSource.objects.filter(record_id=standing.record_id, line_id=OuterRef("id"))
    for cited in (Document, ReimbursementLine, Entry):
        seen = _seen(standing, cited, purpose).filter(id=OuterRef("element_id"))
        unseen = unseen.filter(~Exists(seen))
    return Q(Exists(unseen))


# --- the ladder -----------------------------------------------------------------------------------


def _ladder(standing: Standing, model: type[Element], purpose: Purpose) -> list[Rung]:
    """Return the lines of policy section 2 that can apply, in order, ending with one that does."""
    viewer = standing.viewer
    if not standing.exists:
        return [Rung("11", sees=False, when=True)]
    if not viewer.admitted:
        return [Rung("1", sees=False, when=True)]
    withdrawn = Rung("2", sees=False, when=_withdrawn())
    family = standing.is_holder or standing.is_representative
    if _closed_for(standing, purpose, family=family):
        return [withdrawn, Rung("3", sees=False, when=True)]
    if viewer.role in NO_CLINICAL_ROLE and not family:
        return [withdrawn, Rung("nobody else", sees=False, when=True)]
    if purpose is Purpose.TAKE_AWAY and not family:
        return [withdrawn, Rung("nobody else", sees=False, when=True)]
    return [withdrawn, *_in_capacity(standing, model, purpose)]


def _closed_for(standing: Standing, purpose: Purpose, *, family: bool) -> bool:
    """Line 3."""
    if standing.died:
        return True
    if standing.status == RecordStatus.CLOSED:
        return not (purpose is Purpose.TAKE_AWAY and family)
    return standing.status != RecordStatus.OPEN and not family


def _in_capacity(standing: Standing, model: type[Element], purpose: Purpose) -> list[Rung]:
    viewer = standing.viewer
    blind = _blind(standing, model, purpose)
    unannounced = _unannounced(standing)
    if viewer.role in NO_CLINICAL_ROLE:
        return [Rung("nobody else", sees=False, when=True)]
    if standing.is_holder:
        return [
            Rung("4", sees=False, when=unannounced),
            Rung("14", sees=False, when=blind),
            Rung("4", sees=True, when=True),
        ]
    if standing.is_representative:
        kept = _secret_or_same_care(standing) | Q(about_another=True) | unannounced
        return [
            Rung("5", sees=False, when=kept),
            Rung("14", sees=False, when=blind),
            Rung("5", sees=True, when=True),
        ]
    if standing.representation == "suspended" or viewer.role is Role.REPRESENTATIVE:
        return [Rung("5", sees=False, when=True)]
    if viewer.role is Role.DELEGATE:
        return _as_delegate(standing, model, blind, unannounced)
    if not viewer.is_professional:
        return [Rung("11", sees=False, when=True)]
    return _as_professional(standing, model, blind)


def _as_delegate(
    standing: Standing, model: type[Element], blind: Condition, unannounced: Q
) -> list[Rung]:
    """Line 6."""
    if not standing.delegated:
        return [Rung("6", sees=False, when=True)]
    kept = _covering(standing).filter(
        audience=MaskAudience.DELEGATE, audience_id=standing.viewer.person_id
    )
    never = unannounced | _secret_or_same_care(standing) | Q(about_another=True) | Q(Exists(kept))
    scope = _scope(standing, model)
    outside: Condition = not scope if isinstance(scope, bool) else ~scope
    return [
        Rung("6", sees=False, when=outside),
        Rung("6", sees=False, when=never),
        Rung("14", sees=False, when=blind),
        Rung("6", sees=True, when=True),
    ]


def _as_professional(standing: Standing, model: type[Element], blind: Condition) -> list[Rung]:
    """Lines 7 to 15."""
    viewer = standing.viewer
    if standing.blocked:
        return [Rung("7", sees=False, when=True)]
    if standing.treating_gp:
        return [Rung("8", sees=True, when=True)]
    refused = _refused_by_matrix(standing, model)
    rungs = [Rung("9", sees=True, when=Q(author_id=viewer.professional_id))]
    if standing.circle and viewer.structure_id is not None:
        named = Q(Exists(_covering(standing).filter(_names(viewer))))
        colleague = Q(author_structure_id=viewer.structure_id) & ~refused & ~named
        if blind is not False:
            rungs.append(Rung("14", sees=False, when=_both(colleague, blind)))
        rungs.append(Rung("9", sees=True, when=colleague))
    shared = Q(id__in=standing.shared) if standing.shared else False
    if shared is not False and blind is not False:
        rungs.append(Rung("14", sees=False, when=_both(shared, blind)))
    rungs.append(Rung("10", sees=True, when=shared))
    if not standing.has_door:
        return [*rungs, Rung("11", sees=False, when=True)]
    return [
        *rungs,
        Rung("12", sees=False, when=_masked(standing, model)),
        Rung("13", sees=False, when=refused),
        Rung("14", sees=False, when=blind),
        Rung("15", sees=True, when=True),
    ]


def _both(one: Condition, other: Condition) -> Condition:
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return one & other


def _reaches(ladder: list[Rung]) -> Condition:
    """Fold a ladder into the one condition under which the element is shown."""
    shown: Condition = False
    for rung in reversed(ladder):
        if isinstance(rung.when, bool):
            shown = rung.sees if rung.when else shown
        elif rung.sees:
            shown = shown if shown is True else (rung.when | shown if shown else rung.when)
        else:
            shown = _both(~rung.when, shown)
    return shown


def _seen(standing: Standing, model: type[Kind], purpose: Purpose) -> QuerySet[Kind]:
    elements = model._default_manager.filter(record_id=standing.record_id)  # noqa: SLF001
    shown = _reaches(_ladder(standing, model, purpose))
    if shown is False:
        return elements.none()
    return elements if shown is True else elements.filter(shown)


def _with_marks(elements: QuerySet[Kind], standing: Standing) -> QuerySet[Kind]:
    """Annotate the marks the screen adds; lines 4 to 6 show none."""
    nothing = Value(False, output_field=BooleanField())  # noqa: FBT003  # an SQL constant
    family = standing.is_holder or standing.is_representative
    if family or not standing.viewer.is_professional:
        return elements.annotate(
            mark_padlock=nothing, mark_unannounced=nothing, mark_secret=nothing
        )
    padlock: Any = nothing
    if standing.treating_gp and settings.DMP_PADLOCK:
        # A mask that names the GP sleeps: it hides nothing and gives no padlock.
        sleeping = Q(
            audience=MaskAudience.PROFESSIONAL, audience_id=standing.viewer.professional_id
        )
        padlock = Exists(_covering(standing).exclude(sleeping))
    unannounced = Case(When(_unannounced(standing), then=Value(True)), default=nothing)  # noqa: FBT003
    return elements.annotate(
        mark_padlock=padlock, mark_unannounced=unannounced, mark_secret=F("secret")
    )


# --- what the use cases ask -----------------------------------------------------------------------


def standing_on(record_id: uuid.UUID) -> Standing:
    """Return what the bound viewer is to a record, read once per binding and use case."""
    state = bound()
    if record_id not in state.standings:
        state.standings[record_id] = read_standing(state.viewer, record_id, state.moment)
    return state.standings[record_id]


def visible(
    model: type[Kind], standing: Standing, *, purpose: Purpose = Purpose.READ
) -> QuerySet[Kind]:
    """Return the elements of one kind that a viewer sees on a record, with their marks."""
    return _with_marks(_seen(standing, model, purpose), standing)


def visible_documents(standing: Standing) -> QuerySet[Document]:
    """Return the documents a viewer sees on a record."""
    return visible(Document, standing)


def visible_lines(standing: Standing) -> QuerySet[ReimbursementLine]:
    """Return the reimbursement lines a viewer sees on a record."""
    return visible(ReimbursementLine, standing)


def visible_entries(standing: Standing) -> QuerySet[Entry]:
    """Return the holder's own entries that a viewer sees on a record."""
    return visible(Entry, standing)


def visible_synthesis_lines(standing: Standing) -> QuerySet[SynthesisLine]:
    """Return the lines of the synthesis a viewer sees on a record, all versions."""
    return visible(SynthesisLine, standing)


def get_visible(model: type[Kind], standing: Standing, element_id: uuid.UUID) -> Kind:
    """Return one element the viewer sees. Raises ``NotVisible`` for hidden and missing alike."""
    element = visible(model, standing).filter(id=element_id).first()
    if element is None:
        raise NotVisible
    return element


def can_see(model: type[Element], standing: Standing, element_id: uuid.UUID) -> bool:
    """Tell whether the viewer sees one element."""
    return visible(model, standing).filter(id=element_id).exists()


def marks_of(element: Any) -> tuple[str, ...]:
    """Return the marks of an element given out by this module, in the order of the screen."""
    marks = (
        ("padlock", element.mark_padlock),
        ("not announced", element.mark_unannounced),
        ("secret", element.mark_secret),
    )
    return tuple(name for name, shown in marks if shown)


def decisions(
    model: type[Element],
    standing: Standing,
    *,
    purpose: Purpose = Purpose.READ,
    element_id: uuid.UUID | None = None,
    among: Collection[uuid.UUID] | None = None,
) -> list[Decision]:
    """Return the answer, the marks and the line for every element of a kind: for auditors.

    Never shown to anybody as it is: it names elements the viewer doesn't see.
    """
    whens = []
    for rung in _ladder(standing, model, purpose):
        then = Value(f"{'+' if rung.sees else '-'}{rung.rule}")
        if rung.when is True:
            whens.append(When(Q(record_id=standing.record_id), then=then))
        elif rung.when is not False:
            whens.append(When(rung.when, then=then))
    elements = model._default_manager.filter(record_id=standing.record_id)  # noqa: SLF001
    if element_id is not None:
        elements = elements.filter(id=element_id)
    if among is not None:
        elements = elements.filter(id__in=among)
    rows = _with_marks(elements.annotate(line=Case(*whens)), standing).order_by("id")
    return [
        Decision(
            element_id=row.id,
            sees=row.line.startswith("+"),
            marks=marks_of(row) if row.line.startswith("+") else (),
            rule=row.line[1:],
        )
        for row in rows
    ]


def share_given_at(standing: Standing, element_id: uuid.UUID) -> dt.datetime | None:
    """Return when the viewer's live share of an element was given: later versions aren't in it."""
    if element_id not in standing.shared:
        return None
    viewer = standing.viewer
    grantee = Q(professional_id=viewer.professional_id)
    if viewer.structure_id is not None:
        grantee |= Q(structure_id=viewer.structure_id)
    given = Authorisation.objects.filter(
        grantee,
        record_id=standing.record_id,
        kind="share",
        element_id=element_id,
        ended_at=None,
    )
    return given.order_by("-given_at").values_list("given_at", flat=True).first()


def under_a_mask(model: type[Kind], standing: Standing) -> QuerySet[Kind]:
    """Return the elements the viewer sees that a live mask covers, whoever it is aimed at."""
    return visible(model, standing).filter(Exists(_covering(standing)))


def not_announced(standing: Standing, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which elements still wait to be announced: for the journal, which stays silent."""
    found: set[uuid.UUID] = set()
    for model in (Document, Entry, ReimbursementLine, SynthesisLine):
        elements = model._default_manager.filter(record_id=standing.record_id, id__in=ids)  # noqa: SLF001
        found |= set(elements.filter(_unannounced(standing)).values_list("id", flat=True))
    return found


def written_by(viewer: Viewer, *, limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the (record, document) keys of what a professional deposited, the latest first.

    Keys to ask the gate about, record by record; never shown as they are.
    """
    if viewer.professional_id is None:
        return []
    rows = Document.objects.filter(author_id=viewer.professional_id)
    return list(rows.order_by("-created_at", "id").values_list("record_id", "id")[:limit])
