"""Elements of a record by their keys, through the gate, and how a page names each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access import policy
from access.naming import language
from access.policy import NotVisible
from records import reference
from records.models import (
    Document,
    Element,
    ElementKind,
    Entry,
    ReimbursementLine,
    SynthesisLine,
    ticked_answer,
)


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection

    from django.db.models import QuerySet

    from access.standing import Standing


KINDS: dict[str, type[Element]] = {
    ElementKind.DOCUMENT.value: Document,
    ElementKind.LINE.value: ReimbursementLine,
    ElementKind.ENTRY.value: Entry,
    ElementKind.SYNTHESIS_LINE.value: SynthesisLine,
}
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Named:
    """One element as a page names it: what it is, in words, and its day."""

    id: uuid.UUID
    kind: str
    title: str
    on: dt.date


def key_of(element: Element) -> uuid.UUID:
    """Return the key of an element, whatever its kind."""
    key: uuid.UUID = element.id  # type: ignore[attr-defined]  # each kind declares its own
    return key


def kind_of(element: Element) -> str:
    """Return the kind under which the journal, sources and receipts name an element."""
    return next(kind for kind, model in KINDS.items() if isinstance(element, model))


def find_visible(standing: Standing, ids: Collection[uuid.UUID | None]) -> list[Element]:
    """Return the elements asked for, whatever their kinds, in the order of their days.

    Raises ``NotVisible`` if one is hidden, missing or no key at all, or if they are over 500.
    """
    wanted = set(ids)
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise NotVisible
    found = those_visible(standing, wanted)
    if {key_of(element) for element in found} != wanted:
        raise NotVisible
    return found


def those_visible(standing: Standing, ids: Collection[uuid.UUID | None]) -> list[Element]:
    """Return the elements among these keys that the viewer sees, in the order of their days."""
    left = set(ids)
    found: list[Element] = []
    for model in KINDS.values():
        if left:
            rows: QuerySet[Any] = policy.visible(model, standing)
            found += rows.filter(id__in=left)
            left -= {key_of(element) for element in found}
    return sorted(found, key=lambda element: (element.occurred_on, key_of(element).int))


def named(element: Element) -> Named:
    """Return how a page names an element the gate has given out."""
    return Named(
        id=key_of(element), kind=kind_of(element), title=_title(element), on=element.occurred_on
    )


def _title(element: Element) -> str:
    lang = language()
    if isinstance(element, Document):
        return element.title or reference.document_type_label(element.type_code, lang)
    if isinstance(element, ReimbursementLine):
        known = reference.label(element.code_system, element.code, lang)
        return known or element.label or f"{element.code_system} {element.code}"
    if isinstance(element, SynthesisLine):
        return ticked_answer(element.key) or element.text
    entry: Any = element  # the kind that is left
    label, text = str(entry.get_kind_display()), str(entry.content.get("text", ""))
    return _("%(kind)s : %(text)s") % {"kind": label, "text": text} if text else label


def visible_models(standing: Standing) -> list[QuerySet[Any]]:
    """Return what the viewer sees of each kind, as queries."""
    return [policy.visible(model, standing) for model in KINDS.values()]
