"""From facts to FHIR R4 resources, as plain dictionaries. Pure: no database, no decision.

Profiles: PDSm 3.1.1 over IHE MHD 4.2.4, FR Core 2.1 for the patient.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from records.dossier.exchanged import AttachmentFacts, DocumentFacts, PatientFacts

Resource = dict[str, Any]

LOINC = "http://loinc.org"
TYPES_A05 = "urn:oid:1.2.250.1.213.1.1.4.12"
CLASSES_A03 = "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
VISIBILITY = (
    "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/"
    "TRE-A07-StatutVisibiliteDocument"
)
LABELS = {
    "padlock": ("MASQUE_PS", "Masqué aux professionnels de santé"),
    "not announced": ("INVISIBLE_PATIENT", "Non visible par le patient"),
    "secret": (
        "INVISIBLE_REPRESENTANTS_LEGAUX",
        "Non visible par les représentants légaux du patient",
    ),
}
FORMATS = {
    "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
    "text/plain": "urn:ihe:iti:xds-sd:text:2008",
}
GENDERS = {"F": "female", "M": "male", "U": "unknown"}
SEARCHSET = "searchset"


def patient(facts: PatientFacts) -> Resource:
    """Return a Patient. ``active`` says that the record is open (transaction TD0.2)."""
    resource: Resource = {
        "resourceType": "Patient",
        "id": str(facts.record_id),
        "active": facts.active,
    }
    if facts.identifier_value:
        resource["identifier"] = [
            {
                "use": "official",
                "system": f"urn:oid:{facts.identifier_system}",
                "value": facts.identifier_value,
            }
        ]
    if facts.birth_name:
        names: list[Resource] = [
            {"use": "official", "family": facts.birth_name, "given": facts.given_names.split()}
        ]
        if facts.used_name:
            names.append({"use": "usual", "family": facts.used_name})
        resource["name"] = names
    if facts.sex:
        resource["gender"] = GENDERS.get(facts.sex, "unknown")
    if facts.born_on is not None:
        resource["birthDate"] = facts.born_on.isoformat()
    return resource


def type_system(list_name: str) -> str:
    """Return the address of the list a document type comes from."""
    return LOINC if list_name == "LOINC" else TYPES_A05


def security_labels(marks: Iterable[str]) -> list[Resource]:
    """Return the labels as a set: N always, then what this reader may know."""
    labels = [{"system": CONFIDENTIALITY, "code": "N", "display": "normal"}]
    labels += [
        {"system": VISIBILITY, "code": LABELS[mark][0], "display": LABELS[mark][1]}
        for mark in marks
    ]
    return [{"coding": [label]} for label in labels]


def document_reference(facts: DocumentFacts, *, base: str) -> Resource:
    """Return a DocumentReference; ``base`` is the address of the server, without last slash."""
    author_type = "Patient" if facts.author_is_patient else "Practitioner"
    resource: Resource = {
        "resourceType": "DocumentReference",
        "id": str(facts.id),
        "language": "fr-FR",
        "contained": [
            {"resourceType": author_type, "id": "author", "name": [{"text": facts.author}]},
            {
                "resourceType": "Organization",
                "id": "custodian",
                "name": facts.structure or "Dossier médical partagé",
            },
        ],
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{facts.id}"}],
        "status": "current",
        "type": {
            "coding": [
                {
                    "system": type_system(facts.type_system),
                    "code": facts.type_code,
                    "display": facts.type_label,
                }
            ]
        },
        "category": [
            {
                "coding": [
                    {
                        "system": CLASSES_A03,
                        "code": facts.class_code,
                        "display": facts.class_label,
                    }
                ]
            }
        ],
        "subject": {"reference": f"Patient/{facts.record_id}"},
        "date": facts.deposited.isoformat(timespec="seconds"),
        "author": [{"reference": "#author"}],
        "custodian": {"reference": "#custodian"},
        "securityLabel": security_labels(facts.marks),
        # Content is obligatory: a document without a file still says what it is.
        "content": [_content(file, facts, base) for file in facts.files]
        or [{"attachment": {"title": facts.title}}],
        "context": {"period": {"start": facts.occurred_on.isoformat()}},
    }
    if facts.version_id is not None:
        resource["masterIdentifier"] = {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{facts.version_id}",
        }
    return resource


def _content(file: AttachmentFacts, facts: DocumentFacts, base: str) -> Resource:
    content: Resource = {
        "attachment": {
            "contentType": file.media_type,
            "language": "fr-FR",
            "url": f"{base}/Binary/{file.file_id}",
            "size": file.size,
            "hash": base64.b64encode(file.sha1).decode(),
            "title": facts.title,
            "creation": file.created.isoformat(timespec="seconds"),
        }
    }
    if file.media_type in FORMATS:
        content["format"] = {
            "system": "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
            "code": FORMATS[file.media_type],
        }
    return content


def binary(data: bytes, media_type: str, file_id: uuid.UUID) -> Resource:
    """Return a Binary as a resource, for clients that ask for FHIR JSON."""
    return {
        "resourceType": "Binary",
        "id": str(file_id),
        "contentType": media_type,
        "data": base64.b64encode(data).decode(),
    }


def searchset(
    resources: Iterable[Resource],
    *,
    base: str,
    total: int,
    links: Mapping[str, str],
    warnings: Iterable[str] = (),
) -> Resource:
    """Return a searchset Bundle; ``total`` never counts what is hidden."""
    entries = [
        {
            "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in resources
    ]
    entries += [
        {
            "resource": operation_outcome("warning", "not-supported", text),
            "search": {"mode": "outcome"},
        }
        for text in warnings
    ]
    bundle: Resource = {
        "resourceType": "Bundle",
        "type": SEARCHSET,
        "total": total,
        "link": [{"relation": name, "url": url} for name, url in links.items()],
    }
    if entries:
        bundle["entry"] = entries
    return bundle


def operation_outcome(severity: str, code: str, text: str) -> Resource:
    """Return an OperationOutcome: what went wrong, in one sentence."""
    return {
        "resourceType": "OperationOutcome",
        # FHIR's strings know one kind of space.
        "issue": [{"severity": severity, "code": code, "diagnostics": text.replace("\xa0", " ")}],
    }


# When what is said below last changed.
CAPABILITIES_SINCE = "2026-11-23"


def capability_statement(*, base: str) -> Resource:
    """Return what this server does, and nothing it doesn't."""

    def parameter(name: str, kind: str) -> Resource:
        return {"name": name, "type": kind}

    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CAPABILITIES_SINCE,
        "kind": "instance",
        "software": {"name": "Dossier médical partagé"},
        "implementation": {"description": "Dossier médical partagé", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "description": "Session ou jeton Bearer, second facteur passé.",
                },
                "resource": [
                    {
                        "type": "Patient",
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [
                            parameter("identifier", "token"),
                            parameter("family", "string"),
                            parameter("birthdate", "date"),
                        ],
                    },
                    {
                        "type": "DocumentReference",
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [
                            parameter("patient", "reference"),
                            parameter("patient.identifier", "token"),
                            parameter("status", "token"),
                            parameter("type", "token"),
                            parameter("category", "token"),
                            parameter("date", "date"),
                        ],
                    },
                    {"type": "Binary", "interaction": [{"code": "read"}]},
                ],
            }
        ],
    }
