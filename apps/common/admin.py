"""Head office: the platform's own records."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common.models import Bucket, Heartbeat, IdempotencyRecord, SpentValue
from apps.org import selectors as org
from apps.org.offices import columns, words
from apps.org.offices.filters import period
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


@admin.register(IdempotencyRecord, site=head_office)
class IdempotencyRecordAdmin(RecordAdmin):
    see_action = "platform.see"
    icon = "key_visualizer"
    empty_hint = Hint(_("A line appears with each call that carries an Idempotency-Key."))
    at = columns.when("created_at", _("created at"))
    list_display = ("key", "by", "at")
    list_filter = (period("created_at"),)
    ordering = ("-id",)
    by = words.actor("caller")
    once = columns.code("key", _("key"))
    digest = columns.code("body_hash", _("body hash"))
    outcome = columns.code("result", _("result"))
    fields = (("by", "at"), "once", "digest", "outcome")

    def visible(self, actor: Actor) -> QuerySet[IdempotencyRecord]:
        return org.brand_rows(actor, self.see_action, IdempotencyRecord.objects.all())


@admin.register(Heartbeat, site=head_office)
class HeartbeatAdmin(RecordAdmin):
    see_action = "platform.see"
    icon = "ecg_heart"
    empty_hint = Hint(_("A line appears as soon as a worker runs."))
    last = columns.when("at", _("last seen"))
    list_display = ("name", "last")
    ordering = ("name",)
    fields = ("name", "last")

    def visible(self, actor: Actor) -> QuerySet[Heartbeat]:
        return org.brand_rows(actor, self.see_action, Heartbeat.objects.all())


class CounterAdmin(RecordAdmin):
    """What limits count; the names say who is limited at what."""

    see_action = "platform.see"
    in_sidebar = False
    search_fields = ("name__startswith",)
    search_help_text = _("The beginning of the name")
    ordering = ("name",)
    last = columns.when("at", _("last seen"))

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.brand_rows(actor, self.see_action, self.model._default_manager.all())


@admin.register(Bucket, site=head_office)
class BucketAdmin(CounterAdmin):
    icon = "speed"
    empty_hint = Hint(_("Lines appear as soon as calls are counted."))
    list_display = ("name", "level", "last")
    fields = ("name", "level", "last")


@admin.register(SpentValue, site=head_office)
class SpentValueAdmin(CounterAdmin):
    icon = "done_all"
    empty_hint = Hint(_("Lines appear as soon as calls are counted."))
    list_display = ("name", "last")
    fields = ("name", "last")
