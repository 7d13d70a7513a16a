"""Prices hold from an instant on, lists have a scope and a window; tax, cost and the guards of a price."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models


# Before this there was one row a price that was rewritten: its versions say what it was before, and
# each of them held until the instant at which it was changed.
PRICES_OVER_TIME = """
CREATE TEMPORARY TABLE change ON COMMIT DROP AS
SELECT pgh_obj_id AS price_id, price_list_id, sku_id, amount, pgh_created_at AS until,
    coalesce(pgh_context ->> 'actor', '') AS by,
    row_number() OVER (PARTITION BY pgh_obj_id ORDER BY pgh_created_at, pgh_id) AS place
FROM products_priceversion
WHERE pgh_label = 'update' AND pgh_obj_id IN (SELECT id FROM products_price);

UPDATE products_price price SET starts_at = last.until, set_at = last.until,
    set_by = coalesce(nullif(left(last.by, 64), ''), 'system:import')
FROM (SELECT DISTINCT ON (price_id) * FROM change ORDER BY price_id, place DESC) last
WHERE last.price_id = price.id;

SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO products_price (price_list_id, sku_id, amount, starts_at, set_at, set_by, reason)
SELECT held.price_list_id, held.sku_id, held.amount,
    coalesce(before.until, '2000-01-01 00:00:00+00'),
    coalesce(before.until, '2000-01-01 00:00:00+00'),
    coalesce(nullif(left(before.by, 64), ''), 'system:import'), ''
FROM change held
LEFT JOIN change before ON before.price_id = held.price_id AND before.place = held.place - 1
ORDER BY held.price_id, held.place;
"""
# Nobody was charged by another list than the base so far.
BASE_IS_RELEASED = "UPDATE products_pricelist SET status = 'released' WHERE is_base"
PATHS = """
WITH RECURSIVE tree AS (
    SELECT id, ARRAY[id] AS path FROM products_category WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, tree.path || child.id
    FROM products_category child JOIN tree ON child.parent_id = tree.id
)
UPDATE products_category category SET path = tree.path FROM tree WHERE tree.id = category.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0005_tenures_in_order'),
        ('products', '0002_configuration_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceGuard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('floor', models.BigIntegerField(blank=True, help_text='The lowest price of one unit, tax included.', null=True, verbose_name='floor')),
                ('lowest', models.PositiveIntegerField(blank=True, help_text='Of the base price, in basis points: 7000 is 70 %.', null=True, verbose_name='lowest')),
                ('highest', models.PositiveIntegerField(blank=True, help_text='Of the base price, in basis points: 15000 is 150 %.', null=True, verbose_name='highest')),
            ],
            options={
                'verbose_name': 'price guard',
                'verbose_name_plural': 'price guards',
            },
        ),
        migrations.CreateModel(
            name='PriceGuardVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('floor', models.BigIntegerField(blank=True, help_text='The lowest price of one unit, tax included.', null=True, verbose_name='floor')),
                ('lowest', models.PositiveIntegerField(blank=True, help_text='Of the base price, in basis points: 7000 is 70 %.', null=True, verbose_name='lowest')),
                ('highest', models.PositiveIntegerField(blank=True, help_text='Of the base price, in basis points: 15000 is 150 %.', null=True, verbose_name='highest')),
            ],
            options={
                'verbose_name': 'PriceGuard version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'supplier',
                'verbose_name_plural': 'suppliers',
            },
        ),
        migrations.CreateModel(
            name='SupplierCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField(blank=True, null=True, verbose_name='amount')),
                ('starts_at', models.DateTimeField(verbose_name='holds from')),
                ('set_at', models.DateTimeField(verbose_name='set at')),
                ('set_by', models.CharField(max_length=64, verbose_name='set by')),
                ('reason', models.CharField(blank=True, max_length=255, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'supplier cost',
                'verbose_name_plural': 'supplier costs',
            },
        ),
        migrations.CreateModel(
            name='SupplierVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'Supplier version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TaxClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'tax class',
                'verbose_name_plural': 'tax classes',
            },
        ),
        migrations.CreateModel(
            name='TaxClassVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'TaxClass version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis_points', models.PositiveIntegerField(help_text='1300 is 13 %; the price includes it.', verbose_name='basis points')),
                ('starts_on', models.DateField(verbose_name='holds from')),
            ],
            options={
                'verbose_name': 'tax rate',
                'verbose_name_plural': 'tax rates',
            },
        ),
        migrations.CreateModel(
            name='TaxRateVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('basis_points', models.PositiveIntegerField(help_text='1300 is 13 %; the price includes it.', verbose_name='basis points')),
                ('starts_on', models.DateField(verbose_name='holds from')),
            ],
            options={
                'verbose_name': 'TaxRate version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UndercutCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('lowest', models.BigIntegerField(verbose_name='lowest price of a unit')),
                ('uses', models.PositiveIntegerField(verbose_name='uses')),
                ('used', models.PositiveIntegerField(default=0, verbose_name='used')),
                ('valid_until', models.DateTimeField(verbose_name='valid until')),
                ('approval', models.CharField(max_length=32, unique=True, verbose_name='approval')),
            ],
            options={
                'verbose_name': 'undercut code',
                'verbose_name_plural': 'undercut codes',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='price',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='price',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='price',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='price',
            name='price_once',
        ),
        migrations.RemoveConstraint(
            model_name='price',
            name='price_in_range',
        ),
        migrations.AddField(
            model_name='price',
            name='reason',
            field=models.CharField(blank=True, max_length=255, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='price',
            name='set_at',
            field=models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC), verbose_name='set at'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='price',
            name='set_by',
            field=models.CharField(default='system:import', max_length=64, verbose_name='set by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='price',
            name='starts_at',
            field=models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC), verbose_name='holds from'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='price',
            name='amount',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='price',
            name='sku',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='products.sku', verbose_name='SKU'),
        ),
        migrations.RunSQL(PRICES_OVER_TIME, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='priceversion',
            name='pgh_obj',
        ),
        migrations.RemoveField(
            model_name='priceversion',
            name='price_list',
        ),
        migrations.RemoveField(
            model_name='priceversion',
            name='sku',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='category',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sku',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sku',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='category',
            name='path',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, editable=False, size=None, verbose_name='path'),
        ),
        migrations.AddField(
            model_name='category',
            name='position',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='position'),
        ),
        migrations.AddField(
            model_name='categoryversion',
            name='position',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='position'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='channel',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.channel', verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='to'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='min_quantity',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='From how much of one SKU in an order; 0 for any quantity.', max_digits=12, verbose_name='quantity break'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='priority',
            field=models.SmallIntegerField(db_default=0, default=0, help_text='The higher one wins before anything else is compared.', verbose_name='priority'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='segment',
            field=models.ForeignKey(blank=True, limit_choices_to={'kind': 'segment'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.audience', verbose_name='segment'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('released', 'released')], db_default='draft', default='draft', max_length=16, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='store',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='tier',
            field=models.ForeignKey(blank=True, limit_choices_to={'kind': 'tier'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.audience', verbose_name='member tier'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='channel',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.channel', verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='to'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='min_quantity',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='From how much of one SKU in an order; 0 for any quantity.', max_digits=12, verbose_name='quantity break'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='priority',
            field=models.SmallIntegerField(db_default=0, default=0, help_text='The higher one wins before anything else is compared.', verbose_name='priority'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='segment',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.audience', verbose_name='segment'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('released', 'released')], db_default='draft', default='draft', max_length=16, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='tier',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.audience', verbose_name='member tier'),
        ),
        migrations.AddField(
            model_name='product',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='attributes'),
        ),
        migrations.AddField(
            model_name='product',
            name='description',
            field=models.TextField(blank=True, db_default='', verbose_name='description'),
        ),
        migrations.AddField(
            model_name='product',
            name='description_en',
            field=models.TextField(blank=True, db_default='', verbose_name='English description'),
        ),
        migrations.AddField(
            model_name='product',
            name='listing',
            field=models.CharField(choices=[('everywhere', 'sold everywhere but where it is excluded'), ('named', 'sold only where it is included')], db_default='everywhere', default='everywhere', max_length=16, verbose_name='assortment'),
        ),
        migrations.AddField(
            model_name='product',
            name='search_text',
            field=models.TextField(db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='product',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('active', 'active'), ('retired', 'retired')], db_default='active', default='active', max_length=16, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='attributes'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='description',
            field=models.TextField(blank=True, db_default='', verbose_name='description'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='description_en',
            field=models.TextField(blank=True, db_default='', verbose_name='English description'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='listing',
            field=models.CharField(choices=[('everywhere', 'sold everywhere but where it is excluded'), ('named', 'sold only where it is included')], db_default='everywhere', default='everywhere', max_length=16, verbose_name='assortment'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('active', 'active'), ('retired', 'retired')], db_default='active', default='active', max_length=16, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='sku',
            name='kind',
            field=models.CharField(choices=[('goods', 'goods'), ('bundle', 'bundle'), ('virtual', 'virtual goods')], db_default='goods', default='goods', max_length=16, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='skuversion',
            name='kind',
            field=models.CharField(choices=[('goods', 'goods'), ('bundle', 'bundle'), ('virtual', 'virtual goods')], db_default='goods', default='goods', max_length=16, verbose_name='kind'),
        ),
        migrations.RunSQL(BASE_IS_RELEASED, migrations.RunSQL.noop),
        migrations.RunSQL(PATHS, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='path_of_parent', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                PERFORM pg_advisory_xact_lock(x'51434154'::int);\n                NEW.path := ARRAY[NEW.id];\n                IF NEW.parent_id IS NOT NULL THEN\n                    NEW.path := (SELECT path FROM products_category WHERE id = NEW.parent_id)\n                        || NEW.id;\n                    IF NEW.id = ANY(NEW.path[:cardinality(NEW.path) - 1]) THEN\n                        RAISE EXCEPTION 'category % below itself', NEW.code\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'category_no_circle';\n                    END IF;\n                END IF;\n                RETURN NEW;\n            ", hash='d439c0252ff85cb17f00fe29a276ba1e9d17a525', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_path_of_parent_f3d10', table='products_category', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='path_below', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."path" IS DISTINCT FROM (NEW."path"))', func='\n                UPDATE products_category\n                SET path = NEW.path || path[array_position(path, NEW.id) + 1:]\n                WHERE path @> ARRAY[NEW.id] AND id <> NEW.id;\n                RETURN NULL;\n            ', hash='83a1393f6a45fdc7e794daf26c6fe39228696b35', operation='UPDATE OF "parent_id"', pgid='pgtrigger_path_below_127c3', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "tax_class_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", new_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."tax_class_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fdd275ab13802ed99317b3932d860171ec3b0957', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fe831', referencing='REFERENCING NEW TABLE AS new_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "tax_class_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."position", old_values."tax_class_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."name_en" IS DISTINCT FROM (new_values."name_en") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."tax_class_id" IS DISTINCT FROM (new_values."tax_class_id")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e698e2428b9bfb24b63997b893db50b3ee184623', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e0cc4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "tax_class_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."tax_class_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9e7ea4bb090a6fd5eeb8236dd61112767af1f171', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_068cf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='not_rewritten', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='bbd7811dbec28f5bac091345a521d7475829aa4b', level='STATEMENT', operation='UPDATE OR TRUNCATE', pgid='pgtrigger_not_rewritten_ba970', table='products_price', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='stays_once_begun', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF OLD.starts_at <= clock_timestamp() THEN\n                    RAISE EXCEPTION 'append-only: what has begun on % stays', TG_TABLE_NAME;\n                END IF;\n                RETURN OLD;\n            ", hash='bfcea6bb158c6dd0f380b561f8cfdfbc1a4ba667', operation='DELETE', pgid='pgtrigger_stays_once_begun_b1449', table='products_price', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='released_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" = \'released\')', func="\n                IF TG_OP = 'DELETE' THEN\n                    RAISE EXCEPTION 'price list % is released and stays', OLD.code;\n                END IF;\n                IF (OLD.status, OLD.channel_id, OLD.region_id, OLD.store_id, OLD.tier_id,\n                    OLD.segment_id, OLD.min_quantity, OLD.priority, OLD.starts_at, OLD.is_base)\n                    IS DISTINCT FROM\n                    (NEW.status, NEW.channel_id, NEW.region_id, NEW.store_id, NEW.tier_id,\n                    NEW.segment_id, NEW.min_quantity, NEW.priority, NEW.starts_at, NEW.is_base)\n                THEN\n                    RAISE EXCEPTION 'price list % is released: only its end may change', OLD.code;\n                END IF;\n                RETURN NEW;\n            ", hash='29b55fa1991a7da912ba2476f22bac53b8a63176', operation='UPDATE OR DELETE', pgid='pgtrigger_released_stays_02383', table='products_pricelist', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("channel_id", "code", "ends_at", "id", "is_base", "min_quantity", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "region_id", "segment_id", "starts_at", "status", "store_id", "tier_id") SELECT new_values."channel_id", new_values."code", new_values."ends_at", new_values."id", new_values."is_base", new_values."min_quantity", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."priority", new_values."region_id", new_values."segment_id", new_values."starts_at", new_values."status", new_values."store_id", new_values."tier_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a9965e8e360e127c6a8794ccbb3a7b80ee3dce94', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_060fb', referencing='REFERENCING NEW TABLE AS new_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("channel_id", "code", "ends_at", "id", "is_base", "min_quantity", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "region_id", "segment_id", "starts_at", "status", "store_id", "tier_id") SELECT old_values."channel_id", old_values."code", old_values."ends_at", old_values."id", old_values."is_base", old_values."min_quantity", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."priority", old_values."region_id", old_values."segment_id", old_values."starts_at", old_values."status", old_values."store_id", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5573b68ea474774820fd0c60dee7b71a096a3217', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_de7ad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("channel_id", "code", "ends_at", "id", "is_base", "min_quantity", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "region_id", "segment_id", "starts_at", "status", "store_id", "tier_id") SELECT old_values."channel_id", old_values."code", old_values."ends_at", old_values."id", old_values."is_base", old_values."min_quantity", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."priority", old_values."region_id", old_values."segment_id", old_values."starts_at", old_values."status", old_values."store_id", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c34b9f489a45d642a630af7cc96dc3d8156ae522', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c6aaf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productversion" ("attributes", "brand", "category_id", "code", "description", "description_en", "id", "listing", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") SELECT old_values."attributes", old_values."brand", old_values."category_id", old_values."code", old_values."description", old_values."description_en", old_values."id", old_values."listing", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."status" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."attributes" IS DISTINCT FROM (new_values."attributes") OR old_values."brand" IS DISTINCT FROM (new_values."brand") OR old_values."category_id" IS DISTINCT FROM (new_values."category_id") OR old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."description" IS DISTINCT FROM (new_values."description") OR old_values."description_en" IS DISTINCT FROM (new_values."description_en") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."listing" IS DISTINCT FROM (new_values."listing") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."name_en" IS DISTINCT FROM (new_values."name_en") OR old_values."status" IS DISTINCT FROM (new_values."status")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e84b0c60a33c3c94de189550b6569a9c1ae3e167', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_18d15', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productversion" ("attributes", "brand", "category_id", "code", "description", "description_en", "id", "listing", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") SELECT old_values."attributes", old_values."brand", old_values."category_id", old_values."code", old_values."description", old_values."description_en", old_values."id", old_values."listing", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3f1a4b0fef6d68e812c54d7c14397009df7f7c1d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cb7df', referencing='REFERENCING OLD TABLE AS old_values ', table='products_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sku',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_skuversion" ("code", "id", "is_active", "kind", "option", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "tax_class_id", "unit") SELECT old_values."code", old_values."id", old_values."is_active", old_values."kind", old_values."option", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."product_id", old_values."tax_class_id", old_values."unit" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='852eb1193f68f41857cda8a2fcbfe6a3c94e84a9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7388a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_sku', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sku',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_skuversion" ("code", "id", "is_active", "kind", "option", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "tax_class_id", "unit") SELECT old_values."code", old_values."id", old_values."is_active", old_values."kind", old_values."option", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."product_id", old_values."tax_class_id", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='db817bf40b6c1d7c2da435cd972e8ff9cf8134f1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b60e5', referencing='REFERENCING OLD TABLE AS old_values ', table='products_sku', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.UniqueConstraint(fields=('sku', 'price_list', 'starts_at'), name='price_once_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), _connector='OR'), name='price_in_range'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'released')), expressions=[(django.db.models.functions.comparison.Coalesce('store', 0), '='), (django.db.models.functions.comparison.Coalesce('region', 0), '='), (django.db.models.functions.comparison.Coalesce('channel', 0), '='), (django.db.models.functions.comparison.Coalesce('tier', 0), '='), (django.db.models.functions.comparison.Coalesce('segment', 0), '='), ('min_quantity', '='), ('priority', '='), (models.Func('starts_at', 'ends_at', function='tstzrange'), '&&')], name='price_list_unambiguous', violation_error_message='A released list of the same scope, quantity break and priority holds in this time already: give this one another priority.'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'released'])), name='price_list_status_known'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('starts_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='price_list_from_before_to', violation_error_message='A price list must end after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('min_quantity__gte', 0), ('min_quantity__lte', Decimal('999999.999'))), name='price_list_break_in_range', violation_error_message='A quantity break lies between 0 and 999999.999.'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('priority__gte', -1000), ('priority__lte', 1000)), name='price_list_priority_in_range', violation_error_message='A priority lies between -1000 and 1000.'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('is_base', False), models.Q(('channel', None), ('ends_at', None), ('min_quantity', 0), ('priority', 0), ('region', None), ('segment', None), ('starts_at', None), ('status', 'released'), ('store', None), ('tier', None)), _connector='OR'), name='price_list_base_for_all', violation_error_message='The base list holds everywhere, always and for all.'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'review', 'active', 'retired'])), name='product_status_known'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('listing__in', ['everywhere', 'named'])), name='product_listing_known'),
        ),
        migrations.AddField(
            model_name='priceguard',
            name='category',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guard', to='products.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='priceguard',
            name='sku',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guard', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='priceguardversion',
            name='category',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='priceguardversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.priceguard'),
        ),
        migrations.AddField(
            model_name='priceguardversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplier',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_supplierversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='be976d8075d1b51c583107ae86cf7ffb3ed3caf7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8fb3f', referencing='REFERENCING NEW TABLE AS new_values ', table='products_supplier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplier',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_supplierversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5708aadda342c5fb7a8ccc08f8aded0cbaddd580', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a6314', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_supplier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_supplierversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9b567cde51fb3136f7cd9b4849d4eea8425b5bd6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_80a0b', referencing='REFERENCING OLD TABLE AS old_values ', table='products_supplier', when='AFTER')),
        ),
        migrations.AddField(
            model_name='suppliercost',
            name='sku',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='suppliercost',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='products.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='supplierversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.supplier'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxclass',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxclassversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fb246b44b58d5a7bf466433469c5055ca11a2cd3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_405e2', referencing='REFERENCING NEW TABLE AS new_values ', table='products_taxclass', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxclass',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxclassversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='405bef1da236da7eb63ad87fb288ab7c427dacbd', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_84395', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_taxclass', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxclass',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxclassversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c05d38ab6d7b52464cdac3200ba3f46356775c87', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_edd09', referencing='REFERENCING OLD TABLE AS old_values ', table='products_taxclass', when='AFTER')),
        ),
        migrations.AddField(
            model_name='category',
            name='tax_class',
            field=models.ForeignKey(blank=True, help_text='Empty: as the category above.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddField(
            model_name='categoryversion',
            name='tax_class',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddField(
            model_name='sku',
            name='tax_class',
            field=models.ForeignKey(blank=True, db_index=False, help_text='Empty: as its category.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddField(
            model_name='skuversion',
            name='tax_class',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddIndex(
            model_name='category',
            index=django.contrib.postgres.indexes.GinIndex(fields=['path'], name='category_below'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['goods', 'bundle', 'virtual'])), name='sku_kind_known'),
        ),
        migrations.AddField(
            model_name='taxclassversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.taxclass'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='tax_class',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddField(
            model_name='taxrateversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.taxrate'),
        ),
        migrations.AddField(
            model_name='taxrateversion',
            name='tax_class',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.taxclass', verbose_name='tax class'),
        ),
        migrations.AddField(
            model_name='undercutcode',
            name='sku',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='undercutcode',
            name='store',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.DeleteModel(
            name='PriceVersion',
        ),
        migrations.AddConstraint(
            model_name='priceguard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category__isnull', False), ('sku', None)), models.Q(('category', None), ('sku__isnull', False)), _connector='OR'), name='guard_of_one', violation_error_message='A guard is for a SKU or for a category.'),
        ),
        migrations.AddConstraint(
            model_name='priceguard',
            constraint=models.CheckConstraint(condition=models.Q(('floor__isnull', False), ('lowest__isnull', False), ('highest__isnull', False), _connector='OR'), name='guard_says_something', violation_error_message='A guard names a floor or an end of the band.'),
        ),
        migrations.AddConstraint(
            model_name='priceguard',
            constraint=models.CheckConstraint(condition=models.Q(('floor', None), models.Q(('floor__gte', 0), ('floor__lte', 1000000000000)), _connector='OR'), name='guard_floor_in_range'),
        ),
        migrations.AddConstraint(
            model_name='priceguard',
            constraint=models.CheckConstraint(condition=models.Q(('floor', None), ('sku__isnull', False), _connector='OR'), name='guard_floor_of_sku', violation_error_message='Only a SKU has a floor in money; a category has a band.'),
        ),
        migrations.AddConstraint(
            model_name='priceguard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lowest', None), ('lowest__lte', 10000), _connector='OR'), models.Q(('highest', None), models.Q(('highest__gte', 10000), ('highest__lte', 1000000)), _connector='OR')), name='guard_band_in_range', violation_error_message='The band begins at the base price or below, and ends there or above.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priceguard',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceguardversion" ("category_id", "floor", "highest", "id", "lowest", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT new_values."category_id", new_values."floor", new_values."highest", new_values."id", new_values."lowest", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."sku_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='03f0d5f516f006a7536a44a95afc3e251ebe41ba', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f380e', referencing='REFERENCING NEW TABLE AS new_values ', table='products_priceguard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priceguard',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceguardversion" ("category_id", "floor", "highest", "id", "lowest", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."category_id", old_values."floor", old_values."highest", old_values."id", old_values."lowest", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='97c6b836b9fb07e69700e1e9b9d6c2e41a8380cf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1379d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_priceguard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priceguard',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceguardversion" ("category_id", "floor", "highest", "id", "lowest", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."category_id", old_values."floor", old_values."highest", old_values."id", old_values."lowest", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8756eaa7c7ef07480ff330e738362d3f1a73b610', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1eb3c', referencing='REFERENCING OLD TABLE AS old_values ', table='products_priceguard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priceguardversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='5b9b101bfc0cd7a7dbf957d957125a8f6a66144c', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_d483a', table='products_priceguardversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='suppliercost',
            constraint=models.UniqueConstraint(fields=('sku', 'supplier', 'starts_at'), name='cost_once_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='suppliercost',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), models.Q(('amount__gte', 0), ('amount__lte', 1000000000000)), _connector='OR'), name='cost_in_range'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suppliercost',
            trigger=pgtrigger.compiler.Trigger(name='not_rewritten', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='f06f470c5689d9504050e3c510e804824c5009bf', level='STATEMENT', operation='UPDATE OR TRUNCATE', pgid='pgtrigger_not_rewritten_bbebd', table='products_suppliercost', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suppliercost',
            trigger=pgtrigger.compiler.Trigger(name='stays_once_begun', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF OLD.starts_at <= clock_timestamp() THEN\n                    RAISE EXCEPTION 'append-only: what has begun on % stays', TG_TABLE_NAME;\n                END IF;\n                RETURN OLD;\n            ", hash='73af03df0f542e9276e9955ec0d400bbd20ebf2c', operation='DELETE', pgid='pgtrigger_stays_once_begun_56348', table='products_suppliercost', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplierversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='a39b5737b6f5e1f3cfd80502bb084ae1eb801dac', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_a0933', table='products_supplierversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxclassversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='be1af312e9b5911735a6ac4a5e7243ecbe39f6c2', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_ddffd', table='products_taxclassversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.UniqueConstraint(fields=('tax_class', 'starts_on'), name='tax_rate_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('basis_points__lte', 10000)), name='tax_rate_in_range'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxrate',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxrateversion" ("basis_points", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "tax_class_id") SELECT new_values."basis_points", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."starts_on", new_values."tax_class_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ea38982e8202f4c940c83423981a68378379ea90', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0a9ce', referencing='REFERENCING NEW TABLE AS new_values ', table='products_taxrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxrate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxrateversion" ("basis_points", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "tax_class_id") SELECT old_values."basis_points", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."starts_on", old_values."tax_class_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='61ef06f484cedfc5e2a4249273df41c7a3d1dea5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a347d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_taxrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxrate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_taxrateversion" ("basis_points", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "tax_class_id") SELECT old_values."basis_points", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."starts_on", old_values."tax_class_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='36a9cab9f67361dd7bdf3cc81118ef5cabc74328', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_892e4', referencing='REFERENCING OLD TABLE AS old_values ', table='products_taxrate', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='taxrateversion',
            index=models.Index(fields=['tax_class'], name='taxrate_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='taxrateversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='bdf380834301b2e467b11ffe974570bb3dd3273c', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_e8247', table='products_taxrateversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='undercutcode',
            index=models.Index(fields=['-valid_until', '-id'], name='undercut_newest'),
        ),
        migrations.AddConstraint(
            model_name='undercutcode',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', models.F('uses')), ('uses__gte', 1)), name='undercut_used_at_most'),
        ),
        migrations.AddConstraint(
            model_name='undercutcode',
            constraint=models.CheckConstraint(condition=models.Q(('lowest__gte', 0), ('lowest__lte', 1000000000000)), name='undercut_in_range'),
        ),
    ]
