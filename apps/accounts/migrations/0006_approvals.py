import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('accounts', '0005_audit_seals')]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('act', models.CharField(max_length=64, verbose_name='act')),
                ('business_key', models.CharField(help_text='Of one thing, one request may be open.', max_length=160, verbose_name='concerns')),
                ('payload', models.JSONField(verbose_name='details')),
                ('action', models.CharField(help_text='Requester and approver must both hold it.', max_length=64, verbose_name='right needed')),
                ('reason', models.CharField(max_length=255, verbose_name='reason')),
                ('evidence', models.TextField(max_length=2000, verbose_name='evidence')),
                ('evidence_reference', models.CharField(blank=True, max_length=64, verbose_name='reference of the evidence')),
                ('state', models.CharField(choices=[('requested', 'waits for approval'), ('executed', 'approved and carried out'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], default='requested', max_length=16, verbose_name='status')),
                ('requester_assignment_id', models.BigIntegerField(null=True, verbose_name='assignment of the requester')),
                ('approver_assignment_id', models.BigIntegerField(null=True, verbose_name='assignment of the approver')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decision_reason', models.CharField(blank=True, max_length=255, verbose_name='reason of the decision')),
                ('store_id', models.BigIntegerField(null=True, verbose_name='store')),
                ('franchisee_id', models.BigIntegerField(null=True, verbose_name='franchisee')),
                ('region_id', models.BigIntegerField(null=True, verbose_name='region')),
                ('approver', models.ForeignKey(blank=True, db_index=False, help_text='Who approved or rejected it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approver')),
                ('beneficiary', models.ForeignKey(blank=True, db_index=False, help_text='The person who gets a role by it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='beneficiary')),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requester')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
            },
        ),
        migrations.CreateModel(
            name='ApprovalFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=128, verbose_name='file name')),
                ('content_type', models.CharField(max_length=32, verbose_name='content type')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('content', models.BinaryField(verbose_name='content')),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='accounts.approval', verbose_name='approval')),
            ],
            options={
                'verbose_name': 'evidence file',
                'verbose_name_plural': 'evidence files',
            },
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['-requested_at', '-id'], name='approval_newest'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('state', 'requested')), fields=['expires_at'], name='approval_waiting'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('beneficiary__isnull', False), ('state', 'executed')), fields=['beneficiary', 'decided_at'], name='approval_granted_to'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('act', 'business_key'), name='approval_one_open'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approver', None), ('decided_at', None), ('state', 'requested')), models.Q(('approver__isnull', False), ('decided_at__isnull', False), ('state__in', ['executed', 'rejected'])), models.Q(('approver', None), ('decided_at__isnull', False), ('state__in', ['withdrawn', 'expired'])), _connector='OR'), name='approval_decision_fits_state'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('approver', None), models.Q(('approver', models.F('requester')), _negated=True), _connector='OR'), name='approval_by_another'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('approver', None), ('beneficiary', None), ('state', 'rejected'), models.Q(('approver', models.F('beneficiary')), _negated=True), _connector='OR'), name='approval_not_by_beneficiary'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('evidence', ''), _negated=True)), name='approval_reasoned'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('requested_at'))), name='approval_expires_later'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_asked_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."business_key" IS DISTINCT FROM (NEW."business_key") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."action" IS DISTINCT FROM (NEW."action") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."evidence_reference" IS DISTINCT FROM (NEW."evidence_reference") OR OLD."requester_id" IS DISTINCT FROM (NEW."requester_id") OR OLD."requester_assignment_id" IS DISTINCT FROM (NEW."requester_assignment_id") OR OLD."beneficiary_id" IS DISTINCT FROM (NEW."beneficiary_id") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."store_id" IS DISTINCT FROM (NEW."store_id") OR OLD."franchisee_id" IS DISTINCT FROM (NEW."franchisee_id") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5cddfb7028dd9bf4c7e5a239ac2f8ba2cb0a5c44', operation='UPDATE', pgid='pgtrigger_approval_asked_once_b4a55', table='accounts_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'requested\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='488ccf381e116f14b41740ece7472cfa21bbe631', operation='UPDATE', pgid='pgtrigger_approval_decided_once_903ac', table='accounts_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d0ca8b5f4f79b4c7663e3cce8da34e7d7708068b', operation='DELETE', pgid='pgtrigger_approval_stays_edec5', table='accounts_approval', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='approvalfile',
            constraint=models.UniqueConstraint(fields=('approval', 'sha256'), name='approval_file_once'),
        ),
        migrations.AddConstraint(
            model_name='approvalfile',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ('application/pdf', 'image/jpeg', 'image/png'))), name='approval_file_type_known'),
        ),
        migrations.AddConstraint(
            model_name='approvalfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0), ('size__lte', 2097152)), name='approval_file_size'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalfile',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;", hash='809c79958331b0c710c86d40ad014f470e8cac24', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_append_only_5d46b', table='accounts_approvalfile', when='BEFORE')),
        ),
    ]
