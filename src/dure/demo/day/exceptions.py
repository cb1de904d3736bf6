"""What doesn't go as planned and ends well: the six kinds of harmless trouble that every day has."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from dure.care.models import Absence, Visit
from dure.care.settling import open_case_of
from dure.cases.models import Case
from dure.demo.day.living import Day, Episode
from dure.duty.models import Duty

FEW = timedelta(minutes=3)


def absence(day: Day) -> Episode:
    """A daughter calls in the morning: nobody is sent."""
    recipient = day.visit(1, 1, 9).recipient
    yield day.at(8, 40)
    day.say(_("A daughter calls %(desk)s: the recipient is away today"), desk=day.name("desk1"))
    told = {"why": Absence.Why.AWAY, "since": day.day, "until": day.day + timedelta(days=1), "told_by": "딸"}
    day.office("desk1").post(f"/care/recipients/{recipient.ref}/away/", **told)


def no_reply(day: Day, provider: int, course: int, stop: int, tells: str, where: str) -> Episode:
    """Nobody opens. The report leaves the phone at once; the desk finds out by phone where the person is."""
    visit, desk = day.visit(provider, course, stop), f"desk{provider}"
    yield visit.due_at + timedelta(minutes=1)
    day.say(
        _("%(who)s stands at a door in %(dong)s, nobody opens"),
        who=day.name(f"worker{provider}{course}"), dong=visit.recipient.place.area,
    )  # fmt: skip
    day.report(visit, "no_reply", handed="not_handed")
    case = day.case_of(visit.recipient)
    yield day.now + FEW
    day.take_on(desk, case, "phone")
    contacts = list(visit.recipient.contacts.all())
    day.step(desk, case, "called", who="본인", result="no_answer")
    if provider == 2:
        yield day.now + FEW
        day.step(desk, case, "called", who=contacts[0].relation, result="dead")
        day.say(_("The first contact's number doesn't exist; the second one is phoned"))
    yield day.now + FEW
    day.step(desk, case, "called", who=contacts[-1].relation, result="knows")
    day.step(desk, case, "whereabouts", who=tells, note=where)
    day.say(_("Phoned: %(where)s"), where=where)
    day.close(desk, case, "elsewhere", where)


def desk_cannot_reach(day: Day) -> Episode:
    """A provider's desk phones before the course and can't reach somebody: the same case, without a visit."""
    visit = day.visit(3, 1, 6)
    yield day.at(10, 20)
    day.say(_("%(who)s phones a recipient before the course and can't reach them"), who=day.name("desk3"))
    day.office("desk3").post(
        f"/care/recipients/{visit.recipient.ref}/unreachable/", source="desk", note="아침 안부 전화 두 번, 받지 않음"
    )
    case = day.case_of(visit.recipient)
    yield day.now + FEW
    day.take_on("desk3", case, "send")
    day.step("desk3", case, "going", who="센터장")
    day.say(_("%(who)s is on the way"), who=day.name("chief3"))
    yield day.now + 3 * FEW
    day.step("desk3", case, "arrived", who="센터장")
    day.step("desk3", case, "seen", who="센터장", note="텃밭에 계셔서 전화를 못 들으심. 건강하심")
    day.close("desk3", case, "well")


def silent_phone(day: Day) -> Episode:
    """A phone that never reports. Silence is overdue; the desk calls the worker and enters what he says."""
    mine = Visit.objects.filter(day=day.day, meal="lunch", worker__username="worker34", excused_at=None)
    stops = list(mine.select_related("recipient", "duty").order_by("order"))
    first = min(visit.duty.due_at for visit in stops)
    yield first
    day.say(_("Nothing has come from the phone of %(who)s all morning"), who=day.name("worker34"))
    yield first + FEW
    _have_all(day, "desk3", stops)
    day.say(_("%(who)s calls him on his landline: the phone is broken, the course goes on"), who=day.name("desk3"))
    last = max(visit.due_at for visit in stops)
    while stops:
        yield day.now + 2 * FEW
        _have_all(day, "desk3", stops)
        visited = [visit for visit in stops if visit.due_at <= day.now]
        for visit in visited:
            _entered(day, "desk3", visit)
        if visited:
            day.say(_("%(who)s enters %(n)s visits that he tells by phone"), who=day.name("desk3"), n=len(visited))
        stops = [visit for visit in stops if visit not in visited]
        assert day.now < last + timedelta(hours=1)


def _have_all(day: Day, username: str, stops: Sequence[Visit]) -> None:
    """The desk has everything that rings because of this course."""
    refs = [v.recipient.ref for v in stops]
    cases = Case.objects.filter(subject__in=refs, closed_at=None).values("ref")
    ringing = Duty.objects.filter(closed_at=None, raised_at__isnull=False)
    ringing = ringing.filter(about__in=[v.ref for v in stops]) | ringing.filter(about__in=cases)
    for duty in ringing.exclude(claims__ended_at=None, claims__until__gt=day.now).order_by("id"):
        day.office(username).post(f"/duties/{duty.ref}/claim/", next_step="phone", minutes=10, next="/board/")


def _entered(day: Day, username: str, visit: Visit) -> None:
    case = open_case_of(visit)
    day.office(username).post(
        f"/care/visits/{visit.ref}/outcome/", outcome="seen_well", handed="in_person", who="종사자 전화",
        case=case.ref if case else "",
    )  # fmt: skip


def three_hours_late(day: Day) -> Episode:
    """A report waits three hours in a cellar without a network. Meanwhile silence has been cleared up by phone."""
    visit = day.visit(4, 1, 8)
    seen_at = visit.due_at - FEW
    yield visit.duty.due_at + FEW
    case = day.case_of(visit.recipient)
    day.take_on("desk4", case, "phone")
    yield day.now + FEW
    where = "본인이 전화 받음: 도시락 받고 집에 있음"
    day.step("desk4", case, "called", who="본인", result="answered")
    day.step("desk4", case, "whereabouts", who="본인", note=where)
    day.say(_("Phoned: %(where)s"), where=where)
    day.close("desk4", case, "elsewhere", where)
    yield seen_at + timedelta(hours=3)
    day.say(
        _("The report of %(time)s arrives three hours late, is kept, and changes nothing"),
        time=f"{seen_at.astimezone(day.at(0).tzinfo):%H:%M}",
    )
    day.report(visit, "seen_well", handed="in_person", seen_at=seen_at)


def two_witnesses(day: Day) -> Episode:
    """One saw her well, the other found nobody. Both are kept, the graver counts, somebody looks at both."""
    visit = day.visit(5, 2, 5)
    yield visit.due_at - FEW
    day.report(visit, "seen_well", handed="in_person")
    yield day.now + 4 * FEW
    day.say(
        _("%(one)s saw the recipient well; %(other)s brings the side dishes later and finds nobody"),
        one=day.name("worker52"), other=day.name("worker53"),
    )  # fmt: skip
    day.report(visit, "no_reply", by="worker53", handed="not_handed")
    case = day.case_of(visit.recipient)
    yield day.now + FEW
    day.take_on("desk5", case, "go")
    day.step("desk5", case, "going")
    yield day.now + 3 * FEW
    day.step("desk5", case, "arrived")
    day.step("desk5", case, "seen", note="마당에 계심. 초인종 소리를 못 들으심")
    day.close("desk5", case, "well")
    both = list(Duty.objects.filter(about=visit.ref, kind="care.disagree", closed_at=None))
    day.done("desk5", both, note="둘 다 맞음: 점심을 받고 마당에 나가 계셨음")
    day.say(_("%(who)s has looked at both reports: both are right"), who=day.name("desk5"))
