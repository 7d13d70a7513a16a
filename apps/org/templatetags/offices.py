"""Template helpers of the two offices."""

from urllib.parse import parse_qsl

from django import template
from django.contrib.admin.views.main import ChangeList

from apps.common import context

register = template.Library()


@register.simple_tag
def request_id() -> str:
    """The id under which logs and audit lines know this request; people send it to support."""
    return context.request_id.get()


@register.filter
def shows(changelist: ChangeList, query: str) -> bool:
    """Whether the list is filtered by exactly ``query``; search and paging aside."""
    given = {name: values[-1] for name, values in changelist.filter_params.items() if values[-1]}
    return given == dict(parse_qsl(query))
