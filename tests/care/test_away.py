"""Who is away without an end: somebody asks whether they are back, until they are."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from dure.care import alarms, away, hospital
from dure.care.models import Absence, Visit
from dure.cases import actions, aftermath
from dure.cases.aftermath import at_nine
from dure.cases.models import Case
from dure.duty.models import Duty, Telling
from dure.errors import Refused
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY
from tests.make import NOON

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def world():
    return w.build()


def gone(world, *, ask_on: date | None = None, **values) -> Absence:
    said = {"why": "away", "since": DAY, "told_by": "딸", "entered_by": world.desk} | values
    return alarms.absent(Absence(office=world.office, recipient=world.recipient, **said), ask_on=ask_on, now=NOON)


def asked(*kinds: str) -> list[tuple[str, date]]:
    """What is asked about somebody's return, and on which day."""
    mine = Duty.objects.filter(kind__in=kinds or ("care.away_open", "case.return"), closed_at=None)
    days = mine.order_by("due_at").values_list("kind", "due_at")
    assert all(due == at_nine(due.date()) for _, due in days)
    return [(kind, due.date()) for kind, due in days]


@pytest.mark.parametrize(("said", "expected"), [
    ({}, [DAY + WEEK]),
    ({"since": DAY + timedelta(days=3)}, [DAY + timedelta(days=10)]),
    ({"why": "hospital"}, [DAY + WEEK]),
    ({"ask_on": DAY + timedelta(days=2)}, [DAY + timedelta(days=2)]),
    ({"until": DAY + timedelta(days=2)}, []),
])  # fmt: skip
def test_who_is_away_without_an_end_is_asked_about_within_a_week(world, said, expected):
    gone(world, **said)
    assert [day for _, day in asked()] == expected


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=1), DAY + timedelta(days=8), date(9999, 12, 31)])
def test_not_today_and_not_after_more_than_a_week(world, day):
    with pytest.raises(Refused):
        gone(world, ask_on=day)


def test_the_question_climbs_without_hurry_and_names_nobody(world):
    gone(world)
    due = at_nine(DAY + WEEK)
    for minutes in (0, 30):
        w.watch(due + minutes * make.MINUTE)
    duty = Duty.objects.get(kind="care.away_open")
    told = Telling.objects.filter(duty=duty).order_by("at").select_related("person")
    assert [t.person for t in told] == [world.desk, world.centre]
    assert (duty.urgent, duty.values) == (False, {"dong": "첨단1동"})
    assert world.recipient.name not in duty.what


def test_not_back_yet_is_asked_again_and_back_ends_it(world):
    absence = gone(world)
    later = NOON + WEEK
    away.ask_again(absence, on=DAY + timedelta(days=9), by=world.centre, now=later)
    assert asked() == [("care.away_open", DAY + timedelta(days=9))]
    alarms.back_again(absence, on=DAY + timedelta(days=8), by=world.desk, now=later)
    assert asked() == []
    with pytest.raises(Refused):
        away.ask_again(Absence.objects.get(), on=DAY + timedelta(days=9), by=world.desk, now=later)


def test_when_the_meals_have_ended_nobody_asks(world):
    gone(world)
    alarms.end_service(world.recipient, why="전출", by=world.officer, now=NOON)
    assert asked() == []
    assert away.ask_about_all(world.office.pk, now=NOON + WEEK) == 0


def in_hospital(world) -> Case:
    case = w.reached_by_nobody(world)
    case = actions.hand_over(case, "hospital", name="첨단병원", by=world.desk, now=NOON)
    hospital.admitted(case, name="첨단병원", back_on=DAY + timedelta(days=3), by=world.desk, now=NOON)
    return case


def test_the_hospital_stay_of_a_case_is_asked_about_once_by_the_case(world):
    gone(world, why="hospital")
    case = in_hospital(world)
    assert asked() == [("case.return", DAY + timedelta(days=3))]
    away.ask_again(Absence.objects.get(), on=DAY + timedelta(days=5), by=world.desk, now=NOON)
    assert asked() == [("case.return", DAY + timedelta(days=5))]
    aftermath.not_back(case, ask_on=DAY + timedelta(days=20), by=world.officer, now=NOON + WEEK, note="재활")
    assert asked() == [("case.return", DAY + timedelta(days=20))]
    hospital.discharged(case, on=DAY + timedelta(days=8), by=world.officer, now=NOON + WEEK)
    assert (asked(), Absence.objects.get().until) == ([], DAY + timedelta(days=8))


def test_a_slip_in_the_year_lets_nobody_be_forgotten(world, moved):
    """An end that is known is asked about by nobody: it isn't years away."""
    moved(NOON)
    year = {"until": date(2036, 11, 30)}
    with pytest.raises(Refused):
        gone(world, **year)
    case = in_hospital(world)
    for client, page, said, status in [
        (signed_in(world.desk), f"/care/recipients/{world.recipient.ref}/away/",
         {"why": "away", "since": str(DAY), "told_by": "딸", "until": "2036-11-30"}, 422),
        (signed_in(world.desk), f"/care/absences/{Absence.objects.get().ref}/back/", {"on": "2036-11-30"}, 409),
        (signed_in(world.officer), f"/cases/{case.ref}/hospital-stay/", {"is_back": "on", "on": "2036-11-30"}, 409),
    ]:  # fmt: skip
        assert client.post(page, said).status_code == status
    act(world.office.pk)
    assert (Absence.objects.get().until, len(asked())) == (None, 1)


@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=400)])
def test_the_next_day_to_ask_is_a_day_to_come_within_a_year(world, day):
    with pytest.raises(Refused):
        aftermath.not_back(in_hospital(world), ask_on=day, by=world.desk, now=NOON)


def test_what_nobody_asks_about_any_more_isnt_asked_again(world):
    case = in_hospital(world)
    hospital.discharged(case, on=DAY + timedelta(days=1), by=world.officer, now=NOON)
    with pytest.raises(Refused):
        aftermath.not_back(case, ask_on=DAY + WEEK, by=world.desk, now=NOON)


def test_whoever_was_forgotten_is_asked_about_tomorrow_and_once(world, moved):
    """An absence entered before anybody asked, or whose question was closed."""
    moved(NOON)
    for since in (DAY - timedelta(days=90), DAY - timedelta(days=2)):
        Absence.objects.create(
            office=world.office, recipient=w.recipient(world), why="away", since=since, told_by="딸", told_at=NOON,
            entered_by=world.desk,
        )  # fmt: skip
    make.role("engine")
    for _ in range(2):
        call_command("open_day", verbosity=0)
    act(world.office.pk)
    assert [day for _, day in asked()] == [DAY + timedelta(days=1), DAY + timedelta(days=5)]


def test_another_provider_is_asked_from_its_first_day_on(world):
    gone(world)
    other = make.organisation(world.office, "provider")
    world.recipient.provider = other
    world.recipient.save()
    away.ask_about_all(world.office.pk, now=NOON)
    assert Duty.objects.get(kind="care.away_open").organisation == other


def test_another_dong_asks_with_its_centre(world):
    gone(world)
    world.recipient.place.area = make.area(world.office, "월곡1동")
    world.recipient.place.save()
    away.ask_about_all(world.office.pk, now=NOON)
    assert Duty.objects.get(kind="care.away_open").area == world.recipient.place.area


def test_the_pages_show_when_it_is_asked_and_move_it(world, moved):
    moved(NOON)
    client, page = signed_in(world.desk), f"/care/recipients/{world.recipient.ref}/"
    said = {"why": "away", "since": str(DAY), "told_by": "딸", "ask_on": str(DAY + timedelta(days=3))}
    assert client.post(f"{page}away/", said | {"ask_on": str(DAY + timedelta(days=9))}).status_code == 422
    assert client.post(f"{page}away/", said).status_code == 302
    act(world.office.pk)
    absence = Absence.objects.get()
    assert "2026-11-26에 돌아오셨는지 확인합니다." in client.get(page).content.decode()
    assert f'<a href="{page}">11-26</a>' in client.get("/care/absences/").content.decode()
    again = f"/care/absences/{absence.ref}/again/"
    assert client.post(again, {"on": str(DAY)}).status_code == 409
    assert client.post(again, {"on": ""}).status_code == 409
    assert client.post(again, {"on": str(DAY + timedelta(days=7))}).status_code == 302
    assert "2026-11-30에 돌아오셨는지 확인합니다." in client.get(page).content.decode()
    act(world.office.pk)
    duty = Duty.objects.get(kind="care.away_open", closed_at=None)
    assert client.post(f"/duties/{duty.ref}/close/", {"note": "함"}).status_code == 409


def test_on_the_page_of_the_case_the_return_is_answered_and_never_just_closed(world, moved):
    moved(NOON)
    assert world.visit
    case, client = in_hospital(world), signed_in(world.officer)
    duty = Duty.objects.get(kind="case.return")
    assert client.post(f"/duties/{duty.ref}/close/", {"note": "함"}).status_code == 409
    page = f"{case.page}hospital-stay/"
    assert client.post(page, {"on": ""}).status_code == 409
    assert client.post(page, {"on": str(DAY + WEEK), "note": "재활"}).status_code == 302
    act(world.office.pk)
    assert asked() == [("case.return", DAY + WEEK)]
    assert "아직 안 돌아오심" in client.get(case.page).content.decode()
    assert client.post(page, {"on": str(DAY + timedelta(days=1)), "is_back": "on"}).status_code == 302
    act(world.office.pk)
    assert (asked(), Absence.objects.get().until) == ([], DAY + timedelta(days=1))
    assert Visit.objects.count() == 1
