from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("money", "0003_first_prices"), ("audit", "0008_keep_values")]
    operations = [
        Kept("money_terms"),
        Kept("money_belonging"),
        Kept("money_settlement"),
        Kept("money_agreement"),
        Kept("money_objection"),
    ]
