#!/usr/bin/env python
"""Every command starts here; it must not know what any of them does."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from dmp import layout


def main() -> None:
    """Run the command; a setting that is missing or wrong is one sentence and exit 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dmp.settings")
    try:
        layout.complete_environment(os.environ, starting=sys.argv[1:2] in (["dev"], ["reset"]))
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
