"""What changed in the catalogue, for those who keep a copy of it.

Statement triggers write both tables (migration 0008), whoever changes the catalogue and however. What
somebody has seen is told by transactions, not by a clock or a sequence: those give their values out
before the commit, so that a change that commits late would lie before what was read already.
"""

from django.db import models


class CatalogueChange(models.Model):
    """The last transaction that changed what a copy holds of a SKU; kept when the SKU is gone."""

    sku_code = models.CharField(max_length=32)
    changed_at = models.DateTimeField()
    xid = models.BigIntegerField()
    """The transaction that changed it, with its epoch."""
    horizon = models.BigIntegerField()
    """Every transaction before this one had ended by ``changed_at``."""

    class Meta:
        indexes = [models.Index(fields=["xid", "id"], name="catalogue_change_order")]
        # Not ``unique=True``: that makes an index for LIKE as well, which every import would pay for.
        constraints = [models.UniqueConstraint(fields=["sku_code"], name="catalogue_change_once")]

    def __str__(self) -> str:
        return self.sku_code


class CatalogueFanOut(models.Model):
    """A change of a product, category, tax or price list, which reaches the SKUs that it saw.

    One that was put there by a transaction since ``horizon`` may not have been seen: who reads the
    change at ``xid`` reads again from ``horizon`` on.
    """

    xid = models.BigIntegerField()
    horizon = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["xid"], name="catalogue_fan_out_xid")]

    def __str__(self) -> str:
        return str(self.xid)
