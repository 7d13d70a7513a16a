import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('accounts', '0007_personal_data_access'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiClientVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('key_id', models.CharField(max_length=32, verbose_name='key id')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('sign_in', models.CharField(choices=[('bearer', 'by its key, or by signature'), ('signature', 'by signature only')], default='bearer', help_text='Its key alone is enough for a trusted back end; others sign every request.', max_length=16, verbose_name='sign-in')),
                ('reach', models.CharField(choices=[('brand', 'every store'), ('stores', 'the stores it is bound to')], default='stores', help_text='An application that is limited to stores and bound to none reaches none.', max_length=16, verbose_name='reach')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None, verbose_name='scopes')),
                ('rate', models.PositiveIntegerField(default=100, help_text='On the long run; twice as many are let through at once.', verbose_name='requests per second')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
            ],
            options={
                'verbose_name': 'ApiClient version',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UserVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=64, verbose_name='user name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, help_text='May sign in to the head-office admin.', verbose_name='head office')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'User version',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apiclient',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_apiclientversion" ("created_at", "id", "key_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "reach", "revoked_at", "scopes", "sign_in") SELECT new_values."created_at", new_values."id", new_values."key_id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."rate", new_values."reach", new_values."revoked_at", new_values."scopes", new_values."sign_in" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='522d7a3fae942e6de64c0d937914d607aec5f2b6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f7d28', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_apiclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apiclient',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_apiclientversion" ("created_at", "id", "key_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "reach", "revoked_at", "scopes", "sign_in") SELECT old_values."created_at", old_values."id", old_values."key_id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."rate", old_values."reach", old_values."revoked_at", old_values."scopes", old_values."sign_in" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."key_id" IS DISTINCT FROM (new_values."key_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."rate" IS DISTINCT FROM (new_values."rate") OR old_values."reach" IS DISTINCT FROM (new_values."reach") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at") OR old_values."scopes" IS DISTINCT FROM (new_values."scopes") OR old_values."sign_in" IS DISTINCT FROM (new_values."sign_in")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3df2bdc931636e0558767e90adf41729dbf75e23', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7a817', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_apiclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apiclient',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_apiclientversion" ("created_at", "id", "key_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "reach", "revoked_at", "scopes", "sign_in") SELECT old_values."created_at", old_values."id", old_values."key_id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."rate", old_values."reach", old_values."revoked_at", old_values."scopes", old_values."sign_in" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e68c1273d646e40bb537f77f33483394a1b26ecd', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_92961', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_apiclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_userversion" ("created_at", "id", "is_active", "is_staff", "is_superuser", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") SELECT new_values."created_at", new_values."id", new_values."is_active", new_values."is_staff", new_values."is_superuser", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."username" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e8cccded92a3c9df4fc71a5f35d34723e7e47f37', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_userversion" ("created_at", "id", "is_active", "is_staff", "is_superuser", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") SELECT old_values."created_at", old_values."id", old_values."is_active", old_values."is_staff", old_values."is_superuser", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', old_values."id", old_values."username" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."is_staff" IS DISTINCT FROM (new_values."is_staff") OR old_values."is_superuser" IS DISTINCT FROM (new_values."is_superuser") OR old_values."username" IS DISTINCT FROM (new_values."username")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e12a00e34b92ed9eecf60399814e33bc69f9560e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0e890', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_userversion" ("created_at", "id", "is_active", "is_staff", "is_superuser", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") SELECT old_values."created_at", old_values."id", old_values."is_active", old_values."is_staff", old_values."is_superuser", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', old_values."id", old_values."username" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b6f247eaa558d874b3f3e2b4201428920805f06e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_19f14', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_user', when='AFTER')),
        ),
        migrations.AddField(
            model_name='apiclientversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.apiclient'),
        ),
        migrations.AddField(
            model_name='userversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apiclientversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='95a3ce4fc93a97474f6938cca29cb9facca263bb', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_ce0c2', table='accounts_apiclientversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='76c135f9471a299aab1d678a58b4c9d3077456cd', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_f3ac6', table='accounts_userversion', when='BEFORE')),
        ),
    ]
