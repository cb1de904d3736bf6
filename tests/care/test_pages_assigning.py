"""Somebody else drives: at most three presses from the list of courses, and what is done stays done."""

import pytest

from dure.care.models import Course, Outcome
from dure.care.settling import Seen, settle
from dure.offices.acting import act
from dure.people.models import Person, Role
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def who_drives(day):
    act(day.office.pk)
    for visit in day.visits:
        visit.refresh_from_db()
    return [visit.worker.name for visit in day.visits]


def test_the_rest_of_a_course_is_given_away_and_finished_stops_stay():
    day = world.day()
    other = make.person(day.office, "정대신", Role.WORKER, day.provider)
    settle(day.visits[0], Seen(Outcome.SEEN_WELL, make.NOON), by=day.worker, report=None, now=make.NOON)
    client, course = signed_in(day.desk), Course.objects.get()
    page = f"/care/courses/{course.ref}/assign/"
    assert page in client.get("/care/courses/").content.decode()  # the first press
    shown = client.get(page)
    assert [t.person for t in shown.context["takers"]] == [other]
    chosen = {"stop": [str(stop.ref) for stop in shown.context["stops"]], "to": other.pk}
    assert client.post(page, chosen).url == f"/care/courses/{course.ref}/"  # the second
    assert who_drives(day) == ["이배달", "정대신", "정대신"]
    course.refresh_from_db()
    assert course.worker == other


def test_some_stops_alone_or_all_shared_among_several():
    day = world.day(stops=4)
    one, two = (make.person(day.office, name, Role.WORKER, day.provider) for name in ("정대신", "강보탬"))
    client, course = signed_in(day.officer), Course.objects.get()
    page = f"/care/courses/{course.ref}/assign/"
    assert client.post(page, {"stop": str(day.visits[3].ref), "to": one.pk}).status_code == 302
    assert who_drives(day) == ["이배달", "이배달", "이배달", "정대신"]
    assert client.post(page, {"to": [one.pk, two.pk], "share": "1"}).status_code == 302
    assert who_drives(day) == ["정대신", "정대신", "강보탬", "강보탬"]


def test_who_may_not_and_what_can_not():
    day = world.day()
    other = make.person(day.office, "정대신", Role.WORKER, day.provider)
    stranger = make.person(day.office, "먼사람", Role.WORKER, make.organisation(day.office))
    clerk = Person.objects.get(name="김동장", office=day.office)
    course = Course.objects.get()
    page = f"/care/courses/{course.ref}/assign/"
    assert [signed_in(p).get(page).status_code for p in (clerk, day.worker)] == [403, 403]
    client = signed_in(day.desk)
    for said in ({}, {"to": stranger.pk, "stop": str(day.visits[0].ref)}, {"to": other.pk}, {"to": "x"}):
        assert client.post(page, said).status_code == 409
    assert who_drives(day) == ["이배달"] * 3


def test_one_visit_is_given_from_its_page_also_when_nobody_has_it():
    day = world.day()
    other = make.person(day.office, "정대신", Role.WORKER, day.provider)
    visit = day.visits[1]
    type(visit).objects.filter(pk=visit.pk).update(worker=None, course=None)
    client = signed_in(day.desk)
    assert "정*남" in client.get("/care/courses/").content.decode()  # stands there as driven by nobody
    assert "정대신" in client.get(f"/care/visits/{visit.ref}/").content.decode()
    assert client.post(f"/care/visits/{visit.ref}/give/", {"to": "0"}).status_code == 409
    assert client.post(f"/care/visits/{visit.ref}/give/", {"to": other.pk}).status_code == 302
    assert who_drives(day)[1] == "정대신"
