"""Files as a fund would send them, written out here and never by the code under test."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import contextmanager

import pytest

from imports.parsing import FileRefusedError, Limits, each_row, open_stream


# A woman born in December 1979 in the national identity's published examples, key included.
NIR = "279035121518989"
CORSICAN_2A = "253072A07300443"
CORSICAN_2B = "253072B07300470"
RPPS = "10100997245"
FINESS = "750058190"
CIP13 = "3400939169002"

LINE = {
    "line_id": "L1",
    "scheme": "general",
    "person_system": "1.2.250.1.213.1.4.10",
    "person_value": NIR,
    "birth_date": "1979-03-12",
    "care_start": "2026-10-05",
    "care_end": "2026-10-06",
    "section": "MED",
    "code_system": "CIP13",
    "code": CIP13,
    "label": "Paracétamol 1 g",
    "quantity": "2",
    "unpacked": "0",
    "prescribed_on": "2026-10-04",
    "prescription_ref": "P-77",
    "prescriber_rpps": RPPS,
    "prescriber_name": "MARTIN Alice",
    "prescriber_specialty": "Médecine générale",
    "prescriber_finess": FINESS,
    "performer_kind": "structure",
    "performer_rpps": "",
    "performer_name": "Pharmacie du Marché",
    "performer_specialty": "",
    "performer_finess": "750051211",
    "atc": "N02BE01",
    "paid_cents": "1250",
    "base_cents": "1200",
    "reimbursed_cents": "780",
    "rate_pct": "65",
    "operation": "UPSERT",
    "reverses_line_id": "",
    "flow_date": "2026-11-02",
}
ILLNESS = {
    "person_system": "INS-NIR",
    "person_value": NIR,
    "icd10": "E11.9",
    "label": "Diabète de type 2",
    "since": "2020-01-15",
    "until": "",
    "flow_date": "2026-11-02",
}
DOCTOR = {
    "person_system": "INS-NIR",
    "person_value": NIR,
    "rpps": RPPS,
    "since": "2020-01-15",
    "until": "",
    "flow_date": "2026-11-02",
}
SLIP = {
    "scheme": "general",
    "period": "2026-11",
    "lines": "3",
    "paid_cents": "3750",
    "reimbursed_cents": "2340",
}
ALIAS = {"pseudonym": "psa-0001", "person_system": "INS-NIR", "person_value": NIR}


def csv(*rows, end="\n", delimiter=";"):
    """Return rows as a file with the header of the first, in bytes."""
    lines = [list(rows[0]), *[[*row.values()] for row in rows]]
    return "".join(delimiter.join(line) + end for line in lines).encode()


def opened(data, **limits):
    return open_stream(io.BytesIO(data), Limits(**limits))


def read(data, **limits):
    """Return the rows and the lists of refusals of a file, in its order."""
    return list(each_row(opened(data, **limits)))


def refused_at_once(data, **limits):
    """Return the refusals of a file that can't be read at all."""
    with pytest.raises(FileRefusedError) as refused:
        opened(data, **limits)
    return refused.value.refusals


def codes(data, **limits):
    """Return (line, column, code) of every refusal of a file."""
    refused = [item for item in read(data, **limits) if isinstance(item, list)]
    return [(each.line, each.column, each.code) for refusals in refused for each in refusals]


def accounted(data, **limits):
    """Return the counts of a file read to its end, after checking that they add up."""
    reading = opened(data, **limits)
    batches = list(reading.batches())
    summary = reading.summary
    assert summary.accepted == sum(len(batch.rows) for batch in batches)
    assert summary.accepted == sum(len(batch.numbers) for batch in batches)
    assert summary.refused == sum(len(batch.refused) for batch in batches)
    assert all(row.refusals for batch in batches for row in batch.refused)
    assert summary.rows == summary.accepted + summary.refused
    return summary


@contextmanager
def peak_memory():
    """Give a function that returns the most bytes of Python memory held at once inside."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
