from django.db import migrations

from dure.offices.protect import ENGINE, Protect

# One row, or a few: the rows as JSON are compared (one plan, made once). Many: only the columns that changed anywhere in
# the statement are read, each in its own type. A row whose number itself was changed counts as deleted and added.
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    left_out text[] := coalesce(TG_ARGV, '{}'); columns text[];
    col text; old_part text; new_part text;
    same text := ''; was text := ''; is_now text := ''; differs text := '';
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'added', TG_TABLE_NAME, array_agg(r.id), '{}',
               jsonb_object_agg(r.id, jsonb_strip_nulls(to_jsonb(r)) - left_out)
          FROM new_rows r GROUP BY r.office_id, r.id / 1000;
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'deleted', TG_TABLE_NAME, array_agg(r.id),
               jsonb_object_agg(r.id, jsonb_strip_nulls(to_jsonb(r)) - left_out), '{}'
          FROM old_rows r GROUP BY r.office_id, r.id / 1000;
        RETURN NULL;
    END IF;

    IF EXISTS (SELECT FROM new_rows n WHERE NOT EXISTS (SELECT FROM old_rows o WHERE o.id = n.id)) THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'deleted', TG_TABLE_NAME, ARRAY[r.id],
               jsonb_build_object(r.id, jsonb_strip_nulls(to_jsonb(r)) - left_out), '{}'
          FROM old_rows r WHERE NOT EXISTS (SELECT FROM new_rows n WHERE n.id = r.id)
        UNION ALL
        SELECT r.office_id, clock_timestamp(), dure_person(), 'added', TG_TABLE_NAME, ARRAY[r.id], '{}',
               jsonb_build_object(r.id, jsonb_strip_nulls(to_jsonb(r)) - left_out)
          FROM new_rows r WHERE NOT EXISTS (SELECT FROM old_rows o WHERE o.id = r.id);
    END IF;

    IF NOT EXISTS (SELECT FROM new_rows OFFSET 10) THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, rows, before, after)
        SELECT n.office_id, clock_timestamp(), dure_person(), 'changed', TG_TABLE_NAME, ARRAY[n.id],
               jsonb_build_object(n.id, d.before), jsonb_build_object(n.id, d.after)
          FROM new_rows n JOIN old_rows o ON o.id = n.id
          CROSS JOIN LATERAL (
              SELECT jsonb_object_agg(b.key, b.value) AS before, jsonb_object_agg(b.key, m.after -> b.key) AS after
                FROM (SELECT to_jsonb(n) AS after OFFSET 0) m, jsonb_each(to_jsonb(o)) b
               WHERE b.value <> m.after -> b.key AND b.key <> ALL (left_out)
          ) d
         WHERE n.* IS DISTINCT FROM o.* AND d.before IS NOT NULL;
        RETURN NULL;
    END IF;

    FOR col IN SELECT attname FROM pg_attribute
              WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> ALL (left_out) AND attname <> 'id'
    LOOP
        same := same || format(', CASE WHEN bool_or(n.%1$I IS DISTINCT FROM o.%1$I) THEN %1$L END', col);
    END LOOP;
    EXECUTE 'SELECT array_remove(ARRAY[' || substr(same, 3) || ']::text[], NULL)'
         || ' FROM new_rows n JOIN old_rows o ON o.id = n.id' INTO columns;
    IF columns IS NULL OR cardinality(columns) = 0 THEN RETURN NULL; END IF;
    same := '';
    FOREACH col IN ARRAY columns LOOP
        was := was || format(', %1$L, o.%1$I', col);
        is_now := is_now || format(', %1$L, n.%1$I', col);
        differs := differs || format(' OR n.%1$I IS DISTINCT FROM o.%1$I', col);
        same := same || format(', CASE WHEN n.%1$I IS NOT DISTINCT FROM o.%1$I THEN %1$L END', col);
    END LOOP;
    old_part := 'jsonb_build_object(' || substr(was, 3) || ')';
    new_part := 'jsonb_build_object(' || substr(is_now, 3) || ')';
    IF cardinality(columns) > 1 THEN
        old_part := old_part || ' - array_remove(ARRAY[' || substr(same, 3) || ']::text[], NULL)';
        new_part := new_part || ' - array_remove(ARRAY[' || substr(same, 3) || ']::text[], NULL)';
    END IF;
    EXECUTE 'INSERT INTO audit_change (office_id, at, who_id, did, kind, rows, before, after)'
         || ' SELECT n.office_id, clock_timestamp(), dure_person(), ''changed'', $1, array_agg(n.id),'
         || ' jsonb_object_agg(n.id, ' || old_part || '), jsonb_object_agg(n.id, ' || new_part || ')'
         || ' FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE ' || substr(differs, 5)
         || ' GROUP BY n.office_id, n.id / 1000' USING TG_TABLE_NAME;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_keep() FROM PUBLIC;
"""
IS_OWNER = """
CREATE FUNCTION dure_is_owner() RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT current_user = pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.audit_change'::regclass $$;
"""

# The only ways in which values go: what is older than a moment, and all of some rows. Each says so on the record.
FORGET = f"""
CREATE FUNCTION dure_forget_values(older_than timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    IF dure_office() IS NULL THEN RAISE EXCEPTION 'values_of_one_office: no office is set'; END IF;
    DELETE FROM audit_change c WHERE c.office_id = dure_office() AND c.at < older_than;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        INSERT INTO audit_entry (office_id, at, who_id, did, about, why)
        VALUES (dure_office(), clock_timestamp(), dure_person(), 'forgot values', 'values before ' || older_than::date, gone);
    END IF;
    RETURN gone;
END $$;

CREATE FUNCTION dure_forget_rows(of_table text, ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint[]; gone bigint;
BEGIN
    IF dure_office() IS NULL THEN RAISE EXCEPTION 'values_of_one_office: no office is set'; END IF;
    SELECT array_agg(c.id) INTO found FROM audit_change c
     WHERE c.rows && ids AND c.kind = of_table AND c.office_id = dure_office();
    gone := coalesce(cardinality(found), 0);
    DELETE FROM audit_change c WHERE c.id = ANY (found) AND c.rows <@ ids;
    UPDATE audit_change c SET before = c.before - ids::text[], after = c.after - ids::text[],
           rows = ARRAY(SELECT unnest(c.rows) EXCEPT SELECT unnest(ids))
     WHERE c.id = ANY (found);
    IF gone > 0 THEN
        INSERT INTO audit_entry (office_id, at, who_id, did, about, why)
        VALUES (dure_office(), clock_timestamp(), dure_person(), 'forgot values', left('values of ' || of_table, 80),
                cardinality(ids) || ' rows, ' || gone || ' lines');
    END IF;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION dure_forget_values(timestamptz), dure_forget_rows(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dure_forget_values(timestamptz), dure_forget_rows(text, bigint[]) TO {ENGINE};
"""
REMEMBER = "DROP FUNCTION dure_forget_rows(text, bigint[]); DROP FUNCTION dure_forget_values(timestamptz);"
# Who may see only a part of the office sees no values before and after: rows change hands.
WHOLE_OFFICE = "(SELECT dure_everywhere())"


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_change"), ("offices", "0002_protect")]
    operations = [
        Protect("audit_change", sees=WHOLE_OFFICE, app="SELECT", engine="SELECT"),
        migrations.RunSQL(IS_OWNER, "DROP FUNCTION dure_is_owner();"),
        migrations.RunSQL(KEEP, "DROP FUNCTION audit_keep();"),
        migrations.RunSQL(FORGET, REMEMBER),
    ]
