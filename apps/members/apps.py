from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "apps.members"
    verbose_name = _("Member center")

    def ready(self) -> None:
        from apps.members import checks  # noqa: F401, PLC0415 - registers the system checks
