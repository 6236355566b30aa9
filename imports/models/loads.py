"""Loads: the kept file, its state and its refused rows. The state row is the truth."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.uuid7 import uuid7


class LoadState(models.TextChoices):
    WAITING = "waiting", _("en attente")
    CHECKING = "checking", _("vérification")
    CHECKED = "checked", _("vérifié")
    LOADING = "loading", _("chargement")
    DONE = "done", _("terminé")
    REFUSED = "refused", _("refusé")
    FAILED = "failed", _("en échec")
    PAUSED = "paused", _("en pause")
    UNDOING = "undoing", _("retrait en cours")
    UNDONE = "undone", _("retiré")


class Load(models.Model):
    """One file brought by the fund's administrator and what became of its rows.

    ``recognised`` says what the file turned out to be, ``totals`` its sums by scheme and month,
    ``refusal_groups`` its refused rows counted by reason. ``staged_rows`` says that the first pass
    is whole; a bit of ``chunks_merged`` is set for each chunk of the second one, which ``chunk``
    counts. ``corrects`` names the load whose refused rows came back in this one, ``totals_reason``
    says why it was loaded although the fund's slip announces something else, ``language`` in which
    one its page was read when it was brought. ``undo_ended``: nothing of it can be taken back, as
    others came since long ago, or as it wrote nothing. ``started_at`` is when the pass under way
    began, ``merging_since`` the same of the second without the time it was paused.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.BigIntegerField()
    file_kind = models.CharField(max_length=20, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=3, blank=True)
    compression = models.CharField(max_length=6, blank=True)
    scheme = models.CharField(max_length=200, blank=True)
    uploaded_by = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()
    language = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=8, choices=LoadState, default=LoadState.WAITING)
    problem_code = models.CharField(max_length=40, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    recognised = models.JSONField(default=dict, blank=True)
    totals = models.JSONField(default=list, blank=True)
    refusal_groups = models.JSONField(default=list, blank=True)
    only_check = models.BooleanField(default=False)
    undo_ended = models.BooleanField(default=False)
    pause_asked = models.BooleanField(default=False)
    corrects = models.UUIDField(null=True)
    totals_reason = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    staged_rows = models.BigIntegerField(null=True)
    chunks = models.PositiveIntegerField(null=True)
    chunks_merged = models.BinaryField(null=True)
    rows_read = models.BigIntegerField(default=0)
    rows_created = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0)
    rows_identical = models.BigIntegerField(default=0)
    rows_refused = models.BigIntegerField(default=0)
    rows_set_aside = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    chunk = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    reimbursed_cents = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    merging_since = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-uploaded_at"], name="load_by_date")]

    def __str__(self) -> str:
        return f"load {self.id}"

    @property
    def is_writing(self) -> bool:
        """Tell whether some of it may be in the store."""
        return self.chunks_merged is not None and not self.only_check

    @property
    def in_first_step(self) -> bool:
        """Tell whether it is in the first of its two steps, and nothing of it is written."""
        return not self.is_writing and (self.staged_rows is None or self.only_check)

    def save_work(self) -> None:
        """Save what the work on it found, and not what somebody may be asking meanwhile."""
        fields = (field.name for field in self._meta.concrete_fields)
        self.save(update_fields=[name for name in fields if name not in {"id", "pause_asked"}])


class RefusedRow(models.Model):
    """One reason why a row was refused: line, column, what was found (masked) and expected."""

    id = models.BigAutoField(primary_key=True)
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    line = models.BigIntegerField()
    column = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    found = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict, blank=True)
    correction = models.CharField(max_length=200, blank=True)
    original_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["load", "line"], name="refused_by_load"),
            models.Index(fields=["load", "code", "column", "line"], name="refused_by_reason"),
        ]

    def __str__(self) -> str:
        return f"refused row {self.line} of load {self.load_id}"
