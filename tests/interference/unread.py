"""What a minor answered for themself comes with their record's row: whether anybody looked at it.

Nearly every page reads that row whole. Where nothing was made of these columns no answer can
differ by them, and rows are compared without. Must not know what is asked, nor by whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models.query_utils import DeferredAttribute

from access import standing
from records.models import Record


if TYPE_CHECKING:
    import pytest


#: What an answer of the minor's own leaves in the record's row.
COLUMNS: Final = ("emergency_refused", "family_choices")
#: The row as the model reads it: whoever reads these columns alone looks at them.
_WHOLE: Final = b", ".join(
    f'"records_record"."{field.column}"'.encode() for field in Record._meta.concrete_fields
)
_STANDING: Final = b"; execute standing_"
#: Where a standing says it, in a column without a name.
_PLACE: Final = 3

#: Which of them somebody looked at.
looked_at: set[str] = set()


class _Noting(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None:
            looked_at.add(self.field.attname)
        return super().__get__(instance, cls)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def listen(patch: pytest.MonkeyPatch) -> None:
    """Note from now on who looks at these columns."""
    for name in COLUMNS:
        patch.setattr(Record, name, _Noting(Record._meta.get_field(name)))
    told = standing._standing

    def noted(viewer: Any, moment: Any, row: Any) -> Any:
        found = told(viewer, moment, row)
        otherwise = [*row[:_PLACE], not row[_PLACE], *row[_PLACE + 1 :]]
        if told(viewer, moment, otherwise) != found:
            looked_at.add(COLUMNS[0])
        return found

    patch.setattr(standing, "_standing", noted)


def places_in(statement: bytes, names: list[str]) -> set[int]:
    """Where these columns are among those that a statement gave, if it gave the whole row."""
    if _STANDING in statement:
        return {_PLACE}
    if statement.count(_WHOLE) != 1:
        return set()
    return {place for place, name in enumerate(names) if name in COLUMNS}
