"""Rotas and stand-ins written ahead as shifts: again and again the same, and nothing put on by hand is touched."""

from datetime import date, time, timedelta

import pytest
from tests import make
from tests.make import DAY, MINUTE, NOON

from dure import clock
from dure.errors import Refused
from dure.people import accounts
from dure.people.models import Membership, Shift, StandIn
from dure.people.rotas import AHEAD, end, write
from dure.people.stand_ins import answer, ask, put_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NIGHT = NOON + 6 * HOUR  # 18:00 in Seoul


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def people(office):
    return [make.person(office, name) for name in ("김하나", "이두리", "박세찬")]


@pytest.fixture
def desk(office):
    return make.roster(office)


def never(day):
    return False


def shifts(roster, first=NOON, hours=48) -> list[tuple[str, str, str]]:
    """Who, from when to when, in the next two days."""
    found = Shift.objects.filter(roster=roster, ends_at__gt=first, starts_at__lt=first + hours * HOUR)
    at = [(s.person.name, clock.local(s.starts_at), clock.local(s.ends_at)) for s in found.select_related("person")]
    return [(name, f"{starts:%d %H:%M}", f"{ends:%d %H:%M}") for name, starts, ends in at]


def stand_in(roster, off, on, since=NIGHT, until=NIGHT + 15 * HOUR, now=NOON, **values):
    made = StandIn(office_id=roster.office_id, roster=roster, off=off, on=on, since=since, until=until, **values)
    put_in(made, never, by=on or off, now=now)
    return made


def test_eight_weeks_are_written_and_writing_again_changes_nothing(desk, people):
    make.rota(desk, people[:1], people[1:2])
    make.role("engine")
    assert write(desk, never, now=NOON) == 57
    assert shifts(desk) == [("김하나", "23 18:00", "24 09:00"), ("김하나", "24 18:00", "25 09:00")]
    assert shifts(desk, NOON + timedelta(days=7))[0][0] == "이두리"
    before = list(Shift.objects.filter(roster=desk).values())
    assert write(desk, never, now=NOON) == 0
    assert list(Shift.objects.filter(roster=desk).values()) == before
    assert write(desk, never, now=NOON + timedelta(days=1)) == 1  # the day that is new
    assert Shift.objects.filter(roster=desk).latest("starts_at").starts_at == NIGHT + timedelta(days=57)


def test_a_holiday_declared_later_takes_its_shift_away(desk, people):
    make.rota(desk, people[:1], holidays="not")
    write(desk, never, now=NOON)
    assert write(desk, lambda day: day == DAY, now=NOON) == 1
    assert shifts(desk) == [("김하나", "24 18:00", "25 09:00")]


def test_what_was_put_on_by_hand_is_never_touched_and_nobody_stands_there_twice(desk, people):
    one = people[0]
    by_hand = Shift.objects.create(
        office=desk.office, roster=desk, person=one, starts_at=NIGHT, ends_at=NIGHT + 3 * HOUR
    )
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    assert shifts(desk)[:2] == [("김하나", "23 18:00", "23 21:00"), ("김하나", "23 21:00", "24 09:00")]
    end(desk.rotas.get(), DAY, by=one, now=NOON)
    write(desk, never, now=NOON)
    assert list(Shift.objects.filter(roster=desk)) == [by_hand]


def test_what_has_begun_goes_on_when_the_rota_ends_and_the_next_begins(desk, people):
    one, two, _ = people
    rota, now = make.rota(desk, [one]), NIGHT + HOUR
    write(desk, never, now=NOON)
    tomorrow = DAY + timedelta(days=1)
    end(rota, tomorrow, by=one, now=now)
    make.rota(desk, [two], since=tomorrow, starts=time(19))
    write(desk, never, now=now)
    assert shifts(desk) == [("김하나", "23 18:00", "24 09:00"), ("이두리", "24 19:00", "25 09:00")]
    with pytest.raises(Refused, match="그 전에 이미"):
        end(rota, tomorrow, by=one, now=now)
    with pytest.raises(Refused, match="지난 날짜입니다"):
        end(rota, date(2026, 11, 22), by=one, now=now)


def test_who_has_left_is_not_written_any_more_and_the_turns_go_on(desk, people):
    one, two, _ = people
    make.rota(desk, [one], [two])
    write(desk, never, now=NOON)
    one.left_at = NOON + MINUTE
    one.save()
    write(desk, never, now=NOON + MINUTE)
    assert shifts(desk) == []
    assert shifts(desk, NOON + timedelta(days=7))[0][0] == "이두리"


def test_who_works_elsewhere_now_is_not_written_any_more(desk, people):
    one, two, _ = people
    make.rota(desk, [one, two])
    write(desk, never, now=NOON)
    one.memberships.update(until=make.DAY)
    elsewhere = make.organisation(desk.office)
    Membership.objects.create(office=desk.office, person=one, organisation=elsewhere, role="provider", since=make.DAY)
    write(desk, never, now=NOON + MINUTE)
    assert {name for name, *_ in shifts(desk)} == {"이두리"}


@pytest.mark.parametrize("by_hand", [False, True])
def test_somebody_stands_in_for_a_part_of_a_shift_and_gives_it_back(desk, people, by_hand):
    one, two, _ = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    if by_hand:
        Shift.objects.filter(roster=desk).update(rota=None)
    stand_in(desk, one, two, NIGHT + 2 * HOUR, NIGHT + 4 * HOUR)
    expected = [
        ("김하나", "23 18:00", "23 20:00"),
        ("이두리", "23 20:00", "23 22:00"),
        ("김하나", "23 22:00", "24 09:00"),
    ]
    assert shifts(desk)[:3] == expected
    assert write(desk, never, now=NOON + MINUTE) == 0
    stand_in(desk, two, one, NIGHT + 3 * HOUR, NIGHT + 4 * HOUR, now=NOON + MINUTE)
    assert shifts(desk)[1] == ("이두리", "23 20:00", "23 21:00")
    assert [each for each in shifts(desk) if each[1] == "23 21:00"][0][0] == "김하나"


@pytest.mark.parametrize("by_hand", [False, True])
def test_ill_in_the_middle_of_a_shift_it_stays_known_who_answered_until_then(desk, people, by_hand):
    one, two, three = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    if by_hand:
        Shift.objects.filter(roster=desk).update(rota=None)
    now = NIGHT + HOUR
    stand_in(desk, one, two, NOON, NIGHT + 15 * HOUR, now=now, why="병가")
    assert shifts(desk)[:2] == [("김하나", "23 18:00", "23 19:00"), ("이두리", "23 19:00", "24 09:00")]
    assert write(desk, never, now=now + MINUTE) == 0
    other = make.roster(desk.office, three)
    with pytest.raises(Refused, match="김하나 님은 .*까지 자리를 비웁니다"):
        stand_in(other, three, one, now=now + MINUTE)
    stand_in(desk, two, one, now=now + HOUR, why="돌아옴")  # back again, after all
    assert [name for name, _, ends in shifts(desk) if ends == "24 09:00"] == ["김하나"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_one_for_everybody_and_nobody_for_one(desk, people, by_hand):
    one, two, three = people
    make.rota(desk, [one, two])
    write(desk, never, now=NOON)
    if by_hand:
        Shift.objects.filter(roster=desk).update(rota=None)
    stand_in(desk, None, three, NIGHT, NIGHT + 20 * HOUR)
    assert shifts(desk, hours=24) == [("박세찬", "23 18:00", "24 14:00")]
    stand_in(desk, one, None, NIGHT + 24 * HOUR, NIGHT + 39 * HOUR)
    assert shifts(desk, NOON + 24 * HOUR, hours=24)[1:] == [("이두리", "24 18:00", "25 09:00")]
    assert write(desk, never, now=NOON + MINUTE) == 0


def test_a_shift_is_asked_for_and_taken_once(desk, people):
    one, two, three = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    shift = Shift.objects.filter(roster=desk).first()
    wish = ask(shift, two, why="가족 행사", by=one, now=NOON)
    assert shifts(desk)[0][0] == "김하나"  # until somebody agrees
    with pytest.raises(Refused, match="이미 다른 사람에게 부탁"):
        ask(shift, three, why="", by=one, now=NOON)
    answer(wish, False, never, by=two, now=NOON)
    assert shifts(desk)[0][0] == "김하나"
    wish = ask(shift, three, why="", by=one, now=NOON)
    with pytest.raises(Refused, match="부탁받은 사람이 답해야"):
        answer(wish, True, never, by=one, now=NOON)
    answer(wish, True, never, by=three, now=NOON)
    assert shifts(desk)[0][0] == "박세찬"
    wish.refresh_from_db()
    assert (wish.asked_by, wish.answered_by, wish.agreed) == (one, three, True)
    with pytest.raises(Refused, match="박세찬 님이 이미 답했습니다"):
        answer(wish, False, never, by=one, now=NOON)


def test_what_can_not_be_is_refused_with_the_reason(desk, people):
    one, two, three = people
    make.rota(desk, [one, two])
    write(desk, never, now=NOON)
    wrong = [
        (one, three, NIGHT - 48 * HOUR, NIGHT - 47 * HOUR, "끝나는 시각은"),
        (one, three, NIGHT, NOON + AHEAD + 24 * HOUR, "8주 앞까지"),
        (three, one, NIGHT, NIGHT + HOUR, "박세찬 님은 그때 이 근무표에 없습니다"),
        (one, two, NIGHT, NIGHT + HOUR, "이두리 님은 그때 이미 이 근무표에"),
    ]
    for off, on, since, until, why in wrong:
        with pytest.raises(Refused, match=why):
            stand_in(desk, off, on, since, until)
    Membership.objects.filter(person=three).update(until=DAY)
    with pytest.raises(Refused, match="박세찬 님은 그때에는 여기서 일하지"):
        stand_in(desk, one, three)


@pytest.mark.parametrize("at", [NOON + HOUR, NIGHT + 2 * HOUR])
def test_who_stands_in_for_somebody_who_leaves_answers_all_the_same(desk, people, at):
    one, two, boss = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    stand_in(desk, one, two, why="병가")
    accounts.leave(one, by=boss, now=at)
    write(desk, never, now=at + MINUTE)
    assert shifts(desk)[:1] == [("이두리", "23 18:00", "24 09:00")]


def test_who_was_to_stand_in_for_everybody_leaves_and_those_who_were_on_are_back(desk, people):
    one, two, boss = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    stand_in(desk, None, two)
    accounts.leave(two, by=boss, now=NOON + HOUR)
    write(desk, never, now=NOON + HOUR)
    assert ("김하나", "23 18:00", "24 09:00") in shifts(desk)


def test_who_works_elsewhere_now_does_not_stand_in_any_more(desk, people):
    one, two, _ = people
    make.rota(desk, [one])
    write(desk, never, now=NOON)
    stand_in(desk, one, two)
    moves(two)
    write(desk, never, now=NOON + MINUTE)
    assert "이두리" not in {name for name, *_ in shifts(desk)}


def moves(person):
    """From today on somebody works at another agency."""
    person.memberships.update(until=DAY)
    there = make.organisation(person.office)
    Membership.objects.create(office=person.office, person=person, organisation=there, role="provider", since=DAY)
