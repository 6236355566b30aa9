"""Finding a professional or a structure in the directory: public facts, never who treats whom."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower

from access.binding import now
from access.models import Practice, Professional, Structure
from access.naming import language
from access.policy import NotVisible
from access.standing import ACCENTED, PLAIN
from records import reference


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from access.viewer import Viewer


FEWEST_LETTERS = 3
MOST_FOUND = 20
DOCTOR = "10"


@dataclass(frozen=True, slots=True)
class FoundProfessional:
    """One professional of the directory: name, trade and where they work today."""

    id: uuid.UUID
    name: str
    full_name: str
    trade: str
    places: tuple[str, ...]
    is_doctor: bool


@dataclass(frozen=True, slots=True)
class FoundStructure:
    """One structure of the directory."""

    id: uuid.UUID
    name: str
    kind: str
    address: str


def trade_of(professional: Professional) -> str:
    """Return the specialty of a professional in words, else the profession."""
    lang = language()
    return reference.specialty_label(professional.specialty, lang) or reference.profession_label(
        professional.profession, lang
    )


def plain(text: str) -> str:
    """Return letters without case nor accents; hyphens, apostrophes and NUL as spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.sub(r"['’\-\x00]", " ", letters).split())


def _plain_column(name: str) -> Func:
    return Func(Lower(F(name)), Value(ACCENTED), Value(PLAIN), function="translate")


def _begins(column: str, word: str) -> Q:
    """A word of a name begins with what was typed."""
    return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})


def is_too_short(text: str) -> bool:
    """Tell whether something was typed, and too little to look for anybody."""
    return bool(text) and len(text.replace(" ", "")) < FEWEST_LETTERS


def find_professionals(
    *, by: Viewer, text: str, doctors_only: bool = False
) -> list[FoundProfessional]:
    """Return at most 20 professionals whose names begin with the words typed, or by RPPS number.

    Fewer than three letters find nobody: the page says so. For whoever is signed in; the directory
    is public.
    """
    if not by.admitted:
        raise NotVisible
    found = _matching_professionals(text)
    if found is None:
        return []
    if doctors_only:
        found = found.filter(profession=DOCTOR)
    return describe(found.order_by("family_name", "given_name", "id")[:MOST_FOUND])


def _matching_professionals(text: str) -> QuerySet[Professional] | None:
    professionals = Professional.objects.filter(
        Q(registration_ended_at__isnull=True) | Q(registration_ended_at__gt=now())
    )
    digits = re.sub(r"[\s.]", "", text)
    if digits.isascii() and digits.isdigit():
        return professionals.filter(rpps=digits) if len(digits) >= FEWEST_LETTERS else None
    words = [word for word in plain(text).split() if word not in {"dr", "docteur", "pr"}][:4]
    if sum(map(len, words)) < FEWEST_LETTERS:
        return None
    annotated: Any = professionals.annotate(
        plain_family=_plain_column("family_name"), plain_given=_plain_column("given_name")
    )
    for word in words:
        annotated = annotated.filter(_begins("plain_family", word) | _begins("plain_given", word))
    return annotated  # type: ignore[no-any-return]  # the annotations hide the type


def find_structures(*, by: Viewer, text: str) -> list[FoundStructure]:
    """Return at most 20 structures whose names hold the words typed, or by FINESS number."""
    if not by.admitted:
        raise NotVisible
    words = plain(text).split()[:4]
    if sum(map(len, words)) < FEWEST_LETTERS:
        return []
    structures: Any = Structure.objects.annotate(plain_name=_plain_column("name"))
    by_name = Q()
    for word in words:
        by_name &= _begins("plain_name", word)
    found = structures.filter(by_name | Q(finess=text.strip().upper()))
    return [
        FoundStructure(row.id, row.name, str(row.get_kind_display()), row.address)
        for row in found.order_by("name", "id")[:MOST_FOUND]
    ]


def names_of_places(numbers: Iterable[str]) -> dict[str, str]:
    """Return the names of the structures the directory knows, by FINESS number."""
    known = Structure.objects.filter(finess__in={*numbers})
    return dict(known.order_by("id").values_list("finess", "name"))


def describe(professionals: Iterable[Professional]) -> list[FoundProfessional]:
    """Return professionals as a page shows them, with where they work today: one query more."""
    rows = list(professionals)
    places: dict[uuid.UUID, list[str]] = {}
    practices = Practice.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now()),
        professional__in=[row.id for row in rows],
        since__lte=now(),
        structure__isnull=False,
    ).order_by("since", "id")
    for professional_id, name in practices.values_list("professional_id", "structure__name"):
        held = places.setdefault(professional_id, [])
        if name not in held:
            held.append(name)
    return [
        FoundProfessional(
            id=row.id,
            name=row.display_name,
            full_name=row.full_name,
            trade=trade_of(row),
            places=tuple(places.get(row.id, ())),
            is_doctor=row.profession == DOCTOR,
        )
        for row in rows
    ]


def professional(professional_id: uuid.UUID) -> Professional:
    """Return one professional of the directory. Raises ``NotVisible`` if there is none."""
    found = Professional.objects.filter(id=professional_id).first()
    if found is None:
        raise NotVisible
    return found


def structure(structure_id: uuid.UUID) -> Structure:
    """Return one structure of the directory. Raises ``NotVisible`` if there is none."""
    found = Structure.objects.filter(id=structure_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class Grantee:
    """A professional or a structure about to be given a door."""

    name: str
    detail: str


def read_grantee(
    *,
    by: Viewer,
    professional_id: uuid.UUID | None = None,
    structure_id: uuid.UUID | None = None,
) -> Grantee:
    """Return who a door is about to be given to. Raises ``NotVisible`` for nobody."""
    if not by.admitted:
        raise NotVisible
    if professional_id is not None:
        [found] = describe([professional(professional_id)])
        return Grantee(found.name, " · ".join((found.trade, *found.places)))
    if structure_id is None:
        raise NotVisible
    place = structure(structure_id)
    kind = str(place.get_kind_display())
    return Grantee(place.name, f"{kind} · {place.address}" if place.address else kind)
