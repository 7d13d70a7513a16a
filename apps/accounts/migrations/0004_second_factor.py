import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('accounts', '0003_client_secrets')]

    operations = [
        migrations.AddField(
            model_name='user',
            name='must_change_password',
            field=models.BooleanField(default=False, help_text='Somebody else knows the password: it is changed at the next sign-in.', verbose_name='must change the password'),
        ),
        migrations.AddField(
            model_name='stafftoken',
            name='device',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='device'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='stafftoken',
            name='address',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='address'),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret_cipher', models.BinaryField(verbose_name='secret')),
                ('last_step', models.BigIntegerField(verbose_name='last time step')),
                ('enrolled_at', models.DateTimeField(verbose_name='enrolled at')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_factor', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'second factor',
                'verbose_name_plural': 'second factors',
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64, verbose_name='code hash')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'recovery code',
                'verbose_name_plural': 'recovery codes',
                'constraints': [models.UniqueConstraint(fields=('user', 'code_hash'), name='recovery_code_once')],
            },
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_hash', models.CharField(max_length=64, unique=True, verbose_name='key hash')),
                ('site', models.CharField(choices=[('admin', 'head-office site'), ('portal', 'franchise portal')], max_length=16, verbose_name='site')),
                ('device', models.CharField(blank=True, max_length=200, verbose_name='device')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='address')),
                ('with_second_factor', models.BooleanField(verbose_name='with second factor')),
                ('started_at', models.DateTimeField(verbose_name='signed in at')),
                ('last_seen_at', models.DateTimeField(verbose_name='last seen')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['user'], name='session_live')],
            },
        ),
    ]
