"""A refusal of the business as people read it: what is wrong, what to do, and the request number."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import context
from apps.common.errors import (
    Conflict,
    DomainError,
    Malformed,
    Missing,
    NotPermitted,
    TooMany,
    Unauthenticated,
    Unprocessable,
)

ADVICE = (
    (TooMany, gettext_lazy("Nothing is lost: wait, then press the button again.")),
    (NotPermitted, gettext_lazy("Ask whoever manages roles if you need this right.")),
    (Unauthenticated, gettext_lazy("Sign in again.")),
    (Missing, gettext_lazy("Look for it in the list; somebody may have changed or ended it.")),
    (Conflict, gettext_lazy("Nothing was changed. Look at how things stand now and decide again.")),
    (Malformed, gettext_lazy("Nothing was changed. Correct what you entered and try again.")),
    (Unprocessable, gettext_lazy("Nothing was changed. Correct what you entered and try again.")),
)
"""Kind of refusal → what the reader does next."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A page in place of the one that was asked for. Texts are translated when they are shown."""

    status: int
    icon: str
    title: str | Promise
    advice: str | Promise


NOTHING_HERE = Refused(
    404,
    "search_off",
    gettext_lazy("There is nothing here."),
    gettext_lazy("Check the address, or look for it in the list or the search box."),
)
NOT_ALLOWED = Refused(
    403,
    "lock",
    gettext_lazy("Your role does not allow this."),
    gettext_lazy("Ask whoever manages roles if you need this right."),
)


def advice_of(refusal: DomainError) -> str:
    """What to do about ``refusal``; empty for a kind of its own."""
    return next((str(text) for kind, text in ADVICE if isinstance(refusal, kind)), "")


def told(refusal: DomainError) -> str:
    """The refusal in full, in the reader's language."""
    said = " ".join(part for part in (refusal.detail, advice_of(refusal)) if part)
    number = context.request_id.get()
    return _("%(said)s Request number: %(number)s") % {"said": said, "number": number}


def say_refusal(request: HttpRequest, refusal: DomainError) -> None:
    """Show ``refusal`` on the next page that the person sees."""
    messages.error(request, told(refusal))
