"""What the web and the worker may do with each table: deny by default, one table to read.

`manage.py migrate` applies exactly this after the last migration and refuses a table that no
line names. The first line that matches a table's name holds for it. Partitions get nothing:
they are reached through their parent, whose row security would not hold on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.utils import CursorWrapper


APP = "dmp_app"
WORKER = "dmp_worker"

NOTHING = ""
READ = "SELECT"
ADD = "INSERT"
READ_ADD = "SELECT INSERT"
READ_ADD_CHANGE = "SELECT INSERT UPDATE"
READ_ADD_REMOVE = "SELECT INSERT DELETE"
ALL = "SELECT INSERT UPDATE DELETE"


@dataclass(frozen=True)
class Line:
    """Privileges on the tables whose whole name matches the pattern, and why."""

    pattern: str
    app: str
    worker: str
    why: str

    def matches(self, table: str) -> bool:
        """Say whether this line is about that table."""
        return re.fullmatch(self.pattern, table) is not None


# Order matters: the particular before the general.
TABLES = [
    # Django and the packages
    Line("django_migrations", READ, READ, "commands compare it with the code"),
    Line("django_content_type", READ, READ, "written by migrations only"),
    Line("auth_permission", READ, READ, "written by migrations only"),
    Line("auth_group", READ_ADD, READ, "a structure's is made with its first door"),
    Line("auth_group_permissions", NOTHING, NOTHING, "no permission is ever global"),
    Line("access_user_(groups|user_permissions)", READ, READ, "guardian joins them"),
    # The worker forgets those that are over, and reads of them only when they were to end.
    Line("django_session", ALL, "SELECT(expire_date) DELETE", "sessions belong to the web"),
    Line("account_email(address|confirmation)", ALL, READ, "the worker sends notices"),
    Line("mfa_authenticator", ALL, NOTHING, "second factors belong to the web"),
    Line("guardian_(user|group)objectpermission", NOTHING, NOTHING, "generic rows are not used"),
    Line("pghistory_context", READ_ADD_CHANGE, READ_ADD_CHANGE, "triggers upsert who and why"),
    # People
    Line("access_user", READ_ADD_CHANGE, READ, "an account is closed, never removed"),
    Line("access_(professional|structure|practice)", READ_ADD_CHANGE, READ, "who works where"),
    Line("access_activationcode", READ_ADD_CHANGE, NOTHING, "codes a person types"),
    Line(
        "access_onetimecode", READ_ADD_CHANGE, "SELECT(expires_at) DELETE", "codes a person types"
    ),
    Line("access_accesstoken", READ_ADD_CHANGE, NOTHING, "made and used by the web"),
    Line("access_notice", READ_ADD_CHANGE, READ_ADD_CHANGE, "the worker sends what waits"),
    # What lets them in
    Line(
        "access_record(user|group)grant",
        READ_ADD_REMOVE,
        READ_ADD_REMOVE,
        "the mirror of a period",
    ),
    Line("access_(authorisation|opening)", READ_ADD_CHANGE, READ_ADD_CHANGE, "periods are ended"),
    Line("access_(block|delegation|invitation)", READ_ADD_CHANGE, READ, "ended, never removed"),
    # The worker hides what the fund sends again of a hidden line.
    Line("access_mask", READ_ADD_CHANGE, READ_ADD, "ended, never removed"),
    Line("access_receipt", READ_ADD, READ, "given once"),
    Line("access_case", READ_ADD_CHANGE, NOTHING, "asked and answered by the web"),
    Line("access_rush", READ, ALL, "found by the worker in the journal"),
    Line("access_watch", NOTHING, READ_ADD_CHANGE, "how far the worker has looked"),
    # The journal
    Line("access_journalevent", READ_ADD, READ_ADD, "never changed, never removed"),
    Line("access_journalhead", READ_ADD_CHANGE, READ_ADD_CHANGE, "the last link of the chain"),
    # The record
    Line("records_(person|contactpoint)", READ_ADD_CHANGE, READ, "who a record is about"),
    Line("records_record(identifier)?", READ_ADD_CHANGE, READ, "closed, never removed"),
    Line("records_consentrefusals", READ_ADD_CHANGE, NOTHING, "a count, no name"),
    Line("records_representation", READ_ADD_CHANGE, READ, "ended, never removed"),
    # The worker joins a letter to the care whose claims come after it.
    Line(
        "records_document", READ_ADD_CHANGE, "SELECT UPDATE(episodes)", "replaced, never removed"
    ),
    Line("records_document(version|file)", READ_ADD_CHANGE, READ, "replaced, never removed"),
    Line("records_entry", ALL, READ, "the holder's own"),
    Line("records_synthesis(line|source)?", READ_ADD_CHANGE, READ, "replaced, never removed"),
    Line("records_synthesisconsent", READ_ADD_CHANGE, NOTHING, "ended, never removed"),
    Line("records_synthesisdraft", ALL, READ, "a draft is nothing yet"),
    Line("records_reimbursementline", READ, ALL, "filled by the worker only"),
    Line("records_episode", READ, ALL, "filled by the worker only"),
    Line("records_filling", READ_ADD_CHANGE, ALL, "states that wait; old ones are forgotten"),
    Line("records_destruction", NOTHING, "SELECT UPDATE(files_gone_at)", "written by a function"),
    Line("records_doctorproposal", READ_ADD_CHANGE, READ_ADD_CHANGE, "answered, never removed"),
    # Claims: the web cannot know who has claims and no record
    Line("imports_load", READ_ADD_CHANGE, READ_ADD_CHANGE, "a screen follows it"),
    Line("imports_(refusedrow|controltotal)", READ, ALL, "a screen explains it"),
    Line("imports_claim(line|illness|doctor)", NOTHING, ALL, "the store"),
    Line("imports_personalias", NOTHING, ALL, "the store"),
    Line(
        "imports_(previousline|touchedpersons)",
        NOTHING,
        ALL,
        "what undoing a load puts back; what lines were before",
    ),
    # Row history: written by triggers, read by no one here, gone with its record
    Line(
        "(records_(document|documentversion|entry|synthesis|synthesisline)"
        "|access_(authorisation|mask))event",
        ADD,
        ADD,
        "whoever makes history can neither read nor change it",
    ),
]

# Schemas whose tables come and go: name -> who makes them, and alone reads them.
SCHEMAS = {"imports_staging": WORKER}

# Functions that run with their owner's rights (SECURITY DEFINER): name -> who may call them.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    # Removes a record whose time has come, and no other: the web can't, whatever it is told.
    "dmp_destroy_due_record": (WORKER,),
    # What passes row security, each one narrow thing (access/migrations/0010, 0013, 0017).
    "dmp_secret_care": (APP, WORKER),
    "dmp_blind_lines": (APP,),
    "dmp_share_covers": (APP,),
    "dmp_deposited_by_me": (APP,),
    "dmp_record_of_document": (APP,),
    "dmp_document_of_file": (APP,),
    "dmp_not_announced": (APP,),
    "dmp_withdraw_document": (APP,),
    "dmp_withdraw_entries": (APP,),
    "dmp_lines_near": (APP,),
    "dmp_documents_near": (APP,),
    "dmp_enter_episodes": (APP,),
    "dmp_under_a_mask": (APP,),
    "dmp_lines_said": (APP,),
    "dmp_lines_taken_back": (APP,),
    "dmp_version_is_gone": (APP,),
    "dmp_withdraw_version": (APP,),
    "dmp_syntheses_due": (APP,),
    "dmp_arrived_since_synthesis": (APP,),
    "dmp_records_past": (WORKER,),
    "dmp_unannounced_deposits": (WORKER,),
}


class Unnamed(Exception):
    """A table or a privileged function that this module does not name."""


def line_for(table: str) -> Line | None:
    """Return the line that holds for a table, or None when nobody decided."""
    return next((line for line in TABLES if line.matches(table)), None)


def tables_in(cursor: CursorWrapper) -> list[tuple[str, bool]]:
    """List each table or view of the schema, and whether it is a partition."""
    cursor.execute(
        "SELECT relname, relispartition FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        # What an extension made is the extension's business.
        " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
        " ORDER BY relname"
    )
    return [(str(name), bool(partition)) for name, partition in cursor.fetchall()]


def privileged_functions_in(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """List each SECURITY DEFINER function: its name and its signature."""
    cursor.execute(
        "SELECT proname, oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 2"
    )
    return [(str(name), str(signature)) for name, signature in cursor.fetchall()]


def apply(cursor: CursorWrapper) -> None:
    """Take every privilege back, then give exactly what is written above.

    Raises `Unnamed`, having changed nothing, when a table or function has no line.
    """
    tables = tables_in(cursor)
    functions = privileged_functions_in(cursor)
    _refuse_unnamed(
        [name for name, partition in tables if not partition and line_for(name) is None],
        [name for name, _ in functions if name not in FUNCTIONS],
    )
    quote = cursor.db.ops.quote_name
    statements = [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {WORKER}",
    ]
    statements += [
        f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {APP}, {WORKER}"
        for kind in ("TABLES", "SEQUENCES")
    ]
    for name, partition in tables:
        line = line_for(name)
        if partition or line is None:
            continue
        for role, privileges in ((APP, line.app), (WORKER, line.worker)):
            if privileges:
                granted = ", ".join(privileges.split())
                statements.append(f"GRANT {granted} ON {quote(name)} TO {role}")
    cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)", [list(SCHEMAS)])
    for (name,) in cursor.fetchall():
        statements.append(f"REVOKE ALL ON SCHEMA {quote(name)} FROM PUBLIC, {APP}, {WORKER}")
        statements.append(f"GRANT USAGE, CREATE ON SCHEMA {quote(name)} TO {SCHEMAS[name]}")
    for name, signature in functions:
        statements.append(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, {APP}, {WORKER}")
        statements += [f"GRANT EXECUTE ON FUNCTION {signature} TO {r}" for r in FUNCTIONS[name]]
    cursor.execute(";\n".join(statements))


def _refuse_unnamed(tables: Iterable[str], functions: Iterable[str]) -> None:
    named = [*(f"table {name}" for name in tables), *(f"function {name}" for name in functions)]
    if named:
        msg = (
            f"Nobody decided what the web and the worker may do with {', '.join(named)}:"
            " add a line to dmp/roles.py, then run migrate again."
        )
        raise Unnamed(msg)
