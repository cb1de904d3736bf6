from django.db import migrations

from dure.offices.protect import Protect

THE_OFFICE = "(SELECT dure_everywhere())"  # plans and contracts are the office's alone
EDITED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_initial"), ("care", "0012_move"), ("files", "0002_protect")]
    operations = [
        Protect("changes_change", sees=THE_OFFICE),
        Protect("changes_destination", sees=THE_OFFICE),
        Protect("changes_leaving", sees=THE_OFFICE, app=EDITED, engine=EDITED),
        Protect("changes_handedback", sees=THE_OFFICE),
        Protect("changes_certificate", sees=THE_OFFICE),
        Protect("changes_contract", sees=THE_OFFICE),
    ]
