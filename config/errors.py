"""What stands in place of Django's own error pages: HTML for people, problem+json for programs.

None of these asks the database, which may be what failed.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.common import api

OFFICES = ("/admin/", "/portal/")
PROGRAMS = ("/api/", "/healthz", "/readyz")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500."""
    if request.path.startswith(PROGRAMS):
        return api.server_error(request)
    return render(request, "offices/500.html", status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400: of what was sent, Django would not even look at the rest; also 413."""
    if isinstance(exception, RequestDataTooBig):
        said = _("This is more than can be sent at once; nothing was saved.")
        advice = _("Send a smaller file or fewer rows. Long tables go by an import.")
        return _page(request, 413, "body_too_large", said, advice)
    said = _("The browser sent something that cannot be read; nothing was saved.")
    advice = _("Go back, load the page again and send it once more.")
    return _page(request, 400, "invalid_request", said, advice)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler403."""
    advice = _("Ask whoever manages roles if you need this right.")
    return _page(request, 403, "not_permitted", _("Your role does not allow this."), advice)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404."""
    advice = _("Check the address, or begin from the start page.")
    return _page(request, 404, "not_found", _("There is nothing at this address."), advice)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """CSRF_FAILURE_VIEW. ``reason`` is for the log, where Django has put it.

    A dialog, whose answer nobody would see, loads its page again and finds the message there.
    """
    back = request.path if request.path.startswith(OFFICES) else "/"
    response = render(request, "offices/csrf.html", {"back": back}, status=403)
    if request.headers.get("HX-Request"):
        messages.error(request, _("This form is out of date; nothing was saved."))
        response["HX-Refresh"] = "true"
    return response


def _page(
    request: HttpRequest, status: int, code: str, title: str, advice: str
) -> HttpResponseBase:
    if request.path.startswith(PROGRAMS):
        return api.problem(status, code, title)
    context: dict[str, Any] = {"title": title, "advice": advice}
    return render(request, "offices/error.html", context, status=status)
