"""Who acts: people, applications, and the audit trail of what they did."""

from apps.accounts.models.approvals import Approval, ApprovalFile
from apps.accounts.models.audit import AuditLine, AuditSeal
from apps.accounts.models.clients import ApiClient, ClientSecret
from apps.accounts.models.lists import ColumnChoice, SavedView
from apps.accounts.models.people import StaffToken, User, UserManager
from apps.accounts.models.privacy import AccessCase, PersonalDataAccess
from apps.accounts.models.sign_in import RecoveryCode, SecondFactor, StaffSession

__all__ = [
    "AccessCase",
    "ApiClient",
    "Approval",
    "ApprovalFile",
    "AuditLine",
    "AuditSeal",
    "ClientSecret",
    "ColumnChoice",
    "PersonalDataAccess",
    "RecoveryCode",
    "SavedView",
    "SecondFactor",
    "StaffSession",
    "StaffToken",
    "User",
    "UserManager",
]
