from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import Q

from dure.offices.protect import APP, ENGINE

REAL = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
MINE = "office_id = (SELECT dure_office())"
# who may see a report: all of the office, who wrote it, and who may see what it is about
SEEN = """(SELECT dure_everywhere()) OR by_id = (SELECT dure_person())
    OR EXISTS (SELECT FROM duty_duty d WHERE d.about = duty_report.about)"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0002_protect")]
    operations = [
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                name="duty_moments_are_real",
                condition=Q(due_at__range=REAL) & (Q(look_at=None) | Q(look_at__range=REAL)),
            ),
        ),
        migrations.RunSQL(
            f"""REVOKE UPDATE ON duty_report FROM {APP}, {ENGINE};
                GRANT UPDATE (understood_at) ON duty_report TO {APP};
                ALTER POLICY office ON duty_report USING ({MINE} AND ({SEEN})) WITH CHECK ({MINE} AND ({SEEN}))""",
            f"""ALTER POLICY office ON duty_report USING ({MINE}) WITH CHECK ({MINE});
                REVOKE UPDATE (understood_at) ON duty_report FROM {APP};
                GRANT UPDATE ON duty_report TO {APP}""",
        ),
    ]
