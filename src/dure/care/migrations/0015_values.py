from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("care", "0014_scheme_without_price"), ("audit", "0008_keep_values")]
    operations = [
        Kept("care_recipient"),
        Kept("care_contact"),
        Kept("care_otherservice"),
        Kept("care_mealplan"),
        Kept("care_absence"),
        Kept("care_closure"),
        Kept("care_move"),
        Kept("care_scheme"),
        Kept("care_route"),
    ]
