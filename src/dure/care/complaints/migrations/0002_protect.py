from django.db import migrations

from dure.offices.protect import Protect

MINE = "ANY ((SELECT dure_organisations())::bigint[])"
WHO_SEES = (
    f"(SELECT dure_everywhere()) OR centre_id = {MINE} OR desk_id = {MINE} OR EXISTS ("
    f"SELECT FROM complaints_statement s WHERE s.complaint_id = complaints_complaint.id AND s.organisation_id = {MINE})"
)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial"), ("care", "0012_move"), ("duty", "0002_protect")]
    operations = [Protect("complaints_complaint", sees=WHO_SEES), Protect("complaints_statement")]
