"""Kinds of barcodes, packs, scales' labels, keys of other systems, and what bundles are made of."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# A barcode that was kept as it came is a GTIN where its last digit checks the others, as GTIN-13 where it
# can be one; where another row is that barcode already, and else, it stays as it is: the shop's own.
KINDS_OF_BARCODES = """
WITH given AS (
    SELECT id, code, lpad(code, 14, '0') AS padded FROM products_barcode
    WHERE code ~ '^([0-9]{8}|[0-9]{12,14})$'
), valid AS (
    SELECT id, code, CASE WHEN padded LIKE '000000%' THEN right(padded, 8)
        WHEN padded LIKE '0%' THEN right(padded, 13) ELSE padded END AS kept
    FROM given
    WHERE (SELECT sum(substr(padded, n, 1)::int * (1 + n % 2 * 2)) FROM generate_series(1, 14) n) % 10 = 0
), chosen AS (
    SELECT DISTINCT ON (kept) id, kept FROM valid ORDER BY kept, code = kept DESC, id
)
UPDATE products_barcode barcode SET kind = 'gtin', code = chosen.kept
FROM chosen WHERE chosen.id = barcode.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
# Not deferred: who is refused hears it at once. Two writes that are right alone (one puts a SKU into a
# bundle, the other makes a bundle of it) wait for each other at the SKU's row.
KINDS_FIXED = """
ALTER TABLE products_bundlecomponent
    ADD CONSTRAINT components_of_bundle FOREIGN KEY (bundle_id, bundle_kind)
        REFERENCES products_sku (id, kind),
    ADD CONSTRAINT component_is_goods FOREIGN KEY (component_id, component_kind)
        REFERENCES products_sku (id, kind);
ALTER TABLE products_barcode
    ADD CONSTRAINT barcode_pack_of_its_sku FOREIGN KEY (pack_id, sku_id)
        REFERENCES products_packsize (id, sku_id) DEFERRABLE INITIALLY DEFERRED;
"""
LOOSE = """
ALTER TABLE products_bundlecomponent
    DROP CONSTRAINT components_of_bundle, DROP CONSTRAINT component_is_goods;
ALTER TABLE products_barcode DROP CONSTRAINT barcode_pack_of_its_sku;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0008_catalogue_feed'),
    ]

    operations = [
        migrations.CreateModel(
            name='BundleComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='quantity')),
                ('bundle_kind', models.CharField(db_default='bundle', default='bundle', editable=False, max_length=16)),
                ('component_kind', models.CharField(db_default='goods', default='goods', editable=False, max_length=16)),
            ],
            options={
                'verbose_name': 'component',
                'verbose_name_plural': 'components',
            },
        ),
        migrations.CreateModel(
            name='BundleComponentVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='quantity')),
            ],
            options={
                'verbose_name': 'BundleComponent version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExternalReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text='Small letters, digits, dash: the name of the other system.', max_length=16, verbose_name='source')),
                ('code', models.CharField(max_length=47, verbose_name='code there')),
            ],
            options={
                'verbose_name': 'external reference',
                'verbose_name_plural': 'external references',
            },
        ),
        migrations.CreateModel(
            name='ExternalReferenceVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(help_text='Small letters, digits, dash: the name of the other system.', max_length=16, verbose_name='source')),
                ('code', models.CharField(max_length=47, verbose_name='code there')),
            ],
            options={
                'verbose_name': 'ExternalReference version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PackSize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, verbose_name='pack code')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
                ('contains', models.DecimalField(decimal_places=3, help_text='In the unit of the SKU.', max_digits=12, verbose_name='contains')),
            ],
            options={
                'verbose_name': 'pack',
                'verbose_name_plural': 'packs',
            },
        ),
        migrations.CreateModel(
            name='PackSizeVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=16, verbose_name='pack code')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
                ('contains', models.DecimalField(decimal_places=3, help_text='In the unit of the SKU.', max_digits=12, verbose_name='contains')),
            ],
            options={
                'verbose_name': 'PackSize version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WeighedPrefix',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(help_text='20 to 29, 02 or 04.', max_length=2, unique=True, verbose_name='prefix')),
                ('item_digits', models.PositiveSmallIntegerField(default=5, verbose_name='digits of the item number')),
                ('value', models.CharField(choices=[('weight', 'weight'), ('price', 'price')], max_length=8, verbose_name='what it says')),
                ('value_digits', models.PositiveSmallIntegerField(default=5, help_text='With those of the item number 10, or 9 where a digit between checks the value.', verbose_name='digits of the value')),
                ('decimals', models.PositiveSmallIntegerField(help_text='A weight in grams of a SKU by the kilogram has 3.', verbose_name='decimals')),
            ],
            options={
                'verbose_name': 'weighed label',
                'verbose_name_plural': 'weighed labels',
            },
        ),
        migrations.CreateModel(
            name='WeighedPrefixVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('prefix', models.CharField(help_text='20 to 29, 02 or 04.', max_length=2, verbose_name='prefix')),
                ('item_digits', models.PositiveSmallIntegerField(default=5, verbose_name='digits of the item number')),
                ('value', models.CharField(choices=[('weight', 'weight'), ('price', 'price')], max_length=8, verbose_name='what it says')),
                ('value_digits', models.PositiveSmallIntegerField(default=5, help_text='With those of the item number 10, or 9 where a digit between checks the value.', verbose_name='digits of the value')),
                ('decimals', models.PositiveSmallIntegerField(help_text='A weight in grams of a SKU by the kilogram has 3.', verbose_name='decimals')),
            ],
            options={
                'verbose_name': 'WeighedPrefix version',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='barcode',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='barcode',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='barcode',
            name='kind',
            field=models.CharField(choices=[('gtin', 'GTIN'), ('internal', 'internal number'), ('weighed', 'weighed goods')], db_default='internal', default='internal', editable=False, max_length=8, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='barcodeversion',
            name='kind',
            field=models.CharField(choices=[('gtin', 'GTIN'), ('internal', 'internal number'), ('weighed', 'weighed goods')], db_default='internal', default='internal', editable=False, max_length=8, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='sku',
            name='code',
            field=models.CharField(max_length=32, unique=True, validators=[django.core.validators.RegexValidator('^[^:]*$', 'A SKU code has no colon.')], verbose_name='SKU code'),
        ),
        migrations.AlterField(
            model_name='skuversion',
            name='code',
            field=models.CharField(max_length=32, validators=[django.core.validators.RegexValidator('^[^:]*$', 'A SKU code has no colon.')], verbose_name='SKU code'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sku',
            trigger=pgtrigger.compiler.Trigger(name='code_without_colon', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (position(':' in NEW.code) > 0)", func="\n                IF TG_OP = 'INSERT' OR NEW.code IS DISTINCT FROM OLD.code THEN\n                    RAISE EXCEPTION 'SKU code % has a colon', NEW.code\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sku_code_without_colon';\n                END IF;\n                RETURN NEW;\n            ", hash='28764cfbdc5443ea82d793af8bf9c47f3fc2c8bb', operation='INSERT OR UPDATE OF "code"', pgid='pgtrigger_code_without_colon_d168e', table='products_sku', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(fields=('id', 'kind'), name='sku_of_kind'),
        ),
        migrations.AddField(
            model_name='bundlecomponent',
            name='bundle',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='components', to='products.sku', verbose_name='bundle'),
        ),
        migrations.AddField(
            model_name='bundlecomponent',
            name='component',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='in_bundles', to='products.sku', verbose_name='component'),
        ),
        migrations.AddField(
            model_name='bundlecomponentversion',
            name='bundle',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='bundle'),
        ),
        migrations.AddField(
            model_name='bundlecomponentversion',
            name='component',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='component'),
        ),
        migrations.AddField(
            model_name='bundlecomponentversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.bundlecomponent'),
        ),
        migrations.AddField(
            model_name='externalreference',
            name='sku',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='references', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='externalreferenceversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.externalreference'),
        ),
        migrations.AddField(
            model_name='externalreferenceversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='packsize',
            name='sku',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='packs', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='barcode',
            name='pack',
            field=models.ForeignKey(blank=True, help_text='Empty: one unit of the SKU.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='barcodes', to='products.packsize', verbose_name='pack'),
        ),
        migrations.AddField(
            model_name='barcodeversion',
            name='pack',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.packsize', verbose_name='pack'),
        ),
        migrations.RunSQL(KINDS_OF_BARCODES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='barcode',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['gtin', 'internal', 'weighed'])), name='barcode_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='barcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'gtin'), _negated=True), ('code__regex', '^([0-9]{8}|[0-9]{13}|[1-9][0-9]{13})$'), _connector='OR'), name='barcode_gtin_as_kept'),
        ),
        migrations.AddConstraint(
            model_name='barcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'weighed'), _negated=True), ('pack', None), _connector='OR'), name='barcode_weighed_no_pack'),
        ),
        migrations.AddField(
            model_name='packsizeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.packsize'),
        ),
        migrations.AddField(
            model_name='packsizeversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddConstraint(
            model_name='weighedprefix',
            constraint=models.CheckConstraint(condition=models.Q(('prefix__regex', '^(2[0-9]|0[24])$')), name='weighed_prefix_in_store', violation_error_message='The prefix is 20 to 29, 02 or 04.'),
        ),
        migrations.AddConstraint(
            model_name='weighedprefix',
            constraint=models.CheckConstraint(condition=models.Q(('value__in', ['weight', 'price'])), name='weighed_value_known'),
        ),
        migrations.AddConstraint(
            model_name='weighedprefix',
            constraint=models.CheckConstraint(condition=models.Q(('item_digits__gte', 3), ('item_digits__lte', 7), ('value_digits__gte', 2), models.Q(('item_digits', django.db.models.expressions.CombinedExpression(models.Value(10), '-', models.F('value_digits'))), ('item_digits', django.db.models.expressions.CombinedExpression(models.Value(9), '-', models.F('value_digits'))), _connector='OR')), name='weighed_digits_add_up', violation_error_message='Item number and value have 10 digits together, or 9; the item number 3 to 7.'),
        ),
        migrations.AddConstraint(
            model_name='weighedprefix',
            constraint=models.CheckConstraint(condition=models.Q(('decimals__lte', 3)), name='weighed_decimals_in_range', violation_error_message='There are 0 to 3 decimals.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weighedprefix',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_weighedprefixversion" ("decimals", "id", "item_digits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "value", "value_digits") SELECT new_values."decimals", new_values."id", new_values."item_digits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."prefix", new_values."value", new_values."value_digits" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8fa8443b4fd2a6e2f237475f66b67c9ce63a59fe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_72c22', referencing='REFERENCING NEW TABLE AS new_values ', table='products_weighedprefix', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weighedprefix',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_weighedprefixversion" ("decimals", "id", "item_digits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "value", "value_digits") SELECT old_values."decimals", old_values."id", old_values."item_digits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."prefix", old_values."value", old_values."value_digits" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f1a559802377127f299bd8037632e6cddb16cce2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d175d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_weighedprefix', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weighedprefix',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_weighedprefixversion" ("decimals", "id", "item_digits", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "value", "value_digits") SELECT old_values."decimals", old_values."id", old_values."item_digits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."prefix", old_values."value", old_values."value_digits" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9b243d0c1869b650cf79f7c94347ea426b967286', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c0af5', referencing='REFERENCING OLD TABLE AS old_values ', table='products_weighedprefix', when='AFTER')),
        ),
        migrations.AddField(
            model_name='weighedprefixversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.weighedprefix'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.UniqueConstraint(fields=('bundle', 'component'), name='component_once', violation_error_message='A bundle names each of its components once.'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('quantity__lte', 999999)), name='component_in_range', violation_error_message='A quantity is more than 0 and at most 999999.'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.CheckConstraint(condition=models.Q(('bundle_kind', 'bundle'), ('component_kind', 'goods')), name='component_kinds_fixed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bundlecomponent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_bundlecomponentversion" ("bundle_id", "component_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") SELECT new_values."bundle_id", new_values."component_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."quantity" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a77f3ab5ac298890c9ccd9ca137d0f5070b71e27', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_42ca4', referencing='REFERENCING NEW TABLE AS new_values ', table='products_bundlecomponent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bundlecomponent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_bundlecomponentversion" ("bundle_id", "component_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") SELECT old_values."bundle_id", old_values."component_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."quantity" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."bundle_id" IS DISTINCT FROM (new_values."bundle_id") OR old_values."component_id" IS DISTINCT FROM (new_values."component_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."quantity" IS DISTINCT FROM (new_values."quantity")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6d6cab307f4dd1e01bc2eea8a1479254a8fc204e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cb0f0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_bundlecomponent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bundlecomponent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_bundlecomponentversion" ("bundle_id", "component_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") SELECT old_values."bundle_id", old_values."component_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."quantity" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='986edf297a063a843f5adec6ede7c3d094ea2b2d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f1431', referencing='REFERENCING OLD TABLE AS old_values ', table='products_bundlecomponent', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='bundlecomponentversion',
            index=models.Index(fields=['bundle'], name='bundlecomponent_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bundlecomponentversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='5c3abcb41f85b94ee6f837a1acc0d0bc29c20bed', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_a3e79', table='products_bundlecomponentversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='externalreference',
            constraint=models.UniqueConstraint(fields=('source', 'code'), name='reference_once', violation_error_message='Another SKU has this code of this source.'),
        ),
        migrations.AddConstraint(
            model_name='externalreference',
            constraint=models.UniqueConstraint(fields=('sku', 'source'), name='reference_one_a_source', violation_error_message='A SKU has one code of a source.'),
        ),
        migrations.AddConstraint(
            model_name='externalreference',
            constraint=models.CheckConstraint(condition=models.Q(('source__regex', '^[a-z0-9][a-z0-9-]*$')), name='reference_source_form', violation_error_message='A source is small letters, digits and dashes.'),
        ),
        migrations.AddConstraint(
            model_name='externalreference',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[!-.0-~]+$')), name='reference_code_form', violation_error_message='A code is printable ASCII characters without spaces and slashes.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='externalreference',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_externalreferenceversion" ("code", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT new_values."code", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."sku_id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e0cae4e1c5e2da3850a69fc4a90c2fb7ac1210b0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_7fbfa', referencing='REFERENCING NEW TABLE AS new_values ', table='products_externalreference', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='externalreference',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_externalreferenceversion" ("code", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT old_values."code", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."sku_id", old_values."source" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2ec6cdb0444390b69547c4a51050bb0c9b8836ec', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2a20e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_externalreference', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='externalreference',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_externalreferenceversion" ("code", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id", "source") SELECT old_values."code", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."sku_id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='90a5491ebf91b1ab1552dcc315578b562f2e2e47', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_06650', referencing='REFERENCING OLD TABLE AS old_values ', table='products_externalreference', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='externalreferenceversion',
            index=models.Index(fields=['sku'], name='externalreference_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='externalreferenceversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='fa3f429f5f5d7ad5be1914102760f57303483c90', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_84cc1', table='products_externalreferenceversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='packsize',
            constraint=models.UniqueConstraint(fields=('sku', 'code'), name='pack_code_once'),
        ),
        migrations.AddConstraint(
            model_name='packsize',
            constraint=models.UniqueConstraint(fields=('id', 'sku'), name='pack_of_sku'),
        ),
        migrations.AddConstraint(
            model_name='packsize',
            constraint=models.CheckConstraint(condition=models.Q(('contains__gt', 0)), name='pack_contains_something', violation_error_message='A pack contains more than nothing.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packsize',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_packsizeversion" ("code", "contains", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT new_values."code", new_values."contains", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."sku_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2705575457ea339050ca23e90a071c27c4feb09c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_24f34', referencing='REFERENCING NEW TABLE AS new_values ', table='products_packsize', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packsize',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_packsizeversion" ("code", "contains", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."contains", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f208633ebebda60b9f244033696bc7bf4cc2a237', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1b3a5', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_packsize', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packsize',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_packsizeversion" ("code", "contains", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."contains", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f804d79a5251fd98e96d3eb0467611d25f0fed85', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_16194', referencing='REFERENCING OLD TABLE AS old_values ', table='products_packsize', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='packsizeversion',
            index=models.Index(fields=['sku'], name='packsize_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packsizeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='49e5f5f17e7daa9ad24b511fbc77f3f1357f2dc4', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_a497b', table='products_packsizeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weighedprefixversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='d2ad12998f5096421559f41d0a10c1cee08db9f4', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_df0c7', table='products_weighedprefixversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barcode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_barcodeversion" ("code", "id", "kind", "pack_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."id", old_values."kind", old_values."pack_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='dc41439a428fb862cf492ac04a1528139c3646f0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_98d70', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_barcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barcode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_barcodeversion" ("code", "id", "kind", "pack_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."id", old_values."kind", old_values."pack_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='80840b50db0e0b967ec7503e978548ac71dfa48c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_689cf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_barcode', when='AFTER')),
        ),
        migrations.RunSQL(KINDS_FIXED, LOOSE),
    ]
