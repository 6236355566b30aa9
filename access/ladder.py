"""The ladder: the lines of the policy in order, for one viewer and one record; the first decides.

Folded into one condition it gives the list of what a viewer sees. It reads nothing itself.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from access import conditions
from access.models import MaskAudience
from access.viewer import NO_CLINICAL_ROLE, Role
from records.models import (
    Document,
    Element,
    Entry,
    RecordStatus,
    ReimbursementLine,
    SynthesisLine,
    SynthesisSource,
)


if TYPE_CHECKING:
    from access.conditions import Condition
    from access.standing import Standing


Kind = TypeVar("Kind", bound=Element)


class Purpose(enum.StrEnum):
    """Why something is asked: to read it, or to take the whole archive away."""

    READ = "read"
    TAKE_AWAY = "take away"


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the ladder: when it applies, whether it shows the element, its name."""

    rule: str
    sees: bool
    when: Condition


def ladder(standing: Standing, model: type[Element], purpose: Purpose) -> list[Rung]:
    """Return the lines of policy section 2 that can apply, in order, ending with one that does."""
    viewer = standing.viewer
    if not standing.exists:
        return [Rung("11", sees=False, when=True)]
    if not viewer.admitted:
        return [Rung("1", sees=False, when=True)]
    withdrawn = Rung("2", sees=False, when=conditions.withdrawn())
    family = standing.is_holder or standing.is_representative
    if _closed_for(standing, purpose, family=family):
        return [withdrawn, Rung("3", sees=False, when=True)]
    # A place of work somebody has left, or not joined yet, is no capacity to look from.
    of_care = viewer.role not in NO_CLINICAL_ROLE
    if viewer.is_professional and not standing.practising:
        of_care = False
    if not family and (purpose is Purpose.TAKE_AWAY or not of_care):
        return [withdrawn, Rung("nobody else", sees=False, when=True)]
    return [withdrawn, *_in_capacity(standing, model, purpose)]


def _closed_for(standing: Standing, purpose: Purpose, *, family: bool) -> bool:
    """Line 3."""
    if standing.died:
        return True
    if standing.status == RecordStatus.CLOSED:
        return not (purpose is Purpose.TAKE_AWAY and family)
    return standing.status != RecordStatus.OPEN and not family


def _blind(standing: Standing, model: type[Element], purpose: Purpose) -> Condition:
    """Line 14: a line of the synthesis cites something this viewer doesn't see."""
    if model is not SynthesisLine:
        return False
    unseen = SynthesisSource.objects.filter(record_id=standing.record_id, line_id=OuterRef("id"))
    for cited in (Document, ReimbursementLine, Entry):
        shown: QuerySet[Any] = seen(standing, cited, purpose)
        unseen = unseen.filter(~Exists(shown.filter(id=OuterRef("element_id"))))
    return Q(Exists(unseen))


def _in_capacity(standing: Standing, model: type[Element], purpose: Purpose) -> list[Rung]:
    viewer = standing.viewer
    blind = _blind(standing, model, purpose)
    unannounced = conditions.unannounced(standing)
    if standing.is_holder:
        return [
            Rung("4", sees=False, when=unannounced),
            Rung("14", sees=False, when=blind),
            Rung("4", sees=True, when=True),
        ]
    if standing.is_representative:
        kept = conditions.secret_or_same_care(standing) | Q(about_another=True) | unannounced
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
    kept = conditions.masks_in_force(standing).filter(
        audience=MaskAudience.DELEGATE, audience_id=standing.viewer.person_id
    )
    never = unannounced | conditions.secret_or_same_care(standing) | Q(about_another=True)
    scope = conditions.scope(standing, model)
    outside: Condition = not scope if isinstance(scope, bool) else ~scope
    return [
        Rung("6", sees=False, when=outside),
        Rung("6", sees=False, when=never | conditions.covered_by(kept)),
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
    refused = conditions.refused_by_matrix(standing, model)
    # The fund is the author of claim lines, the holder of entries, whoever a row names.
    written = model in {Document, SynthesisLine}
    rungs = []
    if written:
        rungs.append(Rung("9", sees=True, when=Q(author_id=viewer.professional_id)))
    if written and standing.circle and viewer.structure_id is not None:
        naming = conditions.masks_in_force(standing).filter(conditions.naming(viewer))
        named = conditions.covered_by(naming)
        colleague = Q(author_structure_id=viewer.structure_id) & ~refused & ~named
        rungs.append(Rung("14", sees=False, when=_both(colleague, blind)))
        rungs.append(Rung("9", sees=True, when=colleague))
    shared = conditions.among(standing.shared) if standing.shared else False
    rungs.append(Rung("14", sees=False, when=_both(shared, blind)))
    rungs.append(Rung("10", sees=True, when=shared))
    if not standing.has_door:
        return [*rungs, Rung("11", sees=False, when=True)]
    return [
        *rungs,
        Rung("12", sees=False, when=conditions.masked(standing, model)),
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


def _reaches(rungs: list[Rung]) -> Condition:
    """Fold a ladder into the one condition under which the element is shown."""
    shown: Condition = False
    for rung in reversed(rungs):
        if isinstance(rung.when, bool):
            shown = rung.sees if rung.when else shown
        elif rung.sees:
            shown = shown if shown is True else (rung.when | shown if shown else rung.when)
        else:
            shown = _both(~rung.when, shown)
    return shown


def seen(standing: Standing, model: type[Kind], purpose: Purpose) -> QuerySet[Kind]:
    """Return the elements of one kind that the ladder shows."""
    elements = model._default_manager.filter(record_id=standing.record_id)  # noqa: SLF001
    shown = _reaches(ladder(standing, model, purpose))
    # Never all of them: line 2 is asked of each.
    return elements.none() if isinstance(shown, bool) else elements.filter(shown)


def sees_own(standing: Standing, model: type[Element]) -> bool | None:
    """Tell whether the viewer sees what they wrote and didn't withdraw, whatever it is.

    None where that depends on the element.
    """
    written = Q(author_id=standing.viewer.professional_id)
    for rung in ladder(standing, model, Purpose.READ):
        if rung.when is True or rung.when == written:
            return rung.sees
        if rung.when != conditions.withdrawn():
            break
    return None


def with_lines(
    elements: QuerySet[Kind], standing: Standing, model: type[Kind], purpose: Purpose
) -> QuerySet[Kind]:
    """Annotate the line that decides: « +15 » where it shows the element, « -12 » where not."""
    whens = []
    for rung in ladder(standing, model, purpose):
        then = Value(f"{'+' if rung.sees else '-'}{rung.rule}")
        if rung.when is True:
            whens.append(When(Q(record_id=standing.record_id), then=then))
        elif rung.when is not False:
            whens.append(When(rung.when, then=then))
    decided: Any = elements.annotate(line=Case(*whens))
    return decided  # type: ignore[no-any-return]  # the stubs give annotated rows another type


def with_marks(elements: QuerySet[Kind], standing: Standing) -> QuerySet[Kind]:
    """Annotate the marks the screen adds; lines 4 to 6 show none."""
    nothing = Value(False, output_field=BooleanField())  # noqa: FBT003  # an SQL constant
    marked: Any
    family = standing.is_holder or standing.is_representative
    if family or not standing.viewer.is_professional:
        marked = elements.annotate(
            mark_padlock=nothing, mark_unannounced=nothing, mark_secret=nothing
        )
        return marked  # type: ignore[no-any-return]  # the stubs give annotated rows another type
    padlock: Any = nothing
    if standing.treating_gp and settings.DMP_PADLOCK:
        # A mask that names the GP sleeps: it hides nothing and gives no padlock.
        sleeping = Q(
            audience=MaskAudience.PROFESSIONAL, audience_id=standing.viewer.professional_id
        )
        awake = conditions.masks_in_force(standing).exclude(sleeping)
        padlock = ExpressionWrapper(conditions.covered_by(awake), output_field=BooleanField())
    unannounced = Case(When(conditions.unannounced(standing), then=Value(True)), default=nothing)  # noqa: FBT003
    marked = elements.annotate(
        mark_padlock=padlock, mark_unannounced=unannounced, mark_secret=F("secret")
    )
    return marked  # type: ignore[no-any-return]  # as above
