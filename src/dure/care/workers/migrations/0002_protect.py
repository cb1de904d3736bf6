from django.db import migrations

from dure.offices.protect import Protect

OF_A_DUTY_SEEN = "EXISTS (SELECT FROM duty_duty d WHERE d.id = duty_id)"
OF_MY_PROVIDER = "(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])"

# Every office that works already gets the contact orders for its workers.
ORDERS = """
INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)
SELECT o.id, n.name, 1, n.rungs::jsonb, 600, now()
FROM offices_office AS o, (VALUES
    ('worker', '[{"who": "desk", "of": "organisation", "wait": 600, "channels": []},
                 {"who": "oncall", "of": "office", "wait": 600, "channels": []}]'),
    ('worker_help', '[{"who": "desk", "of": "organisation", "wait": 180, "channels": []},
                      {"who": "oncall", "of": "office", "wait": 180, "channels": []}]')) AS n(name, rungs)
WHERE NOT EXISTS (SELECT FROM duty_ladder AS l WHERE l.office_id = o.id AND l.name = n.name)
"""


class Migration(migrations.Migration):
    dependencies = [("workers", "0001_initial"), ("duty", "0002_protect"), ("rules", "0005_minutes")]
    operations = [
        Protect("workers_ending", sees=OF_A_DUTY_SEEN, app="SELECT, INSERT", engine="SELECT"),
        Protect("workers_silence", sees=OF_MY_PROVIDER, app="SELECT, INSERT", engine="SELECT"),
        migrations.RunSQL(ORDERS, migrations.RunSQL.noop),
    ]
