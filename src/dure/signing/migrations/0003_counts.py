from django.db import migrations, models

# One statement: what two processes count at once is counted twice. In the order of keys: none waits for the other.
COUNTED = """
ALTER TABLE signing_count ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobody ON signing_count TO dure_app USING (false) WITH CHECK (false);
CREATE POLICY engine ON signing_count TO dure_engine USING (true) WITH CHECK (false);
GRANT SELECT, DELETE ON signing_count TO dure_engine;
CREATE FUNCTION signing_counted(keys text[], begun timestamptz, step integer)
    RETURNS TABLE (key_digest varchar, count integer) LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO public.signing_count AS c (key_digest, since, count)
        SELECT each, begun, CASE WHEN step < 0 THEN 0 ELSE 1 END FROM unnest(keys) each ORDER BY each
    ON CONFLICT (key_digest, since)
        DO UPDATE SET count = greatest(0, least(c.count, 1000000000) + CASE WHEN step < 0 THEN -1 ELSE 1 END)
    RETURNING c.key_digest, c.count
$$;
REVOKE ALL ON FUNCTION signing_counted(text[], timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signing_counted(text[], timestamptz, integer) TO dure_app;
"""
UNCOUNTED = """
DROP FUNCTION signing_counted(text[], timestamptz, integer);
REVOKE ALL ON signing_count FROM dure_engine;
DROP POLICY nobody ON signing_count; DROP POLICY engine ON signing_count;
ALTER TABLE signing_count DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_protect")]
    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["since"], name="count_since")],
                "constraints": [models.UniqueConstraint(fields=("key_digest", "since"), name="counted_once")],
            },
        ),
        migrations.RunSQL(COUNTED, UNCOUNTED),
    ]
