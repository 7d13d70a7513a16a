"""属性: what is said of products beside their names, by category."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.org.models import NamedInTwoLanguages
from apps.products.models.categories import Category


@tracked()
class Attribute(NamedInTwoLanguages):
    """属性: something that is said of products, and of what type the value is."""

    class Type(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        FLAG = "flag", _("yes or no")
        CHOICE = "choice", _("one of a list")
        DATE = "date", _("date")

    type = models.CharField(_("type"), max_length=8, choices=Type.choices, default=Type.TEXT)
    unit = models.CharField(_("unit"), max_length=16, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    """``[{"code", "name", "name_en"}, …]`` in the order in which they are offered."""

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.CheckConstraint(
                name="attribute_type_known",
                condition=Q(type__in=["text", "number", "flag", "choice", "date"]),
            ),
            models.CheckConstraint(
                name="attribute_choices_of_choice",
                condition=Q(type="choice") & ~Q(choices=[]) | ~Q(type="choice") & Q(choices=[]),
                violation_error_message=_("One of a list has choices, and nothing else has."),
            ),
        ]


@tracked(of="category")
class CategoryAttribute(models.Model):
    """An attribute that the products of a category, and of those below it, have."""

    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        related_name="attributes",
        verbose_name=_("category"),
        db_index=False,
    )
    attribute = models.ForeignKey(
        Attribute, on_delete=models.PROTECT, related_name="+", verbose_name=_("attribute")
    )
    required = models.BooleanField(_("required"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute of a category")
        verbose_name_plural = _("attributes of the category")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "attribute"], name="attribute_once_a_category"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.attribute}"
