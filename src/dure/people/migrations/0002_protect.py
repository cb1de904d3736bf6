from django.db import migrations

from dure.offices.protect import Protect

MY_AREAS = """
CREATE FUNCTION dure_areas() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(array_agg(area_id), '{}') FROM people_organisation
       WHERE kind = 'centre' AND area_id IS NOT NULL AND id = ANY (dure_organisations()) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("places", "0002_protect")]
    operations = [
        Protect("people_organisation", kernel=True),
        Protect("people_person", kernel=True, also="'name:' || username = (SELECT dure_key())"),
        Protect("people_membership", kernel=True),
        Protect("people_address", kernel=True),
        Protect("people_roster", kernel=True),
        Protect("people_shift", kernel=True, app="SELECT, INSERT, UPDATE, DELETE"),
        Protect("people_device", kernel=True, also="'device:' || key_sha256 = (SELECT dure_key())"),
        migrations.RunSQL(MY_AREAS, "DROP FUNCTION dure_areas()"),
    ]
