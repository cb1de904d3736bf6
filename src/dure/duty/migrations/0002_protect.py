from django.db import migrations

from dure.offices.protect import Protect

WHO_SEES = (
    "(SELECT dure_everywhere()) OR organisation_id = ANY ((SELECT dure_organisations())::bigint[])"
    " OR area_id = ANY ((SELECT dure_areas())::bigint[])"
)
OF_A_DUTY_SEEN = "EXISTS (SELECT FROM duty_duty d WHERE d.id = duty_id)"

FINAL = """
CREATE FUNCTION duty_closed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
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
CREATE TRIGGER duty_closed_is_final BEFORE UPDATE ON duty_duty FOR EACH ROW EXECUTE FUNCTION duty_closed_is_final();
"""
NO_FINAL = "DROP TRIGGER duty_closed_is_final ON duty_duty; DROP FUNCTION duty_closed_is_final();"

ROSTER = """
CREATE FUNCTION roster_named_by_an_open_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.retired_at IS NOT NULL AND EXISTS (
        SELECT FROM duty_duty WHERE closed_at IS NULL AND rungs @> jsonb_build_array(jsonb_build_object('roster', OLD.id))
    ) THEN
        RAISE EXCEPTION 'roster_named_by_an_open_duty: roster %', OLD.name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_named_by_an_open_duty';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roster_named_by_an_open_duty BEFORE UPDATE OF retired_at ON people_roster
    FOR EACH ROW EXECUTE FUNCTION roster_named_by_an_open_duty();
"""
NO_ROSTER = """
DROP TRIGGER roster_named_by_an_open_duty ON people_roster; DROP FUNCTION roster_named_by_an_open_duty();
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0001_initial"), ("outbox", "0002_protect")]
    operations = [
        Protect("duty_ladder", kernel=True, app="SELECT, INSERT", engine="SELECT"),
        Protect("duty_duty", kernel=True, sees=WHO_SEES),
        Protect("duty_claim", kernel=True, sees=OF_A_DUTY_SEEN),
        Protect("duty_telling", kernel=True, sees=OF_A_DUTY_SEEN, app="SELECT, INSERT"),
        Protect("duty_report", kernel=True, engine="SELECT"),
        migrations.RunSQL(FINAL, NO_FINAL),
        migrations.RunSQL(ROSTER, NO_ROSTER),
    ]
