"""Migrate as the owner, then give each role exactly its privileges (dmp/roles.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections, transaction

from dmp import roles


if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(migrate.Command):
    """Django's own command, run by the owner, with the privileges as its last step."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Same options; the database is the owner's unless said otherwise."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """Say who may migrate before the first check asks for the owner's connection."""
        if options["database"] not in connections:
            raise CommandError("DATABASE_URL is missing: only the owner of the tables migrates.")
        return super().get_check_kwargs(options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant, unless the call only looks."""
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied"):
            return
        alias = options["database"]
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            try:
                roles.apply(cursor)
            except roles.Unnamed as error:
                raise CommandError(str(error)) from error
            # Permissions are made after the last migration; row security knows them by number.
            cursor.execute("SELECT to_regproc('dmp_number_permissions')")
            if cursor.fetchone() != (None,):  # not there before access 0021
                cursor.execute("SELECT dmp_number_permissions()")
