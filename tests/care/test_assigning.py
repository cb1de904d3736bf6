"""A worker doesn't come: who can take the stops, and giving them away by hand."""

import pytest
from django.utils import translation

from dure.audit.models import Entry
from dure.care import assigning, phone
from dure.care.models import Course, Visit
from dure.errors import Refused
from tests import make
from tests.care import world as w
from tests.care.world import DUE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with translation.override("en"):
        made = w.build()
        made.people = [w.recipient(made, f"가상{n}", route_order=n) for n in range(5)]
        w.open_day(made.office.pk, w.DAY, now=w.MORNING)
        made.course = Course.objects.get()
        made.visits = list(Visit.objects.order_by("order"))
        yield made


def done(world, *numbers: int) -> None:
    for n in numbers:
        w.settle(world.visits[n], w.Seen(w.Outcome.SEEN_WELL, DUE), by=world.worker, report=None, now=DUE)


def workers(world) -> list[int]:
    return list(Visit.objects.order_by("order").values_list("worker", flat=True))


def test_who_could_take_it_least_busy_first(world):
    third = make.person(world.office, as_="worker", at=world.provider)
    make.person(world.office, as_="worker", at=make.organisation(world.office))  # of another provider
    assigning.give(world.visits[:2], world.other, by=world.desk, now=w.MORNING)
    found = assigning.takers(world.course)
    assert [(t.person, t.stops, t.until) for t in found] == [(third, 0, None), (world.other, 2, DUE)]


def test_the_whole_course_moves_and_what_is_done_stays(world):
    done(world, 0, 1)
    given = assigning.give_course(world.course, world.other, by=world.desk, now=DUE)
    assert sorted(v.order for v in given) == [2, 3, 4]
    assert workers(world) == [world.worker.pk] * 2 + [world.other.pk] * 3
    world.course.refresh_from_db()
    assert world.course.worker == world.other
    assert [len(phone.stops(p, w.DAY)) for p in (world.worker, world.other)] == [2, 3]


def test_a_visit_opened_later_goes_to_who_has_the_course_now(world):
    assigning.give_course(world.course, world.other, by=world.desk, now=w.MORNING)
    new = w.recipient(world, started_on=w.DAY)
    w.open_day(world.office.pk, w.DAY, now=w.MORNING)
    assert Visit.objects.get(recipient=new).worker == world.other


def test_shared_out_in_the_order_of_the_course(world):
    third = make.person(world.office, as_="worker", at=world.provider)
    done(world, 0)
    shares = assigning.share_out(world.course, [world.other, third], by=world.desk, now=DUE)
    assert {k: [v.order for v in found] for k, found in shares.items()} == {world.other.pk: [1, 2], third.pk: [3, 4]}
    assert Entry.objects.filter(did="reassigned", who_id=world.desk.pk).count() == 4
    why = Entry.objects.filter(did="reassigned").order_by("id").first().why
    assert why == f"{world.worker.ref} {world.other.ref}"


def test_reports_of_who_had_the_stop_still_come_in(world):
    assigning.give_course(world.course, world.other, by=world.desk, now=w.MORNING)
    done(world, 3)
    assert Visit.objects.get(pk=world.visits[3].pk).outcome == "seen_well"


def test_what_cant_be_given_is_refused_in_words(world):
    stranger = make.person(world.office, as_="worker", at=make.organisation(world.office))
    with pytest.raises(Refused, match="doesn't work for this provider"):
        assigning.give_course(world.course, stranger, by=world.desk, now=w.MORNING)
    with pytest.raises(Refused, match="day is over"):
        assigning.give_course(world.course, world.other, by=world.desk, now=DUE + w.timedelta(days=1))
    with pytest.raises(Refused, match="Choose who"):
        assigning.share_out(world.course, [], by=world.desk, now=w.MORNING)
    done(world, *range(5))
    with pytest.raises(Refused, match="finished already"):
        assigning.give_course(world.course, world.other, by=world.desk, now=DUE)
