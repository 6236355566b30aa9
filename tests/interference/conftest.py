"""One database with the whole scene in it, laid out once for the walk and what it is tried on."""

from tests.interference.sharing import _scene_database, _with_the_scene, laid_out


__all__ = ["_scene_database", "_with_the_scene", "laid_out"]
