"""What changed in the catalogue, written by the database at the end of every statement that changes it."""

from django.db import migrations, models

# One upsert a statement. What this transaction has noted already is left alone, so that an import that
# writes products, SKUs, barcodes and prices notes each SKU once. In order of code: two statements that
# note the same SKUs wait for one another, and never both.
NOTE = """
CREATE FUNCTION products_note_skus(codes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_xid constant bigint := pg_current_xact_id()::text::bigint;
BEGIN
    INSERT INTO products_cataloguechange AS known (sku_code, changed_at, xid, horizon)
    SELECT code, clock_timestamp(), now_xid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM (SELECT DISTINCT unnest(codes) AS code) given
    WHERE NOT EXISTS (
        SELECT FROM products_cataloguechange noted
        WHERE noted.sku_code = given.code AND noted.xid = now_xid
    )
    ORDER BY code
    ON CONFLICT (sku_code) DO UPDATE
    SET changed_at = EXCLUDED.changed_at, xid = EXCLUDED.xid, horizon = EXCLUDED.horizon;
END $$;

-- The horizon is taken before the SKUs are looked for: who is not seen by the latter comes after it.
CREATE FUNCTION products_fan_out(horizon bigint, codes text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO products_cataloguefanout (xid, horizon)
    VALUES (pg_current_xact_id()::text::bigint, horizon);
    PERFORM products_note_skus(codes);
END $$;
"""

# "is_now" are the rows of the statement as they are after it (of a DELETE, as they were), "was" those
# of an UPDATE before it.
SKU = """
CREATE FUNCTION products_sku_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM products_note_skus(ARRAY(
            SELECT unnest(ARRAY[was.code, is_now.code]) FROM was JOIN is_now USING (id)
            WHERE (was.code, was.product_id, was.option, was.unit, was.kind, was.is_active,
                was.tax_class_id)
                IS DISTINCT FROM (is_now.code, is_now.product_id, is_now.option, is_now.unit,
                is_now.kind, is_now.is_active, is_now.tax_class_id)
        ));
    ELSE
        PERFORM products_note_skus(ARRAY(SELECT code FROM is_now));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION products_part_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM products_note_skus(ARRAY(
        SELECT code FROM products_sku WHERE id IN (SELECT sku_id FROM is_now)
    ));
    IF TG_OP = 'UPDATE' THEN
        PERFORM products_note_skus(ARRAY(
            SELECT code FROM products_sku WHERE id IN (SELECT sku_id FROM was)
        ));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION products_product_noted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon constant bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    changed constant bigint[] := ARRAY(
        SELECT is_now.id FROM was JOIN is_now USING (id)
        WHERE (was.code, was.name, was.name_en, was.category_id, was.status) IS DISTINCT FROM
            (is_now.code, is_now.name, is_now.name_en, is_now.category_id, is_now.status)
    );
BEGIN
    IF changed <> '{}' THEN
        PERFORM products_fan_out(horizon, ARRAY(
            SELECT code FROM products_sku WHERE product_id = ANY(changed)
        ));
    END IF;
    RETURN NULL;
END $$;
"""

# These reach SKUs that nobody has locked, out of the order in which an import comes to them: they lock
# the SKUs first, in the order in which everybody does.
MANY = """
CREATE FUNCTION products_category_noted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon constant bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    changed constant bigint[] := ARRAY(
        SELECT is_now.id FROM was JOIN is_now USING (id)
        WHERE (was.code, was.path, was.tax_class_id) IS DISTINCT FROM
            (is_now.code, is_now.path, is_now.tax_class_id)
    );
BEGIN
    IF changed <> '{}' THEN
        PERFORM products_fan_out(horizon, ARRAY(
            SELECT sku.code FROM products_sku sku
            JOIN products_product product ON product.id = sku.product_id
            JOIN products_category category ON category.id = product.category_id
            WHERE category.path && changed ORDER BY sku.id FOR NO KEY UPDATE OF sku
        ));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION products_tax_noted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon constant bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    classes bigint[] := ARRAY(SELECT tax_class_id FROM is_now);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        classes := classes || ARRAY(SELECT tax_class_id FROM was);
    END IF;
    IF classes <> '{}' THEN
        PERFORM products_fan_out(horizon, ARRAY(
            SELECT sku.code FROM products_sku sku
            JOIN products_product product ON product.id = sku.product_id
            JOIN products_category category ON category.id = product.category_id
            WHERE sku.tax_class_id = ANY(classes) OR category.path && ARRAY(
                SELECT id FROM products_category WHERE tax_class_id = ANY(classes)
            )
            ORDER BY sku.id FOR NO KEY UPDATE OF sku
        ));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION products_list_noted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    horizon constant bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    changed constant bigint[] := ARRAY(
        SELECT is_now.id FROM was JOIN is_now USING (id)
        WHERE is_now.status = 'released' AND (was.code, was.status, was.is_base) IS DISTINCT FROM
            (is_now.code, is_now.status, is_now.is_base)
    );
BEGIN
    IF changed <> '{}' THEN
        PERFORM products_fan_out(horizon, ARRAY(
            SELECT sku.code FROM products_sku sku WHERE sku.id IN (
                SELECT sku_id FROM products_price WHERE price_list_id = ANY(changed)
            ) ORDER BY sku.id FOR NO KEY UPDATE
        ));
    END IF;
    RETURN NULL;
END $$;
"""

REFERENCING = {
    "INSERT": "NEW TABLE AS is_now",
    "UPDATE": "OLD TABLE AS was NEW TABLE AS is_now",
    "DELETE": "OLD TABLE AS is_now",
}
TRIGGERS = (
    ("products_sku", "products_sku_noted", ("INSERT", "UPDATE", "DELETE")),
    ("products_barcode", "products_part_noted", ("INSERT", "UPDATE", "DELETE")),
    ("products_price", "products_part_noted", ("INSERT", "DELETE")),
    ("products_product", "products_product_noted", ("UPDATE",)),
    ("products_category", "products_category_noted", ("UPDATE",)),
    ("products_taxrate", "products_tax_noted", ("INSERT", "UPDATE", "DELETE")),
    ("products_pricelist", "products_list_noted", ("UPDATE",)),
)
FUNCTIONS = (
    "products_sku_noted()", "products_part_noted()", "products_product_noted()",
    "products_category_noted()", "products_tax_noted()", "products_list_noted()",
    "products_fan_out(bigint, text[])", "products_note_skus(text[])",
)  # fmt: skip
ATTACH = "\n".join(
    f"CREATE TRIGGER catalogue_feed_{operation.lower()} AFTER {operation} ON {table} "
    f"REFERENCING {REFERENCING[operation]} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
    for table, function, operations in TRIGGERS
    for operation in operations
)
DETACH = "\n".join(f"DROP FUNCTION {function} CASCADE;" for function in FUNCTIONS)
# Whoever keeps a copy begins with all that there is.
ALL = "SELECT products_note_skus(ARRAY(SELECT code FROM products_sku))"


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0007_attributes_and_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku_code", models.CharField(max_length=32)),
                ("changed_at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                ("horizon", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["xid", "id"], name="catalogue_change_order")],
                "constraints": [models.UniqueConstraint(fields=["sku_code"], name="catalogue_change_once")],
            },
        ),
        migrations.CreateModel(
            name="CatalogueFanOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("xid", models.BigIntegerField()),
                ("horizon", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["xid"], name="catalogue_fan_out_xid")],
            },
        ),
        migrations.RunSQL(NOTE + SKU + MANY + ATTACH, DETACH),
        migrations.RunSQL(ALL, migrations.RunSQL.noop),
    ]
