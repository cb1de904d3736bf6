from django.db import migrations

from dure.offices.protect import Protect

OWN = "(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])"
OF_ONE_SEEN = "EXISTS (SELECT FROM money_settlement s WHERE s.id = settlement_id)"
OF_A_RECIPIENT_SEEN = "EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"
ADDED = "SELECT, INSERT"

# A closed month is final, whoever asks: no right of app or engine, and no statement of the owner, alters it.
FROZEN = """
CREATE FUNCTION settlement_closed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'settlement_closed_is_final: % was closed at %', OLD.month, OLD.closed_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_closed_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER settlement_closed_is_final BEFORE UPDATE OR DELETE ON money_settlement
    FOR EACH ROW EXECUTE FUNCTION settlement_closed_is_final();
CREATE FUNCTION settlement_closed_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mine bigint;
BEGIN
    FOREACH mine IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.settlement_id] WHEN 'DELETE' THEN ARRAY[OLD.settlement_id]
                        ELSE ARRAY[OLD.settlement_id, NEW.settlement_id] END LOOP
        PERFORM FROM money_settlement s WHERE s.id = mine AND s.closed_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'settlement_closed_is_frozen: what % closed with can''t be altered', mine
                USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_closed_is_frozen';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
FROZEN_ROWS = "".join(
    f"CREATE TRIGGER settlement_closed_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION settlement_closed_is_frozen();\n"
    for table in ("money_line", "money_booking", "money_agreement")
)
THAWED = """
DROP TRIGGER settlement_closed_is_frozen ON money_line; DROP TRIGGER settlement_closed_is_frozen ON money_booking;
DROP TRIGGER settlement_closed_is_frozen ON money_agreement; DROP FUNCTION settlement_closed_is_frozen();
DROP TRIGGER settlement_closed_is_final ON money_settlement; DROP FUNCTION settlement_closed_is_final();
"""

# Whoever changes a recipient's scheme, by a form, a list or in SQL: from which day on is kept. The first scheme counts
# from the first day of meals, a later one from the day on which it is entered; another day is said on a page of ours.
# The lock lets a month be closed only before or after such a change, never in the middle of one.
KEPT = """
CREATE FUNCTION belonging_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE today date; known boolean; before bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.scheme_id IS NULL THEN RETURN NULL; END IF;
    ELSIF NEW.scheme_id IS NOT DISTINCT FROM OLD.scheme_id THEN RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('care.money'), NEW.office_id::int);
    SELECT (coalesce((SELECT c.at FROM dure_clock c LIMIT 1), clock_timestamp()) AT TIME ZONE o.zone)::date INTO today
        FROM offices_office o WHERE o.id = NEW.office_id;
    SELECT b.scheme_id INTO before FROM money_belonging b WHERE b.recipient_id = NEW.id AND b.since <= today
        ORDER BY b.since DESC, b.id DESC LIMIT 1;
    known := FOUND;
    IF known AND before IS NOT DISTINCT FROM NEW.scheme_id THEN RETURN NULL; END IF;
    INSERT INTO money_belonging (office_id, recipient_id, scheme_id, since, said_at, said_by_id)
    VALUES (NEW.office_id, NEW.id, NEW.scheme_id, CASE WHEN known THEN today ELSE least(NEW.started_on, today) END,
            coalesce((SELECT c.at FROM dure_clock c LIMIT 1), clock_timestamp()),
            (SELECT p.id FROM people_person p WHERE p.id = dure_person()));
    RETURN NULL;
END $$;
CREATE TRIGGER belonging_is_kept AFTER INSERT OR UPDATE OF scheme_id ON care_recipient
    FOR EACH ROW EXECUTE FUNCTION belonging_is_kept();
INSERT INTO money_belonging (office_id, recipient_id, scheme_id, since, said_at)
SELECT office_id, id, scheme_id, started_on, now() FROM care_recipient WHERE scheme_id IS NOT NULL;
"""
NOT_KEPT = "DROP TRIGGER belonging_is_kept ON care_recipient; DROP FUNCTION belonging_is_kept();"


class Migration(migrations.Migration):
    dependencies = [("money", "0001_initial"), ("care", "0002_protect"), ("duty", "0002_protect")]
    operations = [
        Protect("money_terms"),
        Protect("money_belonging", sees=OF_A_RECIPIENT_SEEN, app=f"{ADDED}, DELETE", engine=f"{ADDED}, DELETE"),
        Protect("money_settlement", sees=OWN),
        Protect("money_agreement", sees=OF_ONE_SEEN),
        Protect("money_objection", sees=OF_ONE_SEEN),
        Protect("money_line", sees=OF_ONE_SEEN, app=ADDED, engine="SELECT"),
        Protect("money_booking", sees=OF_ONE_SEEN, app=ADDED, engine="SELECT"),
        migrations.RunSQL(FROZEN + FROZEN_ROWS, THAWED),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
