"""The day report: each figure from the record, names only when asked for."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from python_calamine import load_workbook

from dure.care import alarms, reports
from dure.cases import actions
from dure.duty.actions import claim
from dure.duty.models import Duty
from dure.health.actions import fault
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.world import DUE
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
NIGHT = DUE + timedelta(hours=9)


@pytest.fixture
def world():
    made = w.build()
    made.people = [w.recipient(made, name) for name in ("홍길동", "남궁민수")]
    w.open_day(made.office.pk, w.DAY, now=w.MORNING)
    return made


def visit(world, n):
    return w.Visit.objects.select_related("duty", "recipient").get(recipient=world.people[n])


def the_incident(world):
    """Nobody answers; a neighbour of the desk goes there; collapsed; 119; the daughter is told."""
    seen = w.Seen(w.Outcome.NO_REPLY, DUE, note="홍길동 씨 대답 없음")
    w.settle(visit(world, 0), seen, by=world.worker, report=None, now=DUE)
    case = w.Case.objects.get(closed_at=None)
    w.watch(DUE + MINUTE)
    [answer] = Duty.objects.filter(about=case.ref, kind="case.answer")
    claim(answer, by=world.desk, next_step="가 보겠습니다", until=NIGHT, now=DUE + 2 * MINUTE)
    steps = [("going", 4), ("arrived", 9), ("danger", 10), ("called_119", 11), ("office_told", 12), ("centre_told", 12)]
    for step, minutes in steps:
        actions.record(case, step, by=world.desk, now=DUE + minutes * MINUTE)
    actions.hand_over(case, "hospital", name="첨단병원", by=world.desk, now=DUE + 40 * MINUTE)
    actions.record(case, "family_told", by=world.desk, now=DUE + 50 * MINUTE, who="홍미영")
    closed = actions.close_case(case, finding="hospital", by=world.officer, now=DUE + 60 * MINUTE)
    alarms.after_case(closed, by=world.officer, now=DUE + 60 * MINUTE)
    return closed


def book(world, person=None, **values):
    with translation.override("ko"):
        body = reports.day_report(standing(person or world.officer, w.DAY), w.DAY, now=NIGHT, **values)
    sheets = load_workbook(io.BytesIO(body))
    return {name: sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names}


def table(book, number):
    """A sheet's rows as dictionaries by title; the table begins at the last row that is followed by the data."""
    rows = list(book.values())[number]
    head = next(i for i, row in enumerate(rows) if all(cell != "" for cell in row))
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_the_incident_with_all_its_times(world):
    case = the_incident(world)
    w.settle(visit(world, 1), w.Seen(w.Outcome.SEEN_WELL, DUE, handed="in_person"), by=world.worker, report=None,
             now=DUE)  # fmt: skip
    found = book(world, named=True)
    [total] = table(found, 0)
    assert list(total.values())[1:] == [2, 1, 1, 0, 0, 1, 1, 100]
    [row] = table(found, 2)
    said = {title: f"{at:%H:%M}" for title, at in row.items() if hasattr(at, "hour")}
    assert list(said.values()) == ["11:30", "11:31", "11:32", "11:34", "12:10", "11:41", "12:20", "12:30"]
    assert list(row.values())[-3:] == [1, 2, 40]
    assert list(row.values())[3] == "홍길동"
    line = [list(entry.values()) for entry in table(found, 3)]
    assert {entry[0] for entry in line} == {case.number}
    said = [str(each.get_step_display()) for each in case.entries.all()]
    assert len(said) == len(line) == 10 and [entry[3] for entry in line] != []


def test_names_and_notes_are_left_out_unless_asked_for(world):
    the_incident(world)
    masked, named = str(book(world)), str(book(world, named=True))
    for name in ("홍길동", "홍미영", "남궁민수", "급식소장"):
        assert name not in masked and name in named
    assert "홍*동" in masked and "홍*영" in masked and "대답 없음" not in masked


def test_a_suspicion_stands_in_no_report(world):
    seen = w.Seen(w.Outcome.SEEN_WELL, DUE, abuse=True, note="멍이 보임")
    w.settle(visit(world, 0), seen, by=world.worker, report=None, now=DUE)
    assert "학대" not in str(book(world, named=True)) and "멍이" not in str(book(world, named=True))


def test_everybody_gets_their_own_and_the_office_the_faults(world):
    the_incident(world)
    fault("number 1", "A message could not be sent (%(channel)s: %(why)s).", {"channel": "sms", "why": "x"},
          now=DUE, office=world.office.pk)  # fmt: skip
    stranger = make.person(world.office, as_="provider", at=make.organisation(world.office, "provider"))
    assert [len(book(world, p)) for p in (world.officer, world.desk, stranger)] == [5, 4, 4]
    assert len(table(book(world), 4)) >= 1
    assert table(book(world, stranger), 1) == table(book(world, stranger), 2) == []


def test_another_day_has_other_cases(world):
    the_incident(world)
    who = standing(world.officer, w.DAY)
    body = reports.day_report(who, w.DAY - timedelta(days=1), now=NIGHT)
    assert "홍" not in str([load_workbook(io.BytesIO(body)).get_sheet_by_index(n).to_python() for n in (1, 2, 3)])


def test_as_many_queries_for_many_as_for_few(world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            book(world)
        return len(found)

    the_incident(world)
    few = queries()
    for n in range(6):
        one = w.recipient(world, f"가상{n}")
        w.open_day(world.office.pk, w.DAY, now=w.MORNING)
        w.settle(one.visits.get(), w.Seen(w.Outcome.NO_REPLY, DUE), by=world.worker, report=None, now=DUE)
    assert queries() == few <= 20
