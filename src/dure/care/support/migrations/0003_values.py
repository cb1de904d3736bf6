from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("support", "0002_protect"), ("audit", "0008_keep_values")]
    operations = [
        Kept("support_plan"),
        Kept("support_check"),
        Kept("support_waiting"),
        Kept("support_population"),
        Kept("support_referral"),
        Kept("support_search"),
        Kept("support_lead"),
    ]
