"""Writes of accounts: the audit line, staff tokens, API clients."""

from apps.accounts.services.clients import create_api_client, revoke_api_client
from apps.accounts.services.recording import record
from apps.accounts.services.signing_in import (
    SignInRefused,
    issue_staff_token,
    revoke_staff_token,
    revoke_staff_tokens_of,
    sign_in,
)
from apps.common.keys import hash_token

__all__ = [
    "SignInRefused",
    "create_api_client",
    "hash_token",
    "issue_staff_token",
    "record",
    "revoke_api_client",
    "revoke_staff_token",
    "revoke_staff_tokens_of",
    "sign_in",
]
