"""Template helpers of the two offices."""

from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.apps import apps
from django.contrib.admin.views.main import ChangeList
from django.template import RequestContext
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.templatetags.unfold import header_title

from apps.common import context as current
from apps.org.offices.lists import list_url
from apps.org.offices.sites import head_office, portal

register = template.Library()


@register.simple_tag
def request_id() -> str:
    """The id under which logs and audit lines know this request; people send it to support."""
    return current.request_id.get()


@register.simple_tag(takes_context=True)
def place(context: RequestContext) -> str:
    """Where a page stands: its center, its list and its row, named as the menu of the site names them."""
    site = {one.name: one for one in (head_office, portal)}.get(str(context.get("office")))
    options = context.get("opts")
    admin = site._registry.get(options.model) if site and options else None
    if site is None or options is None or not (admin and admin.known_as):
        return str(header_title(context))
    center = apps.get_app_config(admin.center or options.app_label).verbose_name
    parts: list[dict[str, Any]] = [
        {"title": center},
        {"title": admin.known_as, "link": list_url(admin)},
    ]
    row = context.get("original") or context.get("object")
    if row and not isinstance(row, str):
        name = f"{site.name}:{options.app_label}_{options.model_name}_change"
        parts.append({"title": row, "link": reverse(name, args=[row.pk])})
    return render_to_string("unfold/helpers/header_title.html", {"parts": parts})


@register.filter
def shows(changelist: ChangeList, query: str) -> bool:
    """Whether filters, search and order of the list are exactly ``query``; its page is left aside."""
    given = {name: values[-1] for name, values in changelist.filter_params.items() if values[-1]}
    return given == dict(parse_qsl(query))
