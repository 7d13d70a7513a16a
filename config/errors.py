"""The page of an error that nobody foresaw: HTML for people, problem+json for programs."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.common import api

OFFICES = ("/admin/", "/portal/")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answers without the database, which may be what failed."""
    if request.path.startswith(OFFICES):
        return render(request, "offices/500.html", status=500)
    return api.server_error(request)
