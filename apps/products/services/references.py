"""The keys by which other systems know our SKUs."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Conflict, Unprocessable
from apps.common.sql import constraint_of
from apps.products.models import ExternalReference, Sku

MANAGE = "products.manage"


class ReferenceTaken(Conflict):
    code = "reference_taken"
    message = _("%(reference)s is the key of SKU %(sku)s.")


class ReferenceInvalid(Unprocessable):
    code = "reference_invalid"
    message = _(
        "A source is small letters, digits and dashes; a code is printable ASCII without spaces."
    )


def set_reference(actor: Actor, *, sku: Sku, source: str, code: str) -> ExternalReference:
    """Have ``source`` call ``sku`` by ``code`` and by nothing else.

    Raises ReferenceTaken where it calls another SKU so, ReferenceInvalid.
    """
    try:
        with accounts.noting(actor, under=MANAGE), transaction.atomic():
            return _keep(actor, sku, source, code)
    except IntegrityError as error:
        name = constraint_of(error)
        if name == "reference_once":
            raise _taken(source, code) from error
        if name in {"reference_source_form", "reference_code_form"}:
            raise ReferenceInvalid(fields={"reference": f"{source}:{code}"}) from error
        raise


def _keep(actor: Actor, sku: Sku, source: str, code: str) -> ExternalReference:
    held = ExternalReference.objects.filter(sku=sku, source=source)
    before = held.values_list("code", flat=True).first()
    kept, _created = ExternalReference.objects.update_or_create(
        sku=sku, source=source, defaults={"code": code}
    )
    if before != code:
        accounts.record(
            actor,
            "products.set_reference",
            target=("sku", sku.code),
            changes={source: [before, code]},
            under=MANAGE,
        )
    return kept


def _taken(source: str, code: str) -> ReferenceTaken:
    rows = ExternalReference.objects.filter(source=source, code=code)
    owner = rows.values_list("sku__code", flat=True).first() or "?"
    reference = f"{source}:{code}"
    return ReferenceTaken(fields={"reference": reference}, reference=reference, sku=owner)
