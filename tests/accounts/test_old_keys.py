"""What becomes of keys that were given out before an application could have two secrets."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

from apps.common.keys import hash_token

OLD_CLIENT = """
INSERT INTO accounts_apiclient (key_id, name, secret_hash, reach, scopes, created_at, revoked_at)
VALUES (%s, 'till', %s, 'brand', '{org.see}', '2026-10-01T00:00:00Z', %s) RETURNING id
"""


MOVED = """
SELECT client.key_id, client.sign_in, client.rate, secret.slot, secret.secret_hash,
    secret.ciphertext, secret.created_at = client.created_at,
    secret.retired_at IS NOT DISTINCT FROM client.revoked_at, client.last_used_at
FROM accounts_apiclient client JOIN accounts_clientsecret secret ON secret.client_id = client.id
ORDER BY client.id
"""


def run(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_keys_from_before_there_were_secrets_go_on_working(committed_db: str) -> None:
    run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", "accounts", "0002", verbosity=0)
    for key_id, revoked in (("LIVE", None), ("REVOKED", "2026-10-02T00:00:00Z")):
        run(OLD_CLIENT, [key_id, hash_token(f"secret_of-{key_id}"), revoked])
    call_command("migrate", "accounts", "0003", verbosity=0)
    assert run(MOVED) == [
        (key_id, "bearer", 100, 1, hash_token(f"secret_of-{key_id}"), None, True, True, None)
        for key_id in ("LIVE", "REVOKED")
    ]
    gone = "SELECT secret_hash FROM accounts_apiclient"
    with pytest.raises(ProgrammingError, match="secret_hash"):
        run(gone)
