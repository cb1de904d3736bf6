"""The pages of plans, referrals and search lists: who sees what, and what is entered there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.models import Recipient
from dure.care.support.listed import Leads, Populations
from dure.care.support.models import Check, Lead, Plan, Population, Referral, Search
from dure.imports import actions as imports
from dure.imports.kinds import Scope
from dure.offices.acting import act
from dure.sheets.write import Column, Page, write
from tests import make
from tests.care import world as care
from tests.care.pages import signed_in
from tests.care.support import world as w
from tests.care.support.world import A_DAY
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db
SUPPORT = "/care/support/"
COLUMNS = ["성명", "생년월일", "연락처", "행정동", "위기정보"]


@pytest.fixture
def world(moved):
    moved(MORNING)
    return w.build()


def page_of(recipient: Recipient) -> str:
    return f"{SUPPORT}recipients/{recipient.ref}/"


def decided(**values):
    return {"what": "점심 도시락", "meals_a_week": "5", "how": "대면 전달", "when": "월~금", "begins_on": str(DAY),
            "ends_on": str(DAY + 180 * A_DAY), "decided_on": str(DAY), "next_check_on": str(DAY + 90 * A_DAY),
            **values}  # fmt: skip


def test_a_plan_is_decided_looked_at_and_ended_on_its_page(world):
    client, page = signed_in(world.centre), page_of(world.recipient)
    first = client.get(page + "decide/").context["form"]
    assert first["meals_a_week"].value() == 5 and "11:30" in first["when"].value()
    assert client.post(page + "decide/", decided()).url == page
    act(world.office.pk)
    plan = Plan.objects.get()
    assert (plan.made_by, plan.provider, plan.next_check_on) == (world.centre, world.provider, DAY + 90 * A_DAY)
    looked = {"as_decided": "no", "said": "주 3회만 배달", "next_on": str(DAY + 30 * A_DAY)}
    assert client.post(f"{SUPPORT}plans/{plan.ref}/checked/", looked).url == page
    act(world.office.pk)
    assert Check.objects.get().as_decided is False
    assert "주 3회만 배달" in client.get(page).content.decode()
    assert client.post(f"{SUPPORT}plans/{plan.ref}/end/", {"over_why": "ended", "said": ""}).status_code == 422
    assert client.post(f"{SUPPORT}plans/{plan.ref}/end/", {"over_why": "ended", "said": "시설 입소"}).url == page
    act(world.office.pk)
    assert Recipient.objects.get().ended_why == "시설 입소"
    assert Entry.objects.filter(about=f"plan {plan.ref}", who_id=world.centre.pk).count() == 3


@pytest.mark.parametrize(("change", "field"), [
    ({"ends_on": str(DAY - A_DAY)}, "ends_on"), ({"ends_on": "2036-11-01"}, "ends_on"), ({"what": ""}, "what"),
    ({"next_check_on": str(DAY + 300 * A_DAY)}, "next_check_on"), ({"meals_a_week": "99"}, "meals_a_week"),
    ({"decided_on": str(DAY + A_DAY)}, "decided_on"), ({"how": "410305-1234567"}, "how"),
])  # fmt: skip
def test_bad_input_gets_a_sentence_at_its_field(world, change, field):
    answer = signed_in(world.officer).post(page_of(world.recipient) + "decide/", decided(**change))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]


def test_the_list_shows_what_is_past_first_in_red_and_who_has_no_plan(world):
    names = ["가지남", "나곧", "다멀리", "라없음"]
    people = [care.recipient(world, name) for name in names]
    for person, ends in zip(people, (1, 20, 200), strict=False):
        w.plan(person, world, ends_on=DAY + ends * A_DAY, next_check_on=DAY)
    Plan.objects.filter(recipient=people[0]).update(ends_on=DAY - 3 * A_DAY)
    client = signed_in(world.officer)
    shown = client.get(SUPPORT)
    assert [line.recipient.name for line in shown.context["lines"]] == names
    assert (shown.context["past"], shown.context["due"], shown.context["none"]) == (1, 1, 1)
    assert "기간 지남" in shown.content.decode() and "가지남" not in shown.content.decode()
    for which, expected in (("past", ["가지남"]), ("due", ["나곧"]), ("none", ["라없음"])):
        assert [x.recipient.name for x in client.get(f"{SUPPORT}?which={which}").context["lines"]] == expected
    assert "기간 지남" in client.get(f"/care/recipients/{people[0].ref}/").content.decode()


def test_a_provider_sees_its_recipients_plans_and_decides_nothing(world):
    w.plan(world.recipient, world)
    client = signed_in(world.desk)
    assert "점심 도시락" in client.get(page_of(world.recipient)).content.decode()
    act(world.office.pk)
    plan = Plan.objects.get()
    for page in (page_of(world.recipient) + "decide/", f"{SUPPORT}plans/{plan.ref}/end/", f"{SUPPORT}searches/",
                 f"{SUPPORT}blind-spots/", f"{SUPPORT}referrals/"):  # fmt: skip
        assert client.post(page).status_code == 403 or client.get(page).status_code == 403
    act(world.office.pk)
    other = make.organisation(world.office)
    elsewhere = make.person(world.office, as_="provider", at=other)
    assert signed_in(elsewhere).get(page_of(world.recipient)).status_code == 404
    act(world.office.pk, elsewhere.pk, [other.pk])
    assert not Plan.objects.exists() and not Search.objects.exists()


@pytest.mark.parametrize("address", [SUPPORT, f"{SUPPORT}blind-spots/", f"{SUPPORT}searches/", f"{SUPPORT}gaps/"])
def test_the_questions_asked_are_as_many_for_many_as_for_few(world, address):
    client, counts = signed_in(world.officer), []
    client.get(address)
    for n in range(6):
        act(world.office.pk)
        w.plan(care.recipient(world), world)
        w.waits(world, f"김기다{n}")
        if n in (2, 5):
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 32


def test_a_referral_comes_in_and_one_goes_out(world):
    client = signed_in(world.centre)
    said = {"agency-agency": "시험병원", "agency-what": "퇴원 후 식사", "agency-asked_on": str(DAY),
            "agency-answer_by": str(DAY + 3 * A_DAY), "person-name": "이퇴원", "person-phone": "010-2222-3333",
            "person-area": world.dong.pk, "person-urgency": "1"}  # fmt: skip
    wrong = client.post(f"{SUPPORT}referrals/receive/", said | {"agency-agency": "", "person-name": ""})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"agency"}
    answer = client.post(f"{SUPPORT}referrals/receive/", said)
    assert answer.status_code == 302
    client.post(answer.url, {"answer": "waiting", "spoke_with": "박간호사", "said": "이번 주 안에 방문"})
    act(world.office.pk)
    referral = Referral.objects.get()
    assert (referral.answer, referral.spoke_with, referral.waiting.urgency) == ("waiting", "박간호사", 1)
    out = {"agency": "방문간호", "what": "상처 소독", "asked_on": str(DAY), "answer_by": str(DAY + 3 * A_DAY)}
    sent = client.post(f"{SUPPORT}referrals/send/?recipient={world.recipient.ref}", out)
    act(world.office.pk)
    assert sent.url == f"{SUPPORT}asked/{Referral.objects.get(way='out').ref}/"
    page = client.get(f"{SUPPORT}referrals/").content.decode()
    assert "시험병원" in page and "방문간호" in page
    assert client.get(f"{SUPPORT}referrals/send/?recipient=x").context["about"] is None


def test_a_list_is_worked_down_on_its_page(world):
    w.waits(world, "가기다", phone="010-1234-5678")
    client = signed_in(world.officer)
    client.post(f"{SUPPORT}searches/make/")
    act(world.office.pk)
    search, lead = Search.objects.get(), Lead.objects.get()
    page = signed_in(world.centre).get(f"{SUPPORT}searches/{search.ref}/").content.decode()
    assert "가기다" in page and "tel:01012345678" in page
    said = f"{SUPPORT}leads/{lead.ref}/said/"
    assert client.post(said, {"result": "?"}).status_code >= 400
    assert client.post(said, {"result": "well", "note": "통화함"}).url == f"{SUPPORT}searches/{search.ref}/"
    act(world.office.pk)
    assert not w.open_duty("search", search)
    elsewhere = make.organisation(world.office, "centre", area=make.area(world.office))
    other = make.person(world.office, as_="centre", at=elsewhere)
    assert signed_in(other).get(f"{SUPPORT}searches/{search.ref}/").status_code == 404


def taken_in(kind, world, columns, rows):
    scope = Scope(world.officer, None, MORNING, DAY)
    data = write([Page("명단", [Column(c) for c in columns], rows)])
    slug = "in-need" if isinstance(kind, Leads) else "population"
    upload = imports.take_in(slug, kind, scope, "명단.xlsx", data)
    plan = imports.look(upload, kind, scope)
    imports.apply(upload, kind, scope, digest=plan.digest, whole=False)
    return upload, plan, scope


def test_a_list_of_persons_in_need_is_taken_in_with_what_is_needed_and_taken_back(world):
    kind = Leads()
    rows = [["김단전", "1941-03-05", "010-1111-2222", "첨단1동", "단전"], ["이체납", "", "", "첨단1동", "건보료 체납"]]
    upload, plan, scope = taken_in(kind, world, COLUMNS, rows)
    assert [(lead.name, lead.detail, lead.why) for lead in Lead.objects.all()] == [("김단전", "단전", "listed")]
    assert len(plan.refused) == 1  # neither phone nor address
    same = write([Page("명단", [Column(c) for c in COLUMNS], rows[:1])])
    again = imports.look(imports.take_in("in-need", kind, scope, "2.xlsx", same), kind, scope)
    assert again.counts["unchanged"] == 1
    imports.undo(upload, kind, scope)
    assert not Lead.objects.exists()


def test_the_population_is_taken_in_and_the_newest_counts(world):
    kind = Populations()
    columns = ["행정동", "기준일", "65세이상", "독거", "출처"]
    upload, plan, scope = taken_in(kind, world, columns, [
        ["첨단1동", "2026-10-31", "1200", "300", "주민등록"], ["첨단1동", "2026-09-30", "10", "30", "주민등록"],
    ])  # fmt: skip
    assert [(p.persons, p.alone, p.source) for p in Population.objects.all()] == [(1200, 300, "주민등록")]
    assert len(plan.refused) == 1
    imports.undo(upload, kind, scope)
    assert not Population.objects.exists()
    said = {"area": world.dong.pk, "on": str(DAY), "persons": "100", "alone": "200", "source": "주민등록"}
    client = signed_in(world.officer)
    wrong = client.post(f"{SUPPORT}blind-spots/population/", said)
    assert set(wrong.context["form"].errors) == {"alone"}
    for alone in ("20", "30"):
        answer = client.post(f"{SUPPORT}blind-spots/population/", said | {"alone": alone})
        assert answer.status_code == 302, answer.context["form"].errors
    act(world.office.pk)
    assert Population.objects.get().alone == 30
