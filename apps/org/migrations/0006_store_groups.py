"""Stores that head office names together."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0005_tenures_in_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoreGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=128, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=128, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'store group',
                'verbose_name_plural': 'store groups',
            },
        ),
        migrations.CreateModel(
            name='StoreGroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'store of a group',
                'verbose_name_plural': 'stores of groups',
            },
        ),
        migrations.CreateModel(
            name='StoreGroupMemberVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'StoreGroupMember version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StoreGroupVersion',
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
                'verbose_name': 'StoreGroup version',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroup',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."id", new_values."name", new_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fd17b5a4bb3fdc8fb871cc592702caf649974dbc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_dd723', referencing='REFERENCING NEW TABLE AS new_values ', table='org_storegroup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroup',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='eb43ed410561aa6b137360a5c2836e20f52defbc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4521b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_storegroup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroup',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupversion" ("code", "id", "name", "name_en", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."code", old_values."id", old_values."name", old_values."name_en", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='267932785a7ec8a03df05d7e82b6e60584cefdc5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_77a5e', referencing='REFERENCING OLD TABLE AS old_values ', table='org_storegroup', when='AFTER')),
        ),
        migrations.AddField(
            model_name='storegroupmember',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='org.storegroup', verbose_name='store group'),
        ),
        migrations.AddField(
            model_name='storegroupmember',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='storegroupmemberversion',
            name='group',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.storegroup', verbose_name='store group'),
        ),
        migrations.AddField(
            model_name='storegroupmemberversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.storegroupmember'),
        ),
        migrations.AddField(
            model_name='storegroupmemberversion',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='org.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='storegroupversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.storegroup'),
        ),
        migrations.AddConstraint(
            model_name='storegroupmember',
            constraint=models.UniqueConstraint(fields=('group', 'store'), name='store_group_member_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroupmember',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupmemberversion" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT new_values."group_id", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."store_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a198e97ef021e3e353586f090f6fc145c2391262', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0d098', referencing='REFERENCING NEW TABLE AS new_values ', table='org_storegroupmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroupmember',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupmemberversion" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."group_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b1bb19b01e10dc6b870e4a3e70e2819bde46b092', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6a984', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='org_storegroupmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroupmember',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "org_storegroupmemberversion" ("group_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "store_id") SELECT old_values."group_id", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."store_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f96e3c7e1be95c360dd2b0477544cae482880522', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_66132', referencing='REFERENCING OLD TABLE AS old_values ', table='org_storegroupmember', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='storegroupmemberversion',
            index=models.Index(fields=['group'], name='storegroupmember_versions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroupmemberversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='3564b251f716fb06c0957270d79da0efed191e24', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_12fc8', table='org_storegroupmemberversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storegroupversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='4e7f6aac624257b9e2cea9131ef5c5ea9050df34', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_58e96', table='org_storegroupversion', when='BEFORE')),
        ),
    ]
