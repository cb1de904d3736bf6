"""The page of a case: every step of the procedure by a person at the desk, to the restart of the stopped service."""

from datetime import timedelta

import pytest
from tests import make
from tests.desk.test_board import signed_in
from tests.field import world

from dure.care.alarms import cannot_reach
from dure.care.models import Absence, OtherService, Visit
from dure.cases.models import Case, Referral, Source, Transfer
from dure.duty.models import Duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(moved):
    moved(make.NOON)
    return world.day()


def opened(day) -> Case:
    first = day.visits[0].recipient
    OtherService.objects.create(
        office=day.office, recipient=first, service="방문요양", agency="시험돌봄", days="월,수",
        stopped_on=make.DAY - timedelta(days=20),
    )  # fmt: skip
    return cannot_reach(first, Source.DESK, by=day.desk, now=make.NOON)


def kinds(case: Case) -> set[str]:
    return set(Duty.objects.filter(about=case.ref, closed_at=None).values_list("kind", flat=True))


def test_the_incident_from_the_desk(day):
    case = opened(day)
    client = signed_in(day.officer)
    page = client.get(case.page).content.decode()
    assert "최순례" in page and "119 신고 카드" in page and "최딸" in page

    does(client, case, "step", step="called", who="최딸 (딸)", result="no_answer")
    does(client, case, "step", step="going")
    does(client, case, "step", step="arrived")
    does(client, case, "step", step="danger", conscious="yes", breathing="yes", note="방에 쓰러져 계심")
    assert {"case.call_119", "case.office_knows", "case.centre_knows", "case.family_knows"} <= kinds(case)
    assert "의식 있음, 숨 쉼" in client.get(case.page).content.decode()

    to_the_hospital(client, case)
    case.refresh_from_db()
    assert (case.finding, case.closed_by) == ("hospital", day.officer)
    assert list(Transfer.objects.order_by("id").values_list("to", flat=True)) == ["ambulance", "hospital", "family"]
    assert Absence.objects.get().why == "hospital"
    assert Visit.objects.get(pk=day.visits[0].pk).duty.closed_at is not None
    assert kinds(case) == {"case.review", "case.services", "case.return"}
    does(client, case, "look-back", happened="일찍 발견함", change="전화번호를 매달 확인")
    assert kinds(case) == {"case.services", "case.return"}


def does(client, case, path, **said):
    answer = client.post(f"{case.page}{path}/", said)
    assert answer.status_code == 302, answer.content.decode()[:2000]


def to_the_hospital(client, case):
    """From the call to 119 to the closed case."""
    for step in ("called_119", "office_told", "centre_told", "arrived_119"):
        does(client, case, "step", step=step)
    does(client, case, "hand-over", step="taken_over", name="119 구급대")
    does(client, case, "hand-over", step="hospital", name="시험병원")
    does(client, case, "hand-over", step="family_took_over", name="최딸", identity_checked="신분증")
    does(client, case, "close", finding="hospital", note="")


def test_a_stopped_service_is_referred_and_its_restart_checked_until_it_is_so(day):
    case, client = opened(day), signed_in(day.officer)
    does(client, case, "refer", service="방문요양", agency="시험돌봄", stopped_on="2026-11-03")
    referral = Referral.objects.get()
    client.post(f"/referrals/{referral.ref}/answer/", {"answer": "accepted", "who": "시험돌봄 김과장"})
    assert Duty.objects.filter(about=referral.ref, closed_at=None).get().kind == "case.restart"
    client.post(f"/referrals/{referral.ref}/not-restarted/", {"why": "사람이 없음"})
    assert Duty.objects.filter(about=referral.ref, closed_at=None).count() == 1
    client.post(f"/referrals/{referral.ref}/restarted/", {"who": "시험돌봄 김과장"})
    assert not Duty.objects.filter(about=referral.ref, closed_at=None).exists()
    assert "재개 확인" in client.get(case.page).content.decode()


def test_a_service_that_is_refused_can_be_given_up(day):
    case, client = opened(day), signed_in(day.officer)
    client.post(f"{case.page}refer/", {"service": "방문요양", "agency": "시험돌봄"})
    referral = Referral.objects.get()
    client.post(f"/referrals/{referral.ref}/answer/", {"answer": "refused", "who": "김과장", "reason": "인력 없음"})
    assert Duty.objects.filter(about=referral.ref, closed_at=None).get().kind == "case.refused"
    assert "필요 없어짐" in client.get(case.page).content.decode()
    client.post(f"/referrals/{referral.ref}/give-up/", {"why": "시설 입소"})
    assert not Duty.objects.filter(about=referral.ref, closed_at=None).exists()


def test_not_seen_can_not_be_closed_without_an_explanation(day):
    case, client = opened(day), signed_in(day.officer)
    refused = client.post(f"{case.page}close/", {"finding": "well"})
    assert refused.status_code == 409
    assert "아직 본인을 확인한 사람이 없습니다" in refused.content.decode()
    client.post(f"{case.page}step/", {"step": "whereabouts", "note": "딸 집에 계심 (딸 확인)"})
    assert client.post(f"{case.page}close/", {"finding": "elsewhere"}).status_code == 302


def test_what_is_entered_wrongly_is_said_at_its_field_and_kept(day):
    case, client = opened(day), signed_in(day.officer)
    wrong = client.post(f"{case.page}step/", {"step": "seen", "at": "늦게"})
    assert wrong.status_code == 422
    assert client.post(f"{case.page}step/", {"step": "nonsense"}).status_code == 422
    assert client.post(f"{case.page}hand-over/", {"step": "hospital"}).status_code == 422
    refused = client.post(f"{case.page}hand-over/", {"step": "family_took_over", "name": "최딸"})
    assert refused.status_code == 409


def test_a_time_entered_afterwards_is_kept_as_it_was_and_marked(day):
    case, client = opened(day), signed_in(day.officer)
    client.post(f"{case.page}step/", {"step": "going", "at": "11:40"})
    case.refresh_from_db()
    assert case.going_at == make.NOON - timedelta(minutes=20)
    assert "12:00 입력" in client.get(case.page).content.decode()


def test_another_provider_does_not_find_the_case(day):
    case = opened(day)
    stranger = make.person(day.office, as_="provider", at=make.organisation(day.office))
    assert signed_in(stranger).get(case.page).status_code == 404


def test_what_is_to_be_done_renews_itself_and_a_stopped_service_can_be_referred(day):
    case, client = opened(day), signed_in(day.officer)
    assert "서비스 재개 의뢰" in client.get(case.page).content.decode()

    def to_do() -> str:
        return client.get(f"{case.page}line/?part=do").content.decode()

    assert "119 도착" not in to_do()
    client.post(f"{case.page}step/", {"step": "danger", "note": "방에 쓰러져 계심"})
    assert "119 도착" in to_do() and "방에 쓰러져 계심" in to_do()  # the procedure and the card to read aloud
