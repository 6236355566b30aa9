"""Depositing in Jeanne's record: one document, what a deposit leaves, who sees it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings

from access import policy
from access.models import Notice
from records import deposits
from records.models import Document, DocumentFile, DocumentVersion


TEXT = "Cher confrère, merci de recevoir Madame Morel.".encode()


def deposit(world, who, **facts):
    given = {
        "title": "Compte rendu", "type_code": "11488-4", "occurred_on": dt.date(2026, 6, 1),
        "data": TEXT,
    }  # fmt: skip
    with world.as_(who) as by:
        return deposits.deposit(by=by, record_id=world.record.id, **(given | facts))


def kept(world):
    """Everything a deposit leaves: rows, files on disk, acts, notices."""
    folder = Path(settings.DMP_FILES_DIR) / "records" / world.record.id.hex
    return (
        Document.objects.filter(record=world.record).count(),
        DocumentVersion.objects.filter(record_id=world.record.id).count(),
        DocumentFile.objects.filter(record_id=world.record.id).count(),
        sum(path.is_file() for path in folder.rglob("*")),
        len(world.events()),
        Notice.objects.filter(record_id=world.record.id).count(),
    )


def sees(world, who, document):
    with world.as_(who):
        standing = policy.standing_on(world.record.id)
        found = policy.visible_documents(standing).filter(id=document.id).first()
        return None if found is None else policy.marks_of(found)
