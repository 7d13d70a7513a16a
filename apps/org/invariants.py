"""Lines of ``manage.py prove`` about the organisation: under whom each store trades."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.common.invariants import Invariant

HAND_OVER_GRACE = timedelta(hours=1)
"""How long after its day has begun a hand-over may wait for orders that are still open."""

INVARIANTS = (
    Invariant(
        "org.tenure",
        _(
            "A store shows the owner and region of today; one that is closed has none from tomorrow on"
        ),
        # A hand-over may be late by its grace, judged at the last heartbeat: while nothing runs,
        # nothing can be handed over.
        """
        SELECT store.code AS key, CASE store.status
            WHEN 'closed' THEN NOT EXISTS (
                SELECT FROM org_tenure ahead WHERE ahead.store_id = store.id
                    AND coalesce(ahead.ends_on, 'infinity') > moment.today + 1)
            ELSE today.id IS NOT NULL AND (
                (store.region_id = today.region_id
                    AND store.franchisee_id IS NOT DISTINCT FROM today.franchisee_id)
                OR coalesce(store.region_id = before.region_id
                    AND store.franchisee_id IS NOT DISTINCT FROM before.franchisee_id, false))
            END AS ok
        FROM org_store store
        CROSS JOIN LATERAL (
            SELECT (%(now)s::timestamptz AT TIME ZONE store.time_zone)::date AS today,
                ((coalesce((SELECT at FROM common_heartbeat WHERE name = 'beat'), %(now)s)
                    - %(grace)s::interval) AT TIME ZONE store.time_zone)::date AS before
        ) moment
        LEFT JOIN org_tenure today ON today.store_id = store.id
            AND today.starts_on <= moment.today
            AND coalesce(today.ends_on, 'infinity') > moment.today
        LEFT JOIN org_tenure before ON before.store_id = store.id
            AND before.starts_on <= moment.before
            AND coalesce(before.ends_on, 'infinity') > moment.before
        """,
        parameters=lambda: {"grace": HAND_OVER_GRACE, "now": clock.now()},
    ),
)
