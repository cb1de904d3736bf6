from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("gatherings", "0002_protect"), ("audit", "0008_keep_values")]
    operations = [
        Kept("gatherings_gathering"),
        Kept("gatherings_invitation"),
        Kept("gatherings_attendance"),
        Kept("gatherings_agreed"),
        Kept("gatherings_circular"),
        Kept("gatherings_copy"),
        Kept("gatherings_material"),
    ]
