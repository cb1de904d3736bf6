from django.db import migrations

from dure.offices.protect import Protect

# Whoever sees the visit sees its photos; what came with a suspicion of abuse is there for the office alone.
OF_A_VISIT_SEEN = (
    "EXISTS (SELECT FROM care_visit v WHERE v.id = visit_id) AND (NOT in_confidence OR (SELECT dure_everywhere()))"
)


class Migration(migrations.Migration):
    dependencies = [("photos", "0001_initial"), ("care", "0002_protect"), ("files", "0002_protect")]
    operations = [
        Protect("photos_photo", sees=OF_A_VISIT_SEEN, app="SELECT, INSERT, UPDATE (apart)", engine="SELECT"),
    ]
