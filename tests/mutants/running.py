"""The run: servers and rows once, every test once to learn what it reaches, then a fork a mutant.

In the fork the changed code takes the place of the old inside the very functions that the product
has imported; the tests that reach it are run, the likeliest first, until one fails.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import os
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings
from django.db import connections

from tests.committed import (
    LAID_OUT,
    copy_database,
    drop_database,
    empty_name,
    hang_up_everywhere,
    share,
    shared_name,
    turn_to,
)
from tests.mutants.making import Mutant, mutants


if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import CodeType, FunctionType, ModuleType


ROOT = Path(__file__).resolve().parents[2]
# A mutant that loops for ever is caught; a loaded machine isn't taken for one.
PATIENCE = 10
LEAST_SECONDS = 60
# The random worlds that a mutant is tried on: the same each time.
WORLDS = 40
# Of what a fork says of itself: a pipe takes it whole, read only once the fork has ended.
MOST_SAID = 4_000
OUTSIDE = {"transactional_db", "live_server", "page", "worker", "browser"}
PACKAGES = ("access.", "records.", "imports.", "dmp.")


@dataclass
class Outcome:
    """What became of one mutant: the test that failed for it, "time", "import", or nothing."""

    mutant: Mutant
    killed_by: str
    ran: int


class UnimportableError(Exception):
    """The changed module can't even be compiled or run: its mutant is dead."""


@dataclass
class Lane:
    """The databases that one mutant at a time is tried on: no other lane's tests wait for it."""

    database: str
    pid: int = 0
    pipe: int = -1
    mutant: Mutant | None = None
    tests: list[Any] = field(default_factory=list)

    def databases(self) -> list[tuple[str, str]]:
        """Each with what it is a copy of: the empty one, and each world that is laid out once."""
        worlds = [(f"{self.database}_{one}", f"{shared_name()}_{one}") for one in LAID_OUT]
        return [(self.database, empty_name()), *worlds]


class Plugin:
    """Takes the place of pytest's own loop."""

    def __init__(
        self,
        files: list[str],
        lanes: int,
        *,
        every: int = 1,
        only: str = "",
        chosen: Collection[tuple[str, str]] | None = None,
        kept: Callable[[list[Outcome]], object] = len,
    ) -> None:
        self.files, self.lanes, self.every, self.only = files, lanes, every, only
        self.chosen = chosen  # by module and name; None: all
        # Told of a module's outcomes when its last mutant has ended: a run takes hours.
        self.kept = kept
        self.left: Counter[str] = Counter()
        self.outcomes: list[Outcome] = []
        self.made: dict[str, int] = {}
        self.failed: list[str] = []
        self.broken: list[str] = []  # mutants that this tool couldn't try
        self.times: dict[str, float] = {}
        self.reached: dict[str, dict[int, list[Any]]] = {}
        self.killers: dict[tuple[str, str], list[str]] = {}
        self.kills: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what commits, or starts programs: it needs databases of its own."""
        items[:] = [
            item for item in items
            if not OUTSIDE & set(item.fixturenames)
            and not any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
        ]  # fmt: skip
        for item in items:
            if hasattr(item.module, "WORLDS"):
                item.module.WORLDS = WORLDS

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run each test once as things are, then each mutant."""
        if session.testsfailed:
            raise session.Interrupted("what is to be run could not be collected")
        of = {file: list(mutants(file, (ROOT / file).read_text())) for file in self.files}
        self.made = {file: len(found) for file, found in of.items()}
        made = [
            mutant
            for found in of.values()
            for mutant in found[:: self.every]
            if self.only in mutant.name
            and (self.chosen is None or (mutant.module, mutant.name) in self.chosen)
        ]
        self.left = Counter(mutant.module for mutant in made)
        begins = time.monotonic()
        self._learn(session)
        _tell(f"{len(session.items)} tests as things are: {time.monotonic() - begins:.0f} s")
        if not self.failed:
            self._try_all(session, made)
        return True

    def _learn(self, session: pytest.Session) -> None:
        """Run every test as things are: how long it takes, and which lines it comes by."""
        lines = coverage.Coverage(
            data_file=None, config_file=False, include=[str(ROOT / file) for file in self.files]
        )
        lines.start()
        for item in session.items:
            _forget()
            lines.switch_context(item.nodeid)
            begins = time.perf_counter()
            reports = _run(item, session)
            self.times[item.nodeid] = time.perf_counter() - begins
            if any(report.failed for report in reports):
                self.failed.append(item.nodeid)
        lines.stop()
        by_name = {item.nodeid: item for item in session.items}
        for file in self.files:
            found = lines.get_data().contexts_by_lineno(str(ROOT / file))
            self.reached[file] = {
                line: [by_name[name] for name in names if name in by_name]
                for line, names in found.items()
            }

    def _tests_of(self, mutant: Mutant) -> list[Any]:
        """Tests that come by a mutant: what failed for its neighbours first, then the quick."""
        by_line = self.reached.get(mutant.module, {})
        first, last = (0, 1 << 30) if _at_the_top(mutant) else mutant.lines
        found = {
            item.nodeid: item
            for line, items in by_line.items()
            if first <= line <= last
            for item in items
        }
        killed = self.killers.get((mutant.module, mutant.function), [])
        rank = {name: number for number, name in enumerate(killed)}
        kills = self.kills[mutant.module]
        return sorted(
            found.values(),
            key=lambda item: (
                -rank.get(item.nodeid, -1),
                -kills[item.nodeid],
                self.times[item.nodeid],
            ),
        )

    def _try_all(self, session: pytest.Session, made: list[Mutant]) -> None:
        # pytest rewrites the plugin first: it may not be imported before.
        from pytest_django.plugin import blocking_manager_key  # noqa: PLC0415

        unblocked = session.config.stash[blocking_manager_key].unblock
        with unblocked():
            turn_to(shared_name())
            hang_up_everywhere()
            lanes = [Lane(f"{shared_name()}_lane{number}") for number in range(self.lanes)]
            for lane in lanes:
                for name, template in lane.databases():
                    drop_database(name)
                    copy_database(template, name)
            connections.close_all()
        gc.collect()
        gc.freeze()
        try:
            self._spread(session, made, lanes)
        finally:
            with unblocked():
                for lane in lanes:
                    for name, _template in lane.databases():
                        drop_database(name)
                connections.close_all()

    def _spread(self, session: pytest.Session, made: list[Mutant], lanes: list[Lane]) -> None:
        left = list(reversed(made))
        begins = time.monotonic()
        while left or any(lane.pid for lane in lanes):
            for lane in lanes:
                if left and not lane.pid:
                    self._begin(session, lane, left.pop())
            pid, status = os.wait()
            lane = next(lane for lane in lanes if lane.pid == pid)
            self._end(lane, status)
            assert lane.mutant is not None
            module = lane.mutant.module
            self.left[module] -= 1
            if not self.left[module]:
                self.kept([one for one in self.outcomes if one.mutant.module == module])
            done = len(self.outcomes) + len(self.broken)
            if not done % 50:
                alive = sum(not one.killed_by for one in self.outcomes)
                _tell(f"{done}/{len(made)}, {alive} alive, {time.monotonic() - begins:.0f} s")

    def _begin(self, session: pytest.Session, lane: Lane, mutant: Mutant) -> None:
        lane.tests = self._tests_of(mutant)
        lane.mutant = mutant
        reader, writer = os.pipe()
        allowed = LEAST_SECONDS + PATIENCE * sum(self.times[one.nodeid] for one in lane.tests)
        sys.stdout.flush()
        lane.pid = os.fork()
        if not lane.pid:
            os.close(reader)
            signal.alarm(int(allowed))
            _child(session, lane, writer)
        os.close(writer)
        lane.pipe = reader

    def _end(self, lane: Lane, status: int) -> None:
        said = os.read(lane.pipe, MOST_SAID).decode(errors="replace")
        os.close(lane.pipe)
        assert lane.mutant is not None
        mutant, lane.pid = lane.mutant, 0
        if os.WIFSIGNALED(status):
            self.outcomes.append(Outcome(mutant, "time", len(lane.tests)))
            return
        if said == "import":
            self.outcomes.append(Outcome(mutant, "import", 0))
            return
        if not said.isdigit():
            _tell(f"BROKEN {mutant.module}:{mutant.lines[0]} {mutant.name}\n{said}")
            self.broken.append(f"{mutant.module}: {mutant.name}")
            return
        number = int(said)
        killer = lane.tests[number] if number < len(lane.tests) else None
        if killer is not None:
            self.kills[mutant.module][killer.nodeid] += 1
            known = self.killers.setdefault((mutant.module, mutant.function), [])
            if killer.nodeid in known:
                known.remove(killer.nodeid)
            known.append(killer.nodeid)
        else:
            _tell(f"ALIVE {mutant.module}:{mutant.lines[0]} {mutant.name}")
        self.outcomes.append(Outcome(mutant, killer.nodeid if killer else "", number))


def _tell(words: str) -> None:
    sys.__stdout__.write(words + "\n")
    sys.__stdout__.flush()


def _run(item: Any, session: pytest.Session) -> list[Any]:
    # After each test nothing but what lives as long as the session is kept.
    found: list[Any] = runtestprotocol(item, log=False, nextitem=session)  # type: ignore[arg-type]
    return found


def _child(session: pytest.Session, lane: Lane, writer: int) -> None:
    """Become the mutant, run until a test fails, say which, and end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        share(lane.database)
        turn_to(lane.database)
        # Nor does it find their files: a world laid out once puts its own back.
        settings.DMP_FILES_DIR = settings.DMP_FILES_DIR / lane.database
        assert lane.mutant is not None
        become(lane.mutant)
        _forget()
        said = str(len(lane.tests))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for number, item in enumerate(lane.tests):
                said_now = _run(item, session)
                if any(report.failed for report in said_now):
                    said = str(number)
                    break
    except UnimportableError:
        said = "import"
    except BaseException:  # noqa: BLE001 - whatever it is, the fork ends here, and kills nothing
        said = traceback.format_exc()
    os.write(writer, said.encode()[-MOST_SAID:])
    os._exit(0)


# --- a mutant in the place of the code ---


def become(mutant: Mutant) -> None:
    """Put the changed code, or the changed constants, in the place of the module's own.

    Raise `UnimportableError` where Python itself refuses the module.
    """
    file = str(ROOT / mutant.module)
    module = sys.modules[mutant.module.removesuffix(".py").replace("/", ".")]
    try:
        code = compile(mutant.tree, file, "exec")
    except SyntaxError as error:
        raise UnimportableError from error
    if _at_the_top(mutant):
        _take_constants(module, code)
    if mutant.function:
        changed = _find(code, mutant.function)
        for name, function in functions_of(module):
            if name == mutant.function:
                function.__code__ = changed
                return
        raise LookupError(mutant.name)


def _at_the_top(mutant: Mutant) -> bool:
    """It changes what is made as the module is imported, if by a function of the module's own."""
    return not mutant.function or any(
        isinstance(call, ast.Call) and getattr(call.func, "id", "") == mutant.function
        for each in mutant.tree.body
        if isinstance(each, (ast.Assign, ast.AnnAssign))
        for call in ast.walk(each)
    )


def functions_of(module: ModuleType) -> list[tuple[str, FunctionType]]:
    """Return every function written in a module, under what decorates it."""
    found = []
    for holder in (module, *_classes(module)):
        for value in list(vars(holder).values()):
            function = _undecorated(value)
            code = getattr(function, "__code__", None)
            if code is not None and code.co_filename == module.__file__:
                found.append((code.co_qualname, function))
    return found


def _classes(module: ModuleType) -> list[type]:
    return [
        one for one in vars(module).values()
        if isinstance(one, type) and one.__module__ == module.__name__
    ]  # fmt: skip


def _undecorated(value: Any) -> Any:
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    while hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    return value


def _find(code: CodeType, name: str) -> CodeType:
    for one in code.co_consts:
        if hasattr(one, "co_qualname"):
            if one.co_qualname == name:
                return one
            with contextlib.suppress(LookupError):
                return _find(one, name)
    raise LookupError(name)


def _take_constants(module: ModuleType, code: CodeType) -> None:
    """Run the module anew aside, and give its constants to whoever has them by name."""
    taken: set[str] = set()  # modules that have one
    changed: set[str] = set()
    for name, value in _aside(module, code).items():
        old = vars(module).get(name)
        if name.startswith("__") or callable(value) or hasattr(value, "__path__"):
            continue
        if type(value).__module__ == "builtins" or type(value).__name__ == "Statement":
            given = _give(name, old, value)
            taken |= given
            changed |= {name} if given else set()
    # And what others made of them, as they were imported: their SQL.
    for other in [sys.modules[name] for name in sorted(taken - {module.__name__})]:
        file = str(other.__file__)
        try:
            again = _aside(other, compile(Path(file).read_text(), file, "exec"))
        except UnimportableError:
            continue  # nothing is known by it
        for name, value in again.items():
            old = vars(other).get(name)
            made = type(value) is type(old) and type(value).__name__ in {"str", "Statement"}
            if made and name not in changed:
                _give(name, old, value)


def _aside(module: ModuleType, code: CodeType) -> dict[str, Any]:
    aside: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    try:
        exec(code, aside)  # noqa: S102 - our own module, changed
    except Exception as error:
        raise UnimportableError from error
    return aside


def _give(name: str, old: object, value: object) -> set[str]:
    """Put a constant in the place of an old one, wherever it has its name."""
    found = set()
    if value != old:
        for other in list(sys.modules.values()):
            theirs = getattr(other, "__name__", "").startswith(PACKAGES)
            if theirs and vars(other).get(name, found) is old:
                setattr(other, name, value)
                found.add(other.__name__)
    return found


def _forget() -> None:
    """Empty every cache of ours: what was made before a change must not answer for it."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith(PACKAGES):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None:
                    clear()
