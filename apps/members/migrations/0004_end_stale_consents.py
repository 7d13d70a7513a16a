"""Consents that were given to a former owner end: a hand-over ends them from now on."""

from django.db import migrations

END_STALE = """
UPDATE members_storeconsent consent
SET withdrawn_at = greatest(now(), consent.given_at), withdrawn_by = 'system:change_of_owner'
FROM org_store store
WHERE store.id = consent.store_id AND consent.withdrawn_at IS NULL
    AND consent.franchisee_id IS DISTINCT FROM store.franchisee_id
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_store_consents")]

    operations = [migrations.RunSQL(END_STALE, migrations.RunSQL.noop)]
