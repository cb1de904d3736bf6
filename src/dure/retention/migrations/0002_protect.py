from django.db import migrations

from dure.offices.protect import APP, Protect

LETTING_GO = """
CREATE FUNCTION dure_letting_go() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('dure.letting_go', true), '') = 'yes'
        AND current_user NOT IN ('dure_app', 'dure_engine')
$$;
"""
# A closed duty stays as it is, but for the words that retention takes out of it (dure_forget, as the owner).
FINAL = """
CREATE OR REPLACE FUNCTION duty_closed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL AND NOT ({but}) THEN
        RAISE EXCEPTION 'duty_closed_is_final: duty % was closed at %', OLD.ref, OLD.closed_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_closed_is_final';
    END IF;
    IF OLD.raised_at IS NOT NULL AND (NEW.raised_at IS DISTINCT FROM OLD.raised_at
            OR NEW.ladder_id <> OLD.ladder_id OR NEW.rungs <> OLD.rungs) THEN
        RAISE EXCEPTION 'duty_ladder_is_frozen: duty % is raised', OLD.ref
            USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_ladder_is_frozen';
    END IF;
    RETURN NEW;
END $$;
"""
WORDS_ONLY = (
    "dure_letting_go() AND to_jsonb(NEW) - '{note,confirmed_by,raised_why}'::text[]"
    " = to_jsonb(OLD) - '{note,confirmed_by,raised_why}'::text[]"
)
ANSWERED = f"""
REVOKE UPDATE ON retention_run FROM {APP};
GRANT UPDATE (confirmed_at, confirmed_by_id, stopped_by_id, ended_at) ON retention_run TO {APP};
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("duty", "0008_exercise")]
    operations = [
        Protect("retention_run", app="SELECT, UPDATE", engine="SELECT"),
        Protect("retention_hold", app="SELECT, INSERT, UPDATE", engine="SELECT"),
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
        migrations.RunSQL(LETTING_GO, "DROP FUNCTION dure_letting_go()"),
        migrations.RunSQL(FINAL.replace("{but}", WORDS_ONLY), FINAL.replace("{but}", "false")),
    ]
