from django.db import migrations

# An urgent message waits from when it is owed: each failed try puts the next a little ahead.
FIGURES = """
CREATE OR REPLACE FUNCTION dure_figures(moment timestamptz)
    RETURNS TABLE (name text, label text, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH owed AS (
        SELECT count(*) AS n, count(raised_at) AS raised, min(look_at) AS look_at FROM duty_duty WHERE closed_at IS NULL
    ), waiting AS (
        SELECT lane, count(m.id) AS n, min({since}) AS since
        FROM (VALUES (true, 'urgent'), (false, 'ordinary')) AS lanes (urgent, lane)
        LEFT JOIN outbox_message m ON m.urgent = lanes.urgent AND m.try_at IS NOT NULL AND {since} <= moment
        GROUP BY lane
    )
    SELECT 'duties_open', '', n FROM owed
    UNION ALL SELECT 'duties_raised', '', raised FROM owed
    UNION ALL SELECT 'duty_unmoved_seconds', '', greatest(0, coalesce(extract(epoch FROM moment - look_at), 0)) FROM owed
    UNION ALL SELECT 'messages_waiting', lane, n FROM waiting
    UNION ALL SELECT 'message_waiting_seconds', lane, coalesce(extract(epoch FROM moment - since), 0) FROM waiting
    UNION ALL SELECT 'faults_open', '', count(*) FROM health_fault WHERE mended_at IS NULL
    UNION ALL SELECT 'reports_received_total', '', coalesce(max(id), 0) FROM duty_report
$$
"""
SINCE_OWED = "(CASE WHEN m.urgent THEN m.created_at ELSE m.try_at END)"
# One figure for who asks whether all is well, at any time and without signing in: it reads one index.
WAITS = """
CREATE FUNCTION dure_urgent_waits(moment timestamptz) RETURNS double precision
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT greatest(0, coalesce(extract(epoch FROM moment - min(created_at)), 0))
    FROM outbox_message WHERE urgent AND try_at IS NOT NULL
$$;
REVOKE ALL ON FUNCTION dure_urgent_waits(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dure_urgent_waits(timestamptz) TO dure_app, dure_engine;
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_figures"), ("outbox", "0001_initial")]
    operations = [
        migrations.RunSQL(FIGURES.format(since=SINCE_OWED), FIGURES.format(since="m.try_at")),
        migrations.RunSQL(WAITS, "DROP FUNCTION dure_urgent_waits(timestamptz)"),
    ]
