"""The pages of a day: visits, an outcome entered from the desk, courses, and days without meals."""

from datetime import timedelta

import pytest

from dure.care.models import Closure, Outcome
from dure.care.settling import Seen, settle
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.offices.acting import act
from dure.people.models import Person
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db
TOMORROW = make.DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def names(client, **q):
    return [v.recipient.name for v in client.get("/care/visits/", q).context["page"]]


def test_the_visits_of_a_day_and_what_is_still_open():
    day = world.day()
    client = signed_in(day.desk)
    settle(day.visits[0], Seen(Outcome.SEEN_WELL, make.NOON), by=day.worker, report=None, now=make.NOON)
    page = client.get("/care/visits/").content.decode()
    assert "최*례" in page and "최순례" not in page
    assert names(client) == ["최순례", "정복남", "윤말순"]
    assert names(client, outcome="open") == ["정복남", "윤말순"]
    assert names(client, outcome="seen") == ["최순례"]
    assert names(client, day=str(TOMORROW)) == []
    assert names(client, day="gestern") == ["최순례", "정복남", "윤말순"]


def test_an_outcome_is_entered_by_phone_and_says_who_said_so():
    day = world.day()
    client, visit = signed_in(day.desk), day.visits[0]
    page = f"/care/visits/{visit.ref}/outcome/"
    answer = client.post(page, {"outcome": "seen_well", "handed": "in_person"})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"who"}
    answer = client.post(page, {"outcome": "known_safe", "handed": "in_person", "who": "딸"})
    assert set(answer.context["form"].errors) == {"handed"}

    said = {"outcome": "seen_well", "handed": "in_person", "who": "이배달", "at": "11:40", "paper": "on"}
    assert client.post(page, said).status_code == 302
    act(day.office.pk)
    visit.refresh_from_db()
    [sighting] = visit.sightings.all()
    assert (visit.outcome, sighting.who, sighting.by, sighting.by_paper) == ("seen_well", "이배달", day.desk, True)
    assert sighting.at == make.NOON - timedelta(minutes=20)
    assert not visit.duty.is_open


def test_what_is_entered_under_an_open_emergency_answers_it():
    day = world.day()
    visit = day.visits[0]
    settle(visit, Seen(Outcome.NO_REPLY, make.NOON), by=day.worker, report=None, now=make.NOON)
    case, client = Case.objects.get(), signed_in(day.desk)
    page = f"/care/visits/{visit.ref}/outcome/"
    assert case.number in client.get(page).content.decode()
    said = {"outcome": "known_safe", "who": "딸: 병원에 함께 있음", "case": str(case.ref)}
    assert client.post(page, said).status_code == 302
    act(day.office.pk)
    case.refresh_from_db()
    assert "병원에 함께" in case.whereabouts


def test_reports_that_disagree_stand_side_by_side_and_a_person_decides():
    day = world.day()
    visit, client = day.visits[0], signed_in(day.desk)
    settle(visit, Seen(Outcome.SEEN_WELL, make.NOON), by=day.worker, report=None, now=make.NOON)
    later = make.NOON + timedelta(minutes=5)
    concern = Seen(Outcome.SEEN_WITH_CONCERN, later, signs=("walking",), note="계단에서 넘어짐")
    settle(visit, concern, by=day.desk, report=None, now=later)
    page = client.get(f"/care/visits/{visit.ref}/").content.decode()
    assert "이배달" in page and "계단에서 넘어짐" in page
    act(day.office.pk)
    for duty in Duty.objects.filter(about=visit.ref, closed_at=None):
        said = {"note": "둘 다 확인함", "next": f"/care/visits/{visit.ref}/"}
        answer = client.post(f"/duties/{duty.ref}/close/", said)
        assert answer.status_code == 302
    assert "둘 다 확인함" in client.get(f"/care/visits/{visit.ref}/").content.decode()


def test_a_suspicion_is_not_shown_to_the_provider():
    day = world.day()
    visit = day.visits[0]
    settle(visit, Seen(Outcome.SEEN_WELL, make.NOON, abuse=True), by=day.worker, report=None, now=make.NOON)
    asks = [signed_in(p).get(f"/care/visits/{visit.ref}/").context for p in (day.officer, day.desk)]
    assert [hasattr(c["sightings"][0], "confidence") for c in asks] == [True, False]
    assert ["care.abuse" in {d.kind for d, _ in c["duties"]} for c in asks] == [True, False]


def test_courses_show_how_far_they_are():
    day = world.day()
    settle(day.visits[0], Seen(Outcome.SEEN_WELL, make.NOON), by=day.worker, report=None, now=make.NOON)
    client = signed_in(day.desk)
    [course] = client.get("/care/courses/").context["courses"]
    assert (course.done, course.stops) == (1, 3)
    assert "정*남" in client.get(f"/care/courses/{course.ref}/").content.decode()
    act(day.office.pk)
    clerk = Person.objects.get(name="김동장", office=day.office)
    assert [c.ref for c in signed_in(clerk).get("/care/courses/").context["courses"]] == [course.ref]


def test_a_closed_day_is_kept_replaced_and_taken_back():
    day = world.day()
    client, said = signed_in(day.desk), {"day": str(TOMORROW), "provider": day.provider.pk, "why": "조리실 소독"}
    assert client.post("/care/calendar/", said | {"why": ""}).status_code == 422
    assert client.post("/care/calendar/", said | {"day": "2026-11-01"}).status_code == 422
    assert client.post("/care/calendar/", said).status_code == 302
    assert client.post("/care/calendar/", said | {"why": "단수"}).status_code == 302
    act(day.office.pk)
    [closure] = Closure.objects.all()
    assert (closure.day, closure.why, closure.provider) == (TOMORROW, "단수", day.provider)
    assert "단수" in client.get("/care/calendar/?month=2026-11").content.decode()
    assert client.get("/care/calendar/?month=0000-99").status_code == 200
    assert client.post(f"/care/calendar/{closure.pk}/take-back/").status_code == 302
    act(day.office.pk)
    assert not Closure.objects.exists()


def test_a_provider_closes_only_its_own_days():
    day = world.day()
    whole = {"day": str(TOMORROW), "provider": "", "why": "모두 쉼"}
    assert signed_in(day.desk).post("/care/calendar/", whole).status_code == 422
    assert signed_in(day.officer).post("/care/calendar/", whole).status_code == 302
    act(day.office.pk)
    closure = Closure.objects.get()
    assert signed_in(day.desk).post(f"/care/calendar/{closure.pk}/take-back/").status_code == 403
    act(day.office.pk)
    clerk = Person.objects.get(name="김동장", office=day.office)
    assert signed_in(clerk).post("/care/calendar/", whole).status_code == 403
