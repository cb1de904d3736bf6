from django.db import migrations

from dure.offices.protect import Protect

# A few rows: the rows as JSON are compared (one plan, made once). Many: only the columns that changed anywhere in the
# statement are read, each in its own type, and rows in which the same columns changed share a line. A row whose number
# itself was changed counts as deleted and added.
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    left_out text[] := coalesce(TG_ARGV, '{}');
    many boolean; columns text[]; col text;
    anywhere text := ''; was text := ''; is_now text := ''; changed text := ''; same text := '';
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'added', TG_TABLE_NAME,
               CASE count(*) WHEN 1 THEN min(r.id) ELSE -1 - r.id / 1000 END, array_agg(r.id), '{}',
               jsonb_build_object('*', jsonb_agg(jsonb_strip_nulls(to_jsonb(r) - left_out)))
          FROM new_rows r GROUP BY r.office_id, r.id / 1000;
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'deleted', TG_TABLE_NAME,
               CASE count(*) WHEN 1 THEN min(r.id) ELSE -1 - r.id / 1000 END, array_agg(r.id),
               jsonb_build_object('*', jsonb_agg(jsonb_strip_nulls(to_jsonb(r) - left_out))), '{}'
          FROM old_rows r GROUP BY r.office_id, r.id / 1000;
        RETURN NULL;
    END IF;

    many := EXISTS (SELECT FROM new_rows OFFSET 10);
    IF EXISTS (SELECT FROM new_rows n WHERE NOT EXISTS (SELECT FROM old_rows o WHERE o.id = n.id)) THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)
        SELECT r.office_id, clock_timestamp(), dure_person(), 'deleted', TG_TABLE_NAME, r.id, ARRAY[r.id],
               jsonb_build_object('*', jsonb_build_array(jsonb_strip_nulls(to_jsonb(r) - left_out))), '{}'
          FROM old_rows r WHERE NOT EXISTS (SELECT FROM new_rows n WHERE n.id = r.id)
        UNION ALL
        SELECT r.office_id, clock_timestamp(), dure_person(), 'added', TG_TABLE_NAME, r.id, ARRAY[r.id], '{}',
               jsonb_build_object('*', jsonb_build_array(jsonb_strip_nulls(to_jsonb(r) - left_out)))
          FROM new_rows r WHERE NOT EXISTS (SELECT FROM old_rows o WHERE o.id = r.id);
    END IF;

    IF NOT many THEN
        INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)
        SELECT n.office_id, clock_timestamp(), dure_person(), 'changed', TG_TABLE_NAME, n.id, ARRAY[n.id], d.before, d.after
          FROM new_rows n JOIN old_rows o ON o.id = n.id
          CROSS JOIN LATERAL (
              SELECT jsonb_object_agg(b.key, jsonb_build_array(b.value)) AS before,
                     jsonb_object_agg(b.key, jsonb_build_array(m.after -> b.key)) AS after
                FROM (SELECT to_jsonb(n) AS after OFFSET 0) m, jsonb_each(to_jsonb(o)) b
               WHERE b.value <> m.after -> b.key AND b.key <> ALL (left_out)
          ) d
         WHERE n.* IS DISTINCT FROM o.* AND d.before IS NOT NULL;
        RETURN NULL;
    END IF;

    FOR col IN SELECT attname FROM pg_attribute
                WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> ALL (left_out || '{id}')
    LOOP
        anywhere := anywhere || format(', CASE WHEN bool_or(n.%1$I IS DISTINCT FROM o.%1$I) THEN %1$L END', col);
    END LOOP;
    EXECUTE 'SELECT array_remove(ARRAY[' || substr(anywhere, 3) || ']::text[], NULL)'
         || ' FROM new_rows n JOIN old_rows o ON o.id = n.id' INTO columns;
    IF coalesce(cardinality(columns), 0) = 0 THEN RETURN NULL; END IF;
    FOREACH col IN ARRAY columns LOOP
        was := was || format(', %1$L, to_jsonb(array_agg(o.%1$I))', col);
        is_now := is_now || format(', %1$L, to_jsonb(array_agg(n.%1$I))', col);
        changed := changed || format(', n.%1$I IS DISTINCT FROM o.%1$I', col);
        same := same || format(', CASE WHEN NOT bool_or(n.%1$I IS DISTINCT FROM o.%1$I) THEN %1$L END', col);
    END LOOP;
    same := ' - array_remove(ARRAY[' || substr(same, 3) || ']::text[], NULL)';
    EXECUTE 'INSERT INTO audit_change (office_id, at, who_id, did, kind, slot, rows, before, after)'
         || ' SELECT n.office_id, clock_timestamp(), dure_person(), ''changed'', $1,'
         || ' CASE count(*) WHEN 1 THEN min(n.id) ELSE -1 - n.id / 1000 END, array_agg(n.id),'
         || ' jsonb_build_object(' || substr(was, 3) || ')' || same || ','
         || ' jsonb_build_object(' || substr(is_now, 3) || ')' || same
         || ' FROM new_rows n JOIN old_rows o ON o.id = n.id'
         || ' WHERE ' || replace(substr(changed, 3), ', n.', ' OR n.')
         || ' GROUP BY n.office_id, n.id / 1000' || changed USING TG_TABLE_NAME;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_keep() FROM PUBLIC;
-- What is written at every saving isn't packed: that takes longer than the saving itself.
ALTER TABLE audit_change ALTER before SET STORAGE EXTERNAL, ALTER after SET STORAGE EXTERNAL, ALTER rows SET STORAGE EXTERNAL;
"""
IS_OWNER = """
CREATE FUNCTION dure_is_owner() RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT current_user = pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.audit_change'::regclass $$;
"""

# All values of some rows, for retention alone (dure_forget, as the owner). It says so on the record.
FORGET = """
CREATE FUNCTION dure_forget_rows(of_table text, ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint[]; gone bigint;
BEGIN
    IF dure_office() IS NULL THEN RAISE EXCEPTION 'values_of_one_office: no office is set'; END IF;
    SELECT array_agg(c.id) INTO found FROM audit_change c
     WHERE c.kind = of_table AND c.slot = ANY (ids || ARRAY(SELECT -1 - id / 1000 FROM unnest(ids) AS id))
       AND c.rows && ids AND c.office_id = dure_office();
    gone := coalesce(cardinality(found), 0);
    DELETE FROM audit_change c WHERE c.id = ANY (found) AND c.rows <@ ids;
    UPDATE audit_change c
       SET before = audit_without(c.before, c.rows, ids), after = audit_without(c.after, c.rows, ids),
           rows = ARRAY(SELECT id FROM unnest(c.rows) WITH ORDINALITY AS r (id, n) WHERE id <> ALL (ids) ORDER BY n)
     WHERE c.id = ANY (found);
    IF gone > 0 THEN
        INSERT INTO audit_entry (office_id, at, who_id, did, about, why)
        VALUES (dure_office(), clock_timestamp(), dure_person(), 'forgot values', left('values of ' || of_table, 80),
                cardinality(ids) || ' rows, ' || gone || ' lines');
    END IF;
    RETURN gone;
END $$;
CREATE FUNCTION audit_without(kept jsonb, of_rows bigint[], ids bigint[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(c.key, (
        SELECT jsonb_agg(v.value ORDER BY v.n) FROM jsonb_array_elements(c.value) WITH ORDINALITY AS v (value, n)
         WHERE of_rows[v.n] <> ALL (ids))), jsonb_build_object()) FROM jsonb_each(kept) c
$$;
REVOKE ALL ON FUNCTION dure_forget_rows(text, bigint[]) FROM PUBLIC;
"""
REMEMBER = "DROP FUNCTION audit_without(jsonb, bigint[], bigint[]); DROP FUNCTION dure_forget_rows(text, bigint[]);"
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
