"""How fast the product is, each figure beside its floor from the same run: `make bench`."""
