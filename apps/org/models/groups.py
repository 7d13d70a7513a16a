"""Stores that head office names together: for an assortment, for a campaign."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.org.models.places import NamedInTwoLanguages, Store


@tracked()
class StoreGroup(NamedInTwoLanguages):
    """门店组: stores of any region and owner; a store may be in several groups or in none."""

    class Meta:
        verbose_name = _("store group")
        verbose_name_plural = _("store groups")


@tracked(of="group")
class StoreGroupMember(models.Model):
    """A store of a group."""

    group = models.ForeignKey(
        StoreGroup, on_delete=models.CASCADE, related_name="members", verbose_name=_("store group")
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )

    class Meta:
        verbose_name = _("store of a group")
        verbose_name_plural = _("stores of groups")
        constraints = [
            models.UniqueConstraint(fields=["group", "store"], name="store_group_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.store}"
