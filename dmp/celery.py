"""The queue: one application, tasks found in the apps; what they do is theirs."""

from __future__ import annotations

import gc
import os

from celery import Celery
from celery.signals import worker_process_init


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dmp.settings")

# Django's task class gives `delay_on_commit`: a message never leaves before its row is committed.
app = Celery("dmp", task_cls="celery.contrib.django.task:DjangoTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def keep_what_is_loaded(**_: object) -> None:
    """Leave the program out of the collector's rounds: a third of a long filling went there.

    Our own code and what it loaded live as long as the process; a round then only looks through
    what a task made.
    """
    gc.collect()
    gc.freeze()
