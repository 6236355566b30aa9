"""The national exchange of documents in FHIR R4: pure mapping in ``mapping``, doors in ``api``."""
