"""Doors of records: the counter, the record, its documents and its synthesis."""
