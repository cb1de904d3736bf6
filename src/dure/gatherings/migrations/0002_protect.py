from django.db import migrations

from dure.offices.protect import Protect

EDITED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("gatherings", "0001_initial"), ("duty", "0002_protect"), ("files", "0002_protect")]
    operations = [
        Protect("gatherings_gathering"),
        Protect("gatherings_invitation", app=EDITED),
        Protect("gatherings_attendance", app=EDITED),
        Protect("gatherings_agreed"),
        Protect("gatherings_circular"),
        Protect("gatherings_copy"),
        Protect("gatherings_material", app="SELECT, INSERT"),
    ]
