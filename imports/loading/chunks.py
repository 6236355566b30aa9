"""One chunk of the second pass: staged rows of whole persons beside what the store holds of them.

Judged first, then written in the same transaction. Must not know files, nor who has a record.
"""

# ruff: noqa: S608 - every name put into a statement is our own; values are parameters

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imports import filling
from imports.loading.staging import table_of


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.backends.utils import CursorWrapper

    from imports.loading.targets import Target


@dataclass(slots=True)
class Outcome:
    """What the rows of one chunk are to the store; `rows` is the sum of the five counts."""

    created: int = 0
    changed: int = 0
    identical: int = 0
    set_aside: int = 0
    later: int = 0
    """Of the identical ones, those sent again with a newer date."""
    moved: int = 0
    """Of the changed ones, those that leave their place in the store."""
    replaced: int = 0
    """Rows of the store that change, by a newer state or a newer date only."""
    new_persons: int = 0
    """Rows of persons of whom nothing is held."""
    rows: int = 0
    touched: list[bytes] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    """Persons of whom anything was written, a date included."""


@dataclass(slots=True)
class Chunk:
    """The staged rows between two keys, and what is done with them."""

    cursor: CursorWrapper
    load_id: uuid.UUID
    target: Target
    low: bytes
    high: bytes | None
    since: dt.date
    """The day from which care reaches a record; what is older is kept, and set aside."""
    nobody_held: bool = False
    """Whether the store holds nothing of the persons of the chunk, as at a first load."""

    @property
    def _where(self) -> str:
        return "key >= %(low)s" + (" AND key < %(high)s" if self.high is not None else "")

    @property
    def _params(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high, "load": self.load_id, "since": self.since}

    def _incoming(self, columns: str = "*") -> str:
        return f"SELECT {columns} FROM {table_of(self.load_id)} WHERE {self._where}"

    def _held(self) -> str:
        """The rows the store holds of the persons of the chunk, found person by person."""
        target = self.target
        columns = ", ".join(self._compared())
        if self.nobody_held:
            return f"SELECT {target.key}, {columns} FROM {target.table} WHERE false"
        if not target.key:
            return f"SELECT {columns} FROM {target.table}"
        # The fence keeps the planner from reading the store whole.
        return (
            "SELECT found.* FROM (SELECT DISTINCT key FROM incoming) AS each CROSS JOIN LATERAL"
            f" (SELECT {target.key}{', ' + columns if columns else ''} FROM {target.table} s"
            f" WHERE s.{target.key} = each.key OFFSET 0) AS found"
        )

    def _compared(self) -> tuple[str, ...]:
        target = self.target
        who = ("load_id",) if target.dated else ()
        return (*target.identity, *target.compared, *who)

    def _joined(self) -> str:
        same_row = [f"h.{name} = i.{name}" for name in self.target.identity]
        if self.target.key:
            same_row.insert(0, f"h.{self.target.key} = i.key")
        return f"incoming AS i LEFT JOIN held AS h ON {' AND '.join(same_row)}"

    def _with(self, *, whole: bool = False) -> str:
        names = dict.fromkeys(("key", "pseudonym", *self.target.identity, *self.target.compared))
        incoming = self._incoming() if whole else self._incoming(", ".join(names))
        # What is empty is seen to be, and not joined.
        how = "NOT MATERIALIZED" if self.nobody_held else "MATERIALIZED"
        return f"WITH incoming AS {how} ({incoming}), held AS {how} ({self._held()})"

    def _tests(self) -> dict[str, str]:
        """Conditions on a staged row `i` and the row `h` held in its place, if any."""
        target = self.target
        held = f"h.{target.identity[0] if target.identity else target.key} IS NOT NULL"
        # Of two states of one day the one brought last counts, whichever is merged first.
        current = "true"
        if target.dated:
            current = "(h.flow_date, h.load_id) <= (i.flow_date, %(load)s)"
        changed = f"{held} AND {current} AND NOT ({target.same})"
        return {
            "created": f"NOT ({held})",
            "changed": changed,
            "later": (
                f"{held} AND ({target.same}) AND h.flow_date < i.flow_date"
                if target.dated
                else "false"
            ),
            "moved": f"{changed} AND h.{target.moves} <> i.{target.moves}"
            if target.moves
            else "false",
            "outside": f"i.{target.window} < %(since)s" if target.window else "false",
            "unknown": "i.pseudonym AND NOT EXISTS"
            " (SELECT FROM imports_personalias a WHERE a.pseudonym_key = i.key)",
        }

    def judge(self) -> Outcome:
        """Compare the chunk with the store. Changes nothing."""
        self.nobody_held = self._is_nobody_held()
        alias_missing = self._tests()["unknown"].replace("i.", "judged.")
        self.cursor.execute(
            f"{'' if self.nobody_held else self._with()} SELECT judged.*, {alias_missing}"
            f" FROM ({self._counted()}) AS judged",
            self._params,
        )
        outcome = Outcome()
        for key, _, rows, created, changed, later, moved, *old, unknown in self.cursor.fetchall():
            outcome.rows += rows
            outcome.later += later
            outcome.moved += moved
            outcome.replaced += changed + later
            if created or changed or later:
                outcome.written.append(bytes(key))
            outcome.new_persons += rows if created == rows else 0
            if unknown:
                outcome.set_aside += rows
            else:
                old_created, old_changed = old
                outcome.created += created - old_created
                outcome.changed += changed - old_changed
                outcome.set_aside += old_created + old_changed
                outcome.identical += rows - created - changed
            if created or changed:
                outcome.touched.append(bytes(key))
        return outcome

    def _counted(self) -> str:
        """What the rows of each key are to the store."""
        tests = self._tests()
        if self.nobody_held:
            outside = f"count(*) FILTER (WHERE {tests['outside']})"
            counts, source = f"count(*), 0, 0, 0, {outside}, 0", f"({self._incoming()}) AS i"
        else:
            wanted = [tests[name] for name in ("created", "changed", "later", "moved")]
            wanted += [f"{tests[name]} AND {tests['outside']}" for name in ("created", "changed")]
            counts = ", ".join(f"count(*) FILTER (WHERE {test})" for test in wanted)
            source = self._joined()
        return (
            f"SELECT i.key, i.pseudonym, count(*), {counts} FROM {source}"
            " GROUP BY i.key, i.pseudonym"
        )

    def _is_nobody_held(self) -> bool:
        target = self.target
        if not target.key:
            return False
        # The limit keeps the planner from reading the store whole.
        self.cursor.execute(
            f"SELECT NOT EXISTS (SELECT FROM (SELECT DISTINCT key FROM ({self._incoming('key')})"
            " AS every) AS each CROSS JOIN LATERAL"
            f" (SELECT 1 FROM {target.table} s WHERE s.{target.key} = each.key LIMIT 1) AS found)",
            self._params,
        )
        (nobody,) = self.cursor.fetchone()
        return bool(nobody)

    def apply(self, outcome: Outcome) -> None:
        """Write what `judge` found, and ask for the records of whom it is about to be filled."""
        about_persons = self.target.about_persons and outcome.touched
        if about_persons and self.target.moves == "" and self.target.identity == ():
            # A pseudonym that changes hands leaves the record of the person it stood for.
            filling.ask_again(outcome.touched)
        if self.target.undoable and outcome.written:
            self._remember(outcome)
        if outcome.moved:
            self._remove_moved()
        if outcome.touched:
            self._insert(all_new=outcome.new_persons == outcome.rows)
        if outcome.later:
            self._move_dates()
        if about_persons:
            filling.ask_again(outcome.touched)

    def _same_place(self, alias: str) -> str:
        """The condition that a row of the store is the one held as `h`."""
        return " AND ".join(f"{alias}.{name} = h.{name}" for name in self.target.primary_key)

    def _remember(self, outcome: Outcome) -> None:
        """Keep what undoing the load will need: who is touched, and each row that changes."""
        self.cursor.execute(
            "INSERT INTO imports_touchedpersons (load_id, keys) VALUES (%s, %s::bytea[])",
            [self.load_id, outcome.written],
        )
        if outcome.replaced:
            tests = self._tests()
            self.cursor.execute(
                f"{self._with()} INSERT INTO imports_previousline (load_id, person_key, row)"
                f" SELECT %(load)s, t.{self.target.key}, to_jsonb(t) FROM {self._joined()}"
                f" JOIN {self.target.table} t ON {self._same_place('t')}"
                f" WHERE ({tests['changed']}) OR ({tests['later']})",
                self._params,
            )

    def _remove_moved(self) -> None:
        self.cursor.execute(
            f"{self._with()} DELETE FROM {self.target.table} t USING {self._joined()}"
            f" WHERE {self._same_place('t')} AND {self._tests()['moved']}",
            self._params,
        )

    def _move_dates(self) -> None:
        self.cursor.execute(
            f"{self._with()} UPDATE {self.target.table} t"
            f" SET flow_date = i.flow_date, load_id = %(load)s FROM {self._joined()}"
            f" WHERE {self._same_place('t')} AND {self._tests()['later']}",
            self._params,
        )

    def _insert(self, *, all_new: bool) -> None:
        target, tests = self.target, self._tests()
        own = {target.key: "i.key"} if target.key else {}
        filled = own | {name: f"i.{name}" for name in target.identity} | dict(target.values)
        order = ", ".join(filled[name] for name in target.primary_key)
        insert = (
            f"INSERT INTO {target.table} ({', '.join(filled)}, load_id)"
            f" SELECT {', '.join(filled.values())}, %(load)s"
        )
        if all_new:
            # Of a first load, every row: no need to look the store up again, and the staged rows'
            # index has them in the order of the key.
            source = f"{insert} FROM ({self._incoming()}) AS i ORDER BY i.key"
        else:
            changes = ", ".join(
                f"{name} = excluded.{name}"
                for name in (*filled, "load_id")
                if name not in target.primary_key
            )
            source = (
                f"{self._with(whole=True)} {insert} FROM {self._joined()}"
                f" WHERE ({tests['created']}) OR ({tests['changed']}) ORDER BY {order}"
                f" ON CONFLICT ({', '.join(target.primary_key)}) DO UPDATE SET {changes}"
            )
        self.cursor.execute(source, self._params)
