"""The main pages of both sites: home, every list, and the person's own security."""

from django.contrib.admin import AdminSite

from apps.org.offices.sites import head_office, portal
from tests.offices.pages import list_of, root

WHO = {"admin": head_office, "owner": portal}
"""Who looks at the pages of each site."""


def lists(site: AdminSite) -> list[str]:
    return [list_of(site, model) for model in site._registry]


def mains(site: AdminSite) -> list[str]:
    own = f"{root(site)}security/"
    return [root(site), *lists(site), own]
