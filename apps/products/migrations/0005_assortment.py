"""What is sold where: the exceptions from the rule that everything is sold everywhere."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0006_store_groups'),
        ('products', '0004_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssortmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('include', 'sell'), ('exclude', 'do not sell')], max_length=16, verbose_name='action')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='to')),
                ('reason', models.CharField(max_length=255, verbose_name='reason')),
                ('set_by', models.CharField(max_length=64, verbose_name='set by')),
                ('set_at', models.DateTimeField(verbose_name='set at')),
                ('category', models.ForeignKey(blank=True, help_text='With everything below it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assortment_rules', to='products.category', verbose_name='category')),
                ('channel', models.ForeignKey(blank=True, help_text='Empty: through every channel.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.channel', verbose_name='channel')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.storegroup', verbose_name='store group')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assortment_rules', to='products.product', verbose_name='product')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.region', verbose_name='region')),
                ('sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assortment_rules', to='products.sku', verbose_name='SKU')),
                ('store', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store', verbose_name='store')),
            ],
            options={
                'verbose_name': 'assortment rule',
                'verbose_name_plural': 'assortment rules',
            },
        ),
        migrations.AddConstraint(
            model_name='assortmentrule',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['include', 'exclude'])), name='assortment_action_known'),
        ),
        migrations.AddConstraint(
            model_name='assortmentrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', None), ('product', None), ('sku__isnull', False)), models.Q(('category', None), ('product__isnull', False), ('sku', None)), models.Q(('category__isnull', False), ('product', None), ('sku', None)), _connector='OR'), name='assortment_of_one_target', violation_error_message='A rule is for one SKU, one product or one category.'),
        ),
        migrations.AddConstraint(
            model_name='assortmentrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('group', None), ('store', None)), models.Q(('region', None), ('store', None)), models.Q(('group', None), ('region', None)), _connector='OR'), name='assortment_at_one_place', violation_error_message='A rule holds at one store, one store group or one region, or everywhere.'),
        ),
        migrations.AddConstraint(
            model_name='assortmentrule',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', None), ('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='assortment_from_before_to', violation_error_message='A rule must end after it starts.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assortmentrule',
            trigger=pgtrigger.compiler.Trigger(name='begun_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'DELETE' THEN\n                    IF OLD.starts_at IS NULL OR OLD.starts_at <= now() THEN\n                        RAISE EXCEPTION 'assortment rule % has begun and stays', OLD.id;\n                    END IF;\n                    RETURN OLD;\n                END IF;\n                IF to_jsonb(OLD) - 'ends_at' IS DISTINCT FROM to_jsonb(NEW) - 'ends_at'\n                    OR OLD.ends_at <= now()\n                THEN\n                    RAISE EXCEPTION 'assortment rule %: only an end that is ahead may move', OLD.id;\n                END IF;\n                RETURN NEW;\n            ", hash='cd5af241e7d606ecfb26eadf56e797b712f6c191', operation='UPDATE OR DELETE', pgid='pgtrigger_begun_stays_36f61', table='products_assortmentrule', when='BEFORE')),
        ),
    ]
