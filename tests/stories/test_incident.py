"""The incident by which everything is measured, minute by minute.

A provider's desk can't reach a recipient by phone. Somebody goes there: the recipient, disabled and living alone,
lies collapsed indoors. Office and 119 are told at once; hospital and hand-over to the family follow. A care service
had been interrupted before: it is referred, accepted, and its restart is checked.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from dure.care import alarms, counts
from dure.care.hospital import admitted
from dure.care.models import Contact, OtherService, Visit
from dure.cases import actions, aftermath
from dure.cases.models import Case, Entry, Referral, Source
from dure.duty.actions import claim
from dure.duty.models import Claim, Duty, Telling
from dure.people.actions import standing
from tests.care import world as w
from tests.care.world import DAY
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db

START = NOON - timedelta(hours=1)  # 11:00, half an hour before lunch is owed
Deed = Callable[[datetime], object]


class Incident:
    """The people of the story and what each does at its minute."""

    def __init__(self) -> None:
        self.world = world = w.build()
        world.worker.name = "배달원"
        world.worker.save()
        self.who = w.recipient(
            world, "홍길동", tier="red", health="뇌병변 장애, 거동 불편", allergies="땅콩", hospital="첨단병원",
            planned_response="딸에게 먼저 전화", phone="010-0000-1234",
        )  # fmt: skip
        Contact.objects.create(office=world.office, recipient=self.who, name="홍딸", relation="딸", phone="010-0000-9")
        OtherService.objects.create(
            office=world.office, recipient=self.who, service="방문목욕", agency="재가센터", stopped_on=date(2026, 11, 2)
        )
        w.open_day(world.office.pk, DAY, now=w.MORNING)

    @property
    def case(self) -> Case:
        return Case.objects.get()

    def reports(self, now: datetime) -> None:
        """The desk has phoned twice before lunch, and nobody answers."""
        alarms.cannot_reach(self.who, Source.DESK, by=self.world.desk, now=now, note="전화 두 번, 받지 않음")

    def takes_it_on(self, now: datetime) -> None:
        answer = Duty.objects.get(kind="case.answer")
        claim(answer, by=self.world.desk, next_step="직접 가 봅니다", until=now + 10 * MINUTE, now=now)

    def takes_over(self, now: datetime) -> None:
        answer, until = Duty.objects.get(kind="case.answer"), now + 10 * MINUTE
        claim(answer, by=self.world.oncall, next_step="병원까지 확인", until=until, now=now, take_over=True)

    def step(self, name: str, by: str = "worker", who: str = "", note: str = "") -> Deed:
        takes = by != "worker"  # the worker at the door reports; the desk goes on answering for the case

        def deed(now: datetime) -> None:
            person = getattr(self.world, by)
            actions.record(self.case, name, by=person, now=now, who=who, note=note, takes=takes)

        return deed

    def hand_over(self, step: str, name: str, by: str = "worker", identity: str = "") -> Deed:
        def deed(now: datetime) -> None:
            person = getattr(self.world, by)
            actions.hand_over(self.case, step, name=name, identity_checked=identity, by=person, now=now)
            if step == "hospital":
                admitted(self.case, name=name, back_on=date(2026, 11, 30), by=person, now=now)

        return deed

    def refers(self, now: datetime) -> None:
        service = OtherService.objects.exclude(stopped_on=None).get(recipient=self.who)
        aftermath.refer(
            self.case, agency=service.agency, service=service.service, stopped_on=service.stopped_on,
            by=self.world.officer, now=now,
        )  # fmt: skip

    def closes(self, now: datetime) -> None:
        by = self.world.oncall
        closed = actions.close_case(self.case, finding="hospital", by=by, now=now, note="낙상 후 저체온")
        alarms.after_case(closed, by=by, now=now)


def story(of: Incident) -> dict[int, list[Deed]]:
    """Who does what, by minutes after the desk says that it can't reach the person."""
    return {
        0: [of.reports],
        1: [of.takes_it_on],
        4: [of.step("going", note="걸어서 5분")],
        8: [of.step("called", "desk", note="딸: 통화 중")],
        11: [of.step("arrived")],
        13: [of.step("door", note="두드려도 답 없음, 안에서 신음")],
        15: [of.step("danger", note="거실에 쓰러져 있음, 의식 있음"), of.step("seen")],
        16: [of.step("called_119")],
        17: [of.step("office_told", "oncall")],
        18: [of.step("centre_told", "centre")],
        20: [of.takes_over],
        24: [of.step("arrived_119")],
        29: [of.step("called", "oncall", note="병원: 받을 수 있음")],
        31: [of.hand_over("taken_over", "첨단119안전센터")],
        38: [of.step("family_told", "oncall", who="홍딸(딸)")],
        47: [of.hand_over("hospital", "첨단병원 응급실", "oncall")],
        56: [of.step("note", "oncall", note="딸이 오는 중")],
        65: [of.hand_over("family_took_over", "홍딸(딸)", "oncall", "신분증")],
        70: [of.closes],
        120: [of.refers],
        150: [of.step("services_told", "officer", note="재가센터, 생활지원사")],
    }


def owner(case: Case, now: datetime) -> str:
    """Who has the case at this moment, or else who was last told of it by name."""
    mine = Duty.objects.filter(about=case.ref).values("pk")
    has = Claim.objects.filter(duty__in=mine, ended_at=None, until__gt=now).select_related("by").first()
    told = Telling.objects.filter(duty__in=mine).order_by("-at", "-id").select_related("person").first()
    return has.by.name if has else told.person.name if told else ""


def minutes(moment: datetime) -> int:
    return int((moment - START) / MINUTE)


def timeline(case: Case) -> list[tuple[int, str, str]]:
    entries = Entry.objects.filter(case=case).order_by("at", "id").select_related("by")
    return [(minutes(e.at), e.step, e.by.name) for e in entries]


def messages() -> list[tuple[int, str, str]]:
    told = Telling.objects.exclude(duty__kind="care.course").order_by("at", "id").select_related("duty", "person")
    return [(minutes(t.at), t.person.name, t.duty.kind) for t in told]


def live(of: Incident, until: int) -> list[str]:
    """Minute by minute: people act, the watch looks, and the case has an owner at each of them."""
    deeds, owners = story(of), []
    for minute in range(until + 1):
        now = START + minute * MINUTE
        for deed in deeds.get(minute, []):
            deed(now)
        w.watch(now)
        case = of.case
        if case.closed_at is None:
            owners.append(owner(case, now))
    return owners


def test_the_incident_from_the_unanswered_phone_to_the_hand_over():
    of = Incident()
    owners = live(of, 160)
    case, world = of.case, of.world

    assert len(owners) == 70 and "" not in owners  # no minute without a named owner
    assert timeline(case) == [
        (0, "opened", "급식소장"), (4, "going", "배달원"), (8, "called", "급식소장"), (11, "arrived", "배달원"),
        (13, "door", "배달원"), (15, "danger", "배달원"), (15, "seen", "배달원"), (16, "called_119", "배달원"),
        (17, "office_told", "당직"), (18, "centre_told", "동담당"), (24, "arrived_119", "배달원"),
        (29, "called", "당직"), (31, "taken_over", "배달원"), (38, "family_told", "당직"), (47, "hospital", "당직"),
        (56, "note", "당직"), (65, "family_took_over", "당직"), (70, "closed", "당직"),
        (150, "services_told", "담당"),
    ]  # fmt: skip
    assert messages() == [  # nobody is rung while somebody has it; in danger all hear of it at once
        (0, "급식소장", "case.answer"), (15, "급식소장", "case.call_119"), (15, "당직", "case.office_knows"),
        (15, "동담당", "case.centre_knows"),
    ]  # fmt: skip
    moments = (case.going_at, case.arrived_at, case.seen_at, case.danger_at, case.called_119_at, case.family_told_at)
    assert [minutes(at) for at in moments] == [4, 11, 15, 15, 16, 38]
    assert list(case.transfers.order_by("at").values_list("to", "name", "identity_checked")) == [
        ("ambulance", "첨단119안전센터", ""), ("hospital", "첨단병원 응급실", ""), ("family", "홍딸(딸)", "신분증"),
    ]  # fmt: skip
    assert (case.closed_by, case.finding, case.finding_note) == (world.oncall, "hospital", "낙상 후 저체온")
    assert case.card["health"] == "뇌병변 장애, 거동 불편" and case.card["contacts"][0]["name"] == "홍딸"
    [tally] = counts.evening(standing(world.officer, DAY), DAY)
    assert (tally.planned, tally.explained, tally.open, tally.difference) == (1, 1, 0, 0)


def test_afterwards_the_stopped_service_runs_again_and_so_do_the_meals():
    of = Incident()
    live(of, 160)
    case, world, before = of.case, of.world, len(messages())
    referral = Referral.objects.get()
    assert (referral.agency, referral.service, referral.stopped_on) == ("재가센터", "방문목욕", date(2026, 11, 2))
    assert w.owed(case) == {"case.return", "case.review"} and w.owed(referral) == {"case.relink"}
    tomorrow = START + timedelta(days=1)
    assert w.open_day(world.office.pk, tomorrow.date(), now=START) == 0  # nobody rings the door meanwhile

    aftermath.answer(referral, accepted=True, who="김팀장", check_on=date(2026, 12, 1), by=world.officer, now=tomorrow)
    assert w.owed(referral) == {"case.restart"}

    monday = aftermath.at_nine(date(2026, 11, 30))
    w.watch(monday)  # is the person back from hospital? and: look back within a week
    alarms.back_again(of.who.absences.get(), on=date(2026, 12, 1), by=world.officer, now=monday)
    actions.look_back(case, happened="전화 전 확인 없음", change="열쇠함 설치", by=world.officer, now=monday)
    w.watch(aftermath.at_nine(date(2026, 12, 1)))
    aftermath.restarted(referral, who="본인", by=world.officer, now=monday + timedelta(days=1, hours=1))

    assert [(who, kind) for _, who, kind in messages()[before:]] == [("담당", "case.return"), ("담당", "case.restart")]
    assert w.owed(case) | w.owed(referral) == set()
    assert w.open_day(world.office.pk, date(2026, 12, 1), now=monday) == 1
    assert (
        not Duty.objects.filter(closed_at=None)
        .exclude(kind="care.course")
        .exclude(about=Visit.objects.get(day__month=12).ref)
        .exists()
    )
