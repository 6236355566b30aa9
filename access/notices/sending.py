"""Sending what waits: taken, handed to a channel, written down. At most once for each row.

A try is committed before its message leaves. A worker that dies in between leaves a row whose
end nobody knows: it is never handed over again, and is read on the site. A channel that says no
is asked again, a few times, later and later.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from access import channels
from access.binding import binding, bound, now, use_case
from access.conditions import representing
from access.models import Notice, NoticeState, Professional, User
from access.notices.doctors import still_treats
from access.notices.hours import PAUSES, is_night, next_round
from access.notices.wording import INSISTENT, NUMBER, ON_THE_SITE, SYNTHESIS_ASKED, URGENT
from access.viewer import WORKER
from records.keys import unseal_with_master
from records.models import (
    ContactKind,
    ContactPoint,
    Person,
    Record,
    RecordIdentifier,
    Representation,
)


if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from access.viewer import Viewer

#: Longer than any channel may take: who took a notice before that is dead.
DEAD_AFTER: Final = dt.timedelta(minutes=10)
ROUND_SECONDS: Final = 10
_AT_ONCE: Final = 200
#: A wish, as it is kept with the record, and the kind of contact that serves it.
WAYS: Final = {"email": ContactKind.EMAIL, "sms": ContactKind.MOBILE, "post": ContactKind.POST}
#: What reaches somebody on the day.
_QUICK: Final = ("email", "sms")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one person, the rows it is for, and the way it goes."""

    ids: tuple[uuid.UUID, ...]
    way: str
    to: str
    name: str
    subject: str
    text: str


def send(notice_id: uuid.UUID) -> bool:
    """Send a notice that is due, with those like it. Returns whether a message left."""
    with binding(WORKER):
        parcel = _take(by=WORKER, notice_id=notice_id)
    if parcel is None:
        return False
    try:
        _hand_over(parcel)
    except Exception as error:  # noqa: BLE001 - whatever a channel raises, it said no
        # No address and no text in the log: the class says what it was.
        log.warning("notice %s by %s: %s", parcel.ids[0], parcel.way, _kind_of(error))
        with binding(WORKER):
            _try_again(by=WORKER, parcel=parcel)
        return False
    with binding(WORKER):
        _sent(by=WORKER, parcel=parcel)
    return True


def _kind_of(error: Exception) -> str:
    """Return what kind of error a channel raised, behind our own word for it."""
    return type(error.__cause__ or error).__name__


def _hand_over(parcel: Parcel) -> None:
    if parcel.way == "post":
        channels.post(nir=parcel.to, name=parcel.name, text=parcel.text)
        return
    channels.send(
        WAYS[parcel.way], to=parcel.to, text=parcel.text, subject=parcel.subject,
        key=str(parcel.ids[0]),
    )  # fmt: skip


def send_waiting(*, seconds: float = ROUND_SECONDS) -> None:
    """Send what is due, for a while; put aside what a dead worker left."""
    with binding(WORKER):
        _put_aside(by=WORKER)
    until = time.monotonic() + seconds
    seen: set[uuid.UUID] = set()
    # One that is still due after its turn is in another worker's hands.
    while due := [notice_id for notice_id in _due() if notice_id not in seen]:
        for notice_id in due:
            send(notice_id)
            if time.monotonic() > until:
                return
        seen.update(due)


def _due() -> list[uuid.UUID]:
    with binding(WORKER):
        waiting = Notice.objects.filter(state=NoticeState.WAITING, due_at__lte=now())
        return list(waiting.order_by("due_at", "id").values_list("id", flat=True)[:_AT_ONCE])


@use_case
def _take(*, by: Viewer, notice_id: uuid.UUID) -> Parcel | None:  # noqa: ARG001  # who works
    """Take a notice and those of the same kind that wait with it: five make one message.

    What patients ask of their doctor makes one too. None where it doesn't wait any more, isn't
    due, or stays on the site.
    """
    due = Notice.objects.filter(state=NoticeState.WAITING, due_at__lte=now())
    first = due.select_for_update(skip_locked=True).filter(id=notice_id).first()
    if first is None or (first.person_id or first.professional_id) is None:
        return None
    like = due.filter(
        _said_together(first, due), person_id=first.person_id,
        professional_id=first.professional_id, kind=first.kind, channel=first.channel,
    ).exclude(id=first.id)  # fmt: skip
    rows = [first, *like.select_for_update(skip_locked=True).order_by("id")]
    found = _way_to(first)
    if found is None:
        _settle(rows, state=NoticeState.ON_SITE, channel=ON_THE_SITE)
        return None
    way, to = found
    if way == "sms" and first.kind not in URGENT and is_night(now()):
        _settle(rows, due_at=next_round(now()))
        return None
    tries = max(row.tries for row in rows) + 1
    _settle(rows, state=NoticeState.SENDING, channel=way, tries=tries, taken_at=now())
    name, language = _reader(first)
    with translation.override(language):
        subject = _("Une information pour vous")
    ids = tuple(row.id for row in rows)
    return Parcel(ids, way, to, name, subject, first.body)


def _said_together(first: Notice, due: QuerySet[Notice]) -> Q:
    """Return what one message is about: what is asked of a doctor says whom of nobody.

    Without whom they no longer treat, whose notices have a turn of their own.
    """
    doctor = first.professional_id
    if first.kind != SYNTHESIS_ASKED or doctor is None:
        return Q(record_id=first.record_id)
    asked: Any = due.filter(professional_id=doctor, kind=first.kind, record_id__isnull=False)
    treated = still_treats(set(asked.values_list("record_id", flat=True)), doctor)
    return Q(record_id__in=treated if first.record_id in treated else {first.record_id})


def _reader(notice: Notice) -> tuple[str, str]:
    """Return the name of who is told, and their language."""
    if notice.professional_id is not None:
        doctor = Professional.objects.get(id=notice.professional_id)
        return doctor.display_name, settings.LANGUAGE_CODE
    assert notice.person_id is not None  # noqa: S101  # it is for somebody
    person = Person.objects.get(id=notice.person_id)
    return person.full_name, person.language


def _way_to(notice: Notice) -> tuple[str, str] | None:
    if notice.professional_id is not None:
        if notice.record_id and not still_treats([notice.record_id], notice.professional_id):
            return None
        return _way_at_work(notice.professional_id)
    if notice.person_id is None or not _may_still_know(notice.record_id, notice.person_id):
        return None
    return _way(notice, notice.person_id)


def _may_still_know(record_id: uuid.UUID | None, reader_id: uuid.UUID) -> bool:
    """Tell whether a reader is the holder, or still speaks for them: it waited for its hour.

    A parent whom a court suspended meanwhile, or whose child came of age, is told nothing more.
    """
    if record_id is None or Record.objects.filter(id=record_id, holder_id=reader_id).exists():
        return True
    live = representing(bound().moment, record_ids=[record_id])
    return Representation.objects.filter(id__in=live, person_id=reader_id).exists()


def _way_at_work(professional_id: uuid.UUID) -> tuple[str, str] | None:
    """Return the address of a professional's own account; None where they have none."""
    accounts = User.objects.filter(professional_id=professional_id, is_active=True)
    account = accounts.order_by("-created_at", "id").first()
    if account is None or not channels.reaches(WAYS["email"]):
        return None
    return "email", account.email


def _way(notice: Notice, reader_id: uuid.UUID) -> tuple[str, str] | None:
    """Return the channel and the address that reach a person; None where only the site does.

    Only confirmed contacts receive; a letter goes where the fund knows the holder to live. What
    is urgent takes any way there is; the rest the one that was wished, or none.
    """
    wishes = [notice.channel] if notice.channel in WAYS else []
    if notice.kind in INSISTENT:
        wishes += [wish for wish in _QUICK if wish not in wishes]
    points = ContactPoint.objects.filter(person_id=reader_id, confirmed_at__isnull=False).order_by(
        "given_at", "id"
    )
    given = {point.kind: point for point in points}
    for wish in wishes:
        point = given.get(WAYS[wish])
        if not channels.reaches(WAYS[wish]):
            continue
        if wish == "post" and (number := _number(notice, reader_id)):
            return wish, number
        if wish != "post" and point is not None:
            return wish, unseal_with_master(point.value_sealed, about=point.id.bytes).decode()
    return None


def _number(notice: Notice, reader_id: uuid.UUID) -> str:
    """Return the national number the fund finds the holder's address by; empty for anyone else."""
    if notice.record_id is None:
        return ""
    rows = RecordIdentifier.objects.filter(
        record_id=notice.record_id, record__holder_id=reader_id, theirs=True
    )
    found = rows.own().first()
    if notice.kind == NUMBER:
        # Under the one they had: another, noted by mistake, is found where somebody else lives.
        found = rows.filter(until=notice.made_at).order_by("since", "id").first() or found
    return found.value() if found else ""


def _settle(rows: list[Notice], **facts: object) -> None:
    Notice.objects.filter(id__in=[row.id for row in rows]).update(**facts)


@use_case
def _sent(*, by: Viewer, parcel: Parcel) -> None:  # noqa: ARG001  # who works
    _taken(parcel).update(state=NoticeState.SENT, sent_at=now())


@use_case
def _try_again(*, by: Viewer, parcel: Parcel) -> None:  # noqa: ARG001  # who works
    rows = list(_taken(parcel).order_by("id"))
    tries = max((row.tries for row in rows), default=0)
    if tries > len(PAUSES):
        _settle(rows, state=NoticeState.FAILED)
    elif rows:
        _settle(rows, state=NoticeState.WAITING, due_at=now() + PAUSES[tries - 1])


@use_case
def _put_aside(*, by: Viewer) -> None:  # noqa: ARG001  # who works
    """A notice whose worker died while it was leaving may have left: it is not sent twice."""
    dead = Notice.objects.filter(state=NoticeState.SENDING, taken_at__lt=now() - DEAD_AFTER)
    dead.update(state=NoticeState.FAILED)


def _taken(parcel: Parcel) -> QuerySet[Notice]:
    return Notice.objects.filter(id__in=parcel.ids, state=NoticeState.SENDING)
