from django.db import migrations

# Every office that works already begins with the standard rules of certificates, and with the two kinds of the law.
RULES = """
INSERT INTO rules_rule (office_id, name, what, value, unit, source, since, made_at)
SELECT o.id, v.name, v.what, v.value, v.unit, v.source, DATE '2024-01-08', now()
FROM offices_office AS o CROSS JOIN (VALUES
    ('health-months', 'Health certificate: how long it holds', 12, 'months',
     '식품위생 분야 종사자의 건강진단 규칙 제2조 (2024-01-08 시행)'),
    ('health-before', 'Health certificate: how early it may be renewed and keep its day', 30, 'days',
     '식품위생 분야 종사자의 건강진단 규칙 제2조 (2024-01-08 시행): 유효기간 만료일 전 30일 이내 (확인 필요)'),
    ('health-after', 'Health certificate: how long after its end it may still be renewed', 30, 'days',
     '식품위생 분야 종사자의 건강진단 규칙 제2조 (2024-01-08 시행): 만료일 후 30일 이내에 받으면 기한 준수로 보고, 그때까지 일할 수 있다고 봄 (확인 필요)'),
    ('health-bars', 'Health certificate: without it, once it has lapsed, no stops', 1, 'yes',
     '식품위생법 제40조제3항'),
    ('health-missing-bars', 'Health certificate: no stops either while none was ever entered', 0, 'yes',
     '식품위생법 제40조제3항. 모두 등록할 때까지 0으로 두고, 그 뒤 1로 바꿈 (지자체 결정)'),
    ('hygiene-hours', 'Hygiene training: hours a year', 3, 'hours',
     '식품위생법 제41조, 같은 법 시행규칙 제52조 (확인 필요)'),
    ('hygiene-hours-new', 'Hygiene training: hours in the first year', 6, 'hours',
     '식품위생법 제41조, 같은 법 시행규칙 제52조 (확인 필요)'),
    ('hygiene-hours-qualified', 'Hygiene training: hours a year of cooks and dietitians', 6, 'hours',
     '식품위생법 제56조 (확인 필요)'),
    ('hygiene-bars', 'Hygiene training: without it, once it has lapsed, no stops', 1, 'yes',
     '수행기관 운영 기준 (지자체 결정, 확인 필요)'),
    ('certificate-remind', 'Certificates: how long before the end people are reminded', 30, 'days',
     '지자체 운영 기준')
) AS v (name, what, value, unit, source)
WHERE NOT EXISTS (SELECT FROM rules_rule AS r WHERE r.office_id = o.id AND r.name = v.name)
"""
KINDS = """
INSERT INTO certificates_kind (office_id, ref, code, name, bars)
SELECT o.id, gen_random_uuid(), v.code, v.code, false
FROM offices_office AS o CROSS JOIN (VALUES ('health'), ('hygiene')) AS v (code)
WHERE NOT EXISTS (SELECT FROM certificates_kind AS k WHERE k.office_id = o.id AND k.code = v.code)
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_protect"), ("rules", "0002_protect")]
    operations = [
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
    ]
