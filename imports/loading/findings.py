"""What the page of a file shows of what was recognised in it, while it is read and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imports.loading import recognising, wording


if TYPE_CHECKING:
    from imports.models import Load


@dataclass(frozen=True, slots=True)
class Findings:
    """Facts, what the administrator should be told, the first rows under the heads of columns."""

    facts: list[tuple[str, str]]
    notices: list[str]
    heads: list[str]
    rows: list[list[str]]
    so_far: bool
    """Whether only the beginning of the file was seen."""

    @property
    def seen(self) -> str:
        """Return what tells a page that shows these from one that shows others: counts only."""
        counts = (self.so_far, len(self.facts), len(self.notices), len(self.rows))
        return "-".join(str(int(count)) for count in counts)


def findings_of(load: Load) -> Findings:
    """Return what was recognised of the file of a load."""
    return Findings(
        facts=wording.recognised(load),
        notices=wording.notices(load),
        heads=wording.sample_heads(load),
        rows=load.recognised.get(recognising.SAMPLE, []),
        so_far=recognising.is_so_far(load),
    )
