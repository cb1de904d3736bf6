import django.db.models.deletion
from django.db import migrations, models

MINE = "office_id = (SELECT dure_office())"
BEFORE = """(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])
    OR centre_id = ANY ((SELECT dure_organisations())::bigint[])"""
# whoever still brings today's meal after a change of provider sees for whom
NOW = f"{BEFORE} OR still_with_id = ANY ((SELECT dure_organisations())::bigint[])"


def seen(by: str) -> str:
    """Both policies of the table, with this condition on who sees a row."""
    rows = f"({MINE} AND ({by}))"
    return ";".join(
        f"ALTER POLICY {policy} ON care_recipient USING {rows} WITH CHECK {rows}" for policy in ("office", "engine")
    )


class Migration(migrations.Migration):
    dependencies = [("care", "0006_lists_by_the_jobs")]
    operations = [
        migrations.AddField(
            "recipient",
            "still_with",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation",
            ),
        ),
        migrations.RunSQL(seen(NOW), seen(BEFORE)),
    ]  # fmt: skip
