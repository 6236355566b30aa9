"""The site's own files in tests: found where they are written, each address made once."""

from __future__ import annotations

from django.contrib.staticfiles.storage import StaticFilesStorage


class RememberingStorage(StaticFilesStorage):
    """Make an address once: a page names twenty, and in production too they are looked up."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str | None, str] = {}

    def url(self, name: str | None) -> str:
        """The address of a file."""
        if name not in self._known:
            self._known[name] = super().url(name)
        return self._known[name]
