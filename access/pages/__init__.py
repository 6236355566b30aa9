"""Doors of access: accounts, circle, masks, journal. Views call use cases and touch no model."""
