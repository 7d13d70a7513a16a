import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_index_rotation'),
        ('org', '0004_configuration_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoreConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('service', 'service')], max_length=16, verbose_name='purpose')),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('given_via', models.CharField(choices=[('member', 'the member'), ('staff', 'staff at the counter'), ('app', 'an application'), ('system', 'the platform')], max_length=16, verbose_name='given through')),
                ('given_by', models.CharField(max_length=64, verbose_name='given by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('withdrawn_by', models.CharField(blank=True, max_length=64, verbose_name='withdrawn by')),
                ('franchisee', models.ForeignKey(blank=True, help_text='Who ran the store on the day of the consent; nobody is the brand itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='org.franchisee', verbose_name='franchisee')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='members.member', verbose_name='member')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='org.store', verbose_name='store')),
            ],
            options={
                'verbose_name': 'store consent',
                'verbose_name_plural': 'store consents',
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['store', 'member'], name='consent_live')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('member', 'store', 'purpose'), name='consent_live_once'), models.CheckConstraint(condition=models.Q(('purpose__in', ['service'])), name='consent_purpose_known'), models.CheckConstraint(condition=models.Q(('given_via__in', ['member', 'staff', 'app', 'system'])), name='consent_via_known'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_at__gte', models.F('given_at')), models.Q(('withdrawn_by', ''), _negated=True)), _connector='OR'), name='consent_withdrawn_after')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storeconsent',
            trigger=pgtrigger.compiler.Trigger(name='consent_given_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."member_id" IS DISTINCT FROM (NEW."member_id") OR OLD."store_id" IS DISTINCT FROM (NEW."store_id") OR OLD."franchisee_id" IS DISTINCT FROM (NEW."franchisee_id") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at") OR OLD."given_via" IS DISTINCT FROM (NEW."given_via") OR OLD."given_by" IS DISTINCT FROM (NEW."given_by"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6e9378bc0f59a31f1bdac985e391e280544bc8ed', operation='UPDATE', pgid='pgtrigger_consent_given_once_28324', table='members_storeconsent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storeconsent',
            trigger=pgtrigger.compiler.Trigger(name='consent_withdrawn_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."withdrawn_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a037a41e4318e700e762dd6467464cfd984ae6c8', operation='UPDATE', pgid='pgtrigger_consent_withdrawn_once_5e0cb', table='members_storeconsent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storeconsent',
            trigger=pgtrigger.compiler.Trigger(name='consent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0e01bc3eecd8810f33f41f01b42657e1020d1ff3', operation='DELETE', pgid='pgtrigger_consent_stays_edcda', table='members_storeconsent', when='BEFORE')),
        ),
    ]
