"""Head office: the tree of categories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import action

from apps.common.errors import DomainError
from apps.common.reasons import is_reason
from apps.org.offices.access import actor_of
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import say_refusal
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.attributes import AttributesOfCategory
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.models import Category
from apps.products.selectors import CategoryNode

POSITION_AT_MOST = 100_000


class CategoryForm(forms.ModelForm):
    def clean_parent(self) -> Category | None:
        """A category cannot stand below itself."""
        parent: Category | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk in parent.path:
            raise ValidationError(services.CategoryCircle().detail)
        return parent


class MoveForm(forms.Form):
    """Where a category is put, in the tree that was seen, and why."""

    code = forms.CharField(max_length=32)
    parent = forms.CharField(max_length=32, required=False)
    position = forms.IntegerField(min_value=0, max_value=POSITION_AT_MOST)
    seen = forms.CharField(max_length=64)
    reason = forms.CharField(max_length=255)

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not is_reason(reason):
            raise ValidationError(_("Say why, in two signs at least."))
        return reason


@dataclass(slots=True)
class Branch:
    """A category on the page of the tree, with those below it."""

    id: int
    code: str
    parent: str
    name: str
    products: int
    depth: int
    below: list["Branch"] = field(default_factory=list)

    @property
    def indented(self) -> str:
        """Its name in a list of all."""
        return "　" * self.depth + f"{self.code} {self.name}"


class TreePage:
    """The part of the admin of categories that shows and arranges the whole tree."""

    admin_site: Any
    opts: Any

    @action(description=gettext_lazy("Tree"), permissions=["view"], icon="account_tree")
    def tree(self, request: HttpRequest) -> HttpResponse:
        """All categories at once; a move is sent here too."""
        if request.method == "POST":
            return self._move(request)
        return self._tree_page(request)

    def _move(self, request: HttpRequest) -> HttpResponse:
        """Whatever comes of it is told above the tree as it is then."""
        if not self.may_manage(request):  # type: ignore[attr-defined]  # of the admin beside
            raise PermissionDenied
        form = MoveForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was moved. Say where to, and why."))
            return HttpResponseRedirect(request.path)
        said = form.cleaned_data
        to = services.TreePlace(said["parent"], said["position"], said["seen"])
        try:
            services.move_category(actor_of(request), said["code"], to, reason=said["reason"])
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, _("Category %(code)s is moved.") % {"code": said["code"]})
        return HttpResponseRedirect(request.path)

    def _tree_page(self, request: HttpRequest) -> HttpResponse:
        request.__dict__["current_app"] = self.admin_site.name
        nodes = products.category_tree(actor_of(request))
        branches = _branches(nodes)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Tree of categories"),
            "roots": [one for one in branches if one.depth == 0],
            "branches": branches,
            "seen": products.mark_of(nodes),
            "may_move": self.may_manage(request),  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "offices/category_tree.html", context)


def _branches(nodes: Sequence[CategoryNode]) -> list[Branch]:
    """In the order of the tree. One statement."""
    english = (get_language() or "").startswith("en")
    count = products.products_by_category(nodes)
    found: dict[int, Branch] = {}
    for node in nodes:
        name = (node.name_en if english else node.name) or node.name
        depth = len(node.path) - 1
        branch = Branch(node.id, node.code, node.parent, name, count[node.id], depth)
        found[node.id] = branch
        if depth:
            found[node.path[-2]].below.append(branch)
    return list(found.values())


@admin.register(Category, site=head_office)
class CategoryAdmin(TreePage, CatalogueAdmin):
    icon = "account_tree"
    instead = gettext_lazy("Put what stands in it into another category: then it can be deleted.")
    empty_hint = Hint(gettext_lazy("Categories come first: products belong to one."))
    form = CategoryForm
    related = ("parent", "tax_class")
    list_display = (*NAMES, "parent", "tax_class")
    fields = (*NAMES, "parent", "tax_class")
    autocomplete_fields = ("parent", "tax_class")
    inlines = (AttributesOfCategory,)
    actions_list = ("tree",)
