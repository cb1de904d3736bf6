from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("people", "0010_given_passwords"), ("audit", "0008_keep_values")]
    operations = [
        Kept("people_person", leave_out=["password", "last_login", "password_given_at"]),
        Kept("people_membership"),
        Kept("people_organisation"),
        Kept("people_address"),
        Kept("people_roster"),
        Kept("people_rota"),
        Kept("people_turn"),
        Kept("people_standin"),
        Kept("people_shift"),
        Kept("people_shiftnote"),
        Kept("people_device", leave_out=["key_sha256", "heard_at"]),
        Kept("people_calendarlink", leave_out=["token_sha256"]),
    ]
