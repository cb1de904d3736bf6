from django.db import migrations

# What was noted at a visit is looked at without hurry: every office that works already gets the order for it.
FOLLOWUP = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT id, 'followup', 1, '[{"who": "desk", "of": "organisation", "wait": 1800, "channels": []},
    {"who": "centre", "of": "area", "wait": 1800, "channels": []},
    {"who": "officer", "of": "office", "wait": 3600, "channels": []}]'::jsonb, 3600, now()
FROM offices_office AS o
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = 'followup')
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0007_still_with"), ("duty", "0003_held_tighter")]
    operations = [migrations.RunSQL(FOLLOWUP, migrations.RunSQL.noop)]
