"""Auditors' rows: the policy as a table, each row built as a world and put to the gate and the pages."""
