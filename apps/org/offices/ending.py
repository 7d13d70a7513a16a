"""The button that ends a role, on both sites."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.org import services
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm


class EndsRoles:
    """Of a list of role assignments; ``has_end_permission`` beside it says which may be ended."""

    get_queryset: Any
    back_to: Any

    @action(
        description=gettext_lazy("End this role"),
        permissions=["end"],
        icon="person_off",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("End this role?"),
            "description": gettext_lazy(
                "The person may do nothing under it from now on. What they have done stays."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("End this role"),
        },
    )
    def end(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        held = self.get_queryset(request).get(pk=object_id)
        services.end_assignment(actor_of(request), held, reason=form.cleaned_data["reason"])
        messages.success(request, _("The role has ended."))
        return self.back_to(request, object_id)
