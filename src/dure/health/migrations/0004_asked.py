from django.db import migrations

# The web may not touch the queue. It may ask for work, for the office and the person for whom it acts at this moment.
ASK = """
CREATE FUNCTION dure_ask(task text, args jsonb) RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'asked', 'asked.' || task, args || jsonb_build_object('office', dure_office(), 'person', dure_person())
    WHERE dure_office() IS NOT NULL AND dure_person() IS NOT NULL
    RETURNING id $$;
REVOKE ALL ON FUNCTION dure_ask(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dure_ask(text, jsonb) TO dure_app, dure_engine;
"""


class Migration(migrations.Migration):
    dependencies = [("health", "0003_jobs"), ("offices", "0002_protect")]
    operations = [migrations.RunSQL(ASK, "DROP FUNCTION dure_ask(text, jsonb)")]
