from django.db import migrations

from dure.offices.protect import ENGINE

# Puts what is sealed anew in the place of what it was, and nothing else: only where a row still holds what was read, and
# only what is sealed. It isn't a change that a person could see, so no values are kept of it; the record says how many.
SEAL_ANEW = f"""
CREATE FUNCTION dure_seal_anew(of_table text, col text, ids bigint[], was text[], is_now text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE done bigint; kind text; plain text;
BEGIN
    IF dure_office() IS NULL THEN RAISE EXCEPTION 'values_of_one_office: no office is set'; END IF;
    SELECT format_type(atttypid, NULL) INTO STRICT kind FROM pg_attribute
     WHERE attrelid = of_table::regclass AND attname = col AND attnum > 0;
    plain := CASE kind WHEN 'bytea' THEN 'encode(%s, ''escape'')' WHEN 'jsonb' THEN '%s #>> ''{{}}''' ELSE '%s' END;
    IF of_table <> 'audit_change' THEN
        EXECUTE format('SELECT bool_or(' || format(plain, 'v::' || kind) || ' NOT LIKE ''dure1:%%'') FROM unnest($1) AS v')
           INTO STRICT plain USING is_now;
        IF plain::boolean THEN RAISE EXCEPTION 'only_what_is_sealed: %', of_table; END IF;
    END IF;
    PERFORM set_config('dure.sealing_anew', 'on', true);
    EXECUTE format('UPDATE %1$I t SET %2$I = n.is_now::%3$s FROM unnest($1, $2, $3) AS n (id, was, is_now)'
                   ' WHERE t.id = n.id AND t.%2$I = n.was::%3$s AND t.office_id = dure_office()', of_table, col, kind)
      USING ids, was, is_now;
    GET DIAGNOSTICS done = ROW_COUNT;
    PERFORM set_config('dure.sealing_anew', '', true);
    IF done > 0 THEN
        INSERT INTO audit_entry (office_id, at, who_id, did, about, why)
        VALUES (dure_office(), clock_timestamp(), dure_person(), 'sealed anew', left(of_table || ' ' || col, 80), done);
    END IF;
    RETURN done;
END $$;
REVOKE ALL ON FUNCTION dure_seal_anew(text, text, bigint[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dure_seal_anew(text, text, bigint[], text[], text[]) TO {ENGINE};
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_keep_values")]
    operations = [
        migrations.RunSQL(SEAL_ANEW, "DROP FUNCTION dure_seal_anew(text, text, bigint[], text[], text[]);"),
    ]
