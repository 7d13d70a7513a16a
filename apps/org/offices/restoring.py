"""The history page of a configuration row, and going back to one of its versions.

A version is restored as if somebody had typed it into the page: the same form, the same checks, the
same save. What the page does not offer is changed by its own act, and only by that.
"""

import copy
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm, CheckboxInput, MultiWidget
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.models.history import versions_of
from apps.org.offices import history, stale


class RestoreForm(forms.Form):
    """Why; the audit line and the version keep it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=2,
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
    )


class Versioned:
    """Pages ``…/history/`` and ``…/history/<version>/restore/`` of an OfficeAdmin."""

    admin_site: Any
    opts: Any
    model: type[Model]
    told_besides: tuple[type[Model], ...] = ()
    """Rows that are changed elsewhere and told on this history too."""

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]  # of the admin beside
        if versions_of(self.model) is None:
            return urls
        view = self.admin_site.admin_view(self.restore_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        return [path("<path:object_id>/history/<int:version>/restore/", view, name=name), *urls]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The versions of a row that has them; the history of others is their audit trail."""
        obj = self._row(request, object_id)
        trail = self._trail(obj)
        if versions_of(self.model) is None:
            if not trail:
                raise PermissionDenied
            return HttpResponseRedirect(trail)
        entries, older = history.timeline(self, request, obj)
        context = {
            "title": _("History: %(row)s") % {"row": obj},
            "entries": entries,
            "older": older,
            "trail": trail if self._sees_trail(request) else "",
            "may_restore": self.has_change_permission(request, obj),  # type: ignore[attr-defined]
        }
        return self._history_page(request, obj, "offices/history.html", context)

    def restore_view(self, request: HttpRequest, object_id: str, version: int) -> HttpResponse:
        """What going back to ``version`` would change, and doing it; needs a reason."""
        obj = self._row(request, object_id)
        kept = self._version(obj, version)
        if not self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = RestoreForm(request.POST if request.method == "POST" else None)
        fields = [f for f in history.kept_fields(self.model) if history.differs(f, obj, kept)]
        offered = self.get_form(request, obj, change=True)  # type: ignore[attr-defined]
        locked = [field for field in fields if field.name not in offered.base_fields]
        if request.method == "POST" and form.is_valid() and fields and not locked:
            problems = self._restore(request, obj, kept, offered, form.cleaned_data["reason"])
            if not problems:
                messages.success(request, _("The version is restored."))
                return self.back_to(request, object_id)  # type: ignore[attr-defined]
            for problem in problems:
                messages.error(request, problem)
        context = {
            "title": _("Restore a version: %(row)s") % {"row": obj},
            "changes": [history.one_change(f, obj, kept, self, request) for f in fields],
            "locked": [capfirst(str(field.verbose_name)) for field in locked],
            "form": form,
            stale.FIELD: stale.version_of(self, request, obj),
        }
        return self._history_page(request, obj, "offices/restore.html", context)

    def _restore(
        self, request: HttpRequest, obj: Model, kept: Any, offered: Any, reason: str
    ) -> Sequence[str]:
        """Save the version through the page's own form; what it objects to, if anything."""
        wanted = copy.copy(obj)
        for field in history.kept_fields(self.model):
            setattr(wanted, field.attname, getattr(kept, field.attname))
        admin: Any = self
        with transaction.atomic():
            form = offered(typed(offered(instance=wanted)), instance=obj)
            if not form.is_valid():
                return [problem for problems in form.errors.values() for problem in problems]
            row = admin.save_form(request, form, change=True)
            admin.save_model(request, row, form, True)
            form.save_m2m()
            changes = admin.construct_change_message(request, form, [], False)
            admin.record(request, row, "restore", changes, reason=reason)
        return ()

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):  # type: ignore[attr-defined]
            raise PermissionDenied
        return obj

    def _version(self, obj: Model, version: int) -> Any:
        rows = versions_of(self.model)
        assert rows is not None  # noqa: S101 - else there is no such route
        kept = rows._default_manager.filter(pgh_obj=obj.pk, pk=version).first()
        if kept is None:
            raise Http404
        return kept

    def _trail(self, obj: Model) -> str:
        try:
            url = reverse(f"{self.admin_site.name}:accounts_auditline_changelist")
        except NoReverseMatch:
            return ""
        return f"{url}?{urlencode({'q': self.key_of(obj)})}"  # type: ignore[attr-defined]

    def _sees_trail(self, request: HttpRequest) -> bool:
        admin = self.admin_site.admin_called("accounts.auditline")
        return admin is not None and bool(admin.has_view_permission(request))

    def _history_page(
        self, request: HttpRequest, obj: Model, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        page = {**self.admin_site.each_context(request), "opts": self.opts, "object": obj}
        names = {"change": "change_url", "history": "history_url"}
        for name, key in names.items():
            route = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{name}"
            page[key] = reverse(route, args=[obj.pk])
        return TemplateResponse(request, template, page | context)


def typed(form: BaseForm) -> QueryDict:
    """What a browser would send for an unbound form that nobody touched."""
    data = QueryDict(mutable=True)
    for field in form:
        _type(data, field.field.widget, field.html_name, field.value())
    return data


def _type(data: QueryDict, widget: Any, name: str, value: Any) -> None:
    if isinstance(widget, CheckboxInput):
        if value:
            data[name] = "on"
    elif isinstance(widget, MultiWidget):
        parts: Any = value if isinstance(value, list | tuple) else widget.decompress(value)
        names: Any = widget.widgets_names  # type: ignore[attr-defined]  # of Django itself
        for suffix, part, one in zip(names, widget.widgets, parts, strict=True):
            _type(data, part, name + suffix, one)
    else:
        shown = widget.format_value(value)
        if isinstance(shown, list | tuple):
            data.setlist(name, [str(one) for one in shown if one is not None])
        elif shown is not None:
            data[name] = str(shown)
