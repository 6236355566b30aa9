"""Checks an answer against FHIR R4's own schema; the schema is HL7's, cut to what is given out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator


SCHEMA = json.loads((Path(__file__).parent / "r4.schema.json").read_text("utf-8"))
_VALIDATORS = {
    name: Draft6Validator({**SCHEMA, "$ref": f"#/definitions/{name}"})
    for name in ("Patient", "DocumentReference", "Binary", "Bundle", "OperationOutcome",
                 "CapabilityStatement")
}  # fmt: skip


def problems(resource: dict[str, Any]) -> list[str]:
    """List what isn't R4 in a resource, and in each one it contains."""
    found = _VALIDATORS[resource["resourceType"]].iter_errors(resource)
    said = [f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in found]
    for entry in resource.get("entry", ()):
        said += problems(entry["resource"])
    return said


def read(response: Any, *, status: int = 200, kind: str = "Bundle") -> dict[str, Any]:
    """Return a resource after checking its status, its media type and its shape."""
    assert response.status_code == status, response.content.decode()[:400]
    assert response["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    resource: dict[str, Any] = json.loads(response.content)
    assert resource["resourceType"] == kind
    assert problems(resource) == []
    return resource


def refusal(response: Any, status: int) -> str:
    """Return the sentence of an OperationOutcome."""
    outcome = read(response, status=status, kind="OperationOutcome")
    [issue] = outcome["issue"]
    assert issue["severity"] == "error"
    return str(issue["diagnostics"])


def titles(bundle: dict[str, Any]) -> list[str]:
    """Return the titles of the documents found, in their order."""
    found = [
        one["resource"] for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"
    ]
    return [one["content"][0]["attachment"]["title"] for one in found]
