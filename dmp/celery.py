"""The queue: one application, tasks found in the apps; what they do is theirs."""

from __future__ import annotations

import os

from celery import Celery


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dmp.settings")

# Django's task class gives `delay_on_commit`: a message never leaves before its row is committed.
app = Celery("dmp", task_cls="celery.contrib.django.task:DjangoTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
