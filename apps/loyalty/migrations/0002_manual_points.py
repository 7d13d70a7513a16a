from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the ledger is big: its rows are checked while its writers go on

    dependencies = [
        ('accounts', '0006_approvals'),
        ('loyalty', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='pointsentry',
            name='points_entry_sign',
        ),
        migrations.AlterField(
            model_name='pointsentry',
            name='kind',
            field=models.CharField(choices=[('earn', 'earned'), ('expire', 'expired'), ('adjust', 'adjusted by hand')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='pointsentry',
            name='reason',
            field=models.CharField(max_length=255, verbose_name='reason'),
        ),
        AddConstraintNotValid(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'earn'), ('points__gt', 0)), models.Q(('kind', 'expire'), ('points__lt', 0)), models.Q(('kind', 'adjust'), models.Q(('points', 0), _negated=True)), _connector='OR'), name='points_entry_sign'),
        ),
        AddConstraintNotValid(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'adjust'), _negated=True), models.Q(('order', None), ('reference__startswith', 'approval:')), _connector='OR'), name='points_adjusted_by_approval'),
        ),
        ValidateConstraint(model_name='pointsentry', name='points_entry_sign'),
        ValidateConstraint(model_name='pointsentry', name='points_adjusted_by_approval'),
    ]
