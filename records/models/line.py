"""Reimbursement lines of a record: partitioned by record, filled by the worker, never edited."""

from __future__ import annotations

import uuid

from django.db import models

from records.models.element import Element
from records.models.record import Record


class ReimbursementLine(Element):
    """One line of reimbursed care. The fund is its author: performing gives nobody a right."""

    pk = models.CompositePrimaryKey("record_id", "id")
    id = models.UUIDField(default=uuid.uuid4, editable=False)
    record = models.ForeignKey(
        Record,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    pays_for = models.CharField(max_length=20)
    scheme = models.CharField(max_length=20)
    line_key = models.CharField(max_length=64)
    section = models.CharField(max_length=6)
    care_end = models.DateField()
    code_system = models.CharField(max_length=8)
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=200)
    quantity = models.IntegerField(default=1)
    unpacked = models.BooleanField(default=False)
    atc = models.CharField(max_length=7, blank=True)
    prescribed_on = models.DateField(null=True)
    prescription_ref = models.CharField(max_length=64, blank=True)
    prescriber_name = models.CharField(max_length=150, blank=True)
    prescriber_specialty = models.CharField(max_length=60, blank=True)
    prescriber_finess = models.CharField(max_length=9, blank=True)
    performer_kind = models.CharField(max_length=9, blank=True)
    performer_name = models.CharField(max_length=150, blank=True)
    performer_specialty = models.CharField(max_length=60, blank=True)
    performer_finess = models.CharField(max_length=9, blank=True)
    paid_cents = models.IntegerField(null=True)
    base_cents = models.IntegerField(null=True)
    reimbursed_cents = models.IntegerField(null=True)
    rate_pct = models.SmallIntegerField(null=True)
    flow_date = models.DateField()
    digest = models.BinaryField(max_length=32)
    # When the fund last sent something else of the care; of its price, which the family reads.
    corrected_at = models.DateTimeField(null=True)
    price_corrected_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "-occurred_on"], name="line_by_record_date"),
            # What arrived since a synthesis, asked of hundreds of records at once.
            models.Index(
                fields=["record", "created_at"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="line_by_arrival",
            ),
            # Few: a set of fillings looks at them without reading its other lines.
            models.Index(
                fields=["record"], condition=models.Q(section="ALD"), name="line_illnesses"
            ),
        ]
