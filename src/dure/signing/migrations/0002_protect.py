from django.db import migrations

from dure.offices.protect import APP, ENGINE, Protect

ALL = "SELECT, INSERT, UPDATE, DELETE"
# A name that is nobody's has no office: its row is found by its digest alone.
MINE = "(office_id = (SELECT dure_office()) OR 'tries:' || name_digest = (SELECT dure_key()))"
TRIES = f"""
ALTER TABLE signing_tries ENABLE ROW LEVEL SECURITY;
CREATE POLICY office ON signing_tries TO {APP} USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY engine ON signing_tries TO {ENGINE} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON signing_tries TO {APP};
GRANT SELECT, DELETE ON signing_tries TO {ENGINE};
"""
UNPROTECTED = f"""
REVOKE ALL ON signing_tries FROM {APP}, {ENGINE};
DROP POLICY office ON signing_tries; DROP POLICY engine ON signing_tries;
ALTER TABLE signing_tries DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial"), ("people", "0002_protect")]
    operations = [
        Protect("signing_signin", kernel=True),
        Protect("signing_codeapp", app=ALL, engine="SELECT"),
        Protect("signing_recoverycode", app=ALL, engine="SELECT"),
        Protect("signing_passkey", app=ALL, engine="SELECT", also="'passkey:' || key_sha256 = (SELECT dure_key())"),
        migrations.RunSQL(TRIES, UNPROTECTED),
    ]
