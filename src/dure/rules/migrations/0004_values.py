from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("rules", "0003_no_slips"), ("audit", "0008_keep_values")]
    operations = [
        Kept("rules_rule"),
    ]
