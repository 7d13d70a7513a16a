from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('inventory', '0001_initial')]

    operations = [
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('receipt', 'receipt'), ('sale', 'sale'), ('transfer', 'transfer')], max_length=16, verbose_name='kind'),
        ),
    ]
