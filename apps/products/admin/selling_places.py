"""Head office: where a SKU is sold, and whether it is at one place, and why."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import DomainError
from apps.org import selectors as org
from apps.org.models import Channel
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import InstantInput
from apps.org.offices.home import Panel
from apps.org.offices.record import Part
from apps.products import selectors as products
from apps.products.models import AssortmentRule, Product, Sku
from apps.products.selectors import Verdict, Why

RULES_AT_MOST = 20
TONES = {"include": "success", "exclude": "danger"}
SAYS = {
    Why.PRODUCT_NOT_ACTIVE: gettext_lazy("The product is not active."),
    Why.OFF_SALE: gettext_lazy("The SKU is off sale."),
    Why.NOT_LISTED: gettext_lazy("It is sold only where a rule includes it, and none does here."),
    Why.NO_PRICE: gettext_lazy("It has no price here."),
    Why.LISTED: gettext_lazy("It is sold everywhere, and no rule says otherwise here."),
}
BY_RULE = {
    Why.EXCLUDED: gettext_lazy("Excluded by rule %(number)s “%(reason)s” since %(since)s."),
    Why.INCLUDED: gettext_lazy("Included by rule %(number)s “%(reason)s” since %(since)s."),
}


def phase_of(rule: AssortmentRule) -> str:
    """By the clock: a rule begins and ends without anybody doing anything."""
    now = clock.now()
    if rule.ends_at is not None and rule.ends_at <= now:
        return columns.toned(_("ended"), "plain")
    if rule.starts_at is not None and rule.starts_at > now:
        return columns.toned(_("scheduled"), "info")
    return columns.toned(_("active"), "success")


def said(verdict: Verdict) -> str:
    """Why a SKU is sold somewhere, or is not, in the reader's language."""
    if verdict.why in SAYS:
        return str(SAYS[verdict.why])
    since = columns.local_time(verdict.since) if verdict.since else _("always")
    told = {"number": verdict.rule_id, "reason": verdict.reason, "since": since}
    return str(BY_RULE[verdict.why]) % told


def told_of_places(request: HttpRequest, site: AdminSite, sku: Sku) -> Part:
    """The rules that concern a SKU, the newest first. One statement."""
    seen = products.assortment_rules_visible_to(actor_of(request))
    about = products.rules_about(seen, sku).select_related(
        "sku", "product", "category", "store", "group", "region", "channel"
    )
    rows = [_row(site, rule) for rule in about.order_by("-id")[:RULES_AT_MOST]]
    headings = (
        gettext_lazy("number"),
        gettext_lazy("action"),
        gettext_lazy("what"),
        gettext_lazy("where"),
        gettext_lazy("channel"),
        pgettext_lazy("period", "from"),
        pgettext_lazy("period", "to"),
        gettext_lazy("status"),
    )
    named = sku.product.listing == Product.Listing.NAMED
    empty = (
        _("Sold nowhere: it is sold only where a rule includes it, and there is none.")
        if named
        else _("Sold everywhere: no rule names it.")
    )
    panel = Panel(_("Where it is sold"), headings, rows, empty=empty, icon="rule_settings")
    return Part(sections=[panel])


def _row(site: AdminSite, rule: AssortmentRule) -> list[Any]:
    return [
        columns.link_to(site.name, rule, rule.pk),
        columns.toned(rule.get_action_display(), TONES[rule.action]),
        rule.target,
        rule.place or _("everywhere"),
        rule.channel or _("every channel"),
        columns.local_time(rule.starts_at) if rule.starts_at else "–",
        columns.local_time(rule.ends_at) if rule.ends_at else "–",
        phase_of(rule),
    ]


class PlaceForm(forms.Form):
    """Which store, through which channel, and when."""

    store = forms.CharField(
        label=capfirst(gettext_lazy("store code")),
        max_length=32,
        widget=UnfoldAdminTextInputWidget,
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(),
        to_field_name="code",
        label=capfirst(gettext_lazy("channel")),
        widget=UnfoldAdminSelectWidget,
    )
    at = forms.DateTimeField(
        label=capfirst(gettext_lazy("when")),
        required=False,
        widget=InstantInput,
        help_text=gettext_lazy("Empty: now."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = org.channels_visible_to(actor).order_by("code")
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]

    def clean_store(self) -> str:
        return str(self.cleaned_data["store"]).upper()

    def counter(self, actor: Actor) -> products.Counter:
        """Raises the refusals of ``org.require_selling_point``."""
        given = self.cleaned_data
        at: datetime = given["at"] or clock.now()
        point = org.require_selling_point(
            actor,
            "products.see",
            store_code=given["store"],
            channel_code=given["channel"].code,
            at=at,
        )
        return products.Counter(at, point.store_id, point.region_id, point.channel_id)


class AsksWhetherSold:
    """The part of the SKUs' pages that answers whether one is sold at a place, and why."""

    admin_site: Any
    opts: Any
    get_queryset: Any

    @action(description=gettext_lazy("Is it sold?"), permissions=["view"], icon="help")
    def is_sold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A store, a channel and an instant, and beneath them the answer."""
        sku, actor = self.get_queryset(request).get(pk=object_id), actor_of(request)
        form = PlaceForm(actor, request.GET if "store" in request.GET else None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Is %(sku)s sold?") % {"sku": sku},
            "opts": self.opts,
            "original": sku,
            "form": form,
        }
        if form.is_valid():
            context |= _answer(self.admin_site, actor, sku, form)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "offices/is_sold.html", context)


def _answer(site: AdminSite, actor: Actor, sku: Sku, form: PlaceForm) -> dict[str, Any]:
    try:
        counter = form.counter(actor)
    except DomainError as refusal:
        return {"answer": _state(is_sold=False), "why": refusal.detail, "sold": False}
    verdict = products.assortment_of(counter, [sku.pk])[sku.pk]
    rule = verdict.why in BY_RULE and AssortmentRule(pk=verdict.rule_id)
    link = columns.link_to(site.name, rule, _("To the rule")) if rule else ""
    return {
        "answer": _state(is_sold=verdict.is_sold),
        "why": said(verdict),
        "sold": verdict.is_sold,
        "rule": link,
        "at": columns.exact_time(counter.at),
    }


def _state(*, is_sold: bool) -> str:
    return pgettext("assortment", "Sold") if is_sold else pgettext("assortment", "Not sold")
