"""The queue: one application, tasks found in the apps; what they do is theirs."""

from __future__ import annotations

import gc
import os
import sys

from celery import Celery, Task
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import connections


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dmp.settings")

# Django's task class gives `delay_on_commit`: a message never leaves before its row is committed.
app = Celery("dmp", task_cls="celery.contrib.django.task:DjangoTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would close every connection before and after each task: `leave_connections` does.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@worker_process_init.connect  # type: ignore[untyped-decorator]
def keep_what_is_loaded(**_: object) -> None:
    """Leave the program out of the collector's rounds: a third of a long filling went there.

    Our own code and what it loaded live as long as the process; a round then only looks through
    what a task made.
    """
    gc.collect()
    gc.freeze()


@task_prerun.connect  # type: ignore[untyped-decorator]
def look_at_connections(task: Task, **_: object) -> None:
    """Close what broke or is old; the rest is asked whether it is there before it is used."""
    if not task.request.is_eager:
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()


@task_postrun.connect  # type: ignore[untyped-decorator]
def leave_connections(task: Task, **_: object) -> None:
    """Close connections, whose locks end with them, unless the task says that it leaves none.

    A new one has to read again what the database knows of every partition: a tenth of a second of
    its time, for a round of two or a record that somebody waits for.
    """
    if not (task.request.is_eager or getattr(task, "keeps_connection", False)):
        for connection in connections.all(initialized_only=True):
            connection.close()
