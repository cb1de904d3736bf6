"""The board: exceptions first, one countdown each, who has it; the same number of queries however many there are."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.field import world

from dure.care.alarms import cannot_reach
from dure.care.settling import Seen, settle
from dure.cases.actions import close_case, hand_over, record
from dure.cases.models import Case, Finding, Source
from dure.desk import board
from dure.duty import actions
from dure.duty.opening import Owed, open_duties
from dure.duty.watch import sweep
from dure.offices.acting import act
from dure.people.actions import standing
from dure.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


class Browser(Client):
    """A client after whose answers the test's own connection acts for the office again."""

    office = 0

    def request(self, **request):
        answer = super().request(**request)
        act(self.office)
        return answer


def signed_in(person: Person) -> Client:
    client = Browser()
    client.office = person.office_id
    make.signed_in(person, client)
    return client


def rows(person: Person, now: datetime = make.NOON) -> list[board.Row]:
    """What stands on somebody's board, all of it."""
    found, unread = board.rows(standing(person, make.DAY), now)
    assert unread == 0
    return found


def test_a_case_stands_on_the_board_until_somebody_has_it():
    day = world.day()
    case = cannot_reach(day.visits[0].recipient, Source.WORKER, by=day.worker, now=make.NOON)
    client = signed_in(day.officer)
    page = client.get("/board/").content.decode()
    assert "최*례" in page and "최순례" not in page
    assert "아직 맡은 사람이 없습니다" in page

    answer = rows(day.officer)[0].duty
    said = {"next_step": "go", "minutes": "10", "next": case.page}
    assert client.post(f"/duties/{answer.ref}/claim/", said).url == case.page

    page = client.get("/board/").content.decode()
    assert "한담당" in page and "직접 현장으로 갑니다" in page


def test_a_case_that_only_has_to_be_written_down_is_calm_and_stands_below_what_nobody_has():
    day = world.day()
    first = cannot_reach(day.visits[0].recipient, Source.DESK, by=day.desk, now=make.NOON - timedelta(minutes=30))
    second = cannot_reach(day.visits[1].recipient, Source.DESK, by=day.desk, now=make.NOON)
    record(first, "seen", by=day.officer, now=make.NOON)
    ringing, calm = rows(day.officer)
    assert (ringing.number, ringing.siren, ringing.urgent) == (second.number, True, True)
    assert (calm.number, calm.siren, calm.urgent, calm.claim.by) == (first.number, False, False, day.officer)
    assert (calm.what, calm.due_at) == (
        f"긴급 상황 {first.number}({first.area}): 어떻게 끝났는지 적고 종료해 주세요.", make.NOON + timedelta(hours=2),
    )  # fmt: skip
    page = signed_in(day.officer).get(first.page).content.decode()
    assert "어떻게 끝났는지 적고 종료해 주세요" in page


def test_handed_over_and_the_family_not_told_is_urgent_still_and_whoever_had_the_case_has_it():
    day = world.day()
    case = cannot_reach(day.visits[0].recipient, Source.DESK, by=day.desk, now=make.NOON, danger=True)
    for step in ("called_119", "office_told", "centre_told"):
        record(case, step, by=day.officer, now=make.NOON)
    hand_over(case, "hospital", name="첨단병원", by=day.desk, now=make.NOON)
    [row] = rows(day.officer)
    assert (row.urgent, row.siren, row.claim.by, "가족" in row.what) == (True, False, day.desk, True)
    later = make.NOON + timedelta(minutes=11)
    [row] = rows(day.officer, later)
    assert (row.siren, row.claim, row.duty.kind) == (True, None, "case.family_knows")


def test_asking_again_without_news_answers_304():
    client = signed_in(world.day().officer)
    first = client.get("/board/exceptions/")
    again = client.get("/board/exceptions/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert again["Dure-Now"] == make.NOON.isoformat()


def test_who_sees_what():
    day, other = world.day(), world.day(name="다른구")
    act(day.office.pk)
    cannot_reach(day.visits[0].recipient, Source.DESK, by=day.desk, now=make.NOON)
    stranger = make.person(day.office, as_="provider", at=make.organisation(day.office))
    assert len(rows(day.desk)) == 1
    assert rows(stranger) == []
    act(other.office.pk)
    assert rows(other.officer) == []


def test_a_worker_has_no_board():
    day = world.day()
    assert signed_in(day.worker).get("/board/").status_code == 403


def test_nobody_signed_in_is_sent_to_the_log_in():
    assert Client().get("/board/").url == "/login/?next=/board/"


def test_the_board_takes_the_same_queries_for_one_case_and_for_many():
    counts = []
    for cases in (1, 12):
        day = world.day(stops=cases + 2)
        for visit in day.visits[:cases]:
            cannot_reach(visit.recipient, Source.WORKER, by=day.worker, now=make.NOON)
        client = signed_in(day.officer)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/board/").status_code == 200
        counts.append(len(asked))
        assert Case.objects.filter(office=day.office).count() == cases
    assert counts[0] == counts[1] <= 30


def test_a_long_board_says_how_many_more_there_are_and_where():
    day = world.day()
    each = Owed(kind="test.duty", what="Something is owed.", due_at=make.NOON, ladder="office", raised_why="시험")
    open_duties(day.office.pk, [each] * (board.MOST + 3), by=None, now=make.NOON)
    client = signed_in(day.officer)
    first, last = (client.get(f"/board/?page={n}").content.decode() for n in (1, 2))
    assert first.count('<li class="exception') == 200 and "3건이 더 있습니다. 다음 쪽에서 확인하세요." in first
    assert 'href="?page=2"' in first and "203건 · 오래 기다린 순서" in first
    assert last.count('<li class="exception') == 3 and "더 있습니다" not in last
    assert '"/board/exceptions/?page=2"' in last
    assert client.get("/board/exceptions/?page=2").content.decode().count('<li class="exception') == 3


def test_what_is_too_much_to_be_read_is_counted():
    day = world.day(stops=4)
    for visit in day.visits[:1]:
        cannot_reach(visit.recipient, Source.WORKER, by=day.worker, now=make.NOON)
    for visit in day.visits[1:]:
        actions.raise_duties([visit.duty], by=day.officer, why="시험", now=make.NOON)
    found, unread = board.rows(standing(day.officer, make.DAY), make.NOON, most=5)  # the case's four and one visit
    assert (len(found), unread) == (2, 2)


def test_something_else_can_not_be_closed_from_the_board():
    day = world.day()
    client = signed_in(day.officer)
    answer = client.post(f"/duties/{day.visits[0].duty.ref}/close/")
    assert answer.status_code == 409
    day.visits[0].duty.refresh_from_db()
    assert day.visits[0].duty.is_open


def test_a_claim_by_somebody_else_can_be_taken_over():
    day = world.day()
    case = cannot_reach(day.visits[0].recipient, Source.WORKER, by=day.worker, now=make.NOON)
    row = rows(day.officer)[0]
    until = make.NOON + timedelta(minutes=10)
    actions.claim(row.duty, by=day.desk, next_step="전화", until=until, now=make.NOON)
    client = signed_in(day.officer)
    said = {"next_step": "go", "minutes": "10"}
    assert client.post(f"/duties/{row.duty.ref}/claim/", said).status_code == 409
    assert client.post(f"/duties/{row.duty.ref}/claim/", {**said, "take_over": "on"}).url == case.page


def test_what_was_noted_at_the_visit_stands_beside_a_case_that_only_has_to_be_written_down():
    day = world.day()
    visit = day.visits[0]
    settle(visit, Seen(outcome="no_reply", at=make.NOON), by=day.worker, report=None, now=make.NOON)
    case = Case.objects.get()
    found = Seen(outcome="seen_with_concern", at=make.NOON, signs=("breath",), case=case.ref)
    settle(visit, found, by=day.worker, report=None, now=make.NOON)
    later = make.NOON + timedelta(hours=5)
    make.role("engine")
    while sweep(later):
        pass
    make.role("app")
    assert {case.page, f"/care/visits/{visit.ref}/"} <= {row.page for row in rows(day.officer, later)}


def test_a_visit_is_not_answered_as_long_as_its_case_is_open():
    day = world.day()
    well = Seen(outcome="seen_well", at=make.NOON, handed="in_person")
    settle(day.visits[1], well, by=day.worker, report=None, now=make.NOON)
    case = cannot_reach(day.visits[0].recipient, Source.WORKER, by=day.worker, now=make.NOON)
    assert board.figures(standing(day.officer, make.DAY), make.DAY) == {"planned": 3, "answered": 1}

    record(case, "seen", by=day.officer, now=make.NOON)
    close_case(case, finding=Finding.WELL, by=day.officer, now=make.NOON)
    assert board.figures(standing(day.officer, make.DAY), make.DAY) == {"planned": 3, "answered": 2}


def test_a_part_that_asks_again_without_a_session_gets_no_log_in_form():
    asked = Client().get("/board/exceptions/", headers={"HX-Request": "true"})
    assert (asked.status_code, asked.content) == (401, b"")
