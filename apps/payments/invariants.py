"""Lines of ``manage.py prove`` about money: tenders, captures, settlements and what is owed back."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.common.invariants import Invariant, Notice

UNSETTLED_GRACE = timedelta(minutes=5)
"""How long captured money may wait for its order; the sweep runs each minute."""

INVARIANTS = (
    Invariant(
        "payments.tenders",
        _("A payment's amount is the sum of its tenders"),
        """
        SELECT payment.number AS key, payment.amount = tendered.amount AS ok
        FROM payments_payment payment
        LEFT JOIN (
            SELECT payment_id, sum(amount) AS amount FROM payments_tender GROUP BY payment_id
        ) tendered ON tendered.payment_id = payment.id
        """,
    ),
    Invariant(
        "payments.order",
        _("A payment asks for its order's amount, under its order's store, owner and region"),
        """
        SELECT payment.number AS key, payment.amount = document.net_amount
            AND document.store_id = payment.store_id
            AND document.franchisee_id IS NOT DISTINCT FROM payment.franchisee_id
            AND document.region_id = payment.region_id
            AND document.business_day = payment.business_day AS ok
        FROM payments_payment payment JOIN orders_order document ON document.id = payment.order_id
        """,
    ),
    Invariant(
        "payments.events",
        _("A payment's events say what its state says, with the amount that arrived"),
        """
        SELECT payment.number AS key,
            told.captured IS NOT DISTINCT FROM payment.captured_amount
            AND told.settled IS NOT DISTINCT FROM CASE
                WHEN payment.status = 'captured' AND payment.settled_at IS NOT NULL
                THEN payment.captured_amount END
            AND told.refund_due IS NOT DISTINCT FROM CASE
                WHEN payment.status = 'refund_due' THEN payment.captured_amount END AS ok
        FROM payments_payment payment
        LEFT JOIN (
            SELECT payment_id,
                sum(amount) FILTER (WHERE kind = 'captured') AS captured,
                sum(amount) FILTER (WHERE kind = 'settled') AS settled,
                sum(amount) FILTER (WHERE kind = 'refund_due') AS refund_due
            FROM payments_paymentevent GROUP BY payment_id
        ) told ON told.payment_id = payment.id
        """,
    ),
    Invariant(
        "payments.paid",
        _("A paid order has exactly one settled payment, of exactly its amount"),
        """
        SELECT document.number AS key,
            paid.payments = 1 AND paid.amount = document.net_amount AS ok
        FROM orders_order document
        LEFT JOIN (
            SELECT order_id, count(*) AS payments, sum(captured_amount) AS amount
            FROM payments_payment
            WHERE status = 'captured' AND settled_at IS NOT NULL GROUP BY order_id
        ) paid ON paid.order_id = document.id
        WHERE document.status IN ('paid', 'completed')
        """,
    ),
    Invariant(
        "payments.unpaid",
        _("An order that is not paid or cancelled keeps no money, except to be refunded"),
        """
        SELECT payment.number AS key,
            payment.status <> 'captured' OR payment.settled_at IS NULL AS ok
        FROM payments_payment payment JOIN orders_order document ON document.id = payment.order_id
        WHERE document.status IN ('pending_payment', 'cancelled')
        """,
    ),
    Invariant(
        "payments.unsettled",
        _("No captured money waits for its order longer than five minutes"),
        """
        SELECT number AS key, settled_at IS NOT NULL OR captured_at + %(grace)s > now() AS ok
        FROM payments_payment WHERE captured_at IS NOT NULL
        """,
        parameters=lambda: {"grace": UNSETTLED_GRACE},
    ),
)

NOTICES = (
    Notice(
        "payments.refund_due",
        _("Payments whose money must go back"),
        "SELECT number AS key FROM payments_payment WHERE status = 'refund_due'",
    ),
    Notice(
        "payments.unmatched",
        _("Capture notices that name no payment of ours"),
        """
        SELECT provider || ' ' || provider_ref AS key
        FROM payments_paymentevent WHERE kind = 'unmatched'
        """,
    ),
)
