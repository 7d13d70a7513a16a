"""Small tables of settings on the page of what they belong to."""

from unfold.admin import TabularInline

from apps.org.offices.base import Guarded


class SettingsInline(Guarded, TabularInline):
    """Rows that are added, changed and removed together with the row they belong to."""

    extra = 0
    tab = True
    hide_title = True
