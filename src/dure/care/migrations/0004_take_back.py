from django.db import migrations

# A list uploaded by mistake is taken back: who has no visit yet is deleted, not ended.
TABLES = "care_recipient, care_mealplan, places_place"


class Migration(migrations.Migration):
    dependencies = [("care", "0003_sighting_answers"), ("places", "0002_protect")]
    operations = [
        migrations.RunSQL(f"GRANT DELETE ON {TABLES} TO dure_app", f"REVOKE DELETE ON {TABLES} FROM dure_app"),
    ]
