"""The fund's desk over HTTP: signing in, dropping a file, taking what was refused."""

from __future__ import annotations

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.models import FundRole, User
from access.people import SESSION_CAPACITY, SESSION_SECOND_FACTOR
from imports import loading
from imports.models import Load


def sign_in(client, as_owner, name="desk", role=FundRole.ADMINISTRATOR):
    with as_owner():
        user = User.objects.create(email=f"{name}@exemple.test", password="!", fund_role=role)  # noqa: S106 - none matches
    client.force_login(user)
    session = client.session
    session[SESSION_CAPACITY] = "fund_admin:" if role == FundRole.ADMINISTRATOR else "fund_agent:"
    session[SESSION_SECOND_FACTOR] = "totp"
    session.save()
    return user


def drop(client, content, name="octobre.csv", **fields):
    upload = SimpleUploadedFile(name, content, "text/csv")
    return client.post(reverse("imports:loads"), {"file": upload, **fields})


def run(as_worker_role):
    load = Load.objects.order_by("uploaded_at").last()
    with as_worker_role():
        assert loading.run(load.id)
    return load


def words(response):
    return " ".join(response.content.decode().split())


def rejects(client, load):
    answer = client.get(reverse("imports:load_refusals", args=[load.id]))
    if answer.status_code != 200:
        return answer.status_code
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
