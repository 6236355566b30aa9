"""What a medicine is called and is for: its substance, the names on boxes, its family.

Care tells the name on the box and treatments the substance: here they are joined. Knows no viewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from records import reference
from records.dossier import telling
from records.dossier.care_views import name_on_box
from records.reference.people import plain


if TYPE_CHECKING:
    from records.care.treatments import Treatment

_BOXES_NAMED: Final = 2
_FAMILY: Final = 3  # characters of an ATC code


def name_of(one: Treatment) -> str:
    """Return "Sertraline (Zoloft)", the latest box first; the substance where boxes say it too."""
    labels = (label for given in reversed(one.dispensings) for label in given.labels)
    boxes = dict.fromkeys(name_on_box(label) for label in labels)
    others = [box for box in boxes if not _says(box, one.substance)][:_BOXES_NAMED]
    if not others:
        return one.substance
    return _("%(substance)s (%(boxes)s)") % {
        "substance": one.substance, "boxes": ", ".join(others),
    }  # fmt: skip


def what_for(one: Treatment, *, plainly: bool) -> str:
    """Return what this family of medicines is for in general: never why this person takes it.

    In plain words, or by the name of its class for who knows them.
    """
    if not one.atc:
        return ""
    lang = telling.language()
    if plainly:
        return reference.plain_family(one.atc, lang)
    return reference.atc_label(one.atc[:_FAMILY], lang)


def _says(box: str, substance: str) -> bool:
    """Tell whether a box is called by its substance, as generics are."""
    words = plain(substance).lower().split()
    return not words or plain(box).lower().startswith(words[0])
