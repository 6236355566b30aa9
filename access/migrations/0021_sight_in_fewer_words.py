"""The policies ask with fewer words: the same answers, at four fifths of the cost for a door.

What a statement or a policy calls is looked up and checked at each question, needed or not: what is
rare becomes a function, and the ways are told apart without comparing them.
"""

from importlib import import_module
from pathlib import Path

from django.db import migrations


asked = import_module("access.migrations.0016_row_security_on")
steps = import_module("access.migrations.0018_sight_in_steps")
changed = import_module("records.migrations.0010_what_changed")
FUNCTIONS = Path(__file__).with_name("sight_in_fewer_words.sql").read_text(encoding="utf-8")

# --- What each kind of element shows (columns are the row's own) ---------------------------------

KEYS = "array[record_id, id, author_id, performer_id, prescriber_id]"
SHOWN_TO_ALL = (  # line 12
    "id <> all(sight.hidden) and (sight.hidden_kinds is null"
    " or categories & sight.hidden_kinds = 0 and (sight.hidden_with is null"
    f" or not ({KEYS} && sight.hidden_with or episodes && sight.hidden_with)))"
)
# Line 9: a colleague of the author, whom no mask names.
COLLEAGUE = (
    "case when author_structure_id = sight.my_place"
    f" then not dmp_reached((select dmp_naming_me()), {KEYS}, episodes, categories) end"
)
READS, MINE, SHARED, SIGHTED = asked.READS, asked.MINE, asked.SHARED, asked.SIGHTED
WRITTEN = f"({SHOWN_TO_ALL} or {COLLEAGUE}) and {READS}"


def shows(kind, professional, scope="null", sighted="true"):
    """Say when a row of a kind is shown, by the way its viewer comes to the record, or never."""
    return f"""withdrawn_at is null and exists (
  select from dmp_sight('{kind}') sight where case
    when sight.me is not null then {professional}
    when sight.treating_gp then true
    when sight.holder then not {asked.UNANNOUNCED} and {sighted}
    when sight.family then dmp_family_sees(sight.today, sight.now_at, sight.scope,
      sight.secret_care, sight.hidden_kinds, sight.hidden_with, {scope}, secret or about_another,
      unannounced_until, released_at, {KEYS}, episodes, categories) and {sighted}
    end)"""


SHOWN = asked.SHOWN | {
    "records_document": shows("document", f"{WRITTEN} or {MINE} or {SHARED}", scope="type_code"),
    "records_reimbursementline": shows(
        "claim", f"{SHOWN_TO_ALL} and {READS} and sight.reads ? pays_for or {SHARED}"
    ),
    "records_entry": shows("entry", f"({SHOWN_TO_ALL} or {asked.CARD}) and {READS} or {SHARED}"),
    "records_synthesisline": shows(
        "synthesis", f"{MINE} or ({WRITTEN} or {SHARED}) and {SIGHTED}", sighted=SIGHTED
    ),
}


def narrow():
    """Return the narrow ways that say what the policies say."""
    text = asked.narrow()
    claim = "records_reimbursementline"
    for before, after in (
        *((asked.SHOWN[table], SHOWN[table]) for table in ("records_document", claim)),
        (
            asked.CLAIM.removeprefix(changed.WITHDRAWN),
            SHOWN[claim].removeprefix(changed.WITHDRAWN),
        ),
        (asked.SHOWN["records_entry"], SHOWN["records_entry"]),
    ):
        assert before in text, before  # of 0016, which doesn't change
        text = text.replace(before, after)
    return text


class Migration(migrations.Migration):
    dependencies = [("access", "0020_undone_is_not_signed")]

    operations = [
        migrations.RunSQL(
            sql="alter function dmp_sight(text) rename to dmp_sight_in_steps;\n"
            "alter type dmp_told rename to dmp_told_in_steps;\n"
            + FUNCTIONS
            + asked.policies(SHOWN, asked.HERE)
            + narrow()
            + "drop function dmp_sight_in_steps(text);\n"
            "drop type dmp_told_in_steps;\n",
            reverse_sql="alter function dmp_sight(text) rename to dmp_sight_in_fewer_words;\n"
            "alter type dmp_told rename to dmp_told_in_fewer_words;\n"
            + steps.FUNCTIONS.replace("create function", "create or replace function")
            + asked.policies(steps.SHOWN, asked.HERE)
            + steps.again(asked.narrow())
            + asked.again(asked.function("dmp_kind_of_care", asked.made.FUNCTIONS))
            + asked.FUNCTIONS[asked.FUNCTIONS.index("create or replace function dmp_way(") :]
            + "drop function dmp_sight_in_fewer_words(text);\n"
            "drop function dmp_naming_me();\n"
            "drop function dmp_reached(dmp_aims, uuid[], uuid[], integer);\n"
            "drop function dmp_family_sees(date, timestamptz, text[], uuid[], integer, uuid[], text,"
            " boolean, date, timestamptz, uuid[], uuid[], integer);\n"
            "drop type dmp_told_in_fewer_words;\n"
            "drop type dmp_aims;\n"
            "drop function dmp_number_permissions();\n"
            "drop function dmp_permission(text);\n",
        )
    ]
