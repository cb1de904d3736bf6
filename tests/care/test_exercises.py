"""An exercise: the procedure on live data with chosen people only, marked everywhere, counted apart."""

from datetime import timedelta

import pytest

from dure.care import alarms, exercises
from dure.care.reports import _cases
from dure.cases import actions, aftermath
from dure.cases.models import Case
from dure.duty.actions import claim
from dure.duty.applying import DRILL_NOBODY_TOLD
from dure.duty.models import Duty, Exercise, Outcome, Telling
from dure.duty.opening import publish_ladder
from dure.errors import Refused
from dure.health.models import Fault
from dure.offices.acting import act
from dure.outbox.models import Message
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world():
    return w.build()


def begin(world, *people, recipient=True, now=NOON, **values):
    made = exercises.start(
        "문 앞 확인", people or (world.desk, world.officer), recipient=world.recipient if recipient else None,
        ends_at=now + HOUR, by=world.officer, now=now, **values,
    )  # fmt: skip
    return made, Case.objects.get(ref=made.about)


def told(case):
    return {t.person for t in Telling.objects.filter(duty__about=case.ref).select_related("person")}


def test_only_those_who_take_part_are_ever_told(world):
    """Neither the centre nor the one on call, though the order names them; not even when nobody answers for hours."""
    _, case = begin(world)
    for minute in range(0, 60, 5):
        w.watch(NOON + minute * MINUTE)

    assert told(case) == {world.desk, world.officer}
    assert set(Message.objects.values_list("drill", "person")) == {(True, world.desk.pk), (True, world.officer.pk)}
    assert not Fault.objects.exists()


def test_who_takes_part_and_can_be_reached_by_nothing_brings_no_officer_in(world):
    mute = make.person(world.office, as_="centre", at=world.centre_house, channels=("screen",))
    _, case = begin(world, mute)
    for minute in range(0, 60, 5):
        w.watch(NOON + minute * MINUTE)

    assert told(case) == {mute}
    assert not Fault.objects.filter(outside=True).exists()


def test_a_real_case_of_the_same_person_opens_beside_it_and_nothing_mixes(world):
    """The story: an exercise runs; meanwhile the lunch of the same recipient really isn't answered."""
    visit = world.visit
    exercise, drill = begin(world, now=w.DUE - 10 * MINUTE)
    w.watch(w.DUE - 10 * MINUTE)
    assert (drill.about, w.fresh(world).duty.is_open) == (None, True)

    w.says(world, "no_reply", w.DUE)
    real = Case.objects.get(subject=world.recipient.ref, drill=False)
    w.watch(w.DUE)
    assert (real.about, w.fresh(world).duty.outcome) == (visit.ref, Outcome.PASSED_ON)
    actions.record(drill, "going", by=world.desk, now=w.DUE + MINUTE)
    actions.record(drill, "danger", by=world.desk, now=w.DUE + 3 * MINUTE)
    w.watch(w.DUE + 20 * MINUTE)
    assert told(drill) == {world.desk, world.officer} and {world.centre} <= told(real)
    referral = aftermath.refer(
        drill, agency="훈련", service="돌봄", stopped_on=None, by=world.desk, now=w.DUE + 21 * MINUTE
    )
    alarms.end_service(world.recipient, why="이사", by=world.officer, now=w.DUE + 22 * MINUTE)
    assert Duty.objects.filter(about=referral.ref, closed_at=None).exists()

    exercises.end(exercise, by=world.officer, now=w.DUE + 30 * MINUTE)
    assert set(Duty.objects.filter(closed_at=None).values_list("drill", flat=True)) == {False}
    real.refresh_from_db()
    assert real.closed_at is None and {"case.answer", "case.see"} <= w.owed(real)
    office = standing(world.officer, w.DAY)
    assert [case.pk for case in _cases(office, w.DAY)] == [real.pk]


def test_who_knows_of_the_exercise_does_not_thereby_know_of_the_real_case(world):
    """Only who knew that the person really wasn't reached overrules it: the real case goes on."""
    _, drill = begin(world, now=w.DUE - 10 * MINUTE)
    w.says(world, "no_reply", w.DUE)
    real = Case.objects.get(subject=world.recipient.ref, drill=False)

    w.says(world, "seen_well", w.DUE + MINUTE, by=world.other, case=drill.ref)
    real.refresh_from_db()
    assert (real.seen_at, "case.see" in w.owed(real)) == (None, True)
    w.says(world, "seen_well", w.DUE + 2 * MINUTE, by=world.other, case=real.ref)
    real.refresh_from_db()
    assert real.seen_at == w.DUE + 2 * MINUTE


def test_it_ends_by_its_time_in_the_name_of_who_started_it(world):
    exercise, case = begin(world)
    exercises.end_those_over(NOON + HOUR - MINUTE)
    assert Exercise.objects.get().ended_at is None
    make.role("engine")
    exercises.end_those_over(NOON + HOUR)
    make.role("app")

    done = Exercise.objects.get()
    assert (done.ended_at, done.ended_by) == (NOON + HOUR, None)
    assert set(Duty.objects.filter(drill=True).values_list("closed_by", flat=True)) == {world.officer.pk}
    case.refresh_from_db()
    assert (case.closed_by, case.finding) == (world.officer, "mistake")
    with pytest.raises(Refused, match="모의훈련이 끝나"):
        aftermath.refer(case, agency="훈련", service="돌봄", stopped_on=None, by=world.desk, now=NOON + 2 * HOUR)


def test_the_times_of_each_step(world):
    exercise, case = begin(world)
    w.watch(NOON)
    answer = Duty.objects.get(about=case.ref, kind="case.answer")
    claim(answer, by=world.desk, next_step="간다", until=NOON + 9 * MINUTE, now=NOON + 2 * MINUTE)
    actions.record(case, "going", by=world.desk, now=NOON + 3 * MINUTE)
    actions.record(case, "seen", by=world.desk, now=NOON + 12 * MINUTE)
    actions.close_case(case, finding="well", by=world.officer, now=NOON + 20 * MINUTE)

    found = [(m.what, m.minutes, m.who) for m in exercises.times(exercise)]
    desk, officer = str(world.desk), str(world.officer)
    assert found == [
        ("알림", 0, desk), ("맡음", 2, desk), ("현장으로 출발", 3, desk), ("본인 확인", 12, desk),
        ("위험한 상태로 발견", None, ""), ("119 신고 여부 결정", None, ""), ("종료", 20, officer),
    ]  # fmt: skip


def test_about_somebody_invented(world):
    _, case = begin(world, world.desk, world.centre, recipient=False)
    assert (case.card["name"], case.organisation, case.area) == ("가상 대상자(훈련)", world.provider, world.dong)


@pytest.mark.parametrize(
    ("people", "ends", "why"),
    [([], HOUR, "참여할 사람"), (["desk"], 9 * HOUR, "여덟 시간"), (["stranger"], HOUR, "볼 수 없어")],
)
def test_refused(world, people, ends, why):
    stranger = make.person(world.office, as_="provider", at=make.organisation(world.office))
    who = [stranger if name == "stranger" else getattr(world, name) for name in people]
    with pytest.raises(Refused, match=why):
        exercises.start("x", who, recipient=world.recipient, ends_at=NOON + ends, by=world.officer, now=NOON)


def test_one_at_a_time(world):
    begin(world)
    with pytest.raises(Refused, match="이미 모의훈련"):
        begin(world)


def test_its_pages(world, moved):
    """Started by an officer; a banner for who takes part and for nobody else; no number can be called; ended."""
    moved(NOON)
    world.recipient.contacts.create(office=world.office, name="딸", relation="딸", phone="010-0000-7777")
    officer, desk, centre = (signed_in(p) for p in (world.officer, world.desk, world.centre))
    page = officer.get(f"/care/recipients/{world.recipient.ref}/exercise/").content.decode()
    assert "실제 방문과 긴급 상황에는 영향이 없습니다" in page
    said = {"what": "문 앞 확인", "minutes": 30, "people": [world.desk.pk, world.officer.pk]}
    answer = officer.post(f"/care/recipients/{world.recipient.ref}/exercise/", said)
    act(world.office.pk)
    exercise = Exercise.objects.get()
    assert answer.url == f"/care/exercises/{exercise.ref}/"

    assert "모의훈련 중입니다(12:30까지)" in desk.get("/banners/").content.decode()
    assert "모의훈련 중입니다" not in centre.get("/banners/").content.decode()
    case = desk.get(f"/cases/{exercise.about}/").content.decode()
    assert "전화하지 마세요: 훈련" in case
    assert [callable for callable in ("tel:", "sms:", "010-0000-7777") if callable in case] == []
    assert "문 앞 확인" in officer.get("/care/exercises/").content.decode()
    officer.post(f"/care/exercises/{exercise.ref}/end/")
    assert "담당 님이 끝냄" in officer.get(f"/care/exercises/{exercise.ref}/").content.decode()
    assert "모의훈련 중입니다" not in desk.get("/banners/").content.decode()


def test_an_officer_is_told_where_the_order_says_the_officer_in_charge(world):
    order = [*w.rungs(("officer", "office")), *w.rungs(("centre", "area"))]
    publish_ladder(world.office.pk, "case", order, by=None, now=NOON - HOUR)
    _, case = begin(world, world.officer, world.centre)
    w.watch(NOON)
    assert told(case) == {world.officer}


def test_an_exercise_says_nothing_about_the_office_and_leaves_no_fault_behind(world):
    mute = make.person(world.office, as_="centre", at=world.centre_house, channels=("screen",))
    exercise, _ = begin(world, mute)
    for minute in range(0, 60, 5):
        w.watch(NOON + minute * MINUTE)
    assert {fault.what for fault in Fault.objects.all()} == {DRILL_NOBODY_TOLD}
    exercises.end(exercise, by=world.officer, now=NOON + HOUR)
    assert not Fault.objects.filter(mended_at=None).exists()


def test_of_two_who_start_at_once_the_second_is_told(world, moved, monkeypatch):
    """Both have looked whether one runs before either has begun."""
    moved(NOON)
    monkeypatch.setattr(exercises, "running", lambda office: None)
    page = f"/care/recipients/{world.recipient.ref}/exercise/"
    said = {"what": "x", "minutes": 30, "people": [world.desk.pk]}
    client = signed_in(world.officer)
    assert [client.post(page, said).status_code for _ in range(2)] == [302, 409]
