from django.db import migrations

from dure.offices.protect import Protect

WHO_SEES = (
    "(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])"
    " OR centre_id = ANY ((SELECT dure_organisations())::bigint[])"
)
OF_A_RECIPIENT_SEEN = "EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"
OF_A_VISIT_SEEN = "EXISTS (SELECT FROM care_visit v WHERE v.id = visit_id)"
OF_MY_PROVIDER = (
    "(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])"
    " OR (SELECT dure_areas()) <> '{}'"
)
EDITED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial"), ("cases", "0002_protect")]
    operations = [
        Protect("care_scheme"),
        Protect("care_route", sees=OF_MY_PROVIDER),
        Protect("care_recipient", sees=WHO_SEES),
        Protect("care_contact", sees=OF_A_RECIPIENT_SEEN, app=EDITED),
        Protect("care_otherservice", sees=OF_A_RECIPIENT_SEEN, app=EDITED),
        Protect("care_mealplan", sees=OF_A_RECIPIENT_SEEN),
        Protect("care_absence", sees=OF_A_RECIPIENT_SEEN),
        Protect("care_closure", app=EDITED),
        Protect("care_course", sees=OF_MY_PROVIDER),
        Protect("care_visit", sees=OF_A_RECIPIENT_SEEN),
        Protect("care_sighting", sees=OF_A_VISIT_SEEN, app="SELECT, INSERT"),
    ]
