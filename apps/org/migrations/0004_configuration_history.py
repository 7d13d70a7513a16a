import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('accounts', '0008_configuration_history'),
        ('org', '0003_store_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelStoreVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'ChannelStore version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChannelVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('kind', models.CharField(choices=[('pos', 'point of sale'), ('mini_program', 'mini-program'), ('marketplace', 'marketplace')], max_length=16, verbose_name='kind')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('serves', models.CharField(choices=[('every', 'every store'), ('named', 'the stores named')], default='every', max_length=16, verbose_name='serves')),
            ],
            options={
                'verbose_name': 'Channel version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClientBindingVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'ClientBinding version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClientChannelVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'ClientChannel version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FranchiseeVersion',
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
                'verbose_name': 'Franchisee version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RegionVersion',
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
                'verbose_name': 'Region version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleAssignmentVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('head_office_admin', 'head-office administrator'), ('operations', 'operations'), ('finance', 'finance'), ('customer_service', 'customer service'), ('auditor', 'auditor'), ('regional_manager', 'regional manager'), ('franchise_owner', 'franchise owner'), ('store_manager', 'store manager'), ('clerk', 'clerk')], max_length=32, verbose_name='role')),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, help_text='Empty while no end is set.', null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': 'RoleAssignment version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StoreHoursVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')], verbose_name='day of the week')),
                ('opens_at', models.TimeField(verbose_name='opens at')),
                ('closes_at', models.TimeField(verbose_name='closes at')),
            ],
            options={
                'verbose_name': 'StoreHours version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StoreVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64, verbose_name='time zone')),
                ('status', models.CharField(choices=[('open', 'open'), ('frozen', 'frozen'), ('closed', 'closed')], default='open', max_length=16, verbose_name='status')),
                ('legal_entity', models.CharField(blank=True, help_text='The company on the receipt, as registered.', max_length=128, verbose_name='legal entity')),
                ('address', models.CharField(blank=True, max_length=255, verbose_name='address')),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='latitude')),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='longitude')),
            ],
            options={
                'verbose_name': 'Store version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TenureVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('contract', models.CharField(blank=True, max_length=64, verbose_name='contract')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': 'Tenure version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WarehouseVersion',
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
                'verbose_name': 'Warehouse version',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channel',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelversion" ("code", "id", "is_active", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "serves") SELECT new_values."code", new_values."id", new_values."is_active", new_values."kind", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."serves" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dfe9321b50e4bb5c6f8c31e917c2f61ee3b39b8c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_7e91b', referencing='REFERENCING NEW TABLE AS new_values ', table='org_channel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channel',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelversion" ("code", "id", "is_active", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "serves") SELECT old_values."code", old_values."id", old_values."is_active", old_values."kind", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."serves" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6b7343de88447d949bbaad2fcd60c4169a1c9864', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_83424', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_channel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channel',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelversion" ("code", "id", "is_active", "kind", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "serves") SELECT old_values."code", old_values."id", old_values."is_active", old_values."kind", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."serves" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3a37ba87dcd91a59f6277e439e3ca61a6c81188f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f144e', referencing='REFERENCING OLD TABLE AS old_values ', table='org_channel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelstore',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelstoreversion" ("channel_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT new_values."channel_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."store_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='beedb5a7fc34bd4be5e2f22f26a428fcbba827c8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f28e8', referencing='REFERENCING NEW TABLE AS new_values ', table='org_channelstore', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelstore',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelstoreversion" ("channel_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."channel_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='62a6d34f0a1d2a6f1322b5c40128e9307b1b642b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4f384', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_channelstore', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelstore',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_channelstoreversion" ("channel_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."channel_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='edfdf30c5478239accca8fca8085d94b0f9f1f28', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3a380', referencing='REFERENCING OLD TABLE AS old_values ', table='org_channelstore', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientbinding',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientbindingversion" ("client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT new_values."client_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."store_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='183271a79248234960b501a42639e56336fa5467', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4ad43', referencing='REFERENCING NEW TABLE AS new_values ', table='org_clientbinding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientbinding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientbindingversion" ("client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."client_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='fb1ff3fe535e88b10a22018a99c9609b67255cd2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c7096', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_clientbinding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientbinding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientbindingversion" ("client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."client_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c861c3770de4673a7c621fd165f037310b9ef30e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f9091', referencing='REFERENCING OLD TABLE AS old_values ', table='org_clientbinding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientchannel',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientchannelversion" ("channel_id", "client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."channel_id", new_values."client_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bc26f72a59f51a71d490775cd5091d2028681917', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_23a40', referencing='REFERENCING NEW TABLE AS new_values ', table='org_clientchannel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientchannel',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientchannelversion" ("channel_id", "client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."channel_id", old_values."client_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='333413e61f58a3f45cd1dab7d8c3e848ec00599a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e59a4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_clientchannel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientchannel',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_clientchannelversion" ("channel_id", "client_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."channel_id", old_values."client_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='11648bf870776b24bf2a7c0af1819a3b6c8e3fd1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_eba27', referencing='REFERENCING OLD TABLE AS old_values ', table='org_clientchannel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='franchisee',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_franchiseeversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e346fdc17e6536d74b4b210ad2702dd1f60dd3d7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_1d93a', referencing='REFERENCING NEW TABLE AS new_values ', table='org_franchisee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='franchisee',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_franchiseeversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a02810a716c5159fdb42dc45ba174c13de5a8782', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0a65d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_franchisee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='franchisee',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_franchiseeversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='28c5f472044e61a7ee38c44bfdc35a62f16f5947', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b499c', referencing='REFERENCING OLD TABLE AS old_values ', table='org_franchisee', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='region',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_regionversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='baf5a272d1c3f17cdd5215bdba1be14a9afbad5a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3b408', referencing='REFERENCING NEW TABLE AS new_values ', table='org_region', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='region',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_regionversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='57540332cc4b84b00e52452b42c2b75c3d003875', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3e0e6', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_region', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='region',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_regionversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='80feaf3a10f037ecd3d700874fed6fa0af8569e0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b7cf4', referencing='REFERENCING OLD TABLE AS old_values ', table='org_region', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_roleassignmentversion" ("ends_at", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "starts_at", "store_id", "user_id") SELECT new_values."ends_at", new_values."franchisee_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."region_id", new_values."role", new_values."starts_at", new_values."store_id", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='221fca94882fea00d6cd9d9c9f112e0b38d3486d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_351b7', referencing='REFERENCING NEW TABLE AS new_values ', table='org_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_roleassignmentversion" ("ends_at", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "starts_at", "store_id", "user_id") SELECT old_values."ends_at", old_values."franchisee_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."region_id", old_values."role", old_values."starts_at", old_values."store_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='958b7f95a13c0b8e2adb7ea860b073b0df46dd6f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5d38d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_roleassignmentversion" ("ends_at", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "starts_at", "store_id", "user_id") SELECT old_values."ends_at", old_values."franchisee_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."region_id", old_values."role", old_values."starts_at", old_values."store_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f1b7765bf83a92d3ec6544c9cf6c1a7ef731adc9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a4ee1', referencing='REFERENCING OLD TABLE AS old_values ', table='org_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='store',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storeversion" ("address", "code", "franchisee_id", "id", "latitude", "legal_entity", "longitude", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "time_zone") SELECT new_values."address", new_values."code", new_values."franchisee_id", new_values."id", new_values."latitude", new_values."legal_entity", new_values."longitude", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."region_id", new_values."status", new_values."time_zone" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3abfb432f4b271c27d2044b116973cf32f5b58c1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_545b6', referencing='REFERENCING NEW TABLE AS new_values ', table='org_store', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='store',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storeversion" ("address", "code", "franchisee_id", "id", "latitude", "legal_entity", "longitude", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "time_zone") SELECT old_values."address", old_values."code", old_values."franchisee_id", old_values."id", old_values."latitude", old_values."legal_entity", old_values."longitude", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."region_id", old_values."status", old_values."time_zone" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a72124e58201d3707a8c8dbb350206f90810561f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_18c86', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_store', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='store',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storeversion" ("address", "code", "franchisee_id", "id", "latitude", "legal_entity", "longitude", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "status", "time_zone") SELECT old_values."address", old_values."code", old_values."franchisee_id", old_values."id", old_values."latitude", old_values."legal_entity", old_values."longitude", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."region_id", old_values."status", old_values."time_zone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='44147c448c1ee6f4c464594042d54019b1480d47', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f43bf', referencing='REFERENCING OLD TABLE AS old_values ', table='org_store', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storehours',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storehoursversion" ("closes_at", "id", "opens_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id", "weekday") SELECT new_values."closes_at", new_values."id", new_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."store_id", new_values."weekday" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='692142727e2a24d755ca6391e6e484f690815c67', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b8920', referencing='REFERENCING NEW TABLE AS new_values ', table='org_storehours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storehours',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storehoursversion" ("closes_at", "id", "opens_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id", "weekday") SELECT old_values."closes_at", old_values."id", old_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."store_id", old_values."weekday" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0252b5deed55f4c57bbc8365cc383a5604f74064', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3d388', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_storehours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storehours',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storehoursversion" ("closes_at", "id", "opens_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id", "weekday") SELECT old_values."closes_at", old_values."id", old_values."opens_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."store_id", old_values."weekday" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e73f74f67b3273d5c2a9d5c40f0c86aaa575319c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ae154', referencing='REFERENCING OLD TABLE AS old_values ', table='org_storehours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenure',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_tenureversion" ("contract", "ends_on", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "starts_on", "store_id") SELECT new_values."contract", new_values."ends_on", new_values."franchisee_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."region_id", new_values."starts_on", new_values."store_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='127b54e4b95fd0eb5e14bfe6c183defdcf75522d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_69501', referencing='REFERENCING NEW TABLE AS new_values ', table='org_tenure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_tenureversion" ("contract", "ends_on", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "starts_on", "store_id") SELECT old_values."contract", old_values."ends_on", old_values."franchisee_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."region_id", old_values."starts_on", old_values."store_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f982c464bff57890a1c26931852ce25295cf2e9e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5d1a2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_tenure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_tenureversion" ("contract", "ends_on", "franchisee_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "starts_on", "store_id") SELECT old_values."contract", old_values."ends_on", old_values."franchisee_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."region_id", old_values."starts_on", old_values."store_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='56114315c3f0f50e92da4d4789139f8c6afda458', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_44002', referencing='REFERENCING OLD TABLE AS old_values ', table='org_tenure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='warehouse',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_warehouseversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."region_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='af0ae0a193f01131b41d4f25e20281360458e836', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_17bbf', referencing='REFERENCING NEW TABLE AS new_values ', table='org_warehouse', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='warehouse',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_warehouseversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."region_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f1038e10bf156a20eeb2bd9a9154f7aaba56a56b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e0aa4', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_warehouse', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='warehouse',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_warehouseversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."region_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3cbbfffe5e26f392c1496c16b87de989bf3a7ba1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7f59c', referencing='REFERENCING OLD TABLE AS old_values ', table='org_warehouse', when='AFTER')),
        ),
        migrations.AddField(
            model_name='channelstoreversion',
            name='channel',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.channel', verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='channelstoreversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.channelstore'),
        ),
        migrations.AddField(
            model_name='channelstoreversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='channelversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.channel'),
        ),
        migrations.AddField(
            model_name='clientbindingversion',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.apiclient', verbose_name='API client'),
        ),
        migrations.AddField(
            model_name='clientbindingversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.clientbinding'),
        ),
        migrations.AddField(
            model_name='clientbindingversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='clientchannelversion',
            name='channel',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.channel', verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='clientchannelversion',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.apiclient', verbose_name='API client'),
        ),
        migrations.AddField(
            model_name='clientchannelversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.clientchannel'),
        ),
        migrations.AddField(
            model_name='franchiseeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.franchisee'),
        ),
        migrations.AddField(
            model_name='regionversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.region'),
        ),
        migrations.AddField(
            model_name='roleassignmentversion',
            name='franchisee',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.franchisee', verbose_name='franchisee'),
        ),
        migrations.AddField(
            model_name='roleassignmentversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.roleassignment'),
        ),
        migrations.AddField(
            model_name='roleassignmentversion',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='roleassignmentversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='roleassignmentversion',
            name='user',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddField(
            model_name='storehoursversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.storehours'),
        ),
        migrations.AddField(
            model_name='storehoursversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='storeversion',
            name='franchisee',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.franchisee', verbose_name='franchisee'),
        ),
        migrations.AddField(
            model_name='storeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.store'),
        ),
        migrations.AddField(
            model_name='storeversion',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='tenureversion',
            name='franchisee',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.franchisee', verbose_name='franchisee'),
        ),
        migrations.AddField(
            model_name='tenureversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.tenure'),
        ),
        migrations.AddField(
            model_name='tenureversion',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='tenureversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='warehouseversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.warehouse'),
        ),
        migrations.AddField(
            model_name='warehouseversion',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.region', verbose_name='region'),
        ),
        migrations.AddIndex(
            model_name='channelstoreversion',
            index=models.Index(fields=['channel'], name='channelstore_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelstoreversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='110023503ca2dc3d865028dc62f92037201af548', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_7e07b', table='org_channelstoreversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='68e02ef553b4121646b62dacb962817a56473e4d', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_596ce', table='org_channelversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='clientbindingversion',
            index=models.Index(fields=['client'], name='clientbinding_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientbindingversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='4917e4dc330e1dd5fa96f6d26ec8ddda7395dcde', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_9e050', table='org_clientbindingversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='clientchannelversion',
            index=models.Index(fields=['client'], name='clientchannel_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientchannelversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='d8c423d51e3bfb7634ee2a5443a3ab86e9ad79fd', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_b47cb', table='org_clientchannelversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='franchiseeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='8b4ddfdf3a70ce27cf6da8bbff6c0492eacfdf3c', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_a371e', table='org_franchiseeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='regionversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='767a2e627a370e53ceffb36fab1771acc92963d2', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_12a56', table='org_regionversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='roleassignmentversion',
            index=models.Index(fields=['user'], name='roleassignment_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignmentversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='4dc4139331652d9793d70098db12e83681749d25', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_7ef22', table='org_roleassignmentversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='storehoursversion',
            index=models.Index(fields=['store'], name='storehours_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storehoursversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='4d37f84c80d57458fbec40708c599ddf8f269d12', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_e3ac0', table='org_storehoursversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storeversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='1b2e8090bdf83f1e1927fb9cf4629c0629b42044', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_d1229', table='org_storeversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='tenureversion',
            index=models.Index(fields=['store'], name='tenure_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenureversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='2640048a921d6399f7d68a372ec59bff0cd12a55', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_0e19b', table='org_tenureversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='warehouseversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='27b79face5618765bb8c833878e05bda4499db85', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_4ff83', table='org_warehouseversion', when='BEFORE')),
        ),
    ]
