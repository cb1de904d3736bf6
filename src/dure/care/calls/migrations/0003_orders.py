from django.db import migrations

# Every office that works already gets the contact orders for calls that weren't made: working days, and other days.
ORDERS = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT o.id, n.name, 1, n.rungs::jsonb, 600, now()
FROM offices_office AS o, (VALUES
    ('call', '[{"who": "centre", "of": "area", "wait": 300, "channels": []},
               {"who": "oncall", "of": "office", "wait": 300, "channels": []}]'),
    ('call_holiday', '[{"who": "oncall", "of": "office", "wait": 300, "channels": []}]')) AS n(name, rungs)
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = n.name)
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_protect"), ("duty", "0003_held_tighter")]
    operations = [migrations.RunSQL(ORDERS, migrations.RunSQL.noop)]
