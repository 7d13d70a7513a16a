import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.operations
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('accounts', '0006_approvals')]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name='AccessCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_kind', models.CharField(max_length=16, verbose_name='actor kind')),
                ('actor_id', models.BigIntegerField(verbose_name='actor id')),
                ('actor_label', models.CharField(max_length=64, verbose_name='actor')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('covers_until', models.DateTimeField(help_text='Further looks until then belong to this case.', verbose_name='covers until')),
                ('status', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=16, verbose_name='status')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, max_length=64, verbose_name='closed by')),
                ('note', models.CharField(blank=True, max_length=255, verbose_name='note')),
            ],
            options={
                'verbose_name': 'case of personal data',
                'verbose_name_plural': 'cases of personal data',
                'indexes': [models.Index(fields=['status', '-opened_at'], name='case_status')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('actor_kind', '='), ('actor_id', '='), (models.Func('opened_at', 'covers_until', function='tstzrange'), '&&')], name='case_once_per_person_and_hour'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', ''), ('note', ''), ('status', 'open')), models.Q(('closed_at__isnull', False), ('status', 'closed'), models.Q(('closed_by', ''), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='case_closed_with_note')],
            },
        ),
        migrations.CreateModel(
            name='PersonalDataAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('actor_kind', models.CharField(max_length=16, verbose_name='actor kind')),
                ('actor_id', models.BigIntegerField(verbose_name='actor id')),
                ('actor_label', models.CharField(max_length=64, verbose_name='actor')),
                ('assignment_id', models.BigIntegerField(help_text='The role assignment under which it was done.', null=True, verbose_name='assignment')),
                ('role', models.CharField(blank=True, max_length=32, verbose_name='role')),
                ('subject_type', models.CharField(max_length=32, verbose_name='object type')),
                ('subject_key', models.CharField(max_length=64, verbose_name='object')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None, verbose_name='fields')),
                ('reason', models.CharField(max_length=255, verbose_name='reason')),
                ('via', models.CharField(choices=[('api', 'API'), ('admin', 'head office'), ('portal', 'franchise portal')], max_length=16, verbose_name='via')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request id')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='address')),
            ],
            options={
                'verbose_name': 'look at personal data',
                'verbose_name_plural': 'who looked at whom',
                'indexes': [models.Index(fields=['actor_id', 'actor_kind', '-at'], name='access_actor'), models.Index(fields=['subject_key', '-at'], name='access_subject'), models.Index(fields=['actor_label', '-at'], name='access_label')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personaldataaccess',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='6b131ad170950e185ac4e04434bda39a22f6cddd', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_da2a5', table='accounts_personaldataaccess', when='BEFORE')),
        ),
    ]
