"""Doors in FHIR R4: metadata, Patient, DocumentReference, Binary. Errors are OperationOutcomes.

By session or by bearer token bound to a viewer; the same use cases as the pages.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from access.binding import PARIS
from access.doors import READERS, Door
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.dossier import exchange
from records.dossier.documents import read_file
from records.fhir import mapping


if TYPE_CHECKING:
    from collections.abc import Mapping

    from rest_framework.request import Request

    from access.viewer import Viewer

FHIR_JSON = "application/fhir+json"
MAX_COUNT = 50
DEFAULT_COUNT = 20
DOCUMENT_PARAMETERS = {
    "patient", "patient.identifier", "status", "type", "category", "date", "_count", "after",
    "_format",
}  # fmt: skip


class Wrong(Exception):
    """A request that can't be answered: the status, the FHIR code and one sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def _answer(resource: Mapping[str, Any], status: int = 200) -> HttpResponse:
    response = HttpResponse(
        json.dumps(resource, ensure_ascii=False), content_type=f"{FHIR_JSON}; charset=utf-8",
        status=status,
    )  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    if status == 401:  # noqa: PLR2004  # HTTP
        response["WWW-Authenticate"] = "Bearer"
    return response


def _problem(status: int, code: str, text: str) -> HttpResponse:
    return _answer(mapping.operation_outcome("error", code, text), status)


@method_decorator(never_cache, name="dispatch")
class FhirView(APIView):
    """One door: who may come, and exceptions told as OperationOutcomes."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    door = Door(READERS)

    @property
    def viewer(self) -> Viewer:
        """The viewer bound by the middleware."""
        return self.request._request.viewer  # type: ignore[attr-defined]  # noqa: SLF001

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who isn't signed in with a second factor, before anything is read."""
        super().initial(request, *args, **kwargs)
        if not self.viewer.admitted:
            raise Wrong(401, "login", _("Connectez-vous, avec votre second facteur."))
        if self.viewer.role not in self.door.roles:
            raise Wrong(404, "not-found", _("Rien à cette adresse."))

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Say what went wrong; hidden and missing are one answer."""
        if isinstance(exc, Wrong):
            return _problem(exc.status, exc.code, exc.text)
        if isinstance(exc, NotVisible):
            return _problem(404, "not-found", _("Rien à cette adresse."))
        if isinstance(exc, Refused):
            return _problem(403, "forbidden", exc.reason)
        status = getattr(exc, "status_code", None)
        if status is not None:
            return _problem(status, "not-supported", str(getattr(exc, "detail", "")))
        raise exc

    def base(self) -> str:
        """Return the address of this server."""
        return self.request.build_absolute_uri("/fhir")


def _accepts_json(request: Request) -> None:
    asked = request.headers.get("Accept", "*/*")
    if not any(kind in asked for kind in ("*/*", "json", "application/*")):
        raise Wrong(406, "not-supported", _("Seul application/fhir+json est servi ici."))


def _token(value: str, *, name: str) -> tuple[str, str]:
    system, bar, code = value.rpartition("|")
    if not code or (bar and not system):
        text = _("%(name)s s'écrit système|valeur.") % {"name": name}
        raise Wrong(400, "value", text)
    return system.removeprefix("urn:oid:"), code


def _uuid(value: str, *, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(value.removeprefix("Patient/"))
    except ValueError as error:
        text = _("%(name)s : identifiant attendu.") % {"name": name}
        raise Wrong(400, "value", text) from error


class Metadata(APIView):
    """``GET /fhir/metadata``: what this server does. Open to all; says nothing of anybody."""

    authentication_classes = ()
    permission_classes = ()
    door = Door(frozenset(Role), public=True, second_factor=False)

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, tags=["metadata"])
    def get(self, request: Request) -> HttpResponse:
        """Return the CapabilityStatement."""
        base = request.build_absolute_uri("/fhir")
        return _answer(mapping.capability_statement(base=base, date="2026-11-23"))


class PatientSearch(FhirView):
    """``GET /fhir/Patient``: does a record exist, and is it open (TD0.2)."""

    door = Door(READERS)

    @extend_schema(
        parameters=[
            OpenApiParameter("identifier", str, required=True, description="système|valeur"),
            OpenApiParameter("family", str),
            OpenApiParameter("birthdate", OpenApiTypes.DATE),
        ],
        responses={200: OpenApiTypes.OBJECT},
        tags=["Patient"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the person of a door, or only ``active`` to who gives matching traits."""
        _accepts_json(request)
        asked = request.query_params
        if "identifier" not in asked:
            raise Wrong(400, "required", _("identifier est obligatoire."))
        system, value = _token(asked["identifier"], name="identifier")
        born_on = None
        if asked.get("birthdate"):
            born_on = _day(asked["birthdate"], name="birthdate")
        found = exchange.find_patient(
            by=self.viewer, system=system, value=value, family=asked.get("family", ""),
            born_on=born_on,
        )  # fmt: skip
        resources = [mapping.patient(found)] if found else []
        links = {"self": request.build_absolute_uri()}
        return _answer(
            mapping.searchset(resources, base=self.base(), total=len(resources), links=links)
        )


class PatientRead(FhirView):
    """``GET /fhir/Patient/{id}``."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, tags=["Patient"])
    def get(self, request: Request, record_id: uuid.UUID) -> HttpResponse:
        """Return the person of a record one comes to by a door."""
        _accepts_json(request)
        return _answer(mapping.patient(exchange.read_patient(by=self.viewer, record_id=record_id)))


def _day(value: str, *, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        text = _("%(name)s : date attendue, AAAA-MM-JJ.") % {"name": name}
        raise Wrong(400, "value", text) from error


def _bounds(values: list[str]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Read ``date`` with its prefixes (eq, ge, gt, le, lt) into a half-open interval in Paris."""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    for value in values:
        prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
        day = dt.datetime.combine(_day(text, name="date"), dt.time(), tzinfo=PARIS)
        after = day + dt.timedelta(days=1)
        if prefix in {"eq", "ge"}:
            since = day
        if prefix in {"eq", "le"}:
            until = after
        if prefix == "gt":
            since = after
        if prefix == "lt":
            until = day
        if prefix not in {"eq", "ge", "gt", "le", "lt"}:
            raise Wrong(400, "value", _("date : préfixe inconnu."))
    return since, until


def _codes(values: list[str]) -> tuple[str, ...]:
    return tuple(part.rpartition("|")[2] for value in values for part in value.split(",") if part)


def _after(value: str) -> tuple[dt.datetime, uuid.UUID] | None:
    if not value:
        return None
    try:
        at, key = base64.urlsafe_b64decode(value).decode().split("|")
        return dt.datetime.fromisoformat(at), uuid.UUID(key)
    except (ValueError, binascii.Error) as error:
        raise Wrong(400, "value", _("after : reprenez le lien donné par la page.")) from error


def _count(value: str) -> int:
    if not value:
        return DEFAULT_COUNT
    if not (value.isascii() and value.isdigit() and 0 < int(value[:6]) <= 10**6):
        raise Wrong(400, "value", _("_count : un nombre de 1 à 50."))
    return min(int(value[:6]), MAX_COUNT)


class DocumentSearch(FhirView):
    """``GET /fhir/DocumentReference`` (ITI-67, TD3.1)."""

    @extend_schema(
        parameters=[
            OpenApiParameter("patient", str, description="Patient/{id}"),
            OpenApiParameter("patient.identifier", str, description="système|valeur"),
            OpenApiParameter("status", str, required=True),
            OpenApiParameter("type", str),
            OpenApiParameter("category", str),
            OpenApiParameter("date", str, many=True),
            OpenApiParameter("_count", int),
        ],
        responses={200: OpenApiTypes.OBJECT},
        tags=["DocumentReference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Return a page of the documents this viewer sees; the total never counts the hidden."""
        _accepts_json(request)
        asked = request.query_params
        unknown = sorted(set(asked) - DOCUMENT_PARAMETERS)
        if unknown and "handling=strict" in request.headers.get("Prefer", ""):
            text = _("Paramètre inconnu : %(names)s.") % {"names": ", ".join(unknown)}
            raise Wrong(400, "not-supported", text)
        if asked.get("status") is None:
            raise Wrong(400, "required", _("status est obligatoire : current."))
        record_id = self._record(asked)
        links = {"self": request.build_absolute_uri()}
        base = self.base()
        if record_id is None or "current" not in asked["status"].split(","):
            return _answer(mapping.searchset([], base=base, total=0, links=links))
        since, until = _bounds(asked.getlist("date"))
        try:
            found = exchange.search_documents(
                by=self.viewer,
                asked=exchange.Asked(
                    record_id=record_id,
                    types=_codes(asked.getlist("type")),
                    classes=_codes(asked.getlist("category")),
                    since=since,
                    until=until,
                    after=_after(asked.get("after", "")),
                    count=_count(asked.get("_count", "")),
                ),
            )
        except NotVisible:
            # No door and no record are one answer: a search that finds nothing.
            return _answer(mapping.searchset([], base=base, total=0, links=links))
        if found.after is not None:
            at, key = found.after
            cursor = base64.urlsafe_b64encode(f"{at.isoformat()}|{key}".encode()).decode()
            query = [(k, v) for k in asked for v in asked.getlist(k) if k != "after"]
            links["next"] = f"{base}/DocumentReference?{urlencode([*query, ('after', cursor)])}"
        resources = [mapping.document_reference(facts, base=base) for facts in found.documents]
        warnings = [_("Paramètre ignoré : %(name)s.") % {"name": name} for name in unknown]
        return _answer(
            mapping.searchset(
                resources, base=base, total=found.total, links=links, warnings=warnings
            )
        )

    def _record(self, asked: Any) -> uuid.UUID | None:
        if asked.get("patient"):
            return _uuid(asked["patient"], name="patient")
        if not asked.get("patient.identifier"):
            text = _("patient ou patient.identifier est obligatoire.")
            raise Wrong(400, "required", text)
        system, value = _token(asked["patient.identifier"], name="patient.identifier")
        return exchange.record_by_identifier(system, value)


class DocumentRead(FhirView):
    """``GET /fhir/DocumentReference/{id}``."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, tags=["DocumentReference"])
    def get(self, request: Request, document_id: uuid.UUID) -> HttpResponse:
        """Return one document the viewer sees."""
        _accepts_json(request)
        facts = exchange.read_document_facts(by=self.viewer, document_id=document_id)
        return _answer(mapping.document_reference(facts, base=self.base()))


class BinaryRead(FhirView):
    """``GET /fhir/Binary/{id}`` (ITI-68, TD3.2): the bytes, or a Binary for who asks FHIR JSON."""

    @extend_schema(responses={200: OpenApiTypes.BINARY}, tags=["Binary"])
    def get(self, request: Request, file_id: uuid.UUID) -> HttpResponse:
        """Return a file of a document the viewer sees, as one journal event."""
        record_id, document_id = exchange.locate_file(file_id)
        asked = request.headers.get("Accept", "*/*")
        served = read_file(
            by=self.viewer, record_id=record_id, document_id=document_id, file_id=file_id
        )
        if FHIR_JSON in asked:
            return _answer(mapping.binary(served.data, served.media_type, file_id))
        family = served.media_type.split("/")[0]
        if not any(kind in asked for kind in ("*/*", served.media_type, f"{family}/*")):
            text = _("Ce fichier est servi en %(type)s.") % {"type": served.media_type}
            raise Wrong(406, "not-supported", text)
        response = HttpResponse(served.data, content_type=served.media_type)
        response["Content-Disposition"] = f'attachment; filename="{served.name}"'
        response["Cache-Control"] = "private, no-store"
        response["Accept-Ranges"] = "none"
        return response


class NotHere(FhirView):
    """Any other address under /fhir: an OperationOutcome and not a page."""

    door = Door(frozenset(Role), public=True, second_factor=False)

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str) -> HttpResponse:  # noqa: ARG002
        """Say that there is nothing."""
        raise NotVisible
