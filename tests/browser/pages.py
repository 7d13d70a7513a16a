"""The lists of both sites, and who looks at them."""

from django.contrib.admin import AdminSite

from apps.org.offices.sites import head_office, portal
from tests.offices.pages import list_of

WHO = {"admin": head_office, "owner": portal}
"""Who looks at the pages of each site."""


def lists(site: AdminSite) -> list[str]:
    return [list_of(site, model) for model in site._registry]
