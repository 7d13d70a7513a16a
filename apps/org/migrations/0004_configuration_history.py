from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('org', '0003_store_life'), ('accounts', '0008_configuration_history')]

    operations = []
