"""Attributes of products by category; options, and a SKU each for their combinations."""

import django.db.models.constraints
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# An option was a free text: two SKUs of a product may have the same one.
OPTION_ONCE = """
UPDATE products_sku sku SET option = left(sku.option, 31) || ' ' || sku.code
FROM (
    SELECT id, row_number() OVER (PARTITION BY product_id, option ORDER BY id) AS place
    FROM products_sku WHERE option <> ''
) same
WHERE same.id = sku.id AND same.place > 1
"""


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0005_assortment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('type', models.CharField(choices=[('text', 'text'), ('number', 'number'), ('flag', 'yes or no'), ('choice', 'one of a list'), ('date', 'date')], default='text', max_length=8, verbose_name='type')),
                ('unit', models.CharField(blank=True, max_length=16, verbose_name='unit')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
            ],
            options={
                'verbose_name': 'attribute',
                'verbose_name_plural': 'attributes',
            },
        ),
        migrations.CreateModel(
            name='AttributeVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('type', models.CharField(choices=[('text', 'text'), ('number', 'number'), ('flag', 'yes or no'), ('choice', 'one of a list'), ('date', 'date')], default='text', max_length=8, verbose_name='type')),
                ('unit', models.CharField(blank=True, max_length=16, verbose_name='unit')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
            ],
            options={
                'verbose_name': 'Attribute version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CategoryAttribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('required', models.BooleanField(default=False, verbose_name='required')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'attribute of a category',
                'verbose_name_plural': 'attributes of the category',
            },
        ),
        migrations.CreateModel(
            name='CategoryAttributeVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('required', models.BooleanField(default=False, verbose_name='required')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'CategoryAttribute version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OptionValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'option value',
                'verbose_name_plural': 'option values',
            },
        ),
        migrations.CreateModel(
            name='OptionValueVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'OptionValue version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'option',
                'verbose_name_plural': 'options',
            },
        ),
        migrations.CreateModel(
            name='ProductOptionVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=64, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'ProductOption version',
                'abstract': False,
            },
        ),
        migrations.RunSQL(OPTION_ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.UniqueConstraint(condition=models.Q(('option', ''), _negated=True), fields=('product', 'option'), name='sku_option_once', violation_error_message='Another SKU of this product has the same option.'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['text', 'number', 'flag', 'choice', 'date'])), name='attribute_type_known'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('type', 'choice'), models.Q(('choices', []), _negated=True)), models.Q(models.Q(('type', 'choice'), _negated=True), ('choices', [])), _connector='OR'), name='attribute_choices_of_choice', violation_error_message='One of a list has choices, and nothing else has.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attribute',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_attributeversion" ("choices", "code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "type", "unit") SELECT new_values."choices", new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."type", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='678aadf47658e17386dd1ade5c3235de00ac7ee6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_23712', referencing='REFERENCING NEW TABLE AS new_values ', table='products_attribute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attribute',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_attributeversion" ("choices", "code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "type", "unit") SELECT old_values."choices", old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."type", old_values."unit" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7d8988801227be028cf232230a85b47f0e485f14', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e244f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_attribute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attribute',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_attributeversion" ("choices", "code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "type", "unit") SELECT old_values."choices", old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."type", old_values."unit" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8d468a8be9e8670c85ea02d6e73d1e7541a6a8fa', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b253c', referencing='REFERENCING OLD TABLE AS old_values ', table='products_attribute', when='AFTER')),
        ),
        migrations.AddField(
            model_name='attributeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.attribute'),
        ),
        migrations.AddField(
            model_name='categoryattribute',
            name='attribute',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.attribute', verbose_name='attribute'),
        ),
        migrations.AddField(
            model_name='categoryattribute',
            name='category',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='products.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='categoryattributeversion',
            name='attribute',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.attribute', verbose_name='attribute'),
        ),
        migrations.AddField(
            model_name='categoryattributeversion',
            name='category',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='categoryattributeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.categoryattribute'),
        ),
        migrations.AddField(
            model_name='optionvalueversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.optionvalue'),
        ),
        migrations.AddField(
            model_name='productoption',
            name='product',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='options', to='products.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='optionvalueversion',
            name='option',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.productoption', verbose_name='option'),
        ),
        migrations.AddField(
            model_name='optionvalue',
            name='option',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='products.productoption', verbose_name='option'),
        ),
        migrations.AddField(
            model_name='productoptionversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='products.productoption'),
        ),
        migrations.AddField(
            model_name='productoptionversion',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.product', verbose_name='product'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attributeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='9ebf80f8dbf468f1ea0ff03a9fa59a81737c5818', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_e4931', table='products_attributeversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='categoryattribute',
            constraint=models.UniqueConstraint(fields=('category', 'attribute'), name='attribute_once_a_category'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categoryattribute',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryattributeversion" ("attribute_id", "category_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "required") SELECT new_values."attribute_id", new_values."category_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."position", new_values."required" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='751766d979260594bf95cf8accb9a397a9b60897', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d2320', referencing='REFERENCING NEW TABLE AS new_values ', table='products_categoryattribute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categoryattribute',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryattributeversion" ("attribute_id", "category_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "required") SELECT old_values."attribute_id", old_values."category_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."position", old_values."required" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b5b9610feb1aadb82128500f4c0839eb260610a3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1fa42', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_categoryattribute', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categoryattribute',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_categoryattributeversion" ("attribute_id", "category_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "required") SELECT old_values."attribute_id", old_values."category_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."required" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='187328c361368db9305535364a263108cb06cd0c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_69d09', referencing='REFERENCING OLD TABLE AS old_values ', table='products_categoryattribute', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='categoryattributeversion',
            index=models.Index(fields=['category'], name='categoryattribute_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='categoryattributeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='571422a63beced4d51c5e7c63db77a966c073623', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_bb605', table='products_categoryattributeversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='productoption',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('product', 'position'), name='option_once_a_position'),
        ),
        migrations.AddConstraint(
            model_name='productoption',
            constraint=models.CheckConstraint(condition=models.Q(('position__lt', 3)), name='option_at_most_three'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='productoption',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productoptionversion" ("id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "product_id") SELECT old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."position", old_values."product_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e71016a287ef26e9fd26ecdd6773bd24d4d3ce74', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_853f3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_productoption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='productoption',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_productoptionversion" ("id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "product_id") SELECT old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position", old_values."product_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='598b9de7d168e9a4e5d0104faaf1f347780cec21', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2b168', referencing='REFERENCING OLD TABLE AS old_values ', table='products_productoption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionvalueversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='5fcdd9125e842e8a89234d0451fed2387b286fbc', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_37f5c', table='products_optionvalueversion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='optionvalue',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('option', 'code'), name='option_value_once'),
        ),
        migrations.AddConstraint(
            model_name='optionvalue',
            constraint=models.CheckConstraint(condition=models.Q(('position__lt', 100)), name='option_at_most_100'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionvalue',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_optionvalueversion" ("code", "id", "name", "name_en", "option_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."option_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."position" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4286f58c82deeb316ebca6d72f7a5a73dfd74720', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c7752', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='products_optionvalue', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionvalue',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "products_optionvalueversion" ("code", "id", "name", "name_en", "option_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", old_values."option_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."position" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a4ea92930340298d71c2d8b38c180aeeaed93c2a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e0315', referencing='REFERENCING OLD TABLE AS old_values ', table='products_optionvalue', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='productoptionversion',
            index=models.Index(fields=['product'], name='productoption_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='productoptionversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='6f6ef4e8da2fe7b6f2f02b20ae45d9ca301ed133', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_18c65', table='products_productoptionversion', when='BEFORE')),
        ),
    ]
