"""Who is told of a meeting, what is agreed and owed, and a circular that is owed until it is acknowledged."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from dure.cases.hours import is_working_day
from dure.duty.models import Duty, Telling
from dure.errors import Refused
from dure.gatherings import actions, sending
from dure.gatherings.models import Agreed, Attendance, Circular, Copy, Gathering, Material
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.people.actions import standing
from dure.people.models import Membership, Role
from tests import make
from tests.duty.world import watch
from tests.gatherings import world as w
from tests.make import DAY, MINUTE, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def told(what: str) -> list[str]:
    return list(Message.objects.filter(template=what).order_by("person__name").values_list("person__name", flat=True))


def owes() -> set[str]:
    return set(Duty.objects.filter(closed_at=None).values_list("kind", flat=True))


def test_who_answers_at_the_agencies_invited_is_told_without_hurry(world):
    gathering = w.meeting(world)
    assert told(actions.INVITED) == ["김둘", "박하나"]
    sent = Message.objects.values_list("urgent", "answerable", "page", "values__when")
    assert set(sent) == {(False, False, f"/gatherings/{gathering.ref}/", "11-23 14:00–15:00")}


def test_what_is_entered_afterwards_tells_nobody(world):
    w.meeting(world, begins=NOON - timedelta(days=30))
    assert not Message.objects.exists()


def test_a_change_tells_whom_it_concerns_what_it_is(world):
    one, two = world.providers
    gathering = w.meeting(world, one)
    seen = gathering.changed_at
    gathering.begins_at, gathering.ends_at = (at + timedelta(days=1) for at in (gathering.begins_at, gathering.ends_at))
    actions.change(gathering, [two], seen=seen, by=world.officer, now=NOON + MINUTE)
    out = Message.objects.get(template=actions.UNINVITED)
    assert (out.person, out.values["when"], out.page) == (world.desks[0], "11-23 14:00–15:00", "/gatherings/")
    gathering.agenda = "보건증 지참"
    actions.change(gathering, [two], seen=NOON + MINUTE, by=world.officer, now=NOON + 2 * MINUTE)
    actions.change(gathering, [two], seen=NOON + 2 * MINUTE, by=world.officer, now=NOON + 3 * MINUTE)  # nothing new
    assert (told(actions.MOVED), told(actions.INVITED)) == (["김둘"], ["김둘", "박하나"])


def test_what_was_held_or_cancelled_is_over(world):
    held, off = w.meeting(world), w.meeting(world)
    actions.cancel(off, why="태풍", by=world.officer, now=NOON)
    with pytest.raises(Refused):
        actions.minuted(held, "이른 기록", seen=NOON, by=world.officer, now=NOON)
    actions.minuted(held, "나눈 이야기", seen=NOON, by=world.officer, now=w.BEGINS)
    for gathering in (held, off):
        with pytest.raises(Refused):
            actions.cancel(gathering, why="", by=world.officer, now=w.BEGINS)
        seen = Gathering.objects.get(pk=gathering.pk).changed_at
        with pytest.raises(Refused):
            actions.change(gathering, world.providers, seen=seen, by=world.officer, now=w.BEGINS)
    with pytest.raises(Refused):
        w.agreed(world, off, world.officer)
    assert told(actions.CALLED_OFF) == ["김둘", "박하나"]


def test_who_came_is_said_anew_and_the_last_list_counts(world):
    gathering, [one, two] = w.meeting(world), world.desks
    actions.attended(gathering, [one], ["통장 ", "", "통장"], seen=NOON, by=world.officer, now=NOON)
    first = Attendance.objects.get(person=one)
    actions.attended(gathering, [one, two], ["영양사"], seen=NOON, by=world.officer, now=NOON + MINUTE)
    assert {(a.person, a.guest) for a in Attendance.objects.all()} == {(one, ""), (two, ""), (None, "영양사")}
    assert Attendance.objects.get(person=one).noted_at == first.noted_at


def test_whoever_saves_a_page_that_others_have_changed_is_told_so_and_overwrites_nothing(world):
    gathering = w.meeting(world)
    actions.minuted(gathering, "긴 회의록", seen=NOON, by=world.officer, now=w.BEGINS)
    for act in (
        lambda: actions.minuted(gathering, "짧은 메모", seen=NOON, by=world.officer, now=w.BEGINS),
        lambda: actions.attended(gathering, [], [], seen=NOON, by=world.officer, now=w.BEGINS),
    ):
        with pytest.raises(actions.Outdated):
            act()
    assert Gathering.objects.get().minutes == "긴 회의록"


@pytest.mark.parametrize(("day", "morning"), [
    (date(2026, 11, 26), "2026-11-27"),  # Thursday
    (date(2026, 11, 27), "2026-11-30"),  # Friday
    (date(2026, 12, 24), "2026-12-28"),  # before Christmas and a weekend
    (date(2026, 9, 23), "2026-09-28"),   # before 추석
])  # fmt: skip
def test_reminders_come_at_ten_on_the_next_day_on_which_people_work(day, morning):
    assert actions.next_morning(day, is_working_day) == datetime.fromisoformat(f"{morning}T10:00:00+09:00")


def test_what_was_agreed_is_told_at_once_and_owed_by_its_owner_first_until_it_is_done(world):
    owner = world.desks[0]
    agreed = w.agreed(world, w.meeting(world), owner)
    assert told(actions.YOURS) == ["박하나"]
    watch(w.REMINDED - MINUTE)
    assert not Telling.objects.exists()
    for hours in range(0, 30, 3):
        watch(w.REMINDED + timedelta(hours=hours))
    tellings = Telling.objects.order_by("id").values_list("person__name", "at")
    assert list(tellings) == [
        ("박하나", w.REMINDED),
        ("한담당", w.REMINDED),
        ("한담당", w.REMINDED + timedelta(hours=24)),
    ]
    with pytest.raises(Refused):
        actions.done(agreed, said="", by=world.desks[1], standing=standing(world.desks[1], DAY), now=w.REMINDED)
    actions.done(agreed, said="모두 바꿈", by=owner, standing=standing(owner, DAY), now=w.REMINDED)
    duty, row = Duty.objects.get(pk=agreed.duty_id), Agreed.objects.get()
    assert (duty.closed_by, duty.outcome, row.ended_by, row.dropped, row.said) == (
        owner,
        "kept",
        owner,
        False,
        "모두 바꿈",
    )
    with pytest.raises(Refused):
        actions.done(agreed, said="", by=owner, standing=standing(owner, DAY), now=w.REMINDED)


def test_what_is_not_needed_any_more_is_ended_with_the_reason_and_not_as_done(world):
    gathering = w.meeting(world)
    agreed = w.agreed(world, gathering, world.desks[0])
    with pytest.raises(Refused):
        actions.cancel(gathering, why="태풍", by=world.officer, now=w.BEGINS)
    actions.drop(agreed, why="잘못 입력", by=world.officer, now=w.BEGINS)
    row = Agreed.objects.select_related("duty").get()
    assert (row.dropped, row.said, row.duty.outcome) == (True, "잘못 입력", "excused")
    actions.cancel(gathering, why="태풍", by=world.officer, now=w.BEGINS)
    assert owes() == set()


def test_a_circular_is_owed_by_each_agency_until_somebody_there_acknowledges_it(world):
    one, two = world.providers
    sent = w.circular(world)
    assert told(sending.NEW_CIRCULAR) == ["김둘", "박하나"]
    assert [sending.acknowledge(sent, [one.pk], by=world.desks[0], now=NOON + MINUTE) for _ in range(2)] == [1, 0]
    watch(w.REMINDED)
    copies = {copy.organisation: copy for copy in Copy.objects.select_related("duty", "organisation")}
    assert (copies[one].acknowledged_by, copies[one].duty.outcome) == (world.desks[0], "kept")
    assert copies[two].acknowledged_at is None and copies[two].duty.raised_at
    assert set(Telling.objects.values_list("duty", "person__name")) == {
        (copies[two].duty_id, "김둘"), (copies[two].duty_id, "한담당"),
    }  # fmt: skip


def test_a_circular_alarms_nobody_else_and_makes_no_fault(world):
    """Neither the dong's centre, for a provider there, nor somebody at night; a centre's own copy is like others."""
    w.circular(world, world.providers[0], world.centre)
    for hours in range(0, 72, 2):
        watch(w.REMINDED + timedelta(hours=hours))
    mine = Telling.objects.filter(duty__organisation=world.providers[0])
    assert "동담당" not in mine.values_list("person__name", flat=True)
    assert Telling.objects.count() == 8  # of two: two people on Friday, the officer on Saturday and Sunday
    assert not Fault.objects.exists()


def test_an_officer_ends_what_nobody_can_acknowledge(world):
    empty = make.organisation(world.office, "provider")
    sent = w.circular(world, empty, *world.providers)
    with pytest.raises(Refused):
        sending.excuse(sent, [empty.pk], why=" ", by=world.officer, now=NOON)
    assert sending.excuse(sent, [empty.pk], why="아무도 없음", by=world.officer, now=NOON) == 1
    assert sending.acknowledge(sent, [world.providers[0].pk], why="전화", by=world.officer, now=NOON) == 1
    assert sending.excuse(sent, [each.pk for each in world.providers], why="잘못 보냄", by=world.officer, now=NOON) == 1
    assert owes() == set()


@pytest.mark.parametrize("wrong", ["nobody", "past"])
def test_what_reaches_nobody_or_is_over_is_refused(world, wrong):
    day, people = (DAY - timedelta(days=1), world.providers) if wrong == "past" else (DAY, [])
    new = Circular(programme="care", title="x", text="x", answer_by=day)
    with pytest.raises(Refused):
        sending.send(new, people, works=is_working_day, by=world.officer, now=NOON)
    if wrong == "nobody":
        with pytest.raises(Refused):
            actions.arrange(Gathering(title="x", begins_at=NOON, ends_at=w.BEGINS), [], by=world.officer, now=NOON)


def test_a_duty_lies_at_the_agency_that_was_invited(world):
    two_jobs = world.desks[0]
    elsewhere = make.organisation(world.office, "provider")
    make.rewrite(Membership.objects.all(), since=DAY)
    Membership.objects.create(
        office=world.office, person=two_jobs, organisation=elsewhere, role=Role.PROVIDER, since=DAY
    )
    assert w.agreed(world, w.meeting(world, elsewhere), two_jobs).duty.organisation == elsewhere


@pytest.mark.parametrize(("model", "change", "constraint"), [
    (Gathering, {"ends_at": w.BEGINS}, "gathering_ends_after_it_begins"),
    (Gathering, {"kind": "party"}, "gathering_kind_known"),
    (Gathering, {"minuted_at": NOON}, "gathering_minutes_are_somebodys"),
    (Gathering, {"cancelled_at": NOON}, "gathering_is_cancelled_by_somebody"),
    (Attendance, {"guest": "x"}, "attendance_is_of_one"),
    (Agreed, {"ended_at": NOON}, "agreed_is_ended_by_somebody"),
    (Agreed, {"dropped": True}, "agreed_"),
    (Copy, {"acknowledged_at": NOON}, "copy_is_acknowledged_by_somebody"),
    (Copy, {"excused_at": NOON}, "copy_excused_says_why"),
    (Material, {"circular": None, "gathering": None}, "material_belongs_to_one"),
])  # fmt: skip
def test_not_even_past_our_code(world, model, change, constraint):
    gathering = w.meeting(world)
    actions.attended(gathering, world.desks[:1], [], seen=NOON, by=world.officer, now=NOON)
    w.agreed(world, gathering, world.officer)
    actions.add_material(w.circular(world), "지침.pdf", b"x", by=world.officer, now=NOON)
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**change)
    make.role("app")


def test_held_and_cancelled_exclude_each_other_in_the_database(world):
    gathering = w.meeting(world)
    actions.cancel(gathering, why="x", by=world.officer, now=NOON)
    with pytest.raises(IntegrityError, match="gathering_was_held_or_cancelled"), transaction.atomic():
        Gathering.objects.update(minuted_at=NOON, minuted_by=world.officer)
