"""The main pages of both sites: home, every list in the sidebar, and one record page of each."""

from django.contrib.admin import AdminSite

from apps.org.offices.sites import head_office, portal
from tests.offices.pages import list_of, page_of, root

WHO = {"admin": head_office, "owner": portal}
"""Who looks at the pages of each site."""


def lists(site: AdminSite) -> list[str]:
    return [list_of(site, model) for model in site._registry]


def records(site: AdminSite) -> list[str]:
    """The page of one row of each kind that has one."""
    rows = [(model, model._default_manager.order_by("pk").first()) for model in site._registry]
    return [page_of(site, row) for _model, row in rows if row is not None]


def mains(site: AdminSite) -> list[str]:
    own = f"{root(site)}security/"
    return [root(site), *lists(site), own]
