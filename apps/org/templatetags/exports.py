"""Where a list is taken out, and where its rows are changed at once."""

from typing import Any

from django import template
from django.urls import reverse

from apps.org.offices.access import actor_of
from apps.org.offices.exporting import may_export

register = template.Library()


@register.simple_tag(takes_context=True)
def export_link(context: Any, changelist: Any) -> str:
    """The page that takes this list out as it is filtered now; empty for who may not."""
    request, admin = context["request"], changelist.model_admin
    if not may_export(admin, actor_of(request)):
        return ""
    url = reverse(f"{admin.admin_site.name}:export_list", args=[admin.opts.label_lower])
    query: str = changelist.query_to_keep
    return f"{url}?{query}" if query else url


@register.simple_tag(takes_context=True)
def change_link(context: Any, subject: str, query: str) -> str:
    """The page that has rows of a list judged for a bulk change."""
    url = reverse(f"{context['request'].current_app}:change_rows", args=[subject])
    return f"{url}?{query}" if query else url
