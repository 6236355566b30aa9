"""Addresses of the FHIR server and of its OpenAPI description."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from access.doors import Door
from access.viewer import Role
from records.fhir import api


class Description(SpectacularJSONAPIView):
    """``GET /fhir/openapi.json``: what this server does, for tools. Open to all."""

    authentication_classes = ()
    permission_classes = ()
    door = Door(frozenset(Role), public=True, second_factor=False)


app_name = "fhir"
urlpatterns = [
    path("metadata", api.Metadata.as_view(), name="metadata"),
    path("openapi.json", login_not_required(Description.as_view()), name="openapi"),
    path("Patient/_search", api.PostedPatientSearch.as_view(), name="patient_search_post"),
    path(
        "DocumentReference/_search",
        api.PostedDocumentSearch.as_view(),
        name="document_search_post",
    ),
    path("Patient", api.PatientSearch.as_view(), name="patient_search"),
    path("Patient/<uuid:record_id>", api.PatientRead.as_view(), name="patient"),
    path("DocumentReference", api.DocumentSearch.as_view(), name="document_search"),
    path("DocumentReference/<uuid:document_id>", api.DocumentRead.as_view(), name="document"),
    path("Binary/<uuid:file_id>", api.BinaryRead.as_view(), name="binary"),
    path("", api.NotHere.as_view(), {"rest": ""}, name="base"),
    path("<path:rest>", api.NotHere.as_view(), name="not_here"),
]
