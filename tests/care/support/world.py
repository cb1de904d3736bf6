"""The small office of care with the order of a dong's paper work, and builders of plans, people who wait, referrals."""

from datetime import date, datetime, timedelta
from typing import Any

from dure.care.models import Recipient
from dure.care.support import plans, referrals, waiting
from dure.care.support.models import Plan, Referral, Waiting
from dure.duty.models import Duty
from dure.duty.opening import publish_ladder
from tests import make
from tests.care import world as care
from tests.care.world import DAY, MORNING, World

A_DAY = timedelta(days=1)


def build() -> World:
    made = care.build()
    wait = 24 * 60 * 60
    orders = {"dong": [("centre", "area"), ("officer", "office")], "paper": [("officer", "office")]}
    for name, who in orders.items():
        publish_ladder(made.office.pk, name, care.rungs(*who, wait=wait), by=None, now=MORNING - timedelta(days=9))
    return made


def plan(recipient: Recipient, world: World, now: datetime = MORNING, **values: Any) -> Plan:
    said: dict[str, Any] = {
        "what": "점심 도시락, 안부 확인", "meals_a_week": 5, "how": "대면 전달", "when": "월~금 12시까지",
        "begins_on": DAY - 90 * A_DAY, "ends_on": DAY + 90 * A_DAY, "decided_on": DAY - 91 * A_DAY,
        "next_check_on": DAY + 60 * A_DAY, **values,
    }  # fmt: skip
    new = Plan(office_id=recipient.office_id, recipient=recipient, provider=recipient.provider, **said)
    return plans.decide(new, by=world.officer, now=now)


def waits(world: World, name: str = "김기다", now: datetime = MORNING, **values: Any) -> Waiting:
    said: dict[str, Any] = {
        "phone": f"010-0000-{sum(map(ord, name)) % 10000:04}", "area": world.dong, "source": "family", "urgency": 3,
        "since": DAY, **values,
    }  # fmt: skip
    return waiting.enter(Waiting(office_id=world.office.pk, name=name, **said), by=world.officer, now=now)


def asked_of_us(world: World, name: str = "이퇴원", **values: Any) -> Referral:
    said = {"agency": "시험병원", "what": "퇴원 후 식사 지원", "asked_on": DAY, "answer_by": DAY + 5 * A_DAY, **values}
    about = Waiting(office_id=world.office.pk, name=name, phone="010-0000-4321", area=world.dong, urgency=2)
    new = Referral(office_id=world.office.pk, **said)
    return referrals.receive(new, about, by=world.officer, now=MORNING)


def open_duty(kind: str, about: Any) -> Duty | None:
    return Duty.objects.filter(kind=f"care.support_{kind}", about=about.ref, closed_at=None).first()


def at_noon(day: date) -> datetime:
    return make.NOON + (day - DAY)
