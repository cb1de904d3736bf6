"""A case from its opening to its end: what is owed by when, what keeps it, and what must be so before it is closed."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from dure.cases import actions, aftermath
from dure.cases.models import Case, Entry, Finding, Referral, Source, Step, Tier
from dure.cases.opening import Alarm, open_case
from dure.duty.actions import claim
from dure.duty.models import Claim, Duty, Telling
from dure.errors import Refused
from dure.offices.acting import acting
from tests import make
from tests.care import world as w
from tests.care.world import DUE
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with translation.override("en"):
        yield w.build()


def opened(world, tier=Tier.AMBER, on_site=False, **values) -> Case:
    """A case of somebody whom no programme of ours needs to know."""
    alarm = Alarm(
        "games", w.uuid.uuid4(), Source.DESK, tier=tier, on_site=on_site, organisation=world.provider.pk,
        area=world.dong.pk, dong=world.dong.name, **values,
    )  # fmt: skip
    return open_case(world.office.pk, alarm, by=world.desk, at=NOON, now=NOON)


def due(about) -> dict[str, float]:
    """What is owed, and within how many minutes."""
    owed = Duty.objects.filter(about=about.ref, closed_at=None).values_list("kind", "due_at")
    return {kind.removeprefix("case."): (at - NOON) / MINUTE for kind, at in owed}


@pytest.mark.parametrize(("tier", "on_site", "expected"), [
    (Tier.RED, False, {"answer": 0, "go": 15, "see": 45, "decide_119": 20}),
    (Tier.AMBER, False, {"answer": 0, "go": 15, "see": 45, "decide": 60}),
    (Tier.GREEN, False, {"answer": 0, "go": 15, "see": 45, "decide": 60}),
    (Tier.RED, True, {"answer": 0, "see": 45, "decide_119": 20}),
])  # fmt: skip
def test_every_latest_moment_is_owed_by_somebody(world, tier, on_site, expected):
    assert due(opened(world, tier, on_site)) == expected


@pytest.mark.parametrize(("step", "left"), [
    (Step.CALLED, {"answer", "go", "see", "decide_119"}),
    (Step.GOING, {"answer", "see", "decide_119"}),
    (Step.ARRIVED, {"answer", "see", "decide_119"}),
    (Step.DRILL_DONE, {"answer", "go", "see", "decide_119"}),
    (Step.SEEN, {"finish"}),
    (Step.WHEREABOUTS, {"finish"}),
    (Step.NOT_119, {"answer", "go", "see"}),
    (Step.CALLED_119, {"answer", "go", "see"}),
    (Step.OTHER_REPORT, {"answer", "go", "see", "decide_119"}),
    (Step.NOTE, {"answer", "go", "see", "decide_119"}),
    (Step.DANGER, {"answer", "see", "call_119", "office_knows", "centre_knows", "family_knows"}),
    (Step.DIED, {"finish"}),
])  # fmt: skip
def test_each_step_keeps_what_was_owed_until_then(world, step, left):
    case = opened(world, Tier.RED)
    actions.record(case, step, by=world.officer, now=NOON + MINUTE, note="딸이 앎")
    assert set(due(case)) == left


def test_in_danger_everybody_is_told_at_once_and_119_not_twice(world):
    case = opened(world)
    actions.record(case, Step.CALLED_119, by=world.desk, now=NOON)
    case = actions.record(case, Step.DANGER, by=world.desk, now=NOON)
    actions.record(case, Step.DANGER, by=world.desk, now=NOON + MINUTE)
    assert due(case) == {"answer": 0, "see": 45, "office_knows": 0, "centre_knows": 0, "family_knows": 30}


@pytest.mark.parametrize("step", ["ambulance", "hospital", "family"])
def test_who_takes_the_person_over_has_seen_them(world, step):
    case = opened(world)
    actions.record(case, Step.DANGER, by=world.desk, now=NOON)
    named = {"ambulance": Step.TAKEN_OVER, "hospital": Step.HOSPITAL, "family": Step.FAMILY_TOOK_OVER}[step]
    case = actions.hand_over(case, named, name="첨단병원", identity_checked="신분증", by=world.desk, now=NOON + MINUTE)
    told = {"office_knows", "centre_knows"} | ({"family_knows"} if step != "family" else set())
    assert (set(due(case)), case.seen_at, case.transfers.get().to) == ({"finish", *told}, NOON + MINUTE, step)


@pytest.mark.parametrize(("refused", "sentence"), [
    (lambda case, by: actions.close_case(case, finding=Finding.WELL, by=by, now=NOON), "Nobody has seen"),
    (lambda case, by: actions.close_case(case, finding=Finding.MISTAKE, by=by, now=NOON), "how the mistake"),
    (lambda case, by: actions.record(case, Step.WHEREABOUTS, by=by, now=NOON), "where the person is"),
    (lambda case, by: actions.record(case, Step.NOT_119, by=by, now=NOON), "why 119"),
    (lambda case, by: actions.hand_over(case, Step.HOSPITAL, name=" ", by=by, now=NOON), "who took"),
    (lambda case, by: actions.hand_over(case, Step.FAMILY_TOOK_OVER, name="딸", by=by, now=NOON), "how you know"),
])  # fmt: skip
def test_what_is_missing_is_asked_for(world, refused, sentence):
    with pytest.raises(Refused, match=sentence):
        refused(opened(world), world.officer)


def test_a_case_in_danger_isnt_over_before_119_and_the_family_are_settled(world):
    case = actions.record(opened(world), Step.DANGER, by=world.desk, now=NOON)
    case = actions.record(case, Step.SEEN, by=world.desk, now=NOON)
    with pytest.raises(Refused, match="119"):
        actions.close_case(case, finding=Finding.HELPED, by=world.officer, now=NOON)
    actions.record(case, Step.NOT_119, by=world.officer, now=NOON, note="호스피스와 합의")
    with pytest.raises(Refused, match="family"):
        actions.close_case(case, finding=Finding.HELPED, by=world.officer, now=NOON)
    actions.record(case, Step.FAMILY_TOLD, by=world.officer, now=NOON, who="딸")
    actions.close_case(case, finding=Finding.HELPED, by=world.officer, now=NOON)
    assert due(case) == {"review": 7 * 24 * 60}


def told(case) -> list[tuple[float, str, str]]:
    """Who was told of what, and in which minute."""
    mine = Telling.objects.filter(duty__about=case.ref).order_by("at", "duty__kind", "id")
    return [((t.at - NOON) / MINUTE, t.duty.kind, t.person.name) for t in mine.select_related("duty", "person")]


def test_a_case_rings_until_the_person_is_seen_and_is_then_written_down_without_hurry(world):
    case = opened(world)
    for minute in range(0, 200, 5):
        if minute == 10:
            actions.record(case, Step.SEEN, by=world.desk, now=NOON + 7 * MINUTE)
        w.watch(NOON + minute * MINUTE)
    finish = Duty.objects.get(about=case.ref, kind="case.finish")
    assert told(case) == [
        (0, "case.answer", "급식소장"), (5, "case.answer", "동담당"), (130, "case.finish", "담당"),
        (190, "case.finish", "담당"),
    ]  # fmt: skip
    assert (finish.urgent, finish.due_at, finish.page) == (False, NOON + 127 * MINUTE, case.page)
    actions.close_case(case, finding=Finding.WELL, by=world.officer, now=NOON + 200 * MINUTE)
    assert Duty.objects.get(pk=finish.pk).outcome == "kept"


def test_who_had_the_case_writes_down_how_it_ended(world):
    case, until = opened(world), NOON + 10 * MINUTE
    answer = Duty.objects.get(about=case.ref, kind="case.answer")
    claim(answer, by=world.desk, next_step="전화", until=until, now=NOON)
    actions.record(case, Step.SEEN, by=world.worker, now=NOON + MINUTE, takes=False)
    [has_it] = Claim.objects.filter(duty__about=case.ref, ended_at=None)
    assert (has_it.by, has_it.duty.kind) == (world.desk, "case.finish")


@pytest.mark.parametrize(("steps", "left"), [
    (["danger", "seen"], "answer"),
    (["seen", "danger"], "answer"),
    (["danger", "called_119", "seen"], "answer"),  # the ambulance isn't there yet
    (["danger", "seen", "not_119"], "finish"),
    (["danger", "not_119", "seen"], "finish"),
    (["danger", "died"], "finish"),
    (["danger", "taken_over"], "finish"),
    (["taken_over", "danger"], "answer"),  # worse again
    (["danger", "taken_over", "danger", "hospital"], "finish"),
    (["not_119"], "answer"),
])  # fmt: skip
def test_in_danger_a_case_rings_until_somebody_takes_the_person_over(world, steps, left):
    case = opened(world)
    for minute, step in enumerate(steps):
        now = NOON + minute * MINUTE
        if step in actions.TRANSFERS:
            actions.hand_over(case, step, name="첨단병원", by=world.desk, now=now)
        else:
            actions.record(case, step, by=world.desk, now=now, note="호스피스와 합의")
    assert set(due(case)) & {"answer", "finish"} == {left}


def test_danger_afterwards_rings_at_once_again(world):
    case = actions.record(opened(world), Step.SEEN, by=world.desk, now=NOON)
    actions.record(case, Step.DANGER, by=world.desk, now=NOON + MINUTE, takes=False)
    w.watch(NOON + MINUTE)
    assert {(kind, who) for minute, kind, who in told(case) if minute == 1} == {
        ("case.answer", "급식소장"), ("case.call_119", "급식소장"), ("case.office_knows", "당직"),
        ("case.centre_knows", "동담당"),
    }  # fmt: skip


def test_an_explained_whereabouts_ends_a_case_without_a_sighting(world):
    case = actions.record(opened(world), Step.WHEREABOUTS, by=world.desk, now=NOON, note="딸네 집, 딸")
    closed = actions.close_case(case, finding=Finding.ELSEWHERE, by=world.desk, now=NOON)
    assert (closed.closed_by, closed.finding, due(case)) == (world.desk, "elsewhere", {})
    with pytest.raises(Refused, match="already closed"):
        actions.record(case, Step.SEEN, by=world.desk, now=NOON)


def test_what_is_owed_afterwards_can_be_done_when_the_case_is_closed(world):
    case = actions.record(opened(world), Step.DANGER, by=world.desk, now=NOON)
    actions.record(case, Step.FAMILY_TOLD, by=world.desk, now=NOON)
    case = actions.hand_over(case, Step.HOSPITAL, name="첨단병원", by=world.desk, now=NOON)
    aftermath.in_hospital(case, back_on=date(2026, 11, 30), by=world.desk, now=NOON)
    case = actions.close_case(case, finding=Finding.HOSPITAL, by=world.desk, now=NOON)
    assert set(due(case)) == {"services", "return", "review"}
    actions.record(case, Step.SERVICES_TOLD, by=world.officer, now=NOON)
    actions.look_back(case, happened="늦게 감", change="열쇠 위치 확인", by=world.officer, now=NOON)
    assert set(due(case)) == {"return"}


@pytest.mark.parametrize(("now", "until"), [
    ("2026-11-23T10:00", "2026-11-23T14:00"),
    ("2026-11-23T16:00", "2026-11-24T11:00"),
    ("2026-11-20T16:00", "2026-11-23T11:00"),  # Friday → Monday
    ("2026-12-24T17:00", "2026-12-28T12:00"),  # over a holiday and a weekend
    ("2026-11-21T03:00", "2026-11-23T13:00"),
])  # fmt: skip
def test_other_services_are_told_within_four_working_hours(world, now, until):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    seoul = ZoneInfo("Asia/Seoul")
    at = datetime.fromisoformat(now).replace(tzinfo=seoul)
    case = opened(world)
    aftermath.in_hospital(case, back_on=date(2027, 1, 4), by=world.desk, now=at)
    services = Duty.objects.get(about=case.ref, kind="case.services")
    assert services.due_at == datetime.fromisoformat(until).replace(tzinfo=seoul)


def test_another_day_of_return_takes_the_place_of_the_first(world):
    case = opened(world)
    for day in (30, 30):
        aftermath.in_hospital(case, back_on=date(2026, 11, day), by=world.desk, now=NOON)
    aftermath.in_hospital(case, back_on=date(2026, 12, 4), by=world.desk, now=NOON)
    [duty] = Duty.objects.filter(kind="case.return", closed_at=None)
    assert duty.due_at == aftermath.at_nine(date(2026, 12, 4))
    with pytest.raises(Refused, match="future"):
        aftermath.in_hospital(case, back_on=w.DAY, by=world.desk, now=NOON)


def referred(world, case) -> Referral:
    return aftermath.refer(case, agency="재가센터", service="목욕", stopped_on=None, by=world.officer, now=NOON)


def test_a_referral_is_answered_and_its_restart_is_checked(world):
    referral = referred(world, opened(world))
    assert due(referral) == {"relink": 3 * 24 * 60}
    aftermath.answer(referral, accepted=True, who="김팀장", by=world.officer, now=NOON)
    assert set(due(referral)) == {"restart"}
    aftermath.not_restarted(
        referral, why="요양보호사 없음", check_on=date(2026, 12, 7), by=world.officer, now=NOON + timedelta(days=7)
    )
    assert set(due(referral)) == {"restart"}
    aftermath.restarted(referral, who="본인", by=world.officer, now=NOON + timedelta(days=14))
    assert due(referral) == {}


def test_a_refused_referral_is_owed_until_another_agency_is_asked(world):
    case = opened(world)
    referral = referred(world, case)
    with pytest.raises(Refused, match="why the agency"):
        aftermath.answer(referral, accepted=False, who="김팀장", by=world.officer, now=NOON)
    aftermath.answer(referral, accepted=False, who="김팀장", reason="정원", by=world.officer, now=NOON)
    assert set(due(referral)) == {"refused"}
    again = aftermath.refer(case, agency="다른 센터", service="목욕", stopped_on=None, by=world.officer, now=NOON)
    assert (due(referral), set(due(again))) == ({}, {"relink"})
    aftermath.give_up(again, why="시설 입소", by=world.officer, now=NOON)
    assert due(again) == {}


def test_an_unanswered_referral_climbs(world):
    referral = referred(world, opened(world))
    w.watch(NOON + timedelta(days=3))
    duty = Duty.objects.get(about=referral.ref)
    assert list(duty.tellings.values_list("person__name", flat=True)) == ["담당"]


def test_one_case_for_a_person_and_numbers_in_order_whoever_reports(world):
    """A provider sees only its own cases: the number counts all of the office all the same."""
    opened(world)
    elsewhere = make.organisation(world.office, "provider")
    desk = make.person(world.office, as_="provider", at=elsewhere)
    with acting(world.office.pk, desk.pk, [elsewhere.pk]):
        alarm = Alarm("games", w.uuid.uuid4(), Source.DESK, organisation=elsewhere.pk, dong="—")
        first = open_case(world.office.pk, alarm, by=desk, at=NOON, now=NOON)
        again = open_case(world.office.pk, alarm, by=desk, at=NOON, now=NOON + MINUTE)
    assert (first.pk, first.number) == (again.pk, "261123-02")


def test_found_in_danger_again_119_is_called_again(world):
    case = w.reached_by_nobody(world)
    for minute, step, note in (
        (1, Step.DANGER, ""), (2, Step.CALLED_119, ""), (3, Step.SEEN, ""), (4, Step.NOT_119, "구급대가 돌아감"),
    ):  # fmt: skip
        actions.record(case, step, by=world.desk, now=NOON + minute * MINUTE, note=note)
    actions.record(case, Step.DANGER, by=world.desk, now=NOON + 180 * MINUTE, at=NOON + MINUTE)  # old news
    assert "case.call_119" not in w.owed(case)
    actions.record(case, Step.NOT_119, by=world.desk, now=NOON + 181 * MINUTE, note="같은 일")
    case = actions.record(case, Step.DANGER, by=world.desk, now=NOON + 200 * MINUTE)
    assert (case.called_119_at, "case.call_119" in w.owed(case)) == (None, True)


def test_a_witness_outweighs_silence_and_silence_never_a_witness(world):
    subject = w.uuid.uuid4()
    for source, at in ((Source.SILENCE, 0), (Source.FAMILY, 1), (Source.SILENCE, 2)):
        now = NOON + at * MINUTE
        by = world.desk if source == Source.FAMILY else None
        case = open_case(world.office.pk, Alarm("games", subject, source), by=by, at=now, now=now)
    assert case.source == "family"
    assert Duty.objects.get(about=case.ref, kind="case.answer").raised_at == NOON + MINUTE
    assert Entry.objects.filter(case=case).count() == 3


def test_not_reached_again_after_having_been_seen_is_a_new_alarm_in_the_same_case(world):
    world.visit  # noqa: B018
    case = w.reached_by_nobody(world, now=DUE)
    actions.record(case, Step.SEEN, by=world.desk, now=DUE + 10 * MINUTE)
    late = w.reached_by_nobody(world, now=DUE + 20 * MINUTE, at=DUE + 5 * MINUTE)
    assert (late.pk, late.seen_at, w.owed(late)) == (case.pk, DUE + 10 * MINUTE, {"case.finish"})
    again = w.reached_by_nobody(world, now=DUE + 300 * MINUTE)
    assert (again.pk, again.seen_at) == (case.pk, None)
    assert w.owed(again) == {"case.answer", "case.go", "case.see", "case.decide"}
    assert Duty.objects.get(about=again.ref, kind="case.answer", closed_at=None).raised_at == DUE + 300 * MINUTE
    with pytest.raises(Refused, match="Nobody has seen"):
        actions.close_case(again, finding=Finding.WELL, by=world.desk, now=NOON)
