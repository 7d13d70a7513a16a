"""Under whom stores trade, as of any of their business days."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor
from apps.common import sql
from apps.org.models import Store, Tenure
from apps.org.selectors.reach import reach_of


def tenures_visible_to(actor: Actor) -> QuerySet[Tenure]:
    """Tenures by their own owner and region, as past documents are seen."""
    return Tenure.objects.filter(reach_of(actor, "org.see").where_frozen())


def tree_on(actor: Actor, day: date) -> QuerySet[Tenure]:
    """Each store that had an owner on ``day``, with its region, owner and contract of that day."""
    rows = on_day(tenures_visible_to(actor), day)
    return rows.select_related("store", "region", "franchisee").order_by("store__code")


def on_day(tenures: QuerySet[Tenure], day: date) -> QuerySet[Tenure]:
    """Those that cover the business day ``day``; one per store at most."""
    return tenures.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


def tenure_on(store: Store, day: date) -> Tenure | None:
    """What holds for ``store`` on ``day``."""
    rows = on_day(Tenure.objects.filter(store=store), day)
    return rows.select_related("region", "franchisee").first()


def last_tenure(store: Store) -> Tenure | None:
    """What holds for ``store`` without an end; None for one that is closed."""
    rows = Tenure.objects.filter(store=store, ends_on=None)
    return rows.select_related("region", "franchisee").first()


def hand_overs_ahead(store: Store, today: date) -> int:
    """How many changes of owner, region or contract are written down and not carried out yet."""
    ahead = Tenure.objects.filter(store=store, starts_on__gt=today).count()
    now = tenure_on(store, today)
    late = now is not None and not now.shown_by(store)
    return ahead + late


DUE = """
SELECT store.id
FROM org_store store
JOIN org_tenure tenure ON tenure.store_id = store.id
    AND tenure.starts_on <= (%(now)s::timestamptz AT TIME ZONE store.time_zone)::date
    AND coalesce(tenure.ends_on, 'infinity')
        > (%(now)s::timestamptz AT TIME ZONE store.time_zone)::date
WHERE store.status <> 'closed'
    AND (store.region_id <> tenure.region_id
        OR store.franchisee_id IS DISTINCT FROM tenure.franchisee_id)
ORDER BY tenure.starts_on, store.id
LIMIT %(limit)s
"""


def stores_to_hand_over(now: datetime, limit: int) -> list[int]:
    """Ids of stores that still show the owner or region of before: the outbox of the hand-over."""
    return [row[0] for row in sql.rows(DUE, {"now": now, "limit": limit})]
