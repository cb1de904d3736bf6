from django.db import migrations

from dure.offices.protect import Protect

WHO_SEES = "(SELECT dure_everywhere()) OR organisation_id = ANY ((SELECT dure_organisations())::bigint[])"
OF_AN_UPLOAD_SEEN = "EXISTS (SELECT FROM imports_upload u WHERE u.id = upload_id)"


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("people", "0002_protect")]
    operations = [
        Protect("imports_upload", sees=WHO_SEES),
        Protect("imports_rememberedmapping", sees=WHO_SEES),
        Protect("imports_change", sees=OF_AN_UPLOAD_SEEN),
    ]
