"""Template tags of the people around a record."""
