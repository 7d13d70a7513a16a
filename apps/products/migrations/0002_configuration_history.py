import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('products', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AudienceVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('kind', models.CharField(choices=[('tier', 'member tier'), ('segment', 'segment')], max_length=16, verbose_name='kind')),
            ],
            options={
                'verbose_name': 'Audience version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BarcodeVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='barcode')),
            ],
            options={
                'verbose_name': 'Barcode version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CategoryVersion',
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
                'verbose_name': 'Category version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PriceListVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('is_base', models.BooleanField(default=False, verbose_name='base list')),
            ],
            options={
                'verbose_name': 'PriceList version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PriceVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('amount', models.BigIntegerField(verbose_name='unit price')),
            ],
            options={
                'verbose_name': 'Price version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('brand', models.CharField(blank=True, max_length=64, verbose_name='brand')),
            ],
            options={
                'verbose_name': 'Product version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SkuVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='SKU code')),
                ('option', models.CharField(blank=True, max_length=64, verbose_name='option')),
                ('unit', models.CharField(choices=[('each', 'each'), ('kg', 'kilogram'), ('l', 'litre')], default='each', max_length=8, verbose_name='unit')),
                ('is_active', models.BooleanField(default=True, verbose_name='on sale')),
            ],
            options={
                'verbose_name': 'Sku version',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audience',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_audienceversion" ("code", "id", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."kind", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d9f05080e6dfeb1da28f5951c6940e31a1963a71', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c5b67', referencing='REFERENCING NEW TABLE AS new_values ', table='products_audience', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audience',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_audienceversion" ("code", "id", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."kind", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='15ea2b1458d60677ba555ff7c92d6827d7cab873', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9ad7e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_audience', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audience',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_audienceversion" ("code", "id", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."kind", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='382e6e47d0c5967ba72fbe99d4f7aa6dcc8ddcc2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_eea1d', referencing='REFERENCING OLD TABLE AS old_values ', table='products_audience', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barcode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_barcodeversion" ("code", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='15649acc03896451c18962ddca6c32af06e1184c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_98d70', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_barcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barcode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_barcodeversion" ("code", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku_id") SELECT old_values."code", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9d67c1476039e6decb4355b7e1a9ce8ec94d4427', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_689cf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_barcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", new_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d8c43188d8f0960b5371e5959d1c43d5f35b884a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fe831', referencing='REFERENCING NEW TABLE AS new_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='039467953625f1329127b2ab24e04063fe86b134', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e0cc4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryversion" ("code", "id", "name", "name_en", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8ea255081dcd78a0f564e5c90f08aa6c65ff2224', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_068cf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceversion" ("amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_list_id", "sku_id") SELECT new_values."amount", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."price_list_id", new_values."sku_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='11720b006fedfb423c2085f891bc1b8c9368a7a4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c8e21', referencing='REFERENCING NEW TABLE AS new_values ', table='products_price', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceversion" ("amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_list_id", "sku_id") SELECT old_values."amount", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."price_list_id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a5d91455666911041a4130a153904b657ba9d662', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_acbcd', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_price', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_priceversion" ("amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_list_id", "sku_id") SELECT old_values."amount", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."price_list_id", old_values."sku_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f7db760ac744d88b79931b02793ea0ccfff30a1a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3a2b8', referencing='REFERENCING OLD TABLE AS old_values ', table='products_price', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("code", "id", "is_base", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."is_base", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a6172881f71ee21c4c9d0c8acadaafc763bdeff8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_060fb', referencing='REFERENCING NEW TABLE AS new_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("code", "id", "is_base", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."is_base", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d125ead1bcc62720ea0c584b4bac0527bb7edf86', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_de7ad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_pricelistversion" ("code", "id", "is_base", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."is_base", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='96b56a8540c1abcef3ff0a4f9901ec322b1f81fc', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c6aaf', referencing='REFERENCING OLD TABLE AS old_values ', table='products_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productversion" ("brand", "category_id", "code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."brand", old_values."category_id", old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='67b9c7a9f5347e1af550aaee16da8f472136d71f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_18d15', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productversion" ("brand", "category_id", "code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."brand", old_values."category_id", old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='533836a4d135c2bebc3144ed88504ba3b1db3487', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cb7df', referencing='REFERENCING OLD TABLE AS old_values ', table='products_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sku',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_skuversion" ("code", "id", "is_active", "option", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "unit") SELECT old_values."code", old_values."id", old_values."is_active", old_values."option", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."product_id", old_values."unit" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f68b583c4cbb3a3a8e996a45f17f0aad576058cf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7388a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_sku', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sku',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_skuversion" ("code", "id", "is_active", "option", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "unit") SELECT old_values."code", old_values."id", old_values."is_active", old_values."option", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."product_id", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='db05a33d99d36c9f434f7083f07f2cca812b8b4e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b60e5', referencing='REFERENCING OLD TABLE AS old_values ', table='products_sku', when='AFTER')),
        ),
        migrations.AddField(
            model_name='audienceversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.audience'),
        ),
        migrations.AddField(
            model_name='barcodeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.barcode'),
        ),
        migrations.AddField(
            model_name='barcodeversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='categoryversion',
            name='parent',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.category', verbose_name='parent category'),
        ),
        migrations.AddField(
            model_name='categoryversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.category'),
        ),
        migrations.AddField(
            model_name='pricelistversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.pricelist'),
        ),
        migrations.AddField(
            model_name='priceversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.price'),
        ),
        migrations.AddField(
            model_name='priceversion',
            name='price_list',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.pricelist', verbose_name='price list'),
        ),
        migrations.AddField(
            model_name='priceversion',
            name='sku',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='category',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.product'),
        ),
        migrations.AddField(
            model_name='skuversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.sku'),
        ),
        migrations.AddField(
            model_name='skuversion',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.product', verbose_name='product'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audienceversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='5cd224801bd559d72e5a7f3454d5499df1b5a635', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_93626', table='products_audienceversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='barcodeversion',
            index=models.Index(fields=['sku'], name='barcode_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barcodeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='990f29e6f07f0ed44183f4ad9a5ff9c893dfd030', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_c3713', table='products_barcodeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categoryversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='56b24d5950ae1beaa58c62ae0e3b4a235b34cfe7', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_f7409', table='products_categoryversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelistversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='17c01c30d94194a268dba86d1e1787009777367f', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_d19d9', table='products_pricelistversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='priceversion',
            index=models.Index(fields=['sku'], name='price_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='priceversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='254859338655fbd2cff8ec81a0c14afbe6ca07d1', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_99df3', table='products_priceversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='productversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='c9a25268c07f72f340847fda8cf1647d38da3cd9', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_14a3f', table='products_productversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='skuversion',
            index=models.Index(fields=['product'], name='sku_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='skuversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='c5d0af1a3c9bdf76803f59426be4777fd2d43b70', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_cddfd', table='products_skuversion', when='BEFORE')),
        ),
    ]
