"""Files dropped, checked, loaded, paused, killed, taken back and dropped again, in any order."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from access.binding import binding
from access.policy import NotVisible
from imports import loading
from imports.loading.chunks import Chunk
from imports.models import Load, TouchedPersons
from tests.imports.loads import DESK, line, lines, receive, store


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]

SCHEMES = ("agricole", "general")
STATES = st.fixed_dictionaries({
    "quantity": st.sampled_from("12"),
    "flow_date": st.sampled_from(["2026-04-05", "2026-04-06"]),
    "care_start": st.sampled_from(["2026-03-02", "2026-03-03"]),
})  # fmt: skip
FILES = st.dictionaries(
    st.tuples(st.sampled_from(SCHEMES), st.sampled_from("AB")), STATES, min_size=1, max_size=3
)
ACTS = st.tuples(
    st.sampled_from(["drop", "check", "again", "run", "kill", "pause", "resume", "load", "undo"]),
    st.integers(0, 3),
)


class Power(Exception):
    """The lights went out."""


class Desk:
    """Whoever sits there, the worker, and by hand what the store should hold."""

    def __init__(self, files):
        self.files = files
        self.loads = []  # by the file each is of
        self.kept = {}  # line -> its state and the load it is from
        self.before = {}  # load -> the lines as they were before it

    def act(self, what, which):
        if what in {"drop", "check", "again"}:
            file = self.files[which % len(self.files)]
            content = lines(
                *(line(name, scheme=scheme, **state) for (scheme, name), state in file.items())
            )
            end = b"\n" * len(self.loads) if what == "again" else b""
            load = receive(content + end, only_check=what == "check")
            self.loads.append((load, file))
        elif self.loads:
            load, _ = self.loads[-1 - which % len(self.loads)]
            getattr(self, what)(load)

    def run(self, load):
        before = Load.objects.get(id=load)
        loading.run(load)
        self._note(before)

    def kill(self, load):
        before = Load.objects.get(id=load)
        apply = Chunk.apply

        def cut_short(chunk, outcome):
            apply(chunk, outcome)
            raise Power

        with patch.object(Chunk, "apply", cut_short):
            try:
                with transaction.atomic():
                    loading.run(load)
            except Power:
                return
        self._note(before)

    def _note(self, was):
        after = Load.objects.get(id=was.id)
        if after.state == was.state:
            return
        file = next(file for load, file in self.loads if load == after.id)
        if after.state == "undone":
            theirs = {scheme for scheme, _ in file}
            self.kept = {key: said for key, said in self.kept.items() if key[0] not in theirs}
            before = self.before[after.id].items()
            self.kept |= {key: said for key, said in before if key[0] in theirs}
        elif after.state == "done" and was.state != "undoing":
            self.before[after.id] = self.kept
            self.kept = self._merged(file, after.id)

    def _merged(self, file, load):
        kept = dict(self.kept)
        for key, state in file.items():
            held, by = kept.get(key, (None, None))
            said = {name: state[name] for name in ("quantity", "care_start")}
            if held and {name: held[name] for name in said} == said:
                if held["flow_date"] < state["flow_date"]:
                    kept[key] = (state, load)
            elif not held or (held["flow_date"], by) <= (state["flow_date"], load):
                kept[key] = (state, load)
        return kept

    def pause(self, load):
        self._ask(loading.pause, load)

    def resume(self, load):
        self._ask(loading.resume, load)

    def load(self, load):
        self._ask(loading.proceed, load)

    def undo(self, load):
        self._ask(loading.undo, load)

    def _ask(self, act, load):
        with binding(DESK):
            try:
                act(by=DESK, load_id=load)
            except NotVisible:
                assert act is loading.undo

    def finish(self):
        for load, _ in self.loads:
            self.resume(load)
        for _ in self.loads:
            for load, _ in self.loads:
                if Load.objects.get(id=load).state in {
                    "waiting",
                    "checking",
                    "loading",
                    "undoing",
                }:
                    self.run(load)


@given(st.lists(FILES, min_size=1, max_size=3), st.lists(ACTS, min_size=3, max_size=14))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_store_is_what_the_loads_that_stand_say_in_their_order(files, acts):
    with transaction.atomic():
        desk = Desk(files)
        for what, which in acts:
            desk.act(what, which)
        desk.finish()

        ended = {"done", "checked", "undone"}
        assert set(Load.objects.values_list("state", flat=True)) <= ended
        assert [
            (scheme, name, day, str(many), flow) for scheme, name, day, many, _, _, flow in store()
        ] == [
            (*key, state["care_start"], state["quantity"], state["flow_date"])
            for key, (state, _) in sorted(desk.kept.items())
        ]
        for load in Load.objects.filter(state="done"):
            assert load.rows_read == (
                load.rows_created + load.rows_changed + load.rows_identical
                + load.rows_set_aside + load.rows_refused
            )  # fmt: skip
        undone = Load.objects.filter(state="undone").values_list("id", flat=True)
        assert not TouchedPersons.objects.filter(load_id__in=list(undone)).exists()
        transaction.set_rollback(True)
