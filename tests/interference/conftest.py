"""The scene of the walk, for the walk and what it is tried on."""

from tests.laid_once import laid_out


__all__ = ["laid_out"]
