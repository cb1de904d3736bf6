from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("calls", "0004_lists"), ("audit", "0008_keep_values")]
    operations = [
        Kept("calls_practice"),
        Kept("calls_home"),
        Kept("calls_weatherwarning"),
        Kept("calls_switch"),
    ]
