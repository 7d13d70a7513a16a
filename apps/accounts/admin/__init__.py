"""Head office: people, their tokens, applications, and the audit trail."""

from apps.accounts.admin import approvals, audit, clients, people, privacy, sign_ins

__all__ = ["approvals", "audit", "clients", "people", "privacy", "sign_ins"]
