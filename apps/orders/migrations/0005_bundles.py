"""What a line took from stock: goods themselves, bundles what they were made of at that moment."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0004_tax_of_lines'),
        ('products', '0006_identifiers_and_bundles'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='kind',
            field=models.CharField(choices=[('goods', 'goods'), ('bundle', 'bundle'), ('virtual', 'virtual goods')], db_default='goods', default='goods', max_length=16, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='LineComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='quantity')),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='components', to='orders.orderline', verbose_name='order line')),
                ('sku', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'component of a line',
                'verbose_name_plural': 'components of lines',
                'constraints': [models.UniqueConstraint(fields=('line', 'sku'), name='line_component_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='line_component_positive')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linecomponent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='e636c1bc4ae385a31b7e3328b66f9b31f8886e14', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_df9c5', table='orders_linecomponent', when='BEFORE')),
        ),
    ]
