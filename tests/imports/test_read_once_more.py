"""A file that is read once more says what it said, whatever the day is by then."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from access.binding import PARIS
from imports import loading
from imports.loading import merging, staging
from imports.models import Load
from tests.imports.loads import counts, line, lines, receive
from tests.imports.persons import rows


pytestmark = pytest.mark.django_db(transaction=True)


class Power(RuntimeError):
    """The power went."""


def test_read_again_after_midnight_a_file_says_what_it_said_before(monkeypatch, as_the_worker):
    """Rows of tomorrow's flow are refused on the day they come, and stay so."""
    tomorrow = (timezone.now() + dt.timedelta(days=1)).astimezone(PARIS).date()
    sent = [line(f"L{n}", person_system="dcir", person_value=f"p{n % 40}") for n in range(100)]
    early = [line(f"T{n}", flow_date=f"{tomorrow}") for n in range(15)]
    merge_chunk, done = merging._merge_chunk, []

    def until_the_power_goes(*args, **options):
        if len(done) == 3:
            raise Power
        done.append(merge_chunk(*args, **options))

    monkeypatch.setattr(staging, "CHUNK_ROWS", 10)
    monkeypatch.setattr(merging, "LANES", 1)
    load_id = receive(lines(*sent, *early))
    monkeypatch.setattr(merging, "_merge_chunk", until_the_power_goes)
    with pytest.raises(Power):
        loading.run(load_id)
    monkeypatch.setattr(merging, "_merge_chunk", merge_chunk)
    rows(f"TRUNCATE {staging.table_of(load_id)}; SELECT 1")
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + dt.timedelta(days=1))

    assert loading.run(load_id)

    load = Load.objects.get()
    assert (load.state, load.chunk, load.chunks) == ("done", 10, 10)
    assert counts(load) == {"read": 115, "refused": 15, "set_aside": 100}
