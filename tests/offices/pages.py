"""What the tests of both sites share: addresses, signing in, and counted requests."""

import re
from typing import Any

from django.contrib.admin import AdminSite
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.org.offices.sessions import KEY
from apps.org.offices.sites import portal
from apps.org.offices.stale import FIELD


class Browser(Client):
    """Sends with a form what its page carries hidden: the version that the person was shown."""

    def post(self, path: str, data: Any = None, *args: Any, **extra: Any) -> Any:
        versioned = path.endswith(("/change/", "/restore/"))
        if versioned and FIELD not in (data or {}):
            data = (data or {}) | self.hidden(path)
        return super().post(path, data, *args, **extra)

    def hidden(self, path: str) -> dict[str, str]:
        found = re.search(rf'name="{FIELD}" value="([\d.]+)"', self.get(path).content.decode())
        return {FIELD: found[1]} if found else {}


def signed_in(user: User, language: str = "en") -> Browser:
    """A browser of ``user``; a page that fails shows its exception."""
    client = Browser()
    client.cookies["django_language"] = language
    client.force_login(user)
    session = client.session
    session[KEY] = accounts.sessions.begin(
        user, site="admin" if user.is_staff else "portal", device="", factor="none"
    )
    session.save()
    return client


def root(site: AdminSite) -> str:
    return "/portal/" if site is portal else "/admin/"


def list_of(site: AdminSite, model: type[Model]) -> str:
    return f"{root(site)}{model._meta.app_label}/{model._meta.model_name}/"


def page_of(site: AdminSite, row: Model) -> str:
    return f"{list_of(site, type(row))}{row.pk}/change/"


def counted(client: Client, url: str) -> tuple[HttpResponse, int]:
    """The answer to GET ``url`` and how many statements it took."""
    with CaptureQueriesContext(connection) as statements:
        answer: Any = client.get(url)
    return answer, len(statements)


def text_of(answer: Any) -> str:
    """The page without what differs between two requests for the same thing."""
    text = answer.content.decode()
    differing = r'name="csrfmiddlewaretoken" value="\w+"|class="qy-request">[\s\S]*?</code>'
    return re.sub(differing, "", text)
