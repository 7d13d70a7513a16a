"""What a browser would send back from a page of an office on which nobody touched anything."""

from typing import Any

from django.test import Client

from apps.org.offices.restoring import typed


def page_data(client: Client, url: str, /, **changes: Any) -> dict[str, Any]:
    """The fields of the form at ``url`` and of the tables below it, with ``changes``."""
    context: Any = client.get(url).context
    data = dict(typed(context["adminform"].form).lists())
    for table in context["inline_admin_formsets"]:
        for form in (table.formset.management_form, *table.formset.forms):
            data |= dict(typed(form).lists())
    return data | changes
