-- The bare SQL of one counter sale: three lines, cash, points. Run by pgbench, prepared.
-- Statement by statement what place_order sends, so that the ratio shows what Python costs.
\set store random(1, :stores)
\set first random(1, :skus / 3)
\set second random(:skus / 3 + 1, :skus * 2 / 3)
\set third random(:skus * 2 / 3 + 1, :skus)
\set member :first_member - 1 + random(1, :members)
\set till random(1, :tills)
\set key random(1, 1000000000000)
\set lock random(1, 1000000000000)
WITH caller AS MATERIALIZED (
    SELECT person.id, person.username, 'staff:' || person.id AS bucket,
        60::float8 AS burst, 0.1::float8 AS seconds
    FROM accounts_stafftoken token JOIN accounts_user person ON person.id = token.user_id
    WHERE token.id = :first_token - 1 + :till AND token.revoked_at IS NULL AND token.expires_at > now()
), taken AS (
    INSERT INTO common_bucket AS bucket (name, level, at)
    SELECT caller.bucket, 1, clock_timestamp() FROM caller
    ON CONFLICT (name) DO UPDATE SET
        level = greatest(0, bucket.level
            - extract(epoch FROM clock_timestamp() - bucket.at) / (SELECT seconds FROM caller)) + 1,
        at = clock_timestamp()
    WHERE greatest(0, bucket.level
            - extract(epoch FROM clock_timestamp() - bucket.at) / (SELECT seconds FROM caller)) + 1
        <= (SELECT burst FROM caller)
    RETURNING 1
)
SELECT EXISTS (SELECT FROM taken), caller.id, caller.username, assignment.role,
    assignment.region_id, assignment.franchisee_id, assignment.store_id
FROM caller LEFT JOIN org_roleassignment assignment ON assignment.user_id = caller.id;
BEGIN;
WITH lock AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(:lock) AS got), inserted AS (
    INSERT INTO common_idempotencyrecord (caller, key, body_hash, created_at)
    SELECT 'floor', :key::text || '-' || :client_id::text, repeat('0', 64), now() FROM lock WHERE got
    ON CONFLICT (caller, key) DO NOTHING RETURNING id)
SELECT lock.got, inserted.id, record.body_hash, record.result FROM lock LEFT JOIN inserted ON true
LEFT JOIN common_idempotencyrecord record
    ON record.caller = 'floor' AND record.key = :key::text || '-' || :client_id::text;
SELECT store.id AS store_id, store.franchisee_id, store.region_id, channel.id AS channel_id
FROM org_store store LEFT JOIN org_channel channel ON channel.code = 'pos'
WHERE store.code = 'B' || :store::text \gset
SELECT id AS member_id, number, status FROM members_member WHERE id = :member \gset
SELECT sku.id, sku.code, product.name, sku.unit, price.amount, list.code
FROM products_sku sku JOIN products_product product ON product.id = sku.product_id
LEFT JOIN (products_price price JOIN products_pricelist list
    ON list.id = price.price_list_id AND list.is_base) ON price.sku_id = sku.id
WHERE sku.code = ANY(ARRAY['K' || :first::text, 'K' || :second::text, 'K' || :third::text]) AND sku.is_active;
WITH new_order AS (
    INSERT INTO orders_order (number, store_id, region_id, business_day, channel_id, member_id,
        status, placed_at, gross_amount, discount_amount, net_amount, source, source_key)
    VALUES ('F' || :key::text || '-' || :client_id::text, :store_id::bigint, :region_id::bigint, current_date, :channel_id::bigint,
        :member_id::bigint, 'completed', now(), 600, 0, 600, '', '')
    RETURNING id
), new_lines AS (
    INSERT INTO orders_orderline (order_id, line_no, sku_id, name, quantity, unit_price, price_list,
        gross_amount, discount_amount, net_amount)
    SELECT new_order.id, line.no, line.sku_id, 'floor', line.quantity, 100, 'BASE',
        line.amount, 0, line.amount
    FROM new_order, unnest(ARRAY[1, 2, 3], ARRAY[:first::bigint, :second::bigint, :third::bigint],
        ARRAY[1, 2, 3]::numeric[], ARRAY[100, 200, 300]::bigint[]) AS line (no, sku_id, quantity, amount)
), new_events AS (
    INSERT INTO orders_orderevent (order_id, from_status, to_status, at, actor, reason)
    SELECT id, '', 'completed', now(), 'floor', '' FROM new_order
)
SELECT id AS order_id FROM new_order \gset
WITH new_payment AS (
    INSERT INTO payments_payment (number, order_id, store_id, region_id, business_day, provider,
        status, amount, captured_amount, created_at, captured_at, settled_at)
    VALUES ('F' || :key::text || '-' || :client_id::text, :order_id::bigint, :store_id::bigint, :region_id::bigint, current_date,
        'counter', 'captured', 600, 600, now(), now(), now())
    RETURNING id
), new_tenders AS (
    INSERT INTO payments_tender (payment_id, kind, amount) SELECT id, 'cash', 600 FROM new_payment
), new_events AS (
    INSERT INTO payments_paymentevent (payment_id, kind, provider, provider_ref, amount, at, reason)
    SELECT new_payment.id, event, 'counter', '', 600, now(), ''
    FROM new_payment, unnest(ARRAY['captured', 'settled']) AS event
)
SELECT id FROM new_payment;
WITH entry AS (
    INSERT INTO loyalty_pointsentry (store_id, region_id, business_day, member_id, kind, points,
        order_id, reference, reason, at)
    VALUES (:store_id::bigint, :region_id::bigint, current_date, :member_id::bigint, 'earn', 6, :order_id::bigint,
        'order' || chr(58) || 'F' || :key::text || '-' || :client_id::text, 'order_paid', now())
    RETURNING id
), lot AS (
    INSERT INTO loyalty_pointslot (entry_id, member_id, points, remaining, expires_at)
    SELECT id, :member_id::bigint, 6, 6, (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')
        + interval '25 months') AT TIME ZONE 'Asia/Shanghai' FROM entry
)
INSERT INTO loyalty_pointsaccount AS account (member_id, balance) VALUES (:member_id::bigint, 6)
ON CONFLICT (member_id) DO UPDATE SET balance = account.balance + EXCLUDED.balance;
INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, assignment_id, role, action,
    object_type, object_key, changes, reason, request_id, address, transaction_id)
VALUES (clock_timestamp(), 'staff', 1, 'floor', 1, 'head_office_admin', 'orders.place', 'order',
    'F' || :key::text, '{"net": 600, "store": "B1", "status": ["", "completed"]}', '',
    repeat('0', 32), '127.0.0.1', pg_current_xact_id()::text::bigint);
UPDATE common_idempotencyrecord SET result = repeat('x', 900)
WHERE caller = 'floor' AND key = :key::text || '-' || :client_id::text;
WITH wanted AS (
    SELECT * FROM unnest(ARRAY[:first::bigint, :second::bigint, :third::bigint], ARRAY[1, 2, 3]::numeric[])
        AS line (sku_id, quantity)
), locked AS MATERIALIZED (
    SELECT stock.id, wanted.quantity FROM inventory_stock stock
    JOIN wanted ON wanted.sku_id = stock.sku_id
    WHERE stock.location_id = (SELECT id FROM inventory_location WHERE store_id = :store_id::bigint)
    ORDER BY stock.sku_id, stock.location_id FOR UPDATE OF stock
), taken AS (
    UPDATE inventory_stock stock SET on_hand = stock.on_hand - locked.quantity FROM locked
    WHERE stock.id = locked.id AND stock.on_hand - stock.reserved >= locked.quantity
    RETURNING stock.sku_id, stock.location_id, locked.quantity
), moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, region_id, business_day, at, reason)
    SELECT 'sale', taken.sku_id, taken.location_id,
        (SELECT id FROM inventory_location WHERE kind = 'customer'), taken.quantity, :order_id::bigint,
        'F' || :key::text || '-' || :client_id::text, :store_id::bigint, :region_id::bigint, current_date,
        now(), 'sold'
    FROM taken
)
SELECT count(*) FROM taken;
COMMIT;
