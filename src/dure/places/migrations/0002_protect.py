from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("offices", "0002_protect")]
    operations = [Protect("places_area", kernel=True), Protect("places_place")]
