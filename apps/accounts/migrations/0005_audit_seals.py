import django.contrib.postgres.fields
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the audit trail is big, and its writers go on while it is indexed

    dependencies = [
        ('accounts', '0004_second_factor'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='auditline',
            index=models.Index(fields=['transaction_id', 'id'], name='audit_transaction'),
        ),
        AddIndexConcurrently(
            model_name='auditline',
            index=models.Index(fields=['actor_label', 'id'], name='audit_actor'),
        ),
        AddIndexConcurrently(
            model_name='auditline',
            index=models.Index(fields=['action', 'id'], name='audit_action'),
        ),
        migrations.AlterField(
            model_name='auditline',
            name='transaction_id',
            field=models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), help_text='By it the seal knows which lines are finished.', null=True, verbose_name='transaction'),
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('line_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None, verbose_name='sealed lines')),
                ('line_count', models.IntegerField(verbose_name='lines')),
                ('upto_transaction', models.BigIntegerField(verbose_name='up to transaction')),
                ('after_line', models.BigIntegerField(verbose_name='era after line')),
                ('last_line', models.BigIntegerField(verbose_name='highest line so far')),
                ('cluster', models.BigIntegerField(verbose_name='database cluster')),
                ('previous', models.CharField(blank=True, max_length=64, verbose_name='hash before')),
                ('hash', models.CharField(max_length=64, verbose_name='hash')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed at')),
            ],
            options={
                'verbose_name': 'audit seal',
                'verbose_name_plural': 'audit seals',
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='audit_seal_number_positive')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditseal',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='a3a98c01ce8a2f7a37727ac092584eda08dba771', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_ed234', table='accounts_auditseal', when='BEFORE')),
        ),
    ]
