from django.db import migrations

from dure.offices.protect import APP, Protect

MINE = "(SELECT dure_everywhere()) OR by_id = (SELECT dure_person())"

# The recipient whom this connection is shown by the look that its key names: of this office, this person's own, and
# not over. The function reads the look past the policies; it says one number, and only to who has the look.
SHOWN = """
CREATE FUNCTION dure_moment() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce((SELECT c.at FROM dure_clock c LIMIT 1), clock_timestamp()) $$;
CREATE FUNCTION dure_shown_in_emergency() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT e.recipient_id FROM emergencies_emergencylook e
    WHERE e.ref = substring(current_setting('dure.key', true) from '^emergency:([0-9a-f-]{36})$')::uuid
        AND e.office_id = dure_office() AND e.by_id = dure_person() AND e.ended_at IS NULL
        AND e.opened_at <= dure_moment() AND e.until > dure_moment()
$$;
"""
NOT_SHOWN = "DROP FUNCTION dure_shown_in_emergency(); DROP FUNCTION dure_moment();"

SEE = f"""
CREATE POLICY emergency ON care_recipient FOR SELECT TO {APP}
    USING (office_id = (SELECT dure_office()) AND id = (SELECT dure_shown_in_emergency()))
"""
OWN = f"""
CREATE POLICY own ON emergencies_emergencylook AS RESTRICTIVE FOR INSERT TO {APP} WITH CHECK (
    by_id = (SELECT dure_person()) AND opened_at <= (SELECT dure_moment()) + interval '1 minute'
    AND opened_at > (SELECT dure_moment()) - interval '10 minutes');
CREATE POLICY own ON emergencies_guess AS RESTRICTIVE FOR INSERT TO {APP} WITH CHECK (by_id = (SELECT dure_person()))
"""
NOT_OWN = "DROP POLICY own ON emergencies_guess; DROP POLICY own ON emergencies_emergencylook"

# What hangs on a recipient is shown with them; through a look in an emergency it is read and never written.
HANGING = [
    "care_contact", "care_otherservice", "care_mealplan", "care_absence", "care_visit", "care_move", "calls_home",
    "calls_call", "money_belonging", "support_plan",
]  # fmt: skip
READ_ONLY = "recipient_id IS DISTINCT FROM (SELECT dure_shown_in_emergency())"


def read_only(table: str) -> migrations.RunSQL:
    """No writing there through a look."""
    return migrations.RunSQL(
        [
            f"CREATE POLICY look_adds ON {table} AS RESTRICTIVE FOR INSERT TO {APP} WITH CHECK ({READ_ONLY})",
            f"CREATE POLICY look_changes ON {table} AS RESTRICTIVE FOR UPDATE TO {APP} USING ({READ_ONLY})",
            f"CREATE POLICY look_deletes ON {table} AS RESTRICTIVE FOR DELETE TO {APP} USING ({READ_ONLY})",
        ],
        [f"DROP POLICY {name} ON {table}" for name in ("look_adds", "look_changes", "look_deletes")],
    )


FINAL = """
CREATE FUNCTION look_stays_as_it_was() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF dure_letting_go() AND to_jsonb(NEW) - '{words,follow_up}'::text[] = to_jsonb(OLD) - '{words,follow_up}'::text[] THEN
        RETURN NEW;  -- its time is over
    END IF;
    IF (NEW.office_id, NEW.ref, NEW.recipient_id, NEW.by_id, NEW.reason, NEW.words, NEW.opened_at, NEW.until,
            NEW.duty_id) IS DISTINCT FROM (OLD.office_id, OLD.ref, OLD.recipient_id, OLD.by_id, OLD.reason, OLD.words,
            OLD.opened_at, OLD.until, OLD.duty_id)
        OR NEW.follows_id IS DISTINCT FROM OLD.follows_id
        OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by_id)
            IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id))
        OR (OLD.reviewed_at IS NOT NULL AND (NEW.reviewed_at, NEW.reviewed_by_id, NEW.finding, NEW.follow_up)
            IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewed_by_id, OLD.finding, OLD.follow_up)) THEN
        RAISE EXCEPTION 'look_stays_as_it_was: look %', OLD.ref
            USING ERRCODE = 'check_violation', CONSTRAINT = 'look_stays_as_it_was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER look_stays_as_it_was BEFORE UPDATE ON emergencies_emergencylook
    FOR EACH ROW EXECUTE FUNCTION look_stays_as_it_was();
"""
NOT_FINAL = "DROP TRIGGER look_stays_as_it_was ON emergencies_emergencylook; DROP FUNCTION look_stays_as_it_was();"


class Migration(migrations.Migration):
    dependencies = [
        ("emergencies", "0001_initial"),
        ("care", "0012_move"),
        ("calls", "0002_protect"),
        ("money", "0002_protect"),
        ("support", "0002_protect"),
        ("duty", "0002_protect"),
    ]
    operations = [
        Protect("emergencies_emergencylook", sees=MINE, engine="SELECT"),
        Protect("emergencies_guess", sees=MINE, engine="SELECT"),
        migrations.RunSQL(SHOWN, NOT_SHOWN),
        migrations.RunSQL(OWN, NOT_OWN),
        migrations.RunSQL(FINAL, NOT_FINAL),
        migrations.RunSQL(SEE, "DROP POLICY emergency ON care_recipient"),
        *map(read_only, HANGING),
    ]
