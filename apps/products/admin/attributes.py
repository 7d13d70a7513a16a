"""Head office: what is said of products, and of those of which categories."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.accounts.actor import Actor
from apps.org.offices.lists import Hint
from apps.org.offices.settings import SettingsInline
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.admin.typing_in import lines_of, rows_of
from apps.products.models import Attribute, CategoryAttribute, Product

CHOICES_AT_MOST = 200
CHOICE_LENGTH = 64


class ChoicesField(forms.CharField):
    """The choices of an attribute, one a line."""

    widget = UnfoldAdminTextareaWidget({"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return lines_of((one["code"], one["name"], one["name_en"]) for one in value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Line ends are the browser's."""
        return "\n".join((data or "").splitlines()) != self.prepare_value(initial or [])

    def clean(self, value: Any) -> Any:
        rows = rows_of(super().clean(value))
        codes = [code for code, _name, _name_en in rows]
        if len(codes) != len(set(codes)) or not all(codes):
            raise ValidationError(_("Each choice has a code of its own."))
        if len(rows) > CHOICES_AT_MOST or any(
            len(part) > CHOICE_LENGTH or not part.isprintable() for row in rows for part in row
        ):
            raise ValidationError(
                _("At most %(count)s choices, each part of at most %(length)s signs.")
                % {"count": CHOICES_AT_MOST, "length": CHOICE_LENGTH}
            )
        return [dict(zip(("code", "name", "name_en"), row, strict=True)) for row in rows]


class AttributeForm(forms.ModelForm):
    choices = ChoicesField(
        label=capfirst(gettext_lazy("choices")),
        required=False,
        help_text=gettext_lazy(
            "For one of a list: one choice a line, as code | name | English name."
        ),
    )

    def clean_choices(self) -> list[dict[str, str]]:
        """A choice that products have stays."""
        given: list[dict[str, str]] = self.cleaned_data["choices"]
        gone = {one["code"] for one in self.instance.choices} - {one["code"] for one in given}
        for code in sorted(gone):
            named = {self.instance.code: code}
            if Product.objects.filter(attributes__contains=named).exists():
                raise ValidationError(_("Products have the choice %(code)s.") % {"code": code})
        return given

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("type") or self.instance.type
        if "choices" in given and bool(given["choices"]) != (kind == Attribute.Type.CHOICE):
            self.add_error("choices", _("One of a list has choices, and nothing else has."))
        return given


@admin.register(Attribute, site=head_office)
class AttributeAdmin(CatalogueAdmin):
    icon = "label"
    instead = gettext_lazy("Take it out of every category: then it can be deleted.")
    empty_hint = Hint(
        gettext_lazy("An attribute says something of products; categories say of which.")
    )
    form = AttributeForm
    list_display = (*NAMES, "type", "unit")
    list_filter = (("type", ChoicesDropdownFilter),)
    fields = (*NAMES, ("type", "unit"), "choices")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Values are kept by code and as the type says."""
        return ("code", "type") if obj else ()


class AttributesOfCategory(SettingsInline):
    """What products in it and below it have, beside what comes from above."""

    model = CategoryAttribute
    see_action = "products.see"
    manage_action = "products.manage"
    fields = ("attribute", "required", "position")
    ordering = ("position", "id")
    autocomplete_fields = ("attribute",)

    def visible(self, actor: Actor) -> QuerySet[CategoryAttribute]:
        return products.catalogue_rows(actor, CategoryAttribute.objects.all())
