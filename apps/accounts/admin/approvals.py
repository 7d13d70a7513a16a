"""Head office: requests that wait for a second person, and their evidence."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Approval, ApprovalFile
from apps.accounts.office import ApprovalPages, waiting_approvals
from apps.org import selectors as org
from apps.org.offices import columns
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


@admin.register(Approval, site=head_office)
class ApprovalAdmin(ApprovalPages):
    """Everything of the brand that the person may see or decide."""


@admin.register(ApprovalFile, site=head_office)
class ApprovalFileAdmin(RecordAdmin):
    see_action = "approvals.see"
    visible = staticmethod(org.approval_files_visible_to)
    icon = "attach_file"
    empty_hint = Hint(
        _("Files appear with the first request that carries evidence."), "accounts.approval"
    )
    in_sidebar = False
    related = ("approval",)
    request_of = columns.link("approval", _("approval"))
    n_size = columns.count("size", _("size in bytes"))
    list_display = ("name", "request_of", "content_type", "n_size")
    exact = ("approval__number", "sha256")
    search_help_text = _("Number of the approval, or SHA-256")
    ordering = ("-id",)
    fields = ("name", "request_of", "content_type", "n_size", "sha256")


head_office.home.care(50)(waiting_approvals)
