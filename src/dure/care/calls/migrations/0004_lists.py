from django.db import migrations

# Every office that works already gets the contact orders for calls that are to be made: of a dong, and of the office.
ORDERS = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT o.id, n.name, 1, n.rungs::jsonb, 3600, now()
FROM offices_office AS o, (VALUES
    ('call_list', '[{"who": "centre", "of": "area", "wait": 3600, "channels": []},
                    {"who": "oncall", "of": "office", "wait": 3600, "channels": []}]'),
    ('call_list_office', '[{"who": "oncall", "of": "office", "wait": 3600, "channels": []}]')) AS n(name, rungs)
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = n.name)
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_orders")]
    operations = [migrations.RunSQL(ORDERS, migrations.RunSQL.noop)]
