"""Children carry the record beside the parent: a composite key in the database itself."""

from django.db import migrations


KEYS = [
    ("records_documentversion", "document_id", "records_document", "version_of_same_record"),
    ("records_documentfile", "version_id", "records_documentversion", "file_of_same_record"),
    ("records_synthesisline", "synthesis_id", "records_synthesis", "line_of_same_record"),
    ("records_synthesissource", "line_id", "records_synthesisline", "source_of_same_record"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=f'ALTER TABLE "{child}" ADD CONSTRAINT "{name}" FOREIGN KEY (record_id, {column})'
            f' REFERENCES "{parent}" (record_id, id) DEFERRABLE INITIALLY DEFERRED',
            reverse_sql=f'ALTER TABLE "{child}" DROP CONSTRAINT "{name}"',
        )
        for child, column, parent, name in KEYS
    ]
