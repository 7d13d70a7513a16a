"""Who acts: people, applications, and the audit trail of what they did."""

from apps.accounts.models.audit import AuditLine
from apps.accounts.models.clients import ApiClient
from apps.accounts.models.people import StaffToken, User, UserManager

__all__ = ["ApiClient", "AuditLine", "StaffToken", "User", "UserManager"]
