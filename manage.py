#!/usr/bin/env python
"""Quanyu's command line. ``manage.py up`` runs the whole platform; ``manage.py help`` lists the rest."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from apps.common.runtime import embedded, trouble
from apps.common.runtime.local import Refused


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with embedded.database_for(sys.argv[1:]):  # before Django reads the settings
            from django.core.management import execute_from_command_line  # noqa: PLC0415

            execute_from_command_line(sys.argv)
    except (Refused, ImproperlyConfigured) as refusal:
        sys.exit(str(refusal))
    except Exception as error:
        if line := trouble.one_line(error):
            sys.exit(line)
        raise


if __name__ == "__main__":
    main()
