"""Doors in FHIR R4: metadata, Patient, DocumentReference, Binary. Errors are OperationOutcomes.

By session or by bearer token bound to a viewer; the same use cases as the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from access.policy import NotVisible
from records import reference
from records.dossier import exchange
from records.dossier.exchanged import Asked
from records.fhir import asking, mapping
from records.fhir.answering import (
    ANYBODY,
    FHIR_JSON,
    FhirView,
    answer,
    asked_of,
    check_names,
    want_json,
)
from records.fhir.asking import Wrong


if TYPE_CHECKING:
    import uuid

    from django.http import QueryDict
    from rest_framework.request import Request

PATIENT_PARAMETERS = frozenset({"identifier", "family", "birthdate", "_format"})
DOCUMENT_PARAMETERS = frozenset(
    {
        "patient", "patient.identifier", "status", "type", "category", "date", "_count", "after",
        "_format",
    }
)  # fmt: skip
STATUSES = "http://hl7.org/fhir/document-reference-status"
CURRENT = "current"
RESOURCE = {200: OpenApiTypes.OBJECT}


class Metadata(FhirView):
    """``GET /fhir/metadata``: what this server does. Open to all; says nothing of anybody."""

    door = ANYBODY

    @extend_schema(responses=RESOURCE, tags=["metadata"])
    def get(self, request: Request) -> HttpResponse:
        """Return the CapabilityStatement."""
        want_json(request)
        return answer(mapping.capability_statement(base=self.base()))


class PatientSearch(FhirView):
    """``Patient?identifier=…``: does a record exist, and is it open (TD0.2)."""

    @extend_schema(
        operation_id="searchPatient",
        parameters=[
            OpenApiParameter("identifier", str, required=True, description="système|valeur"),
            OpenApiParameter("family", str),
            OpenApiParameter("birthdate", OpenApiTypes.DATE),
        ],
        responses=RESOURCE,
        tags=["Patient"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the person of a door, or only ``active`` to who gives matching traits."""
        want_json(request)
        asked = asked_of(request)
        warnings = check_names(request, asked, PATIENT_PARAMETERS)
        given = asked.get("identifier", "")
        if not given:
            raise Wrong(400, "required", _("identifier est obligatoire."))
        system, value = asking.identifier(given, name="identifier")
        birth = asked.get("birthdate", "")
        found = exchange.find_patient(
            by=self.viewer,
            system=system,
            value=value,
            family=asked.get("family", ""),
            born_on=asking.day(birth, name="birthdate") if birth else None,
        )
        resources = [mapping.patient(found)] if found else []
        links = {"self": request.build_absolute_uri()}
        return answer(
            mapping.searchset(
                resources, base=self.base(), total=len(resources), links=links, warnings=warnings
            )
        )


class PostedPatientSearch(PatientSearch):
    """``POST Patient/_search``: the same, without an identifier in an address."""

    http_method_names = ("post", "options")

    @extend_schema(operation_id="postPatientSearch", request=None, responses=RESOURCE)
    def post(self, request: Request) -> HttpResponse:
        """Search with a form."""
        return self.get(request)


class PatientRead(FhirView):
    """``GET /fhir/Patient/{id}``."""

    @extend_schema(operation_id="readPatient", responses=RESOURCE, tags=["Patient"])
    def get(self, request: Request, record_id: uuid.UUID) -> HttpResponse:
        """Return the person of a record one comes to by a door."""
        want_json(request)
        return answer(mapping.patient(exchange.read_patient(by=self.viewer, record_id=record_id)))


def _is_type(system: str, code: str) -> bool:
    kind = reference.document_type(code)
    return kind is not None and system == mapping.type_system(kind.system)


def _is_class(system: str, code: str) -> bool:
    return system == mapping.CLASSES_A03 and bool(reference.class_label(code))


def _asks_current(asked: QueryDict) -> bool:
    """Tell whether current documents are asked for: the only ones this server gives out."""
    values = asked.getlist("status")
    if not any(values):
        raise Wrong(400, "required", _("status est obligatoire : current."))
    found = asking.codes(values, name="status", is_of=lambda system, _code: system == STATUSES)
    return found is not None and CURRENT in found


class DocumentSearch(FhirView):
    """``DocumentReference?patient.identifier=…&status=current`` (ITI-67, TD3.1)."""

    @extend_schema(
        operation_id="searchDocumentReference",
        parameters=[
            OpenApiParameter("patient", str, description="Patient/{id}"),
            OpenApiParameter("patient.identifier", str, description="système|valeur"),
            OpenApiParameter("status", str, required=True),
            OpenApiParameter("type", str),
            OpenApiParameter("category", str),
            OpenApiParameter("date", str, many=True),
            OpenApiParameter("_count", int),
        ],
        responses=RESOURCE,
        tags=["DocumentReference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Return a page of the documents this viewer sees; the total never counts the hidden."""
        want_json(request)
        asked = asked_of(request)
        warnings = check_names(request, asked, DOCUMENT_PARAMETERS)
        current = _asks_current(asked)
        record_id = self._record(asked)
        narrowed = _narrowed(asked)
        base = self.base()
        links = {"self": request.build_absolute_uri()}
        nothing = mapping.searchset([], base=base, total=0, links=links, warnings=warnings)
        if record_id is None or not current:
            return answer(nothing)
        try:
            found = exchange.search_documents(
                by=self.viewer, asked=Asked(record_id=record_id, **narrowed)
            )
        except NotVisible:
            # No door and no record are one answer: a search that finds nothing.
            return answer(nothing)
        if found.after is not None:
            query = [(k, v) for k in asked for v in asked.getlist(k) if k != "after"]
            query.append(("after", asking.cursor(*found.after)))
            links["next"] = f"{base}/DocumentReference?{urlencode(query)}"
        resources = [mapping.document_reference(facts, base=base) for facts in found.documents]
        return answer(
            mapping.searchset(
                resources, base=base, total=found.total, links=links, warnings=warnings
            )
        )

    def _record(self, asked: QueryDict) -> uuid.UUID | None:
        patient = asked.get("patient", "")
        if patient:
            return asking.reference(patient, name="patient", base=self.base())
        identifier = asked.get("patient.identifier", "")
        if not identifier:
            text = _("patient ou patient.identifier est obligatoire.")
            raise Wrong(400, "required", text)
        found = asking.identifier(identifier, name="patient.identifier")
        return exchange.record_by_identifier(*found)


def _narrowed(asked: QueryDict) -> dict[str, Any]:
    """Read every condition, so that a wrong one is told whether or not there is a record."""
    since, until = asking.bounds(asked.getlist("date"), name="date")
    return {
        "types": asking.codes(asked.getlist("type"), name="type", is_of=_is_type),
        "classes": asking.codes(asked.getlist("category"), name="category", is_of=_is_class),
        "since": since,
        "until": until,
        "after": asking.read_cursor(asked.get("after", "")),
        "count": asking.page_size(asked.get("_count", "")),
    }


class PostedDocumentSearch(DocumentSearch):
    """``POST DocumentReference/_search``: the same, without an identifier in an address."""

    http_method_names = ("post", "options")

    @extend_schema(operation_id="postDocumentReferenceSearch", request=None, responses=RESOURCE)
    def post(self, request: Request) -> HttpResponse:
        """Search with a form."""
        return self.get(request)


class DocumentRead(FhirView):
    """``GET /fhir/DocumentReference/{id}``."""

    @extend_schema(
        operation_id="readDocumentReference", responses=RESOURCE, tags=["DocumentReference"]
    )
    def get(self, request: Request, document_id: uuid.UUID) -> HttpResponse:
        """Return one document the viewer sees."""
        want_json(request)
        facts = exchange.read_document_facts(by=self.viewer, document_id=document_id)
        return answer(mapping.document_reference(facts, base=self.base()))


class BinaryRead(FhirView):
    """``GET /fhir/Binary/{id}`` (ITI-68, TD3.2): the bytes, or a Binary for who asks FHIR JSON."""

    @extend_schema(
        operation_id="readBinary",
        # The file in its own type, or a Binary for who asks FHIR JSON.
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (200, FHIR_JSON): OpenApiTypes.OBJECT,
        },
        tags=["Binary"],
    )
    def get(self, request: Request, file_id: uuid.UUID) -> HttpResponse:
        """Return a file of a document the viewer sees, as one journal event."""
        header = request.headers.get("Accept", "")
        as_resource = FHIR_JSON in asking.taken(header)
        served = exchange.read_binary(
            by=self.viewer,
            file_id=file_id,
            accepts=lambda media_type: as_resource or asking.accepts(header, media_type),
        )
        if as_resource:
            return answer(mapping.binary(served.data, served.media_type, file_id))
        response = HttpResponse(served.data, content_type=served.media_type)
        response["Content-Disposition"] = f'attachment; filename="{served.name}"'
        response["Cache-Control"] = "private, no-store"
        response["Accept-Ranges"] = "none"
        return response


class NotHere(FhirView):
    """Any other address under /fhir: an OperationOutcome and not a page."""

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str) -> HttpResponse:  # noqa: ARG002
        """Say that there is nothing."""
        raise NotVisible
