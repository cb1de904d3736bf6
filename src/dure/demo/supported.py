"""Tailored support in the demo office: plans, who waits, referrals, invented populations, and this quarter's lists."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dure.care.models import Recipient
from dure.care.support import plans, referrals, searches, waiting
from dure.care.support.models import Lead, Plan, Population, Referral, Source, Urgency, Waiting
from dure.demo.staff import Staff

WITH_PLAN, PAST, ENDS_SOON = 60, 2, 6
WISHES = (
    "혼자 식사 준비 어려움",
    "퇴원 후 식사 지원",
    "배우자 사별 후 끼니 거름",
    "저작 곤란, 다진식 희망",
    "거동 불편",
)
SIGNS = ("단전", "단수", "건강보험료 체납", "통신비 체납")
TOLD = "체험용 가상 수치"


def support(
    staff: Staff, recipients: list[Recipient], given: Iterator[str], chance: random.Random, day: date, now: datetime
) -> None:
    """A few rows of each; nothing of it is overdue on the first day."""
    officer = staff.officers[0]
    for n, recipient in enumerate(recipients[::5][:WITH_PLAN]):
        left = (
            -chance.randint(2, 9) if n < PAST else chance.randint(9, 28) if n < ENDS_SOON else chance.randint(40, 170)
        )
        ends = day + timedelta(days=left)
        begins = ends - timedelta(days=181)
        Plan.objects.create(
            office=staff.office, recipient=recipient, scheme=recipient.scheme, provider=recipient.provider,
            what="점심 도시락과 안부 확인", meals_a_week=5, how="본인 대면 전달", when="월~금 점심", begins_on=begins,
            ends_on=ends, decided_on=begins - timedelta(days=3), made_at=now, made_by=officer,
            next_check_on=ends if left < 30 else day + timedelta(days=chance.randint(3, 38)),
        )  # fmt: skip
    plans.owe(staff.office.pk, now)
    numbers = (f"010-0000-{n:04}" for n in range(1800, 1999))
    for n, urgency in enumerate([Urgency.NOW, Urgency.SOON, Urgency.SOON, Urgency.NORMAL, Urgency.NORMAL]):
        since = day - timedelta(days=(0, 2, 4, 3, 9)[n])
        source = chance.choice([Source.FAMILY, Source.CENTRE, Source.NEIGHBOUR])
        waiting.enter(
            _waits(staff, next(given), next(numbers), chance, urgency=urgency, source=source, since=since),
            by=officer, now=now,
        )  # fmt: skip
    _referrals(staff, recipients, given, numbers, chance, day, now)
    _populations(staff, recipients, chance, day, now)
    Lead.objects.bulk_create(
        Lead(office=staff.office, area=chance.choice(staff.dongs), name=next(given), phone=next(numbers), why="listed",
             detail=chance.choice(SIGNS), entered_at=now, entered_by=officer)
        for _ in range(12)
    )  # fmt: skip
    searches.make_lists(staff.office.pk, now)


def _waits(staff: Staff, name: str, phone: str, chance: random.Random, **values: object) -> Waiting:
    return Waiting(
        office=staff.office,
        name=name,
        phone=phone,
        area=chance.choice(staff.dongs),
        wish=chance.choice(WISHES),
        **values,
    )


def _referrals(
    staff: Staff, recipients: list[Recipient], given: Iterator[str], numbers: Iterator[str], chance: random.Random,
    day: date, now: datetime,
) -> None:  # fmt: skip
    officer, soon = staff.officers[0], day + timedelta(days=4)
    for agency, what in (
        ("체험종합병원", "퇴원 후 식사 지원"),
        ("119구급대(체험)", "구급 출동 때 식사 거르는 것 확인"),
    ):
        asked = Referral(office=staff.office, agency=agency, what=what, asked_on=day, answer_by=soon)
        about = _waits(staff, next(given), next(numbers), chance, urgency=Urgency.SOON)
        referrals.receive(asked, about, by=officer, now=now)
    sent = Referral(office=staff.office, agency="늘봄방문간호(가상)", what="상처 소독, 복약 확인", asked_on=day,
                    answer_by=soon, recipient=recipients[7])  # fmt: skip
    referrals.send(sent, by=officer, now=now)


def _populations(staff: Staff, recipients: list[Recipient], chance: random.Random, day: date, now: datetime) -> None:
    """Numbers made up around the recipients there, so that one or two dongs stand out."""
    served = {dong.pk: sum(r.place.area_id == dong.pk for r in recipients) for dong in staff.dongs}
    for n, dong in enumerate(staff.dongs):
        alone = round((served[dong.pk] + 4) * chance.uniform(15, 24)) * (3 if n in (4, 11) else 1)
        Population.objects.create(
            office=staff.office, area=dong, on=day.replace(day=1), persons=alone * 4 + chance.randint(0, 200),
            alone=alone, source=TOLD, entered_at=now, entered_by=staff.officers[0],
        )  # fmt: skip
