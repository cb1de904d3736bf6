"""Blind spots, the search list of each quarter, referrals both ways: who has died is never called again."""

import pytest

from dure.care import alarms
from dure.care.models import OtherService, Recipient
from dure.care.support import blind_spots, referrals, searches
from dure.care.support import waiting as waits
from dure.care.support.models import Came, Lead, Population, Referral, Result, Search, Waiting
from dure.cases.aftermath import answer as case_answer
from dure.cases.aftermath import refer, restarted
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act
from dure.people.actions import standing
from tests import make
from tests.care import world as care
from tests.care.pages import signed_in
from tests.care.support import world as w
from tests.care.support.world import A_DAY, at_noon
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db
NEXT = DAY + 45 * A_DAY  # in the next quarter


@pytest.fixture
def world(moved):
    moved(MORNING)
    return w.build()


def known(world, day=DAY) -> set[tuple[str, str]]:
    return {(k.why, k.name) for k in blind_spots.known(standing(world.officer, DAY), day)}


def served(world, name: str, **values) -> Recipient:
    return care.recipient(world, name, phone=f"010-0000-{sum(map(ord, name)) % 10000:04}", **values)


def ends(world, name: str, why: str, how: str = "other") -> Recipient:
    made = served(world, name)
    alarms.end_service(made, why=why, how=how, by=world.officer, now=MORNING)
    return made


def stops(world, name: str) -> OtherService:
    return OtherService.objects.create(
        office=world.office, recipient=served(world, name), service="방문요양", agency="시험센터", stopped_on=DAY
    )


def listed(world, name: str, **values) -> Lead:
    said = {"area": world.dong, "why": "listed", "detail": "단전", "phone": "010-7777-7777", "entered_at": MORNING,
            "entered_by": world.officer, **values}  # fmt: skip
    return Lead.objects.create(office=world.office, name=name, **said)


def test_who_is_known_and_not_served_is_in_a_blind_spot(world):
    w.waits(world, "가기다")
    declined = w.waits(world, "나사양")
    waits.end(declined, Came.DECLINED, "지금은 괜찮음", by=world.centre, now=MORNING)
    ends(world, "다그만", "본인 요청")
    stops(world, "라중단")
    served(world, "마이용")
    assert known(world) == {
        ("waiting", "가기다"), ("declined", "나사양"), ("ended", "다그만"), ("stopped", "라중단"),
    }  # fmt: skip
    assert ("ended", "다그만") not in known(world, DAY + 400 * A_DAY)


@pytest.mark.parametrize("how", ["died", "moved", "institution"])
def test_who_has_died_or_moved_away_is_in_no_blind_spot_and_on_no_list(world, how):
    gone = ends(world, "가고인", "가족 연락", how)
    listed(world, "가고인", phone=gone.phone)
    OtherService.objects.create(office=world.office, recipient=gone, service="방문요양", stopped_on=DAY)
    assert known(world) == set()
    assert searches.make_lists(world.office.pk, MORNING) == 0 and not Search.objects.exists()


def test_who_dies_while_on_a_list_is_called_no_more_and_the_list_can_be_done(world):
    one, two = stops(world, "가중단").recipient, listed(world, "나명단", born_on=DAY - 30000 * A_DAY)
    searches.make_lists(world.office.pk, MORNING)
    search = Search.objects.get()
    assert {lead.name for lead in searches.still_to_be_called(search)} == {"가중단", "나명단"}
    alarms.end_service(one, why=alarms.DIED, how="died", by=world.officer, now=MORNING)
    served(world, "나명단", born_on=two.born_on)
    assert searches.still_to_be_called(search) == []
    page = signed_in(world.centre).get(f"/care/support/searches/{search.ref}/").content.decode()
    assert "가중단" not in page and "가*단" in page
    act(world.office.pk)
    assert searches.finish(search, by=world.centre, now=MORNING)


def test_who_was_found_to_have_died_or_moved_is_on_no_later_list(world):
    for name, result in (("가고인", Result.DIED), ("나이사", Result.MOVED), ("다거절", Result.REFUSED)):
        listed(world, name, phone=f"010-5555-{sum(map(ord, name)) % 10000:04}")
        searches.make_lists(world.office.pk, MORNING)
        searches.said(Lead.objects.get(name=name, result=""), result, "이웃 말", by=world.centre, now=MORNING)
    again = [listed(world, lead.name, phone=lead.phone) for lead in Lead.objects.all()]
    searches.make_lists(world.office.pk, at_noon(NEXT))
    on = Lead.objects.filter(pk__in=[lead.pk for lead in again]).exclude(search=None)
    assert set(on.values_list("name", flat=True)) == {"다거절"}  # newly named by somebody else: asked again


def test_a_widow_with_her_late_husband_s_phone_is_called(world):
    gone = ends(world, "가고인", "가족 연락", "died")
    listed(world, "나부인", phone=gone.phone)
    searches.make_lists(world.office.pk, MORNING)
    assert [lead.name for lead in searches.still_to_be_called(Search.objects.get())] == ["나부인"]


def test_each_quarter_every_dong_owes_its_list_by_the_end(world):
    w.waits(world, "가기다")
    assert [searches.make_lists(world.office.pk, MORNING) for _ in range(2)] == [1, 0]
    search = Search.objects.get()
    duty = w.open_duty("search", search)
    assert (search.named["number"], duty.due_at.date().isoformat(), duty.area) == (4, "2026-12-31", world.dong)
    listed(world, "나나중")
    searches.make_lists(world.office.pk, MORNING)  # joins the list that isn't done
    assert set(search.leads.values_list("name", flat=True)) == {"가기다", "나나중"}
    assert searches.make_lists(world.office.pk, at_noon(NEXT)) == 0  # nobody new: both are still looked for
    assert duty.is_open


def test_who_wants_meals_waits_and_with_the_last_one_the_list_is_done(world):
    listed(world, "가명단", phone="010-1111-2222")
    w.waits(world, "나기다")
    searches.make_lists(world.office.pk, MORNING)
    search, said = Search.objects.get(), {"by": world.centre, "now": MORNING}
    one = searches.said(Lead.objects.get(name="가명단"), Result.WANTS, "", **said)
    assert (one.waiting.source, one.waiting.phone, w.open_duty("waiting", one.waiting).area) == (
        "search", "010-1111-2222", world.dong,
    )  # fmt: skip
    assert w.open_duty("search", search)
    with pytest.raises(Refused):
        searches.said(Lead.objects.get(name="나기다"), Result.REFERRED, "", **said)
    searches.said(Lead.objects.get(name="나기다"), Result.REFERRED, "노인맞춤돌봄", **said)
    assert Waiting.objects.get(name="나기다").came == "passed_on"
    assert w.open_duty("search", search) is None
    with pytest.raises(Refused, match="동담당"):
        searches.said(Lead.objects.get(name="가명단"), Result.WELL, "", **said)


def test_who_gets_meals_already_is_asked_about_the_service_that_has_stopped(world):
    service = stops(world, "가중단")
    searches.make_lists(world.office.pk, MORNING)
    with pytest.raises(Refused):
        searches.said(Lead.objects.get(), Result.WANTS, "", by=world.centre, now=MORNING)
    act(world.office.pk)
    client = signed_in(world.centre)
    answer = client.post(f"/care/support/leads/{Lead.objects.get().ref}/said/", {"result": "died", "note": "딸 말"})
    assert answer.url == f"/care/recipients/{service.recipient.ref}/"
    act(world.office.pk)
    assert Lead.objects.get().result == "died" and known(world) == set()


def test_a_service_that_is_referred_again_says_so_until_it_has_restarted(world):
    service = stops(world, "가중단")
    case = alarms.cannot_reach(service.recipient, "desk", by=world.desk, now=MORNING)
    said = {"by": world.officer, "now": MORNING}
    referral = refer(case, agency="새센터", service="방문요양", stopped_on=DAY, **said)
    assert [asked for _, asked in blind_spots.stopped(standing(world.officer, DAY))] == ["새센터"]
    case_answer(referral, accepted=True, who="박팀장", **said)
    restarted(referral, who="본인", **said)
    assert known(world) == set()


def test_a_dong_is_held_against_its_population(world):
    other = make.area(world.office, "첨단2동")
    for area, persons in ((world.dong, 400), (other, 4000)):
        for day, more in ((DAY - 90 * A_DAY, 9999), (DAY, 0)):  # the newest counts
            Population.objects.create(
                office=world.office, area=area, on=day, persons=persons + more, alone=persons // 4, source="주민등록",
                entered_at=MORNING, entered_by=world.officer,
            )  # fmt: skip
    for _ in range(22):
        care.recipient(world)
    found = blind_spots.dongs(standing(world.officer, DAY), alone=False)
    assert [(d.area.name, d.figures.people, d.figures.served, d.figures.fewer) for d in found] == [
        ("첨단2동", 4000, 0, True), ("첨단1동", 400, 22, False),
    ]  # fmt: skip
    shown = signed_in(world.officer).get("/care/support/blind-spots/?of=all").content.decode()
    assert "첨단2동" in shown and "주민등록" in shown
    assert signed_in(world.centre).get("/care/support/blind-spots/").context["dongs"] == []


def test_an_agency_that_asks_us_is_owed_an_answer_and_the_person_waits(world):
    referral = w.asked_of_us(world)
    assert (referral.waiting.source, referral.waiting.since, referral.area) == ("agency", DAY, world.dong)
    duty = w.open_duty("answer", referral)
    assert (duty.due_at.date(), duty.values["agency"]) == (DAY + 5 * A_DAY, "시험병원")
    said = {"by": world.centre, "now": MORNING}
    for given, who, why in (("refused", "박간호사", ""), ("accepted", " ", "")):
        with pytest.raises(Refused):
            referrals.answer(referral, Referral.Answer(given), spoke_with=who, said=why, **said)
    referrals.answer(referral, Referral.Answer.WAITING, spoke_with="박간호사", said="2주 안에 결정", **said)
    assert w.open_duty("answer", referral) is None
    with pytest.raises(Refused):
        referrals.answer(referral, Referral.Answer.ACCEPTED, spoke_with="x", said="", **said)


def test_what_we_ask_about_somebody_who_dies_is_not_asked_for_any_more(world):
    new = Referral(office_id=world.office.pk, recipient=world.recipient, agency="방문간호", what="상처 소독",
                   asked_on=DAY, answer_by=DAY + 3 * A_DAY)  # fmt: skip
    sent = referrals.send(new, by=world.centre, now=MORNING)
    assert Duty.objects.get(pk=sent.duty_id).is_open
    with pytest.raises(Refused):
        referrals.answer(sent, Referral.Answer.WAITING, spoke_with="x", said="", by=world.centre, now=MORNING)
    alarms.end_service(world.recipient, why=alarms.DIED, how="died", by=world.officer, now=MORNING)
    assert not Duty.objects.get(pk=sent.duty_id).is_open
    new = Referral(office_id=world.office.pk, recipient=Recipient.objects.get(), agency="방문간호", what="상처 소독",
                   asked_on=DAY, answer_by=DAY + 3 * A_DAY)  # fmt: skip
    with pytest.raises(Refused):
        referrals.send(new, by=world.centre, now=MORNING)


@pytest.mark.parametrize("change", [{"asked_on": DAY + A_DAY}, {"answer_by": DAY - A_DAY},
                                    {"answer_by": DAY + 900 * A_DAY}])  # fmt: skip
def test_a_slip_in_the_day_of_an_answer_is_named(world, change):
    with pytest.raises(Refused):
        w.asked_of_us(world, **change)
