"""Auditors' rows: the policy as a table, each row a world put to the gate and the pages."""
