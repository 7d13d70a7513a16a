"""Head office: the rules of the assortment, and whether a SKU is sold at a place, and why."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, TextFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import DomainError
from apps.org import selectors as org
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import EndForm, ReasonForm
from apps.org.offices.filters import ChannelFilter, RegionFilter, ScopedFilter, StoreCodeFilter
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import say_refusal, told
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.base import CatalogueAdmin
from apps.products.admin.selling_places import TONES, phase_of
from apps.products.models import AssortmentRule

TARGETS = ("sku", "product", "category")
PLACES = ("store", "group", "region")


class StoreGroupFilter(ScopedFilter):
    title = gettext_lazy("store group")
    parameter_name = "group"
    path = "group"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.store_groups_visible_to(actor)


class CategoryCodeFilter(TextFilter):
    """Rules for a category and for what stands below it, by its code: a brand has too many to choose
    from."""

    title = gettext_lazy("category code")
    parameter_name = "category"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = (self.value() or "").strip()
        if not code:
            return queryset
        return queryset.filter(category__in=products.category_and_below(code))


class RuleForm(forms.ModelForm):
    """A rule that holds from now on, or from a later instant."""

    class Meta:
        model = AssortmentRule
        fields = ("action", *TARGETS, *PLACES, "channel", "starts_at", "ends_at", "reason")
        help_texts: ClassVar = {
            "starts_at": gettext_lazy("Empty: from now on."),
            "ends_at": gettext_lazy("Empty: for good."),
        }

    @property
    def given(self) -> services.GivenRule:
        """What the form says, by codes."""
        cleaned = self.cleaned_data
        rows = {name: cleaned.get(name) for name in (*TARGETS, *PLACES, "channel")}
        return services.GivenRule(
            action=cleaned.get("action", ""),
            starts_at=cleaned.get("starts_at"),
            ends_at=cleaned.get("ends_at"),
            **{name: row.code for name, row in rows.items() if row is not None},
        )

    def clean(self) -> dict[str, Any]:
        """The same refusals as everywhere, above the form."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                services.check_assortment_rule(self.given, reason=given["reason"], at=clock.now())
            except DomainError as refusal:
                self.add_error(None, ValidationError(told(refusal)))
        return given

    def _post_clean(self) -> None:
        """The service writes the row; there is no instance to validate."""


@admin.register(AssortmentRule, site=head_office)
class AssortmentRuleAdmin(CatalogueAdmin):
    """A rule is set and ended, not edited: what was sold where stays explained."""

    icon = "rule_settings"
    empty_hint = Hint(
        gettext_lazy("Everything is sold everywhere; a rule makes an exception."), "products.sku"
    )
    visible = staticmethod(products.assortment_rules_visible_to)
    form = RuleForm
    related = (*TARGETS, *PLACES, "channel")
    number = columns.text("pk", gettext_lazy("number"))
    says = columns.state("action", gettext_lazy("action"), TONES)
    begins = columns.when("starts_at", pgettext_lazy("period", "from"))
    ends = columns.when("ends_at", pgettext_lazy("period", "to"))
    set_on = columns.when("set_at", gettext_lazy("set at"))
    list_display = ("number", "says", "aim", "where", "channel", "begins", "ends", "phase")
    list_filter = (
        ("action", ChoicesDropdownFilter),
        ChannelFilter,
        StoreGroupFilter,
        RegionFilter,
        StoreCodeFilter,
        CategoryCodeFilter,
    )
    exact = ("sku__code", "product__code", "category__code")
    search_help_text = gettext_lazy("Code of the SKU, product or category")
    ordering = ("-id",)
    sortable_by = ()
    autocomplete_fields = (*TARGETS, *PLACES, "channel")
    actions_detail = ("end", "call_off")
    set_fieldsets = (
        (None, {"fields": ("action", TARGETS)}),
        (gettext_lazy("Where"), {"fields": (PLACES, "channel")}),
        (gettext_lazy("When, and why"), {"fields": (("starts_at", "ends_at"), "reason")}),
    )
    shown = ("says", "aim", "where", "channel", "begins", "ends", "phase")
    shown_besides = ("reason", "set_by", "set_on")

    @display(description=gettext_lazy("what"))
    def aim(self, obj: AssortmentRule) -> str:
        target = obj.target
        return f"{target._meta.verbose_name} {target}" if target is not None else "–"

    @display(description=gettext_lazy("where"))
    def where(self, obj: AssortmentRule) -> str:
        place = obj.place
        return str(_("everywhere")) if place is None else f"{place._meta.verbose_name} {place}"

    @display(description=gettext_lazy("status"))
    def phase(self, obj: AssortmentRule) -> str:
        return phase_of(obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.set_fieldsets
        return ((None, {"fields": (self.shown[:4], self.shown[4:], self.shown_besides)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.shown, *self.shown_besides) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AssortmentRule, form: Any, change: Any) -> None:
        reason = form.cleaned_data["reason"]
        obj.pk = services.set_assortment_rule(actor_of(request), form.given, reason=reason).pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service wrote the line."""

    def key_of(self, obj: AssortmentRule) -> str:
        return str(obj.pk)

    def _steered(self, request: HttpRequest, object_id: Any, **named: Any) -> bool:
        rows = self.get_queryset(request).exclude(ends_at__lte=clock.now()).filter(**named)
        return self.may_manage(request) and lookups.with_key(rows, object_id).exists()

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """While it holds; one that has no start holds as well."""
        rows = self.get_queryset(request).exclude(starts_at__gt=clock.now())
        begun = lookups.with_key(rows, object_id).exists()
        return begun and self._steered(request, object_id)

    def has_call_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """While it has not begun."""
        return self._steered(request, object_id, starts_at__gt=clock.now())

    @action(
        description=gettext_lazy("End"),
        permissions=["end"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("End this rule?"),
            "description": gettext_lazy(
                "From then on the other rules decide; what was sold by it stays explained."
            ),
            "form_class": EndForm,
            "form_submit_text": gettext_lazy("End"),
        },
    )
    def end(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        given = form.cleaned_data
        try:
            services.end_assortment_rule(
                actor_of(request), int(object_id), at=given["ends_at"], reason=given["reason"]
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, _("The end of the rule is set."))
        return self.back_to(request, object_id)

    @action(
        description=gettext_lazy("Call off"),
        permissions=["call_off"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Call this rule off?"),
            "description": gettext_lazy(
                "It has not begun: what the other rules say goes on holding."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Call off"),
        },
    )
    def call_off(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        try:
            services.call_off_assortment_rule(
                actor_of(request), int(object_id), reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
            return self.back_to(request, object_id)
        messages.success(request, _("The rule is called off."))
        return self.back_to_list(request)
