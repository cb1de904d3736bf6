from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("people", "0003_rotas")]
    operations = [
        Protect("people_rota"),
        Protect("people_turn"),
        Protect("people_standin"),
        Protect("people_shiftnote"),
        Protect("people_calendarlink", also="'calendar:' || token_sha256 = (SELECT dure_key())"),
        migrations.RunSQL(  # shifts written ahead are taken back when the rota behind them says something else
            "GRANT DELETE ON people_shift TO dure_engine", "REVOKE DELETE ON people_shift FROM dure_engine"
        ),
    ]
