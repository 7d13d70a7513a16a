"""Periodic work of accounts: the chain over the audit trail, and old sign-ins."""

from celery import shared_task

from apps.accounts import services as accounts


@shared_task
def seal_audit() -> int:
    """Seal the audit lines that are finished; returns how many."""
    return accounts.seal_audit()


@shared_task
def log_audit_head() -> None:
    """Put the head of the chain into the log."""
    accounts.log_audit_head()


@shared_task
def forget_old_sign_ins() -> int:
    """Delete what is long over from the list of sign-ins, and browsers' expired sessions."""
    return accounts.sessions.forget_old()
