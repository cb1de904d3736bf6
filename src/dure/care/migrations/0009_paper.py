from django.db import migrations

# Who reminds of what was agreed and of circulars: every office that works already gets the order for it.
PAPER = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT id, 'paper', 1, '[{"who": "officer", "of": "office", "wait": 86400, "channels": []}]'::jsonb, 86400, now()
FROM offices_office AS o
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = 'paper')
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0008_followup"), ("duty", "0003_held_tighter")]
    operations = [migrations.RunSQL(PAPER, migrations.RunSQL.noop)]
