"""Head office: the options of a product, and the grid of SKUs that come of them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.common.errors import DomainError
from apps.org.offices.access import actor_of
from apps.org.offices.refusals import say_refusal
from apps.products import product_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.typing_in import lines_of, rows_of
from apps.products.models import Product
from apps.products.selectors import Matrix

PLACES = range(rules.OPTIONS_AT_MOST)
WORDS_AT_MOST = 20_000


class OptionForm(forms.Form):
    """One option, with a value a line."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    name_en = forms.CharField(
        label=gettext_lazy("English name"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    values = forms.CharField(
        label=capfirst(gettext_lazy("option values")),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text=gettext_lazy("One a line, as code | name | English name."),
    )

    def clean_values(self) -> Any:
        return rows_of(self.cleaned_data["values"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("values") and not given.get("name"):
            self.add_error("name", _("An option has a name."))
        return given

    def given(self) -> services.GivenOption | None:
        """The option; None where nothing was typed in."""
        said = self.cleaned_data
        if not said["name"]:
            return None
        values = tuple(services.GivenValue(*row) for row in said["values"])
        return services.GivenOption(said["name"], said["name_en"], values)


class MatrixPage:
    """The part of the admin of products that shows the grid and makes its SKUs."""

    admin_site: Any
    opts: Any

    def has_matrix_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(self.may_manage(request))  # type: ignore[attr-defined]  # of the admin beside

    @action(
        description=gettext_lazy("Options and SKUs"),
        permissions=["matrix"],
        icon="grid_on",
    )
    def matrix(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The options, what can be made of them, and what is made already."""
        product: Product = self.get_queryset(request).get(pk=object_id)  # type: ignore[attr-defined]
        given = request.POST if request.method == "POST" else None
        found = products.matrix_of(product)
        if given is not None and "build" in given:
            _build(request, product.code)
            return HttpResponseRedirect(request.path)
        bound = [OptionForm(given, prefix=f"option-{n}", initial=_typed(found, n)) for n in PLACES]
        valid = [one.is_valid() for one in bound]  # each of them says what is wrong with it
        if given is not None and all(valid):
            wanted = [option for one in bound if (option := one.given()) is not None]
            if _kept(request, product.code, wanted):
                return HttpResponseRedirect(request.path)
        return self._matrix_page(request, product, found, bound)

    def _matrix_page(
        self, request: HttpRequest, product: Product, found: Matrix, bound: Sequence[OptionForm]
    ) -> HttpResponse:
        request.__dict__["current_app"] = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Options and SKUs"),
            "product": product,
            "forms": bound,
            "matrix": found,
            "missing": sum(line.sku is None for line in found.lines),
            "at_most": rules.COMBINATIONS_AT_MOST,
        }
        return TemplateResponse(request, "offices/product_matrix.html", context)


def _typed(found: Matrix, place: int) -> dict[str, Any]:
    """An option as it is typed in."""
    if place >= len(found.options):
        return {}
    option = found.options[place]
    values = sorted(option.values.all(), key=lambda value: value.position)
    lines = lines_of((value.code, value.name, value.name_en) for value in values)
    return {"name": option.name, "name_en": option.name_en, "values": lines}


def _kept(request: HttpRequest, code: str, wanted: Sequence[services.GivenOption]) -> bool:
    try:
        services.set_options(actor_of(request), code, wanted)
    except DomainError as refusal:
        say_refusal(request, refusal)
        return False
    messages.success(request, _("The options are saved."))
    return True


def _build(request: HttpRequest, code: str) -> None:
    try:
        made = services.build_matrix(actor_of(request), code)
    except DomainError as refusal:
        say_refusal(request, refusal)
        return
    text = ngettext("%(count)s SKU was made.", "%(count)s SKUs were made.", made)
    messages.success(request, text % {"count": made})
