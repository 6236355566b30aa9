"""``manage.py check_policy FILE.csv``: an auditor's rows against the gate and the pages."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from access.auditing.asking import Difference, ask_gate, ask_pages
from access.auditing.rows import Case, WrongRow, read_cases
from access.auditing.worlds import build_world


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.management.base import CommandParser

_LOCK: Final = (0x444D50, 2)  # "DMP"; loads have the first


class Command(BaseCommand):
    """Builds each row's world in a scratch database, made from migrations and dropped after."""

    help = (
        "Checks the rows of a policy file against the gate and the pages; exits 1 if one differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to leave the pages out."""
        parser.add_argument("file", type=Path, help="rows in the columns of the policy's table")
        parser.add_argument("--gate-only", action="store_true", help="don't ask the pages")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every row that differs, then the count."""
        cases = self._read(options["file"])
        differing = 0
        with _alone(self.stderr.write), _scratch_database(), _without_the_noise():
            for case in cases:
                found = _ask(case, pages=not options["gate_only"])
                differing += bool(found)
                for difference in found:
                    self.stdout.write(
                        f"{case.name}: {difference.asked}: expected {difference.expected},"
                        f" found {difference.found}"
                    )
        self.stdout.write(f"{len(cases)} rows, {differing} differ.")
        if differing:
            sys.exit(1)

    def _read(self, path: Path) -> list[Case]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                return list(read_cases(stream))
        except FileNotFoundError as error:
            message = f"{path} doesn't exist: give the path of a CSV file."
            raise CommandError(message) from error
        except OSError as error:
            message = f"{path} can't be read ({error.strerror}): give the path of a CSV file."
            raise CommandError(message) from error
        except UnicodeDecodeError as error:
            message = f"{path} isn't in UTF-8: save it again as UTF-8."
            raise CommandError(message) from error
        except WrongRow as error:
            raise CommandError(str(error)) from error


def _ask(case: Case, *, pages: bool) -> list[Difference]:
    with transaction.atomic(using="owner"):
        world = build_world(case, database="owner")
    found = ask_gate(case, world)
    return found + ask_pages(case, world) if pages else found


@contextmanager
def _without_the_noise() -> Iterator[None]:
    """Keep the pages that answer « not found », as they should, from burying the answer."""
    requests = logging.getLogger("django.request")
    was = requests.level
    requests.setLevel(logging.ERROR)
    try:
        yield
    finally:
        requests.setLevel(was)


@contextmanager
def _alone(tell: Callable[[str], object]) -> Iterator[None]:
    """Wait for another check of the same database to end: the scratch one has one name.

    Held by a connection of its own to the database itself: it ends with the process, whatever
    ends that.
    """
    own = connections.create_connection("owner")
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK)
            if cursor.fetchone() != (True,):
                tell("Another check_policy runs on this database: this one waits for its end.")
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", _LOCK)
        yield
    finally:
        own.close()


@contextmanager
def _scratch_database() -> Iterator[None]:
    """Turn every connection of this process to ``<name>_policy`` for the time of the check."""
    name = str(connections["owner"].settings_dict["NAME"])
    scratch = f"{name}_policy"
    _administer(f'DROP DATABASE IF EXISTS "{scratch}" WITH (FORCE)')
    _administer(f'CREATE DATABASE "{scratch}"')
    try:
        _turn_to(scratch)
        call_command("migrate", verbosity=0)
        yield
    finally:
        _turn_to(name)
        _administer(f'DROP DATABASE IF EXISTS "{scratch}" WITH (FORCE)')


def _turn_to(name: str) -> None:
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = name


def _administer(statement: str) -> None:
    """Run a statement outside any transaction, as the owner."""
    connection = connections["owner"]
    connection.ensure_connection()
    was = connection.get_autocommit()
    connection.set_autocommit(True)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.set_autocommit(was)
