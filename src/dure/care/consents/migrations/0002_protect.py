from django.db import migrations

from dure.offices.protect import APP, Protect

OF_A_RECIPIENT_SEEN = "EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"
ADDED = "SELECT, INSERT"
READ_ONLY = f"""
CREATE POLICY look_adds ON consents_consent AS RESTRICTIVE FOR INSERT TO {APP}
    WITH CHECK (recipient_id IS DISTINCT FROM (SELECT dure_shown_in_emergency()))
"""


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial"), ("care", "0002_protect"), ("emergencies", "0002_protect")]
    operations = [
        Protect("consents_text", app=ADDED, engine="SELECT"),
        Protect("consents_consent", sees=OF_A_RECIPIENT_SEEN, app=ADDED, engine="SELECT"),
        migrations.RunSQL(READ_ONLY, "DROP POLICY look_adds ON consents_consent"),
    ]
