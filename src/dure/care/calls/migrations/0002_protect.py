from django.db import migrations

from dure.offices.protect import Protect

OF_A_RECIPIENT_SEEN = "EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"
OF_A_CALL_SEEN = "EXISTS (SELECT FROM calls_call c WHERE c.id = call_id)"


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("care", "0002_protect"), ("duty", "0002_protect")]
    operations = [
        Protect("calls_practice"),
        Protect("calls_home", sees=OF_A_RECIPIENT_SEEN),
        Protect("calls_weatherwarning"),
        Protect("calls_switch", app="SELECT, INSERT", engine="SELECT, INSERT"),
        Protect("calls_call", sees=OF_A_RECIPIENT_SEEN),
        Protect("calls_try", sees=OF_A_CALL_SEEN, app="SELECT, INSERT", engine="SELECT, INSERT"),
    ]
