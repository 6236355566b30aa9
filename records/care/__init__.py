"""What claim lines mean, in plain Python: no Django, no clock, no database, no viewer."""
