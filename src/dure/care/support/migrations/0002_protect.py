from django.db import migrations

from dure.offices.protect import Protect

OF_A_RECIPIENT_SEEN = "EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"
OF_A_PLAN_SEEN = "EXISTS (SELECT FROM support_plan p WHERE p.id = plan_id)"
OF_MY_DONG = "(SELECT dure_everywhere()) OR area_id = ANY ((SELECT dure_areas())::bigint[])"
OR_MINE = f"{OF_MY_DONG} OR organisation_id = ANY ((SELECT dure_organisations())::bigint[])"
EDITED = "SELECT, INSERT, UPDATE, DELETE"  # lists are taken back, by the jobs too

# What a dong's centre owes on paper: every office that works already gets the order for it.
DONG = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT id, 'dong', 1, '[{"who": "centre", "of": "area", "wait": 86400, "channels": []},
    {"who": "officer", "of": "office", "wait": 86400, "channels": []}]'::jsonb, 86400, now()
FROM offices_office AS o
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = 'dong')
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial"), ("care", "0009_paper"), ("people", "0002_protect")]
    operations = [
        Protect("support_plan", sees=OF_A_RECIPIENT_SEEN),
        Protect("support_check", sees=OF_A_PLAN_SEEN, app="SELECT, INSERT"),
        Protect("support_waiting", sees=OR_MINE),
        Protect("support_population", app=EDITED, engine=EDITED),
        Protect("support_referral", sees=OF_MY_DONG),
        Protect("support_search", sees=OF_MY_DONG),
        Protect("support_lead", sees=OF_MY_DONG, app=EDITED, engine=EDITED),
        migrations.RunSQL(DONG, migrations.RunSQL.noop),
    ]
