"""What the state machine asks the database alone: who was told, and whether any duty is forgotten."""

WENT_OUT = """
SELECT t.duty_id, t.person_id, t.channel FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
JOIN outbox_message m ON m.id = t.message_id WHERE d.urgent AND d.id = ANY (%s) AND t.person_id <> %s
AND (m.sent_at IS NOT NULL OR (m.try_at IS NOT NULL AND m.tries > 0)) GROUP BY 1, 2, 3
"""
FORGOTTEN = """
SELECT d.id FROM duty_duty d WHERE d.closed_at IS NULL AND (
    d.look_at <= %(now)s
    OR (d.due_at <= %(now)s AND d.raised_at IS NULL)
    OR (d.raised_at IS NOT NULL
        AND (d.urgent OR ((%(now)s + interval '2 minutes') AT TIME ZONE 'Asia/Seoul')::time BETWEEN '07:00' AND '20:59')
        AND NOT EXISTS (SELECT FROM duty_claim c WHERE c.duty_id = d.id AND c.ended_at IS NULL AND c.holds
                        AND c.until > %(now)s AND d.look_at <= c.until)
        AND NOT EXISTS (SELECT FROM duty_telling t WHERE t.duty_id = d.id AND t.at + interval '30 minutes' > %(now)s))
    OR d.turn <> (SELECT count(DISTINCT turn) FROM duty_telling t WHERE t.duty_id = d.id))
"""
