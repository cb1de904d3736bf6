"""Complaints: owed an answer by a date, the provider's statement, extended once, passed on, taken up again."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from dure.care.complaints import actions, periods
from dure.care.complaints.models import Complaint, Kind
from dure.cases.hours import is_working_day
from dure.duty.models import Duty
from dure.duty.opening import publish_ladder
from dure.errors import Refused
from dure.outbox.models import Message
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, acting
from tests.make import NOON

pytestmark = pytest.mark.django_db
TEXT = "도시락이 자꾸 늦게 옵니다."


@pytest.fixture
def world(moved):
    moved(NOON)
    made = w.build()
    publish_ladder(made.office.pk, "paper", w.rungs(("officer", "office"), wait=86400), by=None, now=NOON)
    return made


def received(world, **values) -> Complaint:
    said = {"kind": "grievance", "way": "phone", "received_on": DAY, "title": "늦은 배달", "text": TEXT,
            "name": "김하나", "phone": "010-1234-5678", "provider": world.provider, "area": world.dong,
            "desk": make.house(world.office)} | values  # fmt: skip
    return actions.receive(Complaint(**said), by=world.officer, now=NOON)


def fresh(complaint) -> Complaint:
    return Complaint.objects.select_related("duty").get(pk=complaint.pk)


@settings(deadline=None)
@given(since=st.dates(date(2026, 1, 1), date(2027, 12, 1)), days=st.integers(1, 20))
def test_the_last_day_is_what_counting_working_days_on_the_calendar_says(since, days):
    last = periods.last_day(since, days)
    between = [since + timedelta(days=n) for n in range((last - since).days + 1)]
    assert sum(map(is_working_day, between)) == days and is_working_day(last)


def test_an_answer_is_owed_by_the_day_of_its_kind_and_reminded_of_before(world):
    days = {kind: received(world, kind=kind).answer_by for kind in Kind.values}
    assert days == {
        "grievance": date(2026, 12, 1), "question": date(2026, 12, 1), "suggestion": date(2026, 12, 10),
        "law": date(2026, 12, 10), "other": date(2026, 12, 10),
    }  # fmt: skip
    first = Complaint.objects.order_by("pk").select_related("duty")[0]
    assert (first.number, first.centre, first.duty.first_told) == ("2611-01", world.centre_house, world.officer)
    w.watch(NOON + timedelta(days=6, hours=23))  # the eve of the last working day before
    assert Duty.objects.get(pk=first.duty.pk).raised_at is None or first.duty.due_at <= NOON + timedelta(days=7)
    w.watch(NOON + timedelta(days=7))
    assert Duty.objects.get(pk=first.duty.pk).raised_at


def test_it_is_answered_or_passed_on_once_and_nobody_is_reminded_any_more(world):
    answered, passed = received(world), received(world)
    asked = actions.ask(passed, world.provider, DAY, by=world.officer, now=NOON)
    actions.answer(answered, "배달 시각을 옮겼습니다.", "phone", DAY, by=world.centre, now=NOON)
    actions.pass_on(passed, "보건소", "우리 업무가 아님", by=world.officer, now=NOON)
    assert [fresh(each).duty.outcome for each in (answered, passed)] == ["kept", "passed_on"]
    assert not Duty.objects.filter(closed_at=None, kind__startswith="care.").exists()
    asked.refresh_from_db()
    assert asked.dropped_by == world.officer
    for act in (
        lambda: actions.answer(answered, "또", "phone", DAY, by=world.officer, now=NOON),
        lambda: actions.extend(passed, DAY + timedelta(days=9), "x", by=world.officer, now=NOON),
        lambda: actions.state(asked, "늦은 말", by=world.desk, now=NOON),
    ):
        with pytest.raises(Refused):
            act()


def test_it_is_extended_once_by_at_most_as_long_again(world):
    complaint = received(world)
    with pytest.raises(Refused):
        actions.extend(complaint, date(2026, 12, 11), "현장 확인", by=world.officer, now=NOON)
    actions.extend(complaint, date(2026, 12, 10), "현장 확인", by=world.officer, now=NOON)
    assert (fresh(complaint).answer_by, fresh(complaint).first_answer_by) == (date(2026, 12, 10), date(2026, 12, 1))
    assert fresh(complaint).duty.due_at.date() == date(2026, 12, 9)
    with pytest.raises(Refused):
        actions.extend(complaint, date(2026, 12, 10), "또", by=world.officer, now=NOON)


def test_extended_when_the_reminder_has_gone_out_another_one_follows(world):
    complaint = received(world)
    late = NOON + timedelta(days=7)
    w.watch(late)
    actions.extend(complaint, date(2026, 12, 8), "현장 확인", by=world.officer, now=late)
    after = fresh(complaint)
    assert (after.duty.raised_at, after.duty.follows.outcome) == (None, "excused")


def test_who_isnt_content_is_owed_another_answer_and_who_gave_the_first_is_told_first(world):
    complaint = received(world)
    with pytest.raises(Refused):
        actions.take_up_again(complaint, "아직", DAY, by=world.officer, now=NOON)
    actions.answer(complaint, "끝", "phone", DAY, by=world.centre, now=NOON)
    again = actions.take_up_again(complaint, "아직도 늦어요", DAY, by=world.officer, now=NOON)
    assert (again.follows, again.duty.follows, again.duty.first_told) == (complaint, complaint.duty, world.centre)
    assert (again.name, again.provider, again.text) == ("김하나", world.provider, "아직도 늦어요")
    with pytest.raises(Refused):
        actions.take_up_again(complaint, "또", DAY, by=world.officer, now=NOON)


def test_a_provider_sees_what_was_passed_to_it_without_who_complains_and_says_what_happened(world):
    complaint, hidden = received(world), received(world, title="다른 민원")
    desk = standing(world.desk, DAY)

    def seen() -> list[Complaint]:
        with acting(world.office.pk, world.desk.pk, desk.organisations):
            assert set(Complaint.objects.seen_by(desk)) == set(Complaint.objects.all())
            return list(Complaint.objects.seen_by(desk))

    assert seen() == []
    actions.ask(complaint, world.provider, DAY + timedelta(days=2), by=world.officer, now=NOON)
    assert seen() == [complaint]
    assert Message.objects.get(template=actions.STATE).person == world.desk
    client = signed_in(world.desk)
    for page in ("/care/complaints/", complaint.page):
        text = client.get(page).content.decode()
        assert "늦은 배달" in text
        for hidden_text in ("김하나", "김*나", "010-1234", "****-5678"):
            assert hidden_text not in text
    assert client.get(hidden.page).status_code == 404
    assert client.post(f"{complaint.page}answer/", {"text": "x", "how": "phone", "on": DAY}).status_code == 403
    assert client.post(f"{complaint.page}state/", {"text": ""}).status_code == 422
    assert client.post(f"{complaint.page}state/", {"text": "차가 고장 났습니다."}).status_code == 302
    make.act(world.office.pk)
    statement = complaint.statements.get()
    assert (statement.text, statement.duty.outcome, statement.stated_by) == ("차가 고장 났습니다.", "kept", world.desk)
    Complaint.objects.filter(pk=complaint.pk).update(named_to_provider=True)
    assert "김하나" in client.get(complaint.page).content.decode()


def test_a_centre_sees_those_of_its_dong_and_enters_its_own(world):
    elsewhere = make.area(world.office, "수완동")
    mine, other = received(world), received(world, area=elsewhere)
    client = signed_in(world.centre)
    said = {"kind": "suggestion", "way": "visit", "received_on": DAY, "title": "반찬", "text": "싱거워요"}
    assert client.get(mine.page).status_code == 200 and client.get(other.page).status_code == 404
    assert client.post("/care/complaints/new/", said | {"title": ""}).status_code == 422
    page = client.post("/care/complaints/new/", said | {"area": elsewhere.pk})["Location"]
    assert client.get(page).status_code == 200
    make.act(world.office.pk)
    assert Complaint.objects.get(title="반찬").desk == world.centre_house


def test_from_the_list_to_the_answer_on_the_pages(world):
    client, recipient = signed_in(world.officer), w.recipient(world, "박가상")
    make.act(world.office.pk)
    said = {"kind": "grievance", "way": "phone", "received_on": DAY, "title": "식은 국", "text": TEXT, "name": "이둘",
            "phone": "010-9999-8888", "named_to_provider": "on"}  # fmt: skip
    wrong = client.post("/care/complaints/new/", said | {"name": "", "received_on": DAY + timedelta(days=1)})
    assert set(wrong.context["form"].errors) == {"named_to_provider", "received_on"}
    page = client.post(f"/care/complaints/new/?recipient={recipient.ref}", said)["Location"]
    make.act(world.office.pk)
    complaint = Complaint.objects.get()
    assert (complaint.recipient, complaint.provider, complaint.area) == (recipient, world.provider, world.dong)
    listed = client.get("/care/complaints/").content.decode()
    assert "이*" in listed and "이둘" not in listed and "9999" not in listed
    assert "010-9999-8888" in client.get(page).content.decode()
    client.post(f"{page}ask/", {"organisation": world.provider.pk, "due_on": DAY})
    client.post(f"{page}extend/", {"until": DAY + timedelta(days=10), "why": "현장 확인"})
    assert client.post(f"{page}pass-on/", {"to": "", "why": ""}).status_code == 422
    client.post(f"{page}answer/", {"text": "사과드렸습니다.", "how": "phone", "on": DAY})
    again = client.post(f"{page}again/", {"text": "또 식었어요", "on": DAY})["Location"]
    text = client.get(page).content.decode()
    assert "사과드렸습니다." in text and again in text


def test_the_list_narrows_and_downloads_masked(world):
    received(world), received(world, provider=None, kind="law", received_on=date(2026, 10, 5), name="")
    client = signed_in(world.officer)
    for query, n in (("", 2), (f"?provider={world.provider.pk}", 1), ("?kind=law", 1), ("?month=2026-10", 1),
                     ("?month=x-1&kind=zzz", 2)):  # fmt: skip
        assert client.get(f"/care/complaints/{query}").context["page"].paginator.count == n, query
    body = client.get("/care/complaints/list/?kind=grievance").content
    rows = load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2 and "김*나" in rows[1] and "김하나" not in rows[1]


def test_a_long_list_takes_no_more_queries(world):
    client = signed_in(world.officer)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/care/complaints/").status_code == 200
        return len(caught)

    received(world)
    queries()  # the first look of a day writes who looked
    few = queries()
    make.act(world.office.pk)
    for _ in range(5):
        received(world)
    assert queries() == few


@pytest.mark.parametrize(("change", "constraint"), [
    ({"kind": "x"}, "complaint_kind_known"),
    ({"way": "x"}, "complaint_way_known"),
    ({"told_how": "x"}, "complaint_told_how_known"),
    ({"answer_by": DAY - timedelta(days=1)}, "complaint_answered_not_before_it_came"),
    ({"extended_at": NOON}, "complaint_extended_once_with_a_reason"),
    ({"ended_at": NOON}, "complaint_ends_answered_or_passed_on"),
    ({"answer": "x"}, "complaint_ends_answered_or_passed_on"),
    ({"name": "", "named_to_provider": True}, "complaint_of_nobody_names_nobody"),
])  # fmt: skip
def test_the_data_base_refuses(world, change, constraint):
    received(world)
    with pytest.raises(IntegrityError, match=constraint):
        Complaint.objects.update(**change)


@pytest.mark.parametrize(("change", "constraint"), [
    ({"text": "x"}, "statement_is_somebodys"), ({"dropped_at": NOON}, "statement_dropped_by_somebody"),
])  # fmt: skip
def test_of_a_statement_too(world, change, constraint):
    asked = actions.ask(received(world), world.provider, DAY, by=world.officer, now=NOON)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(asked).objects.update(**change)
    with pytest.raises(Refused):
        actions.ask(asked.complaint, world.provider, DAY, by=world.officer, now=NOON)
    with pytest.raises(IntegrityError, match="statement_once"):
        asked.pk, asked.ref = None, None
        type(asked).objects.create(
            office=world.office, complaint=asked.complaint, organisation=world.provider, due_on=DAY,
            duty=asked.complaint.duty, asked_at=NOON, asked_by=world.officer,
        )  # fmt: skip
