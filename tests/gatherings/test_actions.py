"""Who is told of a meeting, what is agreed and owed, and a circular that is owed until it is acknowledged."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dure.duty.models import Duty, Telling
from dure.errors import Refused
from dure.gatherings import actions
from dure.gatherings.models import Agreed, Attendance, Copy, Gathering, Material
from dure.outbox.models import Message
from dure.people.actions import standing
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


def test_who_answers_at_the_agencies_invited_is_told_without_hurry(world):
    w.meeting(world)
    assert told(actions.INVITED) == ["김둘", "박하나"]
    assert set(Message.objects.values_list("urgent", "answerable", "page")) == {
        (False, False, f"/gatherings/{Gathering.objects.get().ref}/")
    }


def test_a_change_tells_whom_it_concerns_what_it_is(world):
    one, two = world.providers
    gathering = w.meeting(world, one)
    gathering.place = "대강당"
    actions.change(gathering, [one, two], by=world.officer, now=NOON)
    actions.change(gathering, [two], by=world.officer, now=NOON)  # nothing has moved: only who is out is told
    assert (told(actions.MOVED), told(actions.INVITED), told(actions.CALLED_OFF)) == (
        ["박하나"], ["김둘", "박하나"], ["박하나"],
    )  # fmt: skip


def test_what_was_held_or_cancelled_is_over(world):
    held, off = w.meeting(world), w.meeting(world)
    actions.cancel(off, why="태풍", by=world.officer, now=NOON)
    with pytest.raises(Refused):
        actions.minuted(held, "이른 기록", by=world.officer, now=NOON)
    actions.minuted(held, "나눈 이야기", by=world.officer, now=w.BEGINS)
    for gathering in (held, off):
        with pytest.raises(Refused):
            actions.cancel(gathering, why="", by=world.officer, now=w.BEGINS)
        with pytest.raises(Refused):
            actions.change(gathering, world.providers, by=world.officer, now=w.BEGINS)
    with pytest.raises(Refused):
        actions.agree(off, "x", world.officer, DAY, by=world.officer, now=w.BEGINS)
    assert told(actions.CALLED_OFF) == ["김둘", "박하나"]


def test_who_came_is_said_anew_and_the_last_list_counts(world):
    gathering, [one, two] = w.meeting(world), world.desks
    actions.attended(gathering, [one], ["통장 ", "", "통장"], by=world.officer, now=NOON)
    first = Attendance.objects.get(person=one)
    actions.attended(gathering, [one, two], ["영양사"], by=world.officer, now=NOON + MINUTE)
    assert {(a.person, a.guest) for a in Attendance.objects.all()} == {(one, ""), (two, ""), (None, "영양사")}
    assert Attendance.objects.get(person=one).noted_at == first.noted_at


def test_what_was_agreed_is_owed_by_its_owner_first_until_it_is_done(world):
    owner, due = world.desks[0], DAY + timedelta(days=2)
    agreed = actions.agree(w.meeting(world), "보온 가방 교체", owner, due, by=world.officer, now=NOON)
    evening = NOON + timedelta(days=2, hours=5)
    watch(evening - MINUTE)
    assert not Telling.objects.exists()
    watch(evening)
    assert set(Telling.objects.values_list("person__name", "duty")) == {
        ("박하나", agreed.duty_id), ("한담당", agreed.duty_id),
    }  # fmt: skip
    with pytest.raises(Refused):
        actions.done(agreed, said="", by=world.desks[1], standing=standing(world.desks[1], DAY), now=evening)
    actions.done(agreed, said="모두 바꿈", by=owner, standing=standing(owner, DAY), now=evening)
    duty = Duty.objects.get(pk=agreed.duty_id)
    assert (duty.closed_by, duty.outcome, duty.note) == (owner, "kept", "모두 바꿈")
    with pytest.raises(Refused):
        actions.done(agreed, said="", by=owner, standing=standing(owner, DAY), now=evening)


def test_a_circular_is_owed_by_each_agency_until_somebody_there_acknowledges_it(world):
    one, two = world.providers
    sent = w.circular(world)
    assert told(actions.NEW_CIRCULAR) == ["김둘", "박하나"]
    for _ in range(2):
        actions.acknowledge(sent, [one.pk], by=world.desks[0], now=NOON + MINUTE)
    watch(NOON + timedelta(days=3, hours=5))
    copies = {copy.organisation: copy for copy in Copy.objects.select_related("duty", "organisation")}
    assert (copies[one].acknowledged_by, copies[one].duty.outcome) == (world.desks[0], "kept")
    assert copies[two].acknowledged_at is None and copies[two].duty.raised_at
    assert set(Telling.objects.values_list("duty", flat=True)) == {copies[two].duty_id}


@pytest.mark.parametrize("wrong", ["nobody", "past"])
def test_what_reaches_nobody_or_is_over_is_refused(world, wrong):
    day, people = (DAY - timedelta(days=1), world.providers) if wrong == "past" else (DAY, [])
    new = w.Circular(programme="care", title="x", text="x", answer_by=day)
    with pytest.raises(Refused):
        actions.send(new, people, by=world.officer, now=NOON)
    if wrong == "nobody":
        with pytest.raises(Refused):
            actions.arrange(Gathering(title="x", begins_at=NOON, ends_at=w.BEGINS), [], by=world.officer, now=NOON)


@pytest.mark.parametrize(("model", "change", "constraint"), [
    (Gathering, {"ends_at": w.BEGINS}, "gathering_ends_after_it_begins"),
    (Gathering, {"kind": "party"}, "gathering_kind_known"),
    (Gathering, {"minuted_at": NOON}, "gathering_minutes_are_somebodys"),
    (Gathering, {"cancelled_at": NOON}, "gathering_is_cancelled_by_somebody"),
    (Attendance, {"guest": "x"}, "attendance_is_of_one"),
    (Copy, {"acknowledged_at": NOON}, "copy_is_acknowledged_by_somebody"),
    (Material, {"circular": None, "gathering": None}, "material_belongs_to_one"),
])  # fmt: skip
def test_not_even_past_our_code(world, model, change, constraint):
    gathering = w.meeting(world)
    actions.attended(gathering, world.desks[:1], [], by=world.officer, now=NOON)
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
    assert not Agreed.objects.exists()
