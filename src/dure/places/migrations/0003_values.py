from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("places", "0002_protect"), ("audit", "0008_keep_values")]
    operations = [
        Kept("places_place"),
        Kept("places_area"),
    ]
