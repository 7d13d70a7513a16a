"""Django's admin app, loading the pages of both sites."""

from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class OfficesConfig(AdminConfig):
    """Finds ``admin.py`` of every app, as Django does, and ``portal.py`` beside it."""

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("portal")
        from config import checks, jobs  # noqa: F401, PLC0415 - register system checks and imports
