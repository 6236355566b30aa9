"""Row security is on: from here on the policies hold for the web and the worker, whatever asks.

Not for the tables' owner (no FORCE): migrations, the destruction of a record and the narrow ways
run with the owner's rights, and no process that answers anybody has them (dmp/roles.py).

Before that, the policies of 0010 are written again, with the same answers: most questions are
planned each time they are asked, and what a policy costs is the planning of its sub-selects and of
what it inlines. It now asks one function, once a question, what each row is compared with.
"""

import re
from importlib import import_module
from pathlib import Path

from django.db import migrations


made = import_module("access.migrations.0010_row_security")
filling = import_module("records.migrations.0009_filling_by_set")
changed = import_module("records.migrations.0010_what_changed")
KINDS = ",\n    ".join(
    f"case when categories & {1 << bit} <> 0"
    f" then '00000000-0000-0000-0000-{1 << bit:012x}'::uuid end"
    for bit in range(31)
)
FUNCTIONS = Path(__file__).with_name("row_security_on.sql").read_text(encoding="utf-8")
FUNCTIONS = FUNCTIONS.format(KINDS=KINDS)

# --- What each kind of element shows (columns are the row's own) ---------------------------------

# dmp_bound('record'), written out: it is part of every policy.
HERE = "record_id = nullif(current_setting('dmp.record', true), '')::uuid"


def aimed_at_by(keys):
    """Say that masks which aim at these keys aim at the row; unknown where the keys are."""
    return (
        f"(array[record_id, id, author_id, performer_id, prescriber_id] && {keys}"
        f" or episodes && {keys} or categories <> 0 and dmp_kinds(categories) && {keys})"
    )


UNANNOUNCED = (  # line 4
    "(unannounced_until is not null and unannounced_until > sight.today"
    " and (released_at is null or released_at > sight.now_at))"
)
KEPT = f"(secret or about_another or episodes && sight.secret_care or {UNANNOUNCED})"  # 5 and 6
SCOPE = "array['everything', dmp_kind_of_care(type_code)] && sight.scope"  # line 6
MINE = "author_id = sight.me"  # line 9
# A colleague of the author, whom no mask names.
COLLEAGUE = f"author_structure_id = sight.my_place and not {aimed_at_by('sight.naming')}"
SHARED = "id = any(sight.shared)"  # line 10
HIDDEN = f"(cardinality(sight.hidden) > 0 and {aimed_at_by('sight.hidden')})"  # line 12
READS = "sight.reads ? type_code"  # line 13
SIGHTED = "not id = any((select dmp_blind_lines())::uuid[])"  # line 14


def shows(kind, professional, scope="true", sighted="true"):
    """Say when a row of a kind is shown, by the way its viewer comes to the record, or never.

    The function's row is kept while the question lasts: nothing it is asked with is the row's.
    """
    return f"""withdrawn_at is null and exists (
  select from dmp_sight('{kind}') sight where case sight.way
    when 'holder' then not {UNANNOUNCED} and {sighted}
    when 'professional' then {professional}
    when 'treating gp' then true
    when 'family' then {scope} and not {KEPT} and not {HIDDEN} and {sighted}
    end)"""


def parent(table, name, kind=""):
    """Say that the row this one belongs to is shown: a scalar, for `exists` is planned twice."""
    return (
        f"(select true from records_{kind or name} parent"
        f" where parent.record_id = {table}.record_id and parent.id = {table}.{name}_id)"
    )


WRITTEN = f"{READS} and (not {HIDDEN} or {COLLEAGUE})"
# The emergency card is readable under an emergency opening, whatever is masked.
CARD = "on_emergency_card and (select dmp_opened('emergency'))"

# table -> when the web sees a row of the bound record.
SHOWN = made.SHOWN | {
    "records_document": shows("document", f"{WRITTEN} or {MINE} or {SHARED}", scope=SCOPE),
    "records_documentversion": parent("records_documentversion", "document")
    + " and exists (select from dmp_sight('document') sight"
    " where document_id <> all(sight.shared) or dmp_share_covers(document_id, deposited_at))",
    "records_documentfile": parent("records_documentfile", "version", "documentversion"),
    "records_reimbursementline": shows(
        "claim", f"{READS} and sight.reads ? pays_for and not {HIDDEN} or {SHARED}"
    ),
    "records_entry": shows("entry", f"{READS} and (not {HIDDEN} or {CARD}) or {SHARED}"),
    "records_synthesisline": shows(
        "synthesis", f"{MINE} or ({WRITTEN} or {SHARED}) and {SIGHTED}", sighted=SIGHTED
    ),
    "records_synthesissource": parent("records_synthesissource", "line", "synthesisline"),
    "records_synthesis": "coalesce((select dmp_way('synthesis')) = 'treating gp', false)"
    " or (select true from records_synthesisline l where l.record_id = records_synthesis.record_id"
    " and l.synthesis_id = records_synthesis.id limit 1)",
}


# --- What says the same words elsewhere ----------------------------------------------------------


def function(name, text):
    """Return a function as 0010 made it."""
    return re.search(rf"create function {name}\(.*?(?=\n\n|\Z)", text, re.DOTALL)[0] + "\n"


def again(statement):
    """Return the statement that puts a function in the place of the one there."""
    return statement.replace("create function", "create or replace function")


NARROW = "\n".join(
    function(name, text)
    for name, text in (
        ("dmp_blind_lines", made.BLIND),
        ("dmp_share_covers", made.SHARE_COVERS),
        ("dmp_withdraw_document", made.PAST),
        ("dmp_withdraw_entries", made.PAST),
        ("dmp_lines_taken_back", changed.TAKEN_BACK),
    )
)
# What nothing asks any more: made anew to go back, in this order.
GONE = {
    "dmp_periods": "text",
    "dmp_in_circle": "",
    "dmp_my_structure": "",
    "dmp_shared": "",
    "dmp_hiding": "boolean, uuid, timestamptz",
    "dmp_hidden": "boolean",
    "dmp_hidden_categories": "boolean",
    "dmp_kept": "boolean, boolean, uuid[], uuid[]",
    "dmp_scope_shows": "text, text[]",
}
CLAIM = SHOWN["records_reimbursementline"]


def narrow():
    """Return the narrow ways that say what the policies say."""
    text = NARROW
    for before, after in (
        (made.DOCUMENT, SHOWN["records_document"]),
        (made.CLAIM, CLAIM),
        (made.CLAIM.removeprefix(changed.WITHDRAWN), CLAIM.removeprefix(changed.WITHDRAWN)),
        (made.ENTRY, SHOWN["records_entry"]),
        ("not in ('door', 'no door')", "<> 'professional'"),
        ("= w.structure and dmp_in_circle()", "= (dmp_sight('document')).my_place"),
        ("in ('holder', 'representative', 'delegate')", "in ('holder', 'family')"),
    ):
        assert before in text, before  # of 0010, which doesn't change
        text = text.replace(before, after)
    return again(text)


def policies(words, here):
    """Return the statements that give each policy its words."""
    statements = []
    for table, shown_when in words.items():
        seen = f"{here} and ({shown_when})"
        statements += [
            f"alter policy web_reads on {table} using ({seen})",
            f"alter policy web_adds on {table} with check ({here})",
            f"alter policy web_changes on {table} using ({seen}) with check ({here})",
            f"alter policy web_removes on {table} using ({seen})",
        ]
        if table in made.FILLED:
            statements.append(
                f"alter policy worker_fills on {table} using ({filling.EACH})"
                f" with check ({filling.EACH})"
            )
    return ";\n".join(statements) + ";\n"


def each(statement):
    """Return the statement for every table."""
    return "".join(
        f"alter table {table} {statement} row level security;\n" for table in made.SHOWN
    )


def dropped():
    """Return the statements that take away what nothing asks any more, the askers first."""
    return "".join(f"drop function {name}({types});\n" for name, types in reversed(GONE.items()))


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0015_deposits_between_days"),
        ("records", "0010_what_changed"),
    ]

    operations = [
        migrations.RunSQL(
            sql=FUNCTIONS + policies(SHOWN, HERE) + narrow() + dropped() + each("enable"),
            reverse_sql=each("disable")
            + "".join(function(name, made.FUNCTIONS) for name in GONE)
            + again(function("dmp_way", made.FUNCTIONS))
            + policies(made.SHOWN, made.HERE)
            + again(NARROW)
            + "drop function dmp_sight(text);\n"
            "drop function dmp_aimed_at(uuid, uuid, text, uuid, timestamptz);\n"
            "drop function dmp_periods_of(uuid, uuid, uuid, uuid, timestamptz);\n"
            "drop function dmp_removed(uuid, text, uuid, uuid, uuid, timestamptz);\n"
            "drop function dmp_readable(text);\n"
            "drop function dmp_kinds(integer);\n",
        )
    ]
