"""In the demo office two complaints have come, and a dong is to go to another provider in a week."""

from datetime import date, datetime, timedelta

from dure.care.changes import actions as changes
from dure.care.changes.models import Change
from dure.care.complaints import actions as complaints
from dure.care.complaints.models import Complaint
from dure.care.models import Recipient, Route
from dure.demo.staff import Staff

AHEAD = timedelta(days=8)


def change(staff: Staff, recipients: list[Recipient], day: date, now: datetime) -> None:
    """One complaint is fresh and named, one came through the council and waits for the provider's word."""
    officer, (first, second, *_others) = staff.officers[1], staff.providers
    late = Complaint(
        kind="grievance", way="phone", received_on=day - timedelta(days=5), title="도시락이 자주 늦게 옵니다",
        text="이번 주에 세 번이나 12시를 넘겨 왔습니다. 어머니가 약을 제때 못 드십니다.", name="허가상",
        phone="010-0000-1777", recipient=recipients[0], desk=staff.house,
    )  # fmt: skip
    complaints.receive(late, by=officer, now=now)
    salty = Complaint(
        kind="suggestion", way="council", received_on=day, title="반찬이 짜다는 의견", area=staff.dongs[3],
        text="경로당에서 여러 분이 국과 반찬이 짜다고 합니다. 저염식을 늘려 주세요.", provider=second, desk=staff.house,
    )  # fmt: skip
    made = complaints.receive(salty, by=officer, now=now)
    complaints.ask(made, second, made.answer_by - timedelta(days=7), by=officer, now=now)
    mine = [each for each in recipients if each.provider_id == first.pk and each.ended_on is None]
    plan = Change(provider=first, day=day + AHEAD, ends=False, why="배달 구역 조정")
    changes.plan(plan, area=mine[0].place.area, by=officer, now=now)
    route = Route.objects.filter(provider=second).order_by("pk").first()
    half = list(changes.undecided(plan).order_by("pk"))
    changes.send(plan, half[: len(half) // 2 or 1], to=second, route=route, by=officer, now=now)
