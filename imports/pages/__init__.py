"""Doors of the fund's desk: the files it brings, and what became of them."""
