"""One binding around every door: the transaction, the viewer, the clock, the journal's last word.

Nothing clinical is read or written outside a binding. Knows no screen and no element.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from access import journal
from access.viewer import Lens, Moment, Viewer


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Callable, Collection, Iterator

    from django.http import HttpRequest, HttpResponse

    from access.standing import Standing


PARIS = ZoneInfo("Europe/Paris")
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class NotBound(RuntimeError):
    """Something asked for the viewer or the clock outside a binding: a defect of ours."""


@dataclass(slots=True)
class Bound:
    """What is true for the length of one door: who, when, and the acts to write down."""

    viewer: Viewer
    moment: Moment
    # Nobody set the clock, and nothing was waited for yet.
    clock_runs: bool = False
    lens: Lens | None = None
    events: list[journal.Act] = field(default_factory=list)
    standings: dict[uuid.UUID, Standing] = field(default_factory=dict)
    # The record and purpose the database knows of: it shows the elements of no other.
    turned_to: tuple[uuid.UUID, str] | None = None
    # What the database is to be told with the next statement.
    untold: dict[str, str] = field(default_factory=dict)
    # The records this viewer came to by a door: the navigation names no other.
    entered: set[uuid.UUID] = field(default_factory=set)
    # Of those, the ones an opening lets them into (emergency, regulation): a strip says so.
    openings: dict[uuid.UUID, frozenset[str]] = field(default_factory=dict)


_bound: ContextVar[Bound | None] = ContextVar("dmp_bound", default=None)
_frozen: ContextVar[dt.datetime | None] = ContextVar("dmp_frozen", default=None)


def bound() -> Bound:
    """Return the binding under way. Raises ``NotBound`` where there is none."""
    current = _bound.get()
    if current is None:
        message = "Nothing clinical can be read or written outside access.binding.binding()."
        raise NotBound(message)
    return current


def now() -> dt.datetime:
    """Return the one clock of this binding."""
    return bound().moment.at


def today() -> dt.date:
    """Return the civil date in Paris at the clock of this binding."""
    return bound().moment.today


def note(action: journal.Action, record_id: uuid.UUID, *, by: Viewer, **details: Any) -> None:
    """Write an act down: it reaches the journal last, in the transaction of what it records.

    Through somebody's eyes nobody came but who looks: the act is theirs, and is that they looked.
    """
    state = bound()
    if state.lens is not None:
        details = {
            "door": "seen_as",
            "reason": state.lens.key,
            "shown": details.get("shown"),
            "rests_on_secret": details.get("rests_on_secret", False),
        }
        action, by = journal.Action.SEEN_AS, state.viewer
    state.events.append(journal.Act(record_id=record_id, action=action, by=by, **details))


def moment_of(at: dt.datetime) -> Moment:
    """Return an instant with its civil date in Paris."""
    return Moment(at=at, today=at.astimezone(PARIS).date())


@contextmanager
def frozen_clock(at: dt.datetime) -> Iterator[None]:
    """Make every binding opened inside read ``at``: for auditors' rows and for tests."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def binding(viewer: Viewer, *, at: dt.datetime | None = None) -> Iterator[Bound]:
    """Open the transaction and bind viewer and clock; write the journal last, before commit.

    The bound values are set for the database too, local to the transaction: row security reads
    them, and a proxy that pools transactions cannot carry them over to somebody else.
    """
    set_to = at or _frozen.get()
    moment = moment_of(set_to or timezone.now())
    state = Bound(viewer=viewer, moment=moment, clock_runs=set_to is None)
    _tell_now()  # what a binding around this one has to say is said in its own transaction
    token = _bound.set(state)
    try:
        with transaction.atomic():
            _tell(_bound_values(viewer, moment))
            yield state
            journal.write(state.events, state.moment)
            state.events.clear()
    finally:
        _nothing_to_tell(state)
        _bound.reset(token)
        _leave_database()


def catch_up() -> None:
    """Have the clock say when a wait ended, once: what others decided meanwhile has happened."""
    state = bound()
    if state.clock_runs:
        state.clock_runs = False
        state.moment = moment_of(max(state.moment.at, timezone.now()))
        state.standings.clear()
        _tell({"at": state.moment.at.isoformat()})


def turn_to(record_id: uuid.UUID, purpose: str = "") -> None:
    """Tell the database whose elements are asked for: it shows those of one record at a time."""
    state = bound()
    if state.turned_to != (record_id, purpose):
        _tell({"record": str(record_id), "purpose": purpose})
        state.turned_to = (record_id, purpose)


def turn_to_all(record_ids: Collection[uuid.UUID]) -> None:
    """Tell the database which records are worked on as a set: only the worker's policies do."""
    state = bound()
    _tell({"record": ",".join(str(record_id) for record_id in record_ids), "purpose": ""})
    state.turned_to = None


def _leave_database() -> None:
    """Where a transaction goes on around a binding, give it back what it was bound to."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return
    around = _bound.get()
    if around is None:
        _set_local(dict.fromkeys(_NAMES, ""))
        return
    around.turned_to = None
    _set_local(_bound_values(around.viewer, around.moment))


_NAMES = (
    "viewer", "person", "capacity", "professional", "practice", "admitted", "at", "record",
    "purpose",
)  # fmt: skip


def _bound_values(viewer: Viewer, moment: Moment) -> dict[str, str]:
    practice = viewer.practice
    values = {
        "viewer": viewer.user_id,
        "person": viewer.person_id,
        "capacity": viewer.role.value,
        "professional": practice.professional_id if practice else None,
        "practice": practice.id if practice else None,
        "admitted": "yes" if viewer.admitted else "",
        "at": moment.at.isoformat(),
    }
    told = {name: str(value or "") for name, value in values.items()}
    return told | {"record": "", "purpose": ""}


def _set_local(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*_local(values))


def _local(values: dict[str, str]) -> tuple[str, list[str]]:
    # Nothing of it is planned, unlike calls of set_config: it is sent at every request.
    return "; ".join(f"set local dmp.{name} = %s" for name in values), list(values.values())


# --- Told with the next statement: nothing is asked before it, and a round trip is spared ---


def _tell(values: dict[str, str]) -> None:
    """Have the database know this from its next statement on, until the transaction ends."""
    state = bound()
    if not state.untold:
        # Before whatever others wrap statements in: they take theirs away from the end.
        connection.execute_wrappers.insert(0, _carry)
    state.untold |= values


def _carry(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's own interface
    """Send a statement with what is to be told before it, in one message."""
    if isinstance(sql, str) and sql.startswith("ROLLBACK"):
        return execute(sql, params, many, context)  # of a transaction that takes no more orders
    driver = context["cursor"].cursor
    if many or driver.name or not isinstance(sql, str):
        _tell_now()
        return execute(sql, params, many, context)
    told = driver.mogrify(*_local(bound().untold)).decode()
    _nothing_to_tell(bound())
    if params is not None:
        told = told.replace("%", "%%")
    return execute(f"{told}; {sql}", params, many, context)


def _tell_now() -> None:
    """Tell the database what waits to be told, in a message of its own."""
    state = _bound.get()
    if state is not None and state.untold:
        values = state.untold
        _nothing_to_tell(state)
        _set_local(values)


def _nothing_to_tell(state: Bound) -> None:
    if state.untold:
        connection.execute_wrappers.remove(_carry)
        state.untold = {}


def use_case(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function a use case: atomic, inside a binding, its acts dropped if it fails."""

    @functools.wraps(function)
    def atomic_use_case(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        state = bound()
        kept, moment = len(state.events), state.moment
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except BaseException:
            del state.events[kept:]
            if state.moment is not moment:  # what it told was undone with it
                _tell({"at": state.moment.at.isoformat()})
            raise
        finally:
            state.standings.clear()
            state.turned_to = None  # undone with what failed

    atomic_use_case.is_use_case = True  # type: ignore[attr-defined]  # read by the house tests
    return atomic_use_case


class BindingMiddleware:
    """Open one binding per request. An error page undoes what the request wrote, journal included.

    A refusal (403) is an outcome and is committed with its event; a crash (500) is not. Whatever a
    signed-in person is answered, help and « not found » included, names them: nobody keeps it. On
    a computer others use, "back" after signing out shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the viewer of the request."""
        from access.people import viewer_of  # noqa: PLC0415  # a use case, above this module

        with binding(viewer_of(request)) as state:
            request.viewer = state.viewer  # type: ignore[attr-defined]  # our own attribute
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                state.events.clear()
                transaction.set_rollback(True)
            if state.viewer.user_id is not None:
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response
