"""What a person was offered on the site and doesn't want to be offered again.

Kept as a notice that says nothing: nobody reads from the row what it was about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from access.binding import now
from access.models import Notice, NoticeState
from access.notices.telling import once_of
from access.notices.wording import ON_THE_SITE


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

PUT_ASIDE: Final = "put_aside"


def put_aside(*, person_id: uuid.UUID, record_id: uuid.UUID, offers: Collection[str]) -> None:
    """Remember that these offers were put aside. Said twice is said once."""
    rows = [
        Notice(
            record_id=record_id, person_id=person_id, kind=PUT_ASIDE, channel=ON_THE_SITE,
            state=NoticeState.ON_SITE, made_at=now(), due_at=now(),
            once=once_of(PUT_ASIDE, person_id, f"{record_id}|{offer}"),
        )
        for offer in offers
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def left_to_offer(
    *, person_id: uuid.UUID, record_id: uuid.UUID, offers: Collection[str]
) -> list[str]:
    """Return which of these offers were never put aside."""
    keys = {once_of(PUT_ASIDE, person_id, f"{record_id}|{offer}"): offer for offer in offers}
    aside: Any = Notice.objects.filter(once__in=keys).values_list("once", flat=True)
    gone = {bytes(key) for key in aside}
    return [offer for key, offer in keys.items() if key not in gone]
