"""The pages of the daily checks, the contact network and the day report."""

import pytest

from dure.audit.models import Entry
from dure.care.alarms import absent
from dure.care.models import Absence, Outcome
from dure.care.settling import Seen, settle
from dure.cases.models import Case
from dure.duty.actions import claim
from dure.duty.models import Duty
from dure.offices.acting import act
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


@pytest.mark.parametrize("page", ["evening/", "evening/rows/", "morning/", "network/", "report/"])
def test_the_pages_open_for_everybody_in_the_office(page):
    day = world.day()
    for person in (day.desk, day.officer):
        assert signed_in(person).get(f"/care/{page}").status_code == 200


def test_each_number_leads_to_its_rows():
    day = world.day(4)
    seen, lost, gone, open_ = day.visits
    settle(seen, Seen(Outcome.SEEN_WELL, make.NOON, handed="in_person"), by=day.worker, report=None, now=make.NOON)
    settle(lost, Seen(Outcome.NO_REPLY, make.NOON), by=day.worker, report=None, now=make.NOON)
    absence = Absence(office=day.office, recipient=gone.recipient, why="away", since=make.DAY, told_by="딸",
                      entered_by=day.desk)  # fmt: skip
    absent(absence, now=make.NOON)
    client, case = signed_in(day.officer), Case.objects.get()
    page = client.get("/care/evening/")
    found = page.context["all"]
    assert (found.planned, found.seen, found.explained, found.open, found.difference) == (4, 1, 1, 2, 0)
    assert f"/care/evening/rows/?day={make.DAY}&amp;of=open" in page.content.decode()

    def rows(**q):
        answer = client.get("/care/evening/rows/", q)
        assert answer.status_code == 200
        return [row.recipient.pk for row, _ in answer.context["rows"]]

    assert set(rows(of="open")) == {lost.recipient_id, open_.recipient_id}
    shown = client.get("/care/evening/rows/?of=open").context["rows"]
    assert {row.recipient.pk: row.waits for row, _ in shown} == {lost.recipient_id: True, open_.recipient_id: False}
    assert rows(of="seen") == [seen.recipient_id] and rows(of="explained") == [gone.recipient_id]
    assert len(rows(of="planned")) == len(rows(of="nonsense")) == 4 and rows(of="unclear") == []
    assert rows(of="open", provider="999999") == [] and len(rows(of="open", provider=str(day.provider.pk))) == 2
    shown = client.get("/care/evening/rows/", {"of": "open"}).content.decode()
    assert case.page in shown and "정*남" in shown and "정복남" not in shown


def test_who_has_it_stands_beside_what_is_open():
    day = world.day()
    settle(day.visits[0], Seen(Outcome.NO_REPLY, make.NOON), by=day.worker, report=None, now=make.NOON)
    answer = Duty.objects.get(about=Case.objects.get().ref, kind="case.answer")
    claim(answer, by=day.desk, next_step="가 보겠습니다", until=make.NOON + make.TEN_MINUTES, now=make.NOON)
    found = signed_in(day.officer).get("/care/evening/rows/?of=open").context["rows"]
    assert [str(has.by) if has else "" for _, has in found].count("박수행") == 1


def test_a_day_that_cant_be_read_or_is_to_come_is_today():
    client = signed_in(world.day().officer)
    for day in ("gestern", "2026-13-01", "2027-01-01", "0000-00-00"):
        assert client.get("/care/evening/", {"day": day}).context["day"] == make.DAY


def test_one_dong_or_all_of_the_contact_network():
    day = world.day()
    other = make.area(day.office, "수완동")
    client = signed_in(day.officer)
    assert [n.area.name for n in client.get("/care/network/").context["networks"]] == ["수완동", "첨단1동"]
    page = client.get("/care/network/", {"dong": other.pk})
    assert [n.area for n in page.context["networks"]] == [other]
    assert client.get("/care/network/", {"dong": "x"}).status_code == 200
    assert [n.area.name for n in signed_in(day.desk).get("/care/network/").context["networks"]] == ["첨단1동"]


def test_the_report_without_names_is_a_press_and_the_one_with_names_needs_a_reason():
    day = world.day()
    client = signed_in(day.officer)
    answer = client.get("/care/report/", {"day": str(make.DAY)})
    assert answer["Content-Type"].endswith("sheet") and answer.content.startswith(b"PK")
    for said in ({}, {"day": str(make.DAY), "reason": "  "}, {"day": "2027-01-01", "reason": "회의"}):
        assert client.post("/care/report/", said).status_code == 422
    assert client.get("/care/report/", {"day": "morgen"}).status_code == 422
    said = {"day": str(make.DAY), "reason": "동 담당자 회의"}
    answer = client.post("/care/report/", said)
    assert answer.status_code == 200 and str(make.DAY) in answer["Content-Disposition"]
    act(day.office.pk)
    lines = Entry.objects.filter(about=f"dayreport {make.DAY}").order_by("id").values_list("did", "who_id", "why")
    assert list(lines) == [
        ("downloaded", day.officer.pk, ""), ("downloaded with names", day.officer.pk, "동 담당자 회의")
    ]  # fmt: skip
