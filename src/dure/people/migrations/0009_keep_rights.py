from django.db import migrations

from dure.offices.protect import APP, ENGINE, Protect

KEEP = """
CREATE FUNCTION people_keep_membership() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE row people_membership := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
    INSERT INTO public.people_grant
        (office_id, did, at, by_id, person_id, organisation_id, role, since, until, was_until)
    VALUES (row.office_id, CASE TG_OP WHEN 'INSERT' THEN 'given' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        clock_timestamp(), dure_person(), row.person_id, row.organisation_id, row.role, row.since, row.until,
        CASE WHEN TG_OP = 'UPDATE' THEN OLD.until END);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_rights AFTER INSERT OR UPDATE OR DELETE ON people_membership
    FOR EACH ROW EXECUTE FUNCTION people_keep_membership();

CREATE FUNCTION people_keep_leaving() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO public.people_grant (office_id, did, at, by_id, person_id, role)
    VALUES (NEW.office_id, CASE WHEN NEW.left_at IS NULL THEN 'back' ELSE 'left' END, clock_timestamp(),
        dure_person(), NEW.id, '');
    RETURN NULL;
END $$;
CREATE TRIGGER keep_leaving AFTER UPDATE OF left_at ON people_person
    FOR EACH ROW WHEN ((OLD.left_at IS NULL) <> (NEW.left_at IS NULL)) EXECUTE FUNCTION people_keep_leaving();
"""
DROP_KEEP = """
DROP TRIGGER keep_rights ON people_membership; DROP TRIGGER keep_leaving ON people_person;
DROP FUNCTION people_keep_membership(); DROP FUNCTION people_keep_leaving();
"""
# Nobody alters a line; after three years the owner may let it go.
FINAL = """
CREATE FUNCTION people_rights_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '3 years' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'rights_are_kept: nobody alters the history of rights, and it stays for three years'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_are_kept';
END $$;
CREATE TRIGGER rights_are_kept BEFORE UPDATE OR DELETE ON people_grant
    FOR EACH ROW EXECUTE FUNCTION people_rights_are_kept();
"""
DROP_FINAL = "DROP TRIGGER rights_are_kept ON people_grant; DROP FUNCTION people_rights_are_kept();"
# What somebody was given isn't rewritten: it ends, and another begins.
ONLY_THE_END = f"""
REVOKE UPDATE ON people_membership FROM {APP}, {ENGINE};
GRANT UPDATE (until) ON people_membership TO {APP}, {ENGINE};
"""
UPDATE_ALL = f"GRANT UPDATE ON people_membership TO {APP}, {ENGINE};"
BEFORE = """
INSERT INTO people_grant (office_id, did, at, person_id, organisation_id, role, since, until)
SELECT office_id, 'given', clock_timestamp(), person_id, organisation_id, role, since, until FROM people_membership;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0008_rights")]
    operations = [
        Protect("people_grant", kernel=True, app="SELECT", engine="SELECT"),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, DROP_KEEP),
        migrations.RunSQL(FINAL, DROP_FINAL),
        migrations.RunSQL(ONLY_THE_END, UPDATE_ALL),
    ]
