from django.db import migrations

from dure.offices.protect import Protect

THE_OFFICE = "(SELECT dure_everywhere())"

# The contact itself says whether it is to be told, so that every list can leave it out; it follows these rows alone.
FOLLOWS = """
CREATE FUNCTION untold_hides_the_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND ((NEW.recipient_id, NEW.contact_id, NEW.name, NEW.why, NEW.since, NEW.by_id)
            IS DISTINCT FROM (OLD.recipient_id, OLD.contact_id, OLD.name, OLD.why, OLD.since, OLD.by_id)
        OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by_id, NEW.ended_why)
            IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id, OLD.ended_why))) THEN
        RAISE EXCEPTION 'untold_stays_as_it_was: contact %', OLD.contact_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'untold_stays_as_it_was';
    END IF;
    UPDATE care_contact SET untold_at = CASE WHEN NEW.ended_at IS NULL THEN NEW.since END
        WHERE id = NEW.contact_id AND office_id = NEW.office_id;
    RETURN NEW;
END $$;
CREATE TRIGGER untold_hides_the_contact AFTER INSERT OR UPDATE ON discretion_untold
    FOR EACH ROW EXECUTE FUNCTION untold_hides_the_contact();
"""
NOT = "DROP TRIGGER untold_hides_the_contact ON discretion_untold; DROP FUNCTION untold_hides_the_contact();"


class Migration(migrations.Migration):
    dependencies = [("discretion", "0001_initial"), ("care", "0016_confidential")]
    operations = [
        Protect("discretion_untold", sees=THE_OFFICE, engine="SELECT"),
        migrations.RunSQL(FOLLOWS, NOT),
    ]
