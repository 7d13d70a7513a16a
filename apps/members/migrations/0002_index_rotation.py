import django.db.models.deletion
from django.db import migrations, models

# The one key that there was is the one with id 1; what an index begins with names its key.
CARRY_OVER = r"""
INSERT INTO members_identityindex (identity_id, value)
SELECT id, '\x3100'::bytea || value_index FROM members_identity ORDER BY id;
UPDATE members_member SET name_index = '\x3100'::bytea || name_index WHERE name_index IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [('members', '0001_initial')]

    operations = [
        migrations.RemoveConstraint(
            model_name='identity',
            name='identity_once',
        ),
        migrations.AlterField(
            model_name='member',
            name='name_index',
            field=models.BinaryField(max_length=48, null=True, verbose_name='name index'),
        ),
        migrations.CreateModel(
            name='IdentityIndex',
            fields=[
                ('pk', models.CompositePrimaryKey('identity_id', 'value', blank=True, editable=False, primary_key=True, serialize=False)),
                ('value', models.BinaryField(max_length=48, verbose_name='value index')),
                ('identity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='index_rows', to='members.identity', verbose_name='identity')),
            ],
            options={
                'verbose_name': 'identity index',
                'verbose_name_plural': 'identity indexes',
                'constraints': [models.UniqueConstraint(fields=('value',), name='identity_once')],
            },
        ),
        migrations.RunSQL(CARRY_OVER),
        migrations.RemoveField(
            model_name='identity',
            name='value_index',
        ),
        migrations.AddField(
            model_name='identity',
            name='tail_index',
            field=models.BinaryField(help_text='Of a phone, under one key.', max_length=48, null=True, verbose_name='index of the last four digits'),
        ),
        migrations.AddIndex(
            model_name='identity',
            index=models.Index(condition=models.Q(('tail_index__isnull', False)), fields=['tail_index'], name='identity_tail'),
        ),
    ]
