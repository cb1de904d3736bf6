"""Entering a paper afterwards: a row a visit, at its real time, marked; a slip in one row holds up no other."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.care.models import Course, Sighting, Visit
from dure.care.opening import open_day
from dure.care.packs.forms import TypedTime
from dure.cases.models import Case
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.make import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)  # 15:00: the internet is back


@pytest.fixture
def world(moved):
    world = w.build()
    for n in range(4):
        w.recipient(world, f"가상{n}", route_order=n + 1)
    open_day(world.office.pk, w.DAY, now=w.MORNING)
    moved(LATER)
    return world


def page(world) -> str:
    make.act(world.office.pk)
    return f"/care/packs/courses/{Course.objects.get().ref}/"


def typed(world, **rows: dict[str, str]) -> dict[str, str]:
    """What a desk typed, by the order of the visit on the paper; the other rows as the page shows them."""
    make.act(world.office.pk)
    data = {}
    for visit in Visit.objects.order_by("order"):
        row = {"outcome": "seen_well", "known": str(visit.sightings.count()), **rows.get(f"n{visit.order}", {})}
        data |= {f"v{visit.pk}-{name}": value for name, value in row.items()}
    return data


def sightings(world) -> list[tuple]:
    make.act(world.office.pk)
    kept = Sighting.objects.order_by("visit__order").select_related("visit", "by")
    return [(s.visit.order, s.outcome, s.handed, s.who, s.at, s.received_at, s.by, s.by_paper) for s in kept]


def test_many_visits_are_entered_by_their_times_alone(world):
    answer = signed_in(world.desk).post(
        page(world),
        typed(world, n1={"at": "1105"}, n2={"at": "11:20"}, n4={"at": "11시 50분", "outcome": "seen_with_concern"}),
    )  # fmt: skip

    assert answer.status_code == 302
    at = {n: NOON + timedelta(minutes=m) for n, m in ((1, -55), (2, -40), (4, -10))}
    who = world.worker.name
    assert sightings(world) == [
        (1, "seen_well", "in_person", who, at[1], LATER, world.desk, True),
        (2, "seen_well", "in_person", who, at[2], LATER, world.desk, True),
        (4, "seen_with_concern", "in_person", who, at[4], LATER, world.desk, True),
    ]
    shown = signed_in(world.desk).get(page(world)).content.decode()
    assert shown.count("종이 기록") >= 3 + 2  # three marks, the title twice


def test_a_slip_in_one_row_holds_up_no_other_and_loses_nothing(world):
    desk = signed_in(world.desk)
    answer = desk.post(
        page(world),
        typed(
            world, n1={"at": "11:05"}, n2={"at": "25:99", "note": "문 앞에 개"}, n3={"at": "15:01"},
            n4={"outcome": "known_safe", "at": "11:50"},
        ),
    )  # fmt: skip

    assert answer.status_code == 422
    wrong = {
        row.visit.order: {name: list(said) for name, said in row.errors.items()} for row in answer.context["wrong"]
    }
    assert wrong == {
        2: {"at": ["시각은 11:42 또는 1142처럼 적으세요."]},
        3: {"at": ["아직 오지 않은 시각입니다. 종이를 다시 확인하세요."]},
        4: {"who": ["소재를 아는 사람이나 식사를 받은 사람을 적으세요."]},
    }
    said = answer.content.decode()
    assert "25:99" in said and "문 앞에 개" in said
    assert [kept[0] for kept in sightings(world)] == [1]

    again = typed(
        world, n2={"at": "11:30"}, n3={"at": "11:40"}, n4={"outcome": "known_safe", "at": "11:50", "who": "딸"}
    )
    assert desk.post(page(world), again).status_code == 302
    assert [kept[:4] for kept in sightings(world)][1:] == [
        (2, "seen_well", "in_person", world.worker.name), (3, "seen_well", "in_person", world.worker.name),
        (4, "known_safe", "", "딸"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"outcome": "no_reply"}, "at"),
        ({"at": "11:00", "outcome": "not_attempted"}, "note"),
        ({"at": "11:00", "outcome": "no_reply", "handed": "in_person"}, "handed"),
        ({"at": "11:00", "handed": "at_door"}, "note"),
        ({"at": "11:00", "handed": "proxy"}, "who"),
        ({"at": "11:00", "outcome": "flown_away"}, "outcome"),
        ({"at": "11:00", "note": "x" * 401}, "note"),
        ({"at": "11:00", "note": "900101-1234567"}, "note"),
        ({"note": "시각 없음"}, "at"),
    ],
)
def test_what_does_not_go_together_is_said_at_its_field(world, row, field):
    answer = signed_in(world.desk).post(page(world), typed(world, n2=row))

    assert answer.status_code == 422
    [wrong] = answer.context["wrong"]
    assert field in wrong.errors
    assert sightings(world) == []


def test_a_closed_door_on_paper_opens_an_emergency_that_says_it_is_from_paper(world):
    signed_in(world.desk).post(page(world), typed(world, n2={"at": "11:40", "outcome": "no_reply"}))

    make.act(world.office.pk)
    case = Case.objects.get()
    assert case.subject == Visit.objects.get(order=2).recipient.ref and not case.on_site
    shown = signed_in(world.desk).get(f"/cases/{case.ref}/").content.decode()
    assert "종이 기록" in shown


def test_the_visit_page_shows_the_mark(world):
    signed_in(world.desk).post(page(world), typed(world, n1={"at": "11:05"}))

    make.act(world.office.pk)
    shown = signed_in(world.desk).get(f"/care/visits/{Visit.objects.get(order=1).ref}/").content.decode()
    assert "종이 기록" in shown


def test_what_somebody_reported_in_the_meantime_is_said_and_sending_it_again_keeps_both(world):
    desk, first = signed_in(world.desk), typed(world, n1={"at": "11:05"})
    desk.post(page(world), first)

    again = desk.post(page(world), first)

    assert again.status_code == 422 and len(sightings(world)) == 1
    [row] = again.context["wrong"]
    assert "그사이" in str(row.non_field_errors())
    assert desk.post(page(world), typed(world, n1={"at": "11:05"})).status_code == 302
    assert len(sightings(world)) == 2


def test_an_empty_paper_is_said_to_be_empty(world):
    answer = signed_in(world.desk).post(page(world), typed(world), follow=True)

    assert "입력한 내용이 없습니다" in answer.content.decode() and sightings(world) == []


def test_a_day_that_is_still_to_come_is_refused(world, moved):
    where = page(world)
    moved(NOON - timedelta(days=1))
    assert signed_in(world.desk).get(where).status_code == 409


def test_the_page_asks_no_more_for_many_stops_than_for_few(world, django_assert_max_num_queries):
    client, where = signed_in(world.desk), page(world)
    client.get(where)
    with django_assert_max_num_queries(24):
        client.get(where)
    make.act(world.office.pk)
    for n in range(20):
        w.recipient(world, f"더{n}", route_order=10 + n)
    open_day(world.office.pk, w.DAY, now=w.MORNING)
    with django_assert_max_num_queries(24):
        assert len(client.get(where).context["rows"]) == 24


@given(when=st.times(), how=st.sampled_from(["{h}:{m:02}", "{h:02}{m:02}", "{h}시 {m}분", "{h}.{m:02}", " {h}：{m} "]))
def test_every_time_is_read_however_it_is_typed(when: time, how: str):
    assert TypedTime().clean(how.format(h=when.hour, m=when.minute)) == time(when.hour, when.minute)
