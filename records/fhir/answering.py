"""The door every FHIR address goes through: who may come, and every problem told one way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from access.codes import HOUR
from access.doors import READERS, Door
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.dossier.exchange import TooOften
from records.dossier.files import NotAccepted
from records.fhir import mapping
from records.fhir.asking import FORMATS, Wrong, accepts_json


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from access.viewer import Viewer

FHIR_JSON: Final = "application/fhir+json"
UNAUTHENTICATED, TOO_MANY = 401, 429
# What HTTP calls a problem, in the words of FHIR's issue types.
ISSUES: Final = {400: "invalid", 405: "not-supported", 406: "not-supported", 415: "not-supported"}
ANYBODY: Final = Door(frozenset(Role), public=True, second_factor=False)


class FhirRenderer(JSONRenderer):
    """What answers are in, as the OpenAPI description says it."""

    media_type = FHIR_JSON


class Negotiation(DefaultContentNegotiation):
    """Answers are in FHIR JSON or in the file's own type: each door reads Accept itself."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002  # the framework's call
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002  # the framework's call
    ) -> tuple[BaseRenderer, str]:
        """Return the only renderer."""
        return next(iter(renderers)), FHIR_JSON


def answer(resource: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Return a resource as FHIR JSON, never kept by anybody on the way."""
    response = HttpResponse(
        json.dumps(resource, ensure_ascii=False),
        content_type=f"{FHIR_JSON}; charset=utf-8",
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    if status == UNAUTHENTICATED:
        response["WWW-Authenticate"] = "Bearer"
    if status == TOO_MANY:
        response["Retry-After"] = str(HOUR)
    return response


def problem(status: int, code: str, text: str) -> HttpResponse:
    """Return an OperationOutcome."""
    return answer(mapping.operation_outcome("error", code, text), status)


class FhirView(APIView):
    """One door: who may come, and exceptions told as OperationOutcomes."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (FhirRenderer,)
    parser_classes = (FormParser,)
    content_negotiation_class = Negotiation
    door = Door(READERS)

    @property
    def viewer(self) -> Viewer:
        """The viewer bound by the middleware."""
        viewer: Viewer = self.request._request.viewer  # type: ignore[attr-defined]  # noqa: SLF001
        return viewer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who isn't signed in with a second factor, before anything is read."""
        super().initial(request, *args, **kwargs)
        if self.door.public:
            return
        if not self.viewer.admitted:
            raise Wrong(UNAUTHENTICATED, "login", _("Connectez-vous, avec votre second facteur."))
        if self.viewer.role not in self.door.roles:
            raise NotVisible

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Say what went wrong; hidden and missing are one answer."""
        if isinstance(exc, Wrong):
            return problem(exc.status, exc.code, exc.text)
        if isinstance(exc, NotVisible):
            return problem(404, "not-found", _("Rien à cette adresse."))
        if isinstance(exc, Refused):
            return problem(403, "forbidden", exc.reason)
        if isinstance(exc, NotAccepted):
            text = _("Ce fichier est servi en %(type)s.") % {"type": exc.media_type}
            return problem(406, "not-supported", text)
        if isinstance(exc, TooOften):
            text = _("Trop de questions en une heure. Recommencez plus tard.")
            return problem(TOO_MANY, "throttled", text)
        status = getattr(exc, "status_code", None)
        if status is None:
            raise exc
        texts = {
            405: _("Cette méthode n'est pas servie à cette adresse."),
            415: _("Une recherche s'envoie en application/x-www-form-urlencoded."),
        }
        text = texts.get(status, _("Cette demande ne peut pas être lue."))
        return problem(status, ISSUES.get(status, "processing"), text)

    def base(self) -> str:
        """Return the address of this server."""
        return self.request.build_absolute_uri("/fhir")


def want_json(request: Request) -> None:
    """Raise ``Wrong`` (406) when the answer isn't wanted in FHIR R4 JSON."""
    asked = request.query_params.get("_format", "")
    # A plus sign that was not written %2B arrives as a space.
    taken = asked.replace(" ", "+") in FORMATS if asked else None
    if taken is None:
        taken = accepts_json(request.headers.get("Accept", ""))
    if not taken:
        raise Wrong(406, "not-supported", _("Seul application/fhir+json est servi ici."))


def check_names(request: Request, asked: QueryDict, known: frozenset[str]) -> list[str]:
    """Return the warnings on parameters that don't exist here. Raises ``Wrong`` where it must.

    An unknown modifier is always refused (FHIR R4, 3.1.1.4.5); an unknown parameter is, for who
    asks to be treated strictly.
    """
    unknown = sorted(set(asked) - known)
    for name in unknown:
        if name.partition(":")[0] in known:
            text = _("%(name)s : ce modificateur n'est pas pris en charge.") % {"name": name}
            raise Wrong(400, "not-supported", text)
    prefer = request.headers.get("Prefer", "").replace(" ", "").lower()
    if unknown and "handling=strict" in prefer:
        text = _("Paramètre inconnu : %(names)s.") % {"names": ", ".join(unknown)}
        raise Wrong(400, "not-supported", text)
    return [_("Paramètre ignoré : %(name)s.") % {"name": name} for name in unknown]


def asked_of(request: Request) -> QueryDict:
    """Return what a search asks, from the address and, for a search that is posted, its form."""
    asked = request.query_params.copy()
    if request.method == "POST":
        given: Any = request.data
        for name in given:
            asked.setlist(name, [*asked.getlist(name), *given.getlist(name)])
    return asked
