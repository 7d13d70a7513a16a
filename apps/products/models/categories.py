"""类目: the tree that products stand in."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.org.models import NamedInTwoLanguages
from apps.products.models.taxes import TaxClass


def _path_follows_parent() -> list[pgtrigger.Trigger]:
    """The path is the database's: it is right whoever writes the parent, and a circle is refused."""
    return [
        pgtrigger.Trigger(
            name="path_of_parent",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),  # type: ignore[no-untyped-call]
            # 0x51434154 is everybody's who hangs a category elsewhere: two moves that are harmless
            # alone make a circle together.
            func="""
                PERFORM pg_advisory_xact_lock(x'51434154'::int);
                NEW.path := ARRAY[NEW.id];
                IF NEW.parent_id IS NOT NULL THEN
                    NEW.path := (SELECT path FROM products_category WHERE id = NEW.parent_id)
                        || NEW.id;
                    IF NEW.id = ANY(NEW.path[:cardinality(NEW.path) - 1]) THEN
                        RAISE EXCEPTION 'category % below itself', NEW.code
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'category_no_circle';
                    END IF;
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="path_below",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("parent_id"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Q(old__path__df=pgtrigger.F("new__path")),
            func="""
                UPDATE products_category
                SET path = NEW.path || path[array_position(path, NEW.id) + 1:]
                WHERE path @> ARRAY[NEW.id] AND id <> NEW.id;
                RETURN NULL;
            """,
        ),
    ]


@tracked(without=["path"])
class Category(NamedInTwoLanguages):
    """类目: a node of the category tree."""

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    position = models.PositiveIntegerField(_("position"), default=0, db_default=0)
    tax_class = models.ForeignKey(
        TaxClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax class"),
        help_text=_("Empty: as the category above."),
    )
    path = ArrayField(
        models.BigIntegerField(),
        editable=False,
        default=list,
        db_default=[],
        verbose_name=_("path"),
    )
    """Ids from the root to this node, kept by the triggers."""

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="category_not_own_parent"
            )
        ]
        indexes = [GinIndex(fields=["path"], name="category_below")]
        triggers = _path_follows_parent()
