"""The claims store: every person of the fund's files under keyed hashes, with or without a record.

Nothing here is a readable identifier, and nothing here says who has a record.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ClaimLine(models.Model):
    """The newest state of one claim line. Partitioned by person; the key is the only index."""

    pk = models.CompositePrimaryKey("person_key", "care_start", "scheme", "line_id")
    person_key = models.BinaryField(max_length=32)
    care_start = models.DateField()
    scheme = models.CharField(max_length=20)
    line_id = models.CharField(max_length=64)
    birth_date = models.DateField(null=True)
    care_end = models.DateField()
    section = models.CharField(max_length=6)
    code_system = models.CharField(max_length=8)
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=200)
    quantity = models.IntegerField(null=True)
    unpacked = models.BooleanField()
    prescribed_on = models.DateField(null=True)
    prescription_ref = models.CharField(max_length=64)
    prescriber_rpps = models.CharField(max_length=12)
    prescriber_name = models.CharField(max_length=150)
    prescriber_specialty = models.CharField(max_length=60)
    prescriber_finess = models.CharField(max_length=9)
    performer_kind = models.CharField(max_length=9)
    performer_rpps = models.CharField(max_length=12)
    performer_name = models.CharField(max_length=150)
    performer_specialty = models.CharField(max_length=60)
    performer_finess = models.CharField(max_length=9)
    atc = models.CharField(max_length=7)
    paid_cents = models.IntegerField(null=True)
    base_cents = models.IntegerField(null=True)
    reimbursed_cents = models.IntegerField(null=True)
    rate_pct = models.SmallIntegerField(null=True)
    cancelled = models.BooleanField()
    reverses_line_id = models.CharField(max_length=64)
    flow_date = models.DateField()
    digest = models.BinaryField(max_length=32)
    load_id = models.UUIDField()

    def __str__(self) -> str:
        return f"claim line of load {self.load_id}"


class ClaimIllness(models.Model):
    """A long-term illness (ALD) declared by the fund for a person."""

    pk = models.CompositePrimaryKey("person_key", "icd10", "since")
    person_key = models.BinaryField(max_length=32)
    icd10 = models.CharField(max_length=8)
    since = models.DateField()
    label = models.CharField(max_length=200)
    until = models.DateField(null=True)
    flow_date = models.DateField()
    load_id = models.UUIDField()

    def __str__(self) -> str:
        return f"illness of load {self.load_id}"


class ClaimDoctor(models.Model):
    """The doctor a person declared to the fund: proposed to the holder, never set."""

    pk = models.CompositePrimaryKey("person_key", "rpps", "since")
    person_key = models.BinaryField(max_length=32)
    rpps = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True)
    flow_date = models.DateField()
    load_id = models.UUIDField()

    def __str__(self) -> str:
        return f"declared doctor of load {self.load_id}"


class PersonAlias(models.Model):
    """A source's pseudonym joined to a person's key."""

    pseudonym_key = models.BinaryField(max_length=32, primary_key=True)
    person_key = models.BinaryField(max_length=32)
    load_id = models.UUIDField()

    def __str__(self) -> str:
        return f"alias of load {self.load_id}"


class ControlTotal(models.Model):
    """What the fund's slip announces for one scheme and one month (YYYY-MM), in cents."""

    pk = models.CompositePrimaryKey("scheme", "period")
    scheme = models.CharField(max_length=20)
    period = models.CharField(max_length=7)
    lines = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    reimbursed_cents = models.BigIntegerField()
    load_id = models.UUIDField()

    def __str__(self) -> str:
        return f"control total of load {self.load_id}"


class PreviousLine(models.Model):
    """A claim line as it was before a load changed it: its history, and what undoing puts back."""

    id = models.BigAutoField(primary_key=True)
    load_id = models.UUIDField()
    person_key = models.BinaryField(max_length=32)
    row = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["load_id", "person_key"], name="previous_by_load")]

    def __str__(self) -> str:
        return f"line before load {self.load_id}"


class TouchedPersons(models.Model):
    """The persons of whom one chunk of a load wrote something: where undoing it has to look."""

    id = models.BigAutoField(primary_key=True)
    load_id = models.UUIDField(db_index=True)
    keys = ArrayField(models.BinaryField(max_length=32))

    def __str__(self) -> str:
        return f"persons of load {self.load_id}"
