"""The periods of tailored support with which an office begins; each office changes them on the page of the rules."""

from datetime import date, timedelta

from django.utils.translation import gettext_noop

from dure.rules.actions import Standard, rules
from dure.rules.models import Unit

SINCE = date(2026, 3, 27)  # 돌봄통합지원법 in force
OWN = "지자체 운영 기준 (확인 필요)"
CARE_LAW = f"돌봄통합지원법 제14조, {OWN}"
RULES = [
    Standard("waiting-urgent", gettext_noop("Waiting list, urgent: days until they are told how it stands"), 3,
             Unit.DAYS, OWN, SINCE),
    Standard("waiting-soon", gettext_noop("Waiting list, soon: days until they are told how it stands"), 7, Unit.DAYS,
             OWN, SINCE),
    Standard("waiting-normal", gettext_noop("Waiting list, normal: days until they are told how it stands"), 14,
             Unit.DAYS, OWN, SINCE),
    Standard("plan-renew", gettext_noop("Support plan: how long before its last day its renewal is owed"), 30,
             Unit.DAYS, CARE_LAW, SINCE),
    Standard("plan-decide", gettext_noop("Support plan: how long before its last day it is decided"), 7, Unit.DAYS,
             CARE_LAW, SINCE),
    Standard("plan-check", gettext_noop("Support plan: how often somebody looks whether it still fits"), 91, Unit.DAYS,
             f"돌봄통합지원법 제14조제4항, {OWN}", SINCE),
    Standard("plan-check-ahead", gettext_noop("Support plan: how long before that look it is owed"), 14, Unit.DAYS,
             CARE_LAW, SINCE),
    Standard("referral-answer", gettext_noop("Referral to or from another agency: days until it is answered"), 5,
             Unit.DAYS, OWN, SINCE),
    Standard("search-again", gettext_noop("Search list: how long nobody is asked again"), 365, Unit.DAYS, OWN, SINCE),
    Standard("search-lists-kept", gettext_noop("Uploaded search list: how long names, phones and addresses are kept"),
             365, Unit.DAYS, f"개인정보 보호법 제21조, {OWN}", SINCE),
]  # fmt: skip


def period(office: int, name: str, on: date) -> timedelta:
    """How long a period of an office is on a day."""
    return timedelta(days=rules(office, RULES).number(name, on))
