"""Head office: what of the demonstration brand is loaded."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.demo.models import DemoLoad
from apps.org import selectors as org
from apps.org.offices import columns
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


@admin.register(DemoLoad, site=head_office)
class DemoLoadAdmin(RecordAdmin):
    see_action = "platform.see"
    icon = "dataset"
    empty_hint = Hint(_("The demonstration brand is not loaded."))
    center = "common"
    started = columns.when("started_at", _("started at"))
    list_display = ("source", "weeks", "shift_weeks", "started")
    ordering = ("source",)
    fields = (("source", "started"), ("weeks", "shift_weeks"))

    def visible(self, actor: Actor) -> QuerySet[DemoLoad]:
        return org.brand_rows(actor, self.see_action, DemoLoad.objects.all())
