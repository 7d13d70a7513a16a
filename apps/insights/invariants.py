"""The line of ``manage.py prove`` about roll-ups."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.common.invariants import Invariant
from apps.insights import statements

INVARIANTS = (
    Invariant(
        "insights.daily",
        _("Days that nothing touched lately are rolled up to what their documents say"),
        statements.PROOF,
        parameters=lambda: {"zone": settings.TIME_ZONE},
    ),
)
