"""The assortment as statements ask for it: the order of ``assortment_rules.rank``."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Unprocessable


class NotSoldHere(Unprocessable):
    code = "not_sold_here"
    message = _("Not sold at this store through this channel now: %(skus)s.")


GOODS = "SELECT sku.id AS sku_id, sku.product_id, category.path"
"""A SKU as ``DECIDED`` asks for it."""

HOLDS = """
    (rule.starts_at IS NULL OR rule.starts_at <= %(at)s)
    AND (rule.ends_at IS NULL OR rule.ends_at > %(at)s)
    AND (rule.store_id IS NULL OR rule.store_id = %(store)s)
    AND (rule.region_id IS NULL OR rule.region_id = %(region)s)
    AND (rule.channel_id IS NULL OR rule.channel_id = %(channel)s)
    AND (rule.group_id IS NULL OR EXISTS (
        SELECT FROM org_storegroupmember member
        WHERE member.group_id = rule.group_id AND member.store_id = %(store)s))
"""
"""Whether ``rule`` holds at a store, in a region, through a channel, at an instant."""

DECIDED = f"""
    SELECT rule.id, rule.action, rule.reason, rule.starts_at
    FROM products_assortmentrule rule
    WHERE (rule.sku_id = goods.sku_id OR rule.product_id = goods.product_id
            OR rule.category_id = ANY(goods.path))
        AND {HOLDS}
    ORDER BY
        CASE WHEN rule.store_id IS NOT NULL THEN 3 WHEN rule.group_id IS NOT NULL THEN 2
            WHEN rule.region_id IS NOT NULL THEN 1 ELSE 0 END DESC,
        rule.channel_id IS NOT NULL DESC,
        rule.sku_id IS NOT NULL DESC, rule.product_id IS NOT NULL DESC,
        array_position(goods.path, rule.category_id) DESC NULLS LAST,
        rule.action = 'exclude' DESC, rule.set_at DESC, rule.id DESC
    LIMIT 1
"""  # noqa: S608 - a constant of this module
"""The rule that decides whether ``goods`` are sold there then."""
