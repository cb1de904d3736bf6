from django.db import migrations

# Large lists are taken in and taken back by the jobs, which for that need what the web may do.
TABLES = "care_recipient, care_contact, care_otherservice, care_mealplan, places_place, people_shift"


class Migration(migrations.Migration):
    dependencies = [("care", "0005_count_after_a_list"), ("people", "0002_protect"), ("places", "0002_protect")]
    operations = [
        migrations.RunSQL(f"GRANT DELETE ON {TABLES} TO dure_engine", f"REVOKE DELETE ON {TABLES} FROM dure_engine"),
    ]
