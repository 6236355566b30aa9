"""What the policies ask is told in short steps: the same answers, at two thirds of the cost.

What a mask aims at comes apart: an element by its own key, which is what most masks name; what
reaches several elements, compared with only where something does; categories as the bits they are.
"""

from importlib import import_module
from pathlib import Path

from django.db import migrations


asked = import_module("access.migrations.0016_row_security_on")
FUNCTIONS = Path(__file__).with_name("sight_in_steps.sql").read_text(encoding="utf-8")


def aimed_at_by(keys):
    """Say that masks which aim at these keys aim at the row, categories left out."""
    return (
        f"array[record_id, id, author_id, performer_id, prescriber_id] && {keys}"
        f" or episodes && {keys}"
    )


HIDDEN = (  # line 12
    "(id = any(sight.hidden) or categories & sight.hidden_kinds <> 0"
    f" or sight.hidden_with is not null and ({aimed_at_by('sight.hidden_with')}))"
)
# Line 9: a colleague of the author, whom no mask names.
COLLEAGUE = (
    "author_structure_id = sight.my_place and not (categories & sight.named_kinds <> 0"
    f" or sight.named is not null and ({aimed_at_by('sight.named')}))"
)


def again(text):
    """Return the words of 0016 with what hides said as it is told now."""
    assert asked.HIDDEN in text, text  # of 0016, which doesn't change
    return text.replace(asked.HIDDEN, HIDDEN).replace(asked.COLLEAGUE, COLLEAGUE)


SHOWN = {
    table: again(words) if asked.HIDDEN in words else words
    for table, words in asked.SHOWN.items()
}


class Migration(migrations.Migration):
    dependencies = [("access", "0017_work_list")]

    operations = [
        migrations.RunSQL(
            sql="alter function dmp_sight(text) rename to dmp_sight_at_once;\n"
            + FUNCTIONS
            + asked.policies(SHOWN, asked.HERE)
            + again(asked.narrow())
            + "drop function dmp_sight_at_once(text);\n"
            "drop function dmp_aimed_at(uuid, uuid, text, uuid, timestamptz);\n"
            "drop function dmp_periods_of(uuid, uuid, uuid, uuid, timestamptz);\n"
            "drop function dmp_kinds(integer);\n",
            reverse_sql="alter function dmp_sight(text) rename to dmp_sight_in_steps;\n"
            "drop function dmp_readable(text);\n"
            "drop function dmp_removed(uuid, text, uuid, uuid, uuid, timestamptz);\n"
            + asked.FUNCTIONS
            + asked.policies(asked.SHOWN, asked.HERE)
            + asked.narrow()
            + "drop function dmp_sight_in_steps(text);\n"
            "drop type dmp_told;\n"
            "drop function dmp_aimed_at(uuid, uuid, text, uuid, uuid, timestamptz);\n"
            "drop function dmp_place_granted(uuid, uuid, text);\n",
        )
    ]
