from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("changes", "0003_how"), ("audit", "0008_keep_values")]
    operations = [
        Kept("changes_change"),
        Kept("changes_destination"),
        Kept("changes_leaving"),
        Kept("changes_handedback"),
        Kept("changes_certificate"),
        Kept("changes_contract"),
    ]
