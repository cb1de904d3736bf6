from django.db import migrations

from dure.offices.protect import ENGINE

# Counts over all offices for who watches the installation; neither the web nor who asks sees a row.
FIGURES = """
CREATE FUNCTION dure_figures(moment timestamptz) RETURNS TABLE (name text, label text, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH owed AS (
        SELECT count(*) AS n, count(raised_at) AS raised, min(look_at) AS look_at FROM duty_duty WHERE closed_at IS NULL
    ), waiting AS (
        SELECT lane, count(m.id) AS n, min(m.try_at) AS since
        FROM (VALUES (true, 'urgent'), (false, 'ordinary')) AS lanes (urgent, lane)
        LEFT JOIN outbox_message m ON m.urgent = lanes.urgent AND m.try_at <= moment GROUP BY lane
    )
    SELECT 'duties_open', '', n FROM owed
    UNION ALL SELECT 'duties_raised', '', raised FROM owed
    UNION ALL SELECT 'duty_unmoved_seconds', '', greatest(0, coalesce(extract(epoch FROM moment - look_at), 0)) FROM owed
    UNION ALL SELECT 'messages_waiting', lane, n FROM waiting
    UNION ALL SELECT 'message_waiting_seconds', lane, coalesce(extract(epoch FROM moment - since), 0) FROM waiting
    UNION ALL SELECT 'faults_open', '', count(*) FROM health_fault WHERE mended_at IS NULL
    UNION ALL SELECT 'reports_received_total', '', coalesce(max(id), 0) FROM duty_report
$$;
REVOKE ALL ON FUNCTION dure_figures(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dure_figures(timestamptz) TO dure_app, dure_engine;
"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0001_initial"), ("outbox", "0001_initial"), ("health", "0002_protect")]
    operations = [
        migrations.RunSQL(FIGURES, "DROP FUNCTION dure_figures(timestamptz)"),
        # whoever looks whether all is well sees which migrations are applied
        migrations.RunSQL(f"GRANT SELECT ON django_migrations TO {ENGINE}", migrations.RunSQL.noop),
    ]
