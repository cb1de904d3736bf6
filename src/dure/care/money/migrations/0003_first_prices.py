from django.db import migrations

# The price with which a scheme was set up becomes the first of its dated ones, where none holds yet on the first day of
# those who belong to it. Nothing comes out otherwise: it is what held on these days all along.
FIRST = """
INSERT INTO money_terms (office_id, scheme_id, since, unit_price, own_share, pays_at_door, pays_refused,
                         pays_not_handed, said_at)
SELECT s.office_id, s.id, least(b.first, CASE WHEN t.first IS NULL THEN make_date(greatest(s.year, 1), 1, 1) END),
       s.unit_price, least(s.own_share, s.unit_price), true, false, false, now()
  FROM care_scheme s
  LEFT JOIN (SELECT scheme_id, min(since) AS first FROM money_belonging GROUP BY 1) b ON b.scheme_id = s.id
  LEFT JOIN (SELECT scheme_id, min(since) AS first FROM money_terms WHERE replaced_at IS NULL GROUP BY 1) t
         ON t.scheme_id = s.id
 WHERE t.first IS NULL OR b.first < t.first
"""


class Migration(migrations.Migration):
    dependencies = [("money", "0002_protect"), ("care", "0014_scheme_without_price")]
    operations = [migrations.RunSQL(FIRST, migrations.RunSQL.noop)]
