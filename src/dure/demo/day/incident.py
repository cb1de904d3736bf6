"""The incident: not reached by phone, somebody goes at once, found collapsed, 119, hospital, family, re-link."""

from datetime import timedelta

from django.utils.translation import gettext as _

from dure.care.models import OtherService, Visit
from dure.cases.models import Case, Referral
from dure.demo.day.living import Day, Episode
from dure.people.models import Membership

DESK, OFFICER, FAMILY = "desk1", "officer1", "딸"
WEEK = timedelta(days=7)


def whom(day: Day) -> OtherService:
    """Who lies there: red, living alone, and the home care has stopped without anybody noticing."""
    red = Visit.objects.filter(day=day.day, recipient__tier="red", worker__username__startswith="worker1")
    stopped = OtherService.objects.filter(stopped_on__isnull=False, recipient__in=red.values("recipient"))
    return stopped.select_related("recipient__place__area").order_by("-recipient__route_order", "id")[0]


def incident(day: Day) -> Episode:
    """The whole way, as the office lives it."""
    stopped = whom(day)
    recipient, dong = stopped.recipient, stopped.recipient.place.area
    yield day.at(10, 42)
    day.teller.head(_("The incident"))
    day.say(_("%(who)s phones a recipient in %(dong)s: no answer, twice"), who=day.name(DESK), dong=dong)
    day.office(DESK).post(
        f"/care/recipients/{recipient.ref}/unreachable/",
        source="desk",
        note="두 번 전화, 받지 않음. 평소엔 바로 받으심",
    )
    case = day.case_of(recipient)
    yield day.at(10, 43)
    day.take_on(DESK, case, "go")
    day.step(DESK, case, "going", who="사무실 직원")
    day.say(_("%(who)s goes there at once"), who=day.name(DESK))
    yield day.at(10, 55)
    day.step(DESK, case, "arrived")
    day.say(_("%(who)s is at the door and checks it"), who=day.name(DESK))
    day.step(DESK, case, "door", note="문 두드림, 이름 부름, 창문: 안에서 신음 소리")
    yield day.at(10, 58)
    day.step(DESK, case, "danger", conscious="yes", breathing="yes", note="현관 안쪽에 쓰러져 계심. 이웃 열쇠로 들어감")
    day.say(_("Found collapsed indoors, conscious"))
    yield from _everybody_at_once(day, case)
    yield from _handed_over(day, case)
    yield from _after(day, case, stopped)


def _everybody_at_once(day: Day, case: Case) -> Episode:
    """119, the office, the centre and the family, side by side."""
    yield day.at(10, 59)
    day.step(DESK, case, "called_119")
    day.say(_("119 is called with the card"))
    yield day.at(11, 0)
    day.step(OFFICER, case, "office_told", who="통합돌봄과")
    day.say(_("%(who)s: the office knows"), who=day.name(OFFICER))
    yield day.at(11, 2)
    centre = f"centre{_centre(day, case)}"
    day.step(centre, case, "centre_told")
    day.say(_("%(who)s: the centre knows"), who=day.name(centre))
    yield day.at(11, 7)
    day.step(DESK, case, "arrived_119")
    day.say(_("119 is there"))
    yield day.at(11, 12)
    day.step(OFFICER, case, "family_told", who=FAMILY)
    day.say(_("%(who)s has told the daughter"), who=day.name(OFFICER))


def _centre(day: Day, case: Case) -> int:
    found = day.people.values()
    centres = Membership.objects.filter(organisation__kind="centre", organisation__area=case.area)
    mine = [person for person in found if centres.filter(person=person).exists()]
    return int(mine[0].username.removeprefix("centre"))


def _hand(day: Day, username: str, case: Case, step: str, name: str, **fields: object) -> None:
    day.office(username).post(f"/cases/{case.ref}/hand-over/", step=step, name=name, **fields)


def _handed_over(day: Day, case: Case) -> Episode:
    """From hand to hand: the ambulance, then the hospital."""
    yield day.at(11, 16)
    _hand(day, DESK, case, "taken_over", "광산 구급대(가상)")
    day.say(_("The ambulance takes over"))
    yield day.at(11, 20)
    day.take_on(OFFICER, case, "phone", take_over=True)
    yield day.at(11, 28)
    day.step(OFFICER, case, "note", note="구급차 이동 중, 응급실에 연락해 둠")
    yield day.at(11, 37)
    _hand(day, OFFICER, case, "hospital", "체험종합병원 응급실", back_on=day.day + WEEK)
    day.say(_("At the hospital; meals stop, the day of return is watched"))


def _after(day: Day, case: Case, stopped: OtherService) -> Episode:
    """Other services are told, the stopped one is referred, the family takes over, the case is closed."""
    yield day.at(11, 44)
    day.step(OFFICER, case, "services_told")
    day.say(_("The other services know of the hospital stay"))
    page = f"/cases/{case.ref}/refer/"
    day.office(OFFICER).post(page, agency=stopped.agency, service=stopped.service, stopped_on=stopped.stopped_on)
    day.say(
        _("%(service)s had stopped on %(day)s and nobody knew: referred to %(agency)s"),
        service=stopped.service, day=stopped.stopped_on, agency=stopped.agency,
    )  # fmt: skip
    yield day.at(11, 52)
    _hand(day, OFFICER, case, "family_took_over", "따님", identity_checked="신분증 확인")
    day.say(_("The daughter takes over, identity checked"))
    yield day.at(11, 58)
    day.close(OFFICER, case, "hospital", "낙상 후 이틀 가까이 쓰러져 있던 것으로 보임")
    referral = Referral.objects.get(case=case)
    yield day.at(15, 40)
    day.office(OFFICER).post(
        f"/referrals/{referral.ref}/answer/", answer="accepted", who="재가센터장", check_on=day.day + WEEK
    )
    day.say(_("%(agency)s accepts; the restart is checked in a week"), agency=stopped.agency)


def a_week_later(day: Day) -> Episode:
    """The restart is checked, the return asked for, and everybody looks back on it."""
    case = day.case_of(whom(day).recipient)
    nine = day.at(9) + WEEK
    yield nine + timedelta(minutes=10)
    referral = Referral.objects.get(case=case)
    day.office("officer2").post(f"/referrals/{referral.ref}/restarted/", who="따님 전화")
    day.say(_("The stopped service runs again, the daughter confirms"))
    day.office("officer2").post(f"/cases/{case.ref}/hospital-stay/", on=day.day + 2 * WEEK, note="12월 첫 주 퇴원 예정")
    day.say(_("%(who)s asks the hospital: not back yet, to be asked again in a week"), who=day.name("officer2"))
    yield nine + timedelta(hours=1)
    day.office("officer2").post(
        f"/cases/{case.ref}/look-back/", happened="방문요양이 끊긴 것을 아무도 몰랐음",
        change="서비스가 끊기면 기관이 그날 구청에 알리기로 함",
    )  # fmt: skip
    day.say(_("Everybody looks back: agencies now tell the office when a service stops"))
