"""The frame « see as »: while it lasts, pages of one record are asked through somebody's eyes.

Kept in the session, so that the addresses are the real ones. Only pages that read are shown;
nothing can be written, and no page of that person's own. Knows no element.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from access.binding import bound
from access.people import MACHINE_PATHS
from access.policy import NotVisible, Refused
from access.seeing.looking import key_of, look_as


if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from access.viewer import Lens


SESSION_SEE_AS = "see_as"
SHOWN = frozenset({
    "records:home", "records:care", "records:care_arriving", "records:care_event",
    "records:treatments", "records:care_months", "records:care_sections",
    "records:documents", "records:document", "records:document_preview", "records:entries",
    "records:entry", "records:synthesis", "records:synthesis_version", "records:synthesis_line",
})  # fmt: skip
# One's own, whatever frame is open: leaving it, another pair of eyes, the language, the help.
OWN = frozenset({
    "access:see_as", "access:see_as_leave", "access:see_as_missing", "set_language",
    "account_logout", "access:help", "access:help_topic", "access:accessibility",
})  # fmt: skip


class SeeAsMiddleware:
    """Give the pages of the frame their viewer; refuse every other page while it is open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; ``process_view`` knows its address."""
        return self.get_response(request)

    def process_view(
        self, request: Any, _view: Any, _arguments: Any, keywords: dict[str, Any]
    ) -> None:
        """Look through the lens of the session, if there is one and the page is of its record."""
        held = request.session.get(SESSION_SEE_AS)
        if held is None or request.path.startswith(MACHINE_PATHS):
            return
        lens = self._lens(request, held)
        if lens is None:
            del request.session[SESSION_SEE_AS]
            return
        request.see_as = lens
        name = request.resolver_match.view_name
        if name in OWN:
            return
        of_it = keywords.get("record_id") == lens.record_id
        if name not in SHOWN or not of_it or request.method not in {"GET", "HEAD"}:
            raise Refused(
                _(
                    "Vous regardez le dossier comme %(name)s : vous ne pouvez rien y changer, "
                    "et ce qui est à cette personne n'est pas montré. Quittez d'abord cette vue."
                )
                % {"name": lens.name}
            )
        state = bound()
        state.lens = lens
        state.openings.clear()
        state.entered.clear()  # that person hasn't come to it yet
        request.viewer = lens.shown.viewer

    def _lens(self, request: Any, held: dict[str, str]) -> Lens | None:
        try:
            return look_as(by=request.viewer, record_id=uuid.UUID(held["record"]), key=held["key"])
        except NotVisible:
            return None


def start(request: HttpRequest, record_id: uuid.UUID, key: str) -> Lens | None:
    """Open the frame for this session; None where that person has no way to the record."""
    lens = look_as(by=bound().viewer, record_id=record_id, key=key)
    if lens is not None:
        request.session[SESSION_SEE_AS] = {"record": str(record_id), "key": key_of(lens)}
    return lens


def whose_eyes(request: HttpRequest, record_id: uuid.UUID) -> str:
    """Return the key of whose eyes the frame of this record has; empty where none is open."""
    held = request.session.get(SESSION_SEE_AS) or {}
    return str(held.get("key", "")) if held.get("record") == str(record_id) else ""


def leave(request: HttpRequest) -> None:
    """Close the frame: the pages are one's own again."""
    request.session.pop(SESSION_SEE_AS, None)
