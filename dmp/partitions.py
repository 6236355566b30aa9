"""A migration step that makes a table just created hash-partitioned. Knows no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation


if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class PartitionByHash(Operation):
    """Replace an empty table by the same one partitioned by the hash of a column.

    PostgreSQL can't turn a table into a partitioned one, so it is made again with its columns,
    defaults, checks and primary key. Runs right after ``CreateModel``, before indexes are added.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, column: str, key: str, parts: int = 16) -> None:
        self.table, self.column, self.key, self.parts = table, column, key, parts

    def state_forwards(self, *_arguments: Any) -> None:
        """The state is the model's own: partitions are the database's business."""

    def database_forwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: Any
    ) -> None:
        """Make the partitioned table and its parts."""
        old = f"{self.table}_plain"
        statements = [
            f'ALTER TABLE "{self.table}" RENAME TO "{old}"',
            (
                f'CREATE TABLE "{self.table}" (LIKE "{old}" INCLUDING DEFAULTS'
                f" INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY ({self.key}))"
                f" PARTITION BY HASH ({self.column})"
            ),
            f'DROP TABLE "{old}"',
        ]
        statements += [
            f'CREATE TABLE "{self.table}_p{part:02d}" PARTITION OF "{self.table}"'
            f" FOR VALUES WITH (MODULUS {self.parts}, REMAINDER {part})"
            for part in range(self.parts)
        ]
        for statement in statements:
            schema_editor.execute(statement)

    def database_backwards(self, *_arguments: Any) -> None:
        """Nothing to do: removing the model drops the table and its parts."""

    def describe(self) -> str:
        """Say what the step does."""
        return f"Partition {self.table} by the hash of {self.column}"
