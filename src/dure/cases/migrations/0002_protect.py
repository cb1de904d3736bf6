from django.db import migrations

from dure.offices.protect import Protect

WHO_SEES = (
    "(SELECT dure_everywhere()) OR organisation_id = ANY ((SELECT dure_organisations())::bigint[])"
    " OR area_id = ANY ((SELECT dure_areas())::bigint[])"
)
OF_A_CASE_SEEN = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("duty", "0002_protect")]
    operations = [
        Protect("cases_case", sees=WHO_SEES),
        Protect("cases_entry", sees=OF_A_CASE_SEEN, app="SELECT, INSERT", engine="SELECT, INSERT"),
        Protect("cases_transfer", sees=OF_A_CASE_SEEN, app="SELECT, INSERT", engine="SELECT, INSERT"),
        Protect("cases_referral", sees=WHO_SEES),
    ]
