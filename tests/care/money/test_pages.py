"""The settlement's pages: as the provider's desk and as the officer walk them on the 1st of the next month."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.models import Recipient, Scheme
from dure.care.money import actions
from dure.care.money.models import Agreement, Objection, Settlement, Terms
from dure.offices.acting import act
from dure.people.models import Person
from dure.sheets.read import read
from tests.care.money import world as m
from tests.care.money.world import FIRST
from tests.care.pages import signed_in as browser

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture
def world(moved):
    moved(FIRST)
    made = m.build()
    for name in ("홍길동", "김첨지"):
        who = m.served(made, name)
        for n in range(3):
            m.visit(who, MONDAY + n * m.DAY, ("in_person", "at_door", "refused")[n])
    m.visit(m.served(made, "이웃사람", provider=made.theirs), MONDAY)
    return made


class signed_in:  # noqa: N801
    """A browser in which somebody is signed in; afterwards the test acts for the office again."""

    def __init__(self, person: Person) -> None:
        self.client, self.office = browser(person), person.office_id

    def get(self, *asked, **how):
        answer = self.client.get(*asked, **how)
        act(self.office)
        return answer

    def post(self, *asked, **how):
        answer = self.client.post(*asked, **how)
        act(self.office)
        return answer


def text(answer) -> str:
    return answer.content.decode()


def test_a_provider_looks_at_its_month_and_agrees_the_office_too_and_closes_it(world):
    settlement = m.november(world)
    desk, officer = signed_in(world.desk), signed_in(world.officer)
    listed = desk.get("/care/money/")
    assert [row.settlement.provider for row in listed.context["rows"]] == [world.ours]
    page = desk.get(f"/care/money/{settlement.ref}/")
    assert "32,000" in text(page) and "마감하기" not in text(page)
    assert "수령 거부" in text(page)
    desk.post(f"/care/money/{settlement.ref}/agree/", {"seen": page.context["found"].fingerprint})
    assert "마감 가능" not in text(officer.get("/care/money/"))
    seen = officer.get(f"/care/money/{settlement.ref}/").context["found"].fingerprint
    officer.post(f"/care/money/{settlement.ref}/agree/", {"seen": seen})
    assert officer.get("/care/money/").context["ready"] == 1
    assert desk.post(f"/care/money/{settlement.ref}/close/", {"seen": seen}).status_code == 403
    after = officer.post("/care/money/close/?month=2026-11", follow=True)
    assert after.redirect_chain == [("/care/money/?month=2026-11", 302)] and "1곳을 마감" in text(after)
    settlement.refresh_from_db()
    assert settlement.closed_by == world.officer and settlement.amount == 32000
    assert "더 이상 바뀌지" in text(desk.get(f"/care/money/{settlement.ref}/"))


def test_each_number_leads_to_its_days_and_each_day_to_its_masked_visits(world):
    settlement, desk = m.november(world), signed_in(world.desk)
    line = f"{world.scheme.pk}-9000-1000"
    days = desk.get(f"/care/money/{settlement.ref}/days/?line={line}")
    assert days.context["of_day"] == [(MONDAY, 2), (MONDAY + m.DAY, 2)]
    rows = desk.get(f"/care/money/{settlement.ref}/days/?line={line}&day=2026-11-02")
    assert "홍*동" in text(rows) and "홍길동" not in text(rows) and "11-03" not in text(rows)
    refused = desk.get(f"/care/money/{settlement.ref}/days/?way=refused")
    assert refused.context["page"].paginator.count == 2
    for odd in ("?line=x", "?day=x", "?way=①", "?page=99999999999999999999"):
        assert desk.get(f"/care/money/{settlement.ref}/days/{odd}").status_code == 200


def test_a_provider_objects_with_a_sentence_and_the_office_answers(world):
    settlement = m.november(world)
    desk, officer = signed_in(world.desk), signed_in(world.officer)
    assert desk.post(f"/care/money/{settlement.ref}/object/", {"text": ""}).status_code == 422
    number = desk.post(f"/care/money/{settlement.ref}/object/", {"text": "410305-1234567"})
    assert number.status_code == 422 and not Objection.objects.exists()
    desk.post(f"/care/money/{settlement.ref}/object/", {"text": "4일 1식이 빠졌습니다."})
    assert "이의 답변 대기" in text(officer.get("/care/money/"))
    objection = Objection.objects.get()
    assert officer.post(f"/care/money/objections/{objection.ref}/answer/", {"text": ""}).status_code == 422
    officer.post(f"/care/money/objections/{objection.ref}/answer/", {"text": "확인했습니다. 입력하겠습니다."})
    assert "입력하겠습니다" in text(desk.get(f"/care/money/{settlement.ref}/"))


def test_who_agrees_on_what_is_counted_otherwise_meanwhile_is_told_so(world):
    settlement, desk = m.november(world), signed_in(world.desk)
    answer = desk.post(f"/care/money/{settlement.ref}/agree/", {"seen": "0" * 64}, follow=True)
    assert "집계가 달라졌습니다" in text(answer) and not Agreement.objects.exists()


def test_closing_without_both_asks_for_a_reason_at_the_form(world):
    settlement, officer = m.november(world), signed_in(world.officer)
    seen = m.count(settlement).fingerprint
    refused = officer.post(f"/care/money/{settlement.ref}/close/", {"seen": seen, "why": ""})
    assert refused.status_code == 422 and "사유를 적어" in text(refused)
    officer.post(f"/care/money/{settlement.ref}/close/", {"seen": seen, "why": "회신 없음"})
    assert Settlement.objects.get(pk=settlement.pk).closed_why == "회신 없음"
    assert "회신 없음" in text(officer.get(f"/care/money/{settlement.ref}/"))


def test_a_correction_shows_what_was_counted_then_what_counts_now_and_the_difference(world):
    m.closed(world, m.november(world))
    visit = Recipient.objects.get(name="홍길동").visits.order_by("day").first()
    m.again(visit, handed="refused")
    december = m.december(world)
    page = text(signed_in(world.desk).get(f"/care/money/{december.ref}/"))
    assert "-8,000" in page
    assert "수령 거부" in page
    assert "홍*동" in page
    closed = m.november(world)
    assert "32,000" in text(signed_in(world.desk).get(f"/care/money/{closed.ref}/"))


def test_a_scheme_is_added_changed_and_priced_from_a_day_on(world):
    officer = signed_in(world.officer)
    form = {"name": "도시락", "year": 2026, "funder": "국비", "unit_price": 8000, "own_share": 9000}
    wrong = officer.post("/care/money/schemes/new/", form)
    assert wrong.status_code == 422 and "단가보다 클 수 없습니다" in text(wrong)
    officer.post("/care/money/schemes/new/", {**form, "own_share": 500, "pays_at_door": "on"})
    made = Scheme.objects.get(name="도시락")
    assert Terms.objects.get(scheme=made).since == date(2026, 1, 1)
    page = f"/care/money/schemes/{made.pk}/"
    same = officer.post(page, {"name": world.scheme.name, "year": 2026, "funder": ""})
    assert same.status_code == 422 and "같은 연도" in text(same)
    officer.post(page, {"name": "도시락", "year": 2026, "funder": "시비"})
    assert Scheme.objects.get(pk=made.pk).funder == "시비"
    m.closed(world, m.november(world))
    price = {"since": "2026-11-10", "unit_price": 8500, "own_share": 500, "pays_at_door": "on"}
    closed = officer.post(f"{page}price/", price)
    assert closed.status_code == 422 and "이미 마감되었습니다" in text(closed)
    officer.post(f"{page}price/", {**price, "since": "2026-12-10"})
    later = Terms.objects.get(scheme=made, since=date(2026, 12, 10))
    assert "8,500" in text(officer.get(page))
    officer.post(f"/care/money/prices/{later.pk}/take-back/")
    assert Terms.objects.get(pk=later.pk).replaced_by == world.officer
    assert "8,000" in text(officer.get("/care/money/schemes/"))


def test_recipients_without_a_scheme_are_listed_and_mended(world):
    stray = m.served(world, "무적자", scheme=None)
    m.visit(stray, MONDAY)
    settlement, officer = m.november(world), signed_in(world.officer)
    listed = officer.get("/care/money/without/")
    assert [(row[0], row[3]) for row in listed.context["people"]] == [(stray, 1)]
    assert "정산할 수 없는 식사가 1식" in text(signed_in(world.desk).get(f"/care/money/{settlement.ref}/"))
    page = officer.get(f"/care/money/recipients/{stray.ref}/")
    assert page.context["form"].initial == {"scheme": world.scheme, "since": stray.started_on}
    officer.post(f"/care/money/recipients/{stray.ref}/", {"scheme": world.scheme.pk, "since": str(stray.started_on)})
    assert officer.get("/care/money/without/").context["people"] == []


def exported(answer) -> list[list]:
    assert answer.status_code == 200, text(answer)
    [sheet] = read(answer.content)
    head = next(n for n, row in enumerate(sheet.rows) if row[0] == "날짜")
    return [list(row) for row in sheet.rows[head:]]


PERIOD = {"first": "2026-11-01", "last": "2026-11-30"}


def test_an_export_without_names_holds_nobodys_data_and_other_numbers_each_time(world):
    officer = signed_in(world.officer)
    rows = exported(officer.get("/care/money/export/", PERIOD))
    assert len(rows) == 8
    everything = str(rows)
    for who in Recipient.objects.all():
        assert who.name not in everything and str(who.ref) not in everything
        assert who.place.address not in everything and (not who.phone or who.phone not in everything)
    head = rows[0]
    assert {row[head.index("대상자 번호")] for row in rows[1:]} == {1, 2, 3}
    assert sum(row[head.index("금액")] for row in rows[1:]) == 5 * 8000
    assert not Entry.objects.filter(did="exported with names").exists()


def test_an_export_with_names_needs_a_reason_which_is_on_the_record_and_a_provider_gets_its_own(world):
    desk = signed_in(world.desk)
    assert desk.post("/care/money/export/", {**PERIOD, "reason": ""}).status_code == 422
    rows = exported(desk.post("/care/money/export/", {**PERIOD, "reason": "구청 점검"}))
    assert {row[rows[0].index("이름")] for row in rows[1:]} == {"홍길동", "김첨지"}
    entry = Entry.objects.get(did="exported with names")
    assert (entry.who_id, entry.why, entry.about) == (world.desk.pk, "구청 점검", "period 2026-11-01 2026-11-30")
    theirs = {**PERIOD, "provider": world.theirs.pk}
    assert desk.get("/care/money/export/", theirs).status_code == 422
    Recipient.objects.filter(name="홍길동").update(provider=world.theirs)
    rows = exported(desk.post("/care/money/export/", {**PERIOD, "reason": "구청 점검"}))
    assert {row[rows[0].index("이름")] for row in rows[1:]} == {None, "김첨지"}


def test_an_export_of_a_closed_month_says_what_was_settled(world):
    m.closed(world, m.november(world))
    m.again(Recipient.objects.get(name="홍길동").visits.order_by("day").first(), handed="refused")
    rows = exported(signed_in(world.officer).get("/care/money/export/", PERIOD))
    head, own = rows[0], [row for row in rows[1:] if row[rows[0].index("마감 여부")] == "O"]
    assert len(own) == 6 and sum(row[head.index("금액")] for row in own) == 32000


@pytest.mark.parametrize(
    "period", [{"first": "2026-11-30", "last": "2026-11-01"}, {"first": "2020-01-01", "last": "2026-01-01"}]
)
def test_a_period_that_cannot_be_meant_gets_a_sentence(world, period):
    assert signed_in(world.officer).get("/care/money/export/", period).status_code == 422


def queries(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(page).status_code == 200
    return len(taken)


def test_each_page_asks_a_fixed_number_of_times(world):
    settlement, officer = m.november(world), signed_in(world.officer)
    export = "export/?first=2026-11-01&last=2026-11-30"
    own = f"{settlement.ref}/"
    pages = [f"/care/money/{each}" for each in ("", own, f"{own}days/", "schemes/", "without/", export)]
    before = [queries(officer, page) for page in pages]
    for n in range(4):
        who = m.served(world, f"더{n}", provider=world.theirs if n % 2 else world.ours)
        for day in range(5):
            m.visit(who, MONDAY + day * m.DAY)
    m.november(world)
    assert [queries(officer, page) for page in pages] == before
    assert max(before) < 40


def test_an_agreement_that_holds_no_more_says_so(world):
    settlement = m.november(world)
    m.both_agree(world, settlement)
    m.again(Recipient.objects.get(name="홍길동").visits.order_by("day").first(), handed="refused")
    assert "다시 확인 필요" in text(signed_in(world.desk).get(f"/care/money/{settlement.ref}/"))
    assert actions.withdraw_outdated(world.care.office.pk, FIRST) == 2
    assert "다시 확인 필요" in text(signed_in(world.desk).get(f"/care/money/{settlement.ref}/"))
