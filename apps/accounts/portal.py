"""Franchise portal: an owner's requests for roles in own stores, and those of partners."""

from django.contrib import admin

from apps.accounts.models import Approval
from apps.accounts.office import ApprovalPages, waiting_approvals
from apps.org.offices.sites import portal


@admin.register(Approval, site=portal)
class PortalApprovalAdmin(ApprovalPages):
    """What owners may see or decide of their own stores."""


portal.home.care(50)(waiting_approvals)
