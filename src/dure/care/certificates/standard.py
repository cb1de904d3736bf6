"""The rules and kinds of certificates with which an office begins; each office changes them on its own pages."""

from datetime import date, datetime

from django.utils.translation import gettext_noop

from dure.care.certificates.models import Kind
from dure.rules import actions as rules
from dure.rules.actions import Standard
from dure.rules.models import Unit

AMENDED = date(2024, 1, 8)
EXAMINED = "식품위생 분야 종사자의 건강진단 규칙 제2조 (2024-01-08 시행)"
IN_TIME = "만료일 후 30일 이내에 받으면 기한 준수로 보고, 그때까지 일할 수 있다고 봄 (확인 필요)"
TRAINED = "식품위생법 제41조, 같은 법 시행규칙 제52조 (확인 필요)"

RULES = [
    Standard("health-months", gettext_noop("Health certificate: how long it holds"), 12, Unit.MONTHS, EXAMINED,
             AMENDED),
    Standard("health-before", gettext_noop("Health certificate: how early it may be renewed and keep its day"), 30,
             Unit.DAYS, f"{EXAMINED}: 유효기간 만료일 전 30일 이내 (확인 필요)", AMENDED),
    Standard("health-after", gettext_noop("Health certificate: how long after its end it may still be renewed"), 30,
             Unit.DAYS, f"{EXAMINED}: {IN_TIME}", AMENDED),
    Standard("health-bars", gettext_noop("Health certificate: without it, once it has lapsed, no stops"), 1, Unit.YES,
             "식품위생법 제40조제3항", AMENDED),
    Standard("health-missing-bars", gettext_noop("Health certificate: no stops either while none was ever entered"), 0,
             Unit.YES, "식품위생법 제40조제3항. 모두 등록할 때까지 0으로 두고, 그 뒤 1로 바꿈 (지자체 결정)", AMENDED),
    Standard("hygiene-hours", gettext_noop("Hygiene training: hours a year"), 3, Unit.HOURS, TRAINED, AMENDED),
    Standard("hygiene-hours-new", gettext_noop("Hygiene training: hours in the first year"), 6, Unit.HOURS, TRAINED,
             AMENDED),
    Standard("hygiene-hours-qualified", gettext_noop("Hygiene training: hours a year of cooks and dietitians"), 6,
             Unit.HOURS, "식품위생법 제56조 (확인 필요)", AMENDED),
    Standard("hygiene-bars", gettext_noop("Hygiene training: without it, once it has lapsed, no stops"), 1, Unit.YES,
             "수행기관 운영 기준 (지자체 결정, 확인 필요)", AMENDED),
    Standard("certificate-remind", gettext_noop("Certificates: how long before the end people are reminded"), 30,
             Unit.DAYS, "지자체 운영 기준", AMENDED),
]  # fmt: skip


def begin(office: int, *, now: datetime) -> None:
    """An office begins with these; what it has already stays as it is."""
    rules.begin(office, RULES, now=now)
    for code in (Kind.HEALTH, Kind.HYGIENE):
        Kind.objects.get_or_create(office_id=office, code=code, defaults={"name": code})
