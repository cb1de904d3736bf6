"""After the danger: the hospital stay, the services to be told, and the interrupted ones to be restarted."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import line, write
from dure.audit.actions import note as record_line
from dure.cases.actions import dong_of, duties_of
from dure.cases.hours import after_working_hours
from dure.cases.models import Case, Referral
from dure.duty.actions import close as close_duties
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, hand_to, open_duties
from dure.errors import Refused
from dure.people.models import Person

SERVICES_WITHIN = timedelta(hours=4)  # working hours
ANSWER_WITHIN = timedelta(days=3)
RESTART_AFTER = timedelta(days=7)
LONGEST = timedelta(days=366)  # nobody is forgotten for longer
SERVICES = gettext_noop("Case %(number)s in %(dong)s: tell the other services of the hospital stay.")
OF_THE_DEATH = gettext_noop("Case %(number)s in %(dong)s: tell the other services of the death.")
RETURN = gettext_noop("Case %(number)s in %(dong)s: is the person back from hospital? Meals start again then.")
RELINK = gettext_noop("%(agency)s hasn't answered yet: restart of %(service)s in %(dong)s.")
REFUSED = gettext_noop("%(agency)s refused %(service)s in %(dong)s. Find another agency.")
RESTART = gettext_noop("Check that %(service)s of %(agency)s in %(dong)s has really restarted.")


def _owed(case: Case, kind: str, what: str, due_at: datetime) -> Owed:
    values = {"number": case.number, "dong": dong_of(case)}
    return Owed(
        kind=f"case.{kind}", what=what, due_at=due_at, ladder="office", values=values, page=case.page,
        organisation=case.organisation_id, area=case.area_id, about=case.ref, drill=case.drill,
    )  # fmt: skip


def at_nine(day: date) -> datetime:
    """Nine in the morning of a day, where the office is."""
    return datetime.combine(day, time(9), clock.zone())


@transaction.atomic
def in_hospital(case: Case, *, back_on: date, by: Person, now: datetime) -> None:
    """A hospital stay: the other services are told within working hours, and the day of return is watched."""
    _still_to_come(back_on, now)
    moved = [duty for duty in duties_of(case, "return") if duty.due_at != at_nine(back_on)]
    close_duties(moved, by=by, outcome=Outcome.EXCUSED, now=now, note=str(back_on))
    waiting = {duty.kind for duty in duties_of(case)}
    wanted = [
        _owed(case, "services", SERVICES, after_working_hours(now, SERVICES_WITHIN)),
        _owed(case, "return", RETURN, at_nine(back_on)),
    ]
    open_duties(case.office_id, [each for each in wanted if each.kind not in waiting], by=by, now=now)


def _still_to_come(day: date, now: datetime) -> None:
    if day <= clock.local(now).date():
        raise Refused(_("The day to ask again must be in the future."))
    if day > clock.local(now).date() + LONGEST:
        raise Refused(_("This is more than a year from now. Look at the year, and ask again sooner."))


@transaction.atomic
def not_back(case: Case, *, ask_on: date, by: Person, now: datetime, note: str = "") -> None:
    """Somebody asked: the person isn't back from hospital yet. It is asked again on another day."""
    _still_to_come(ask_on, now)
    asked = close_duties(duties_of(case, "return"), by=by, outcome=Outcome.KEPT, now=now, note=note)
    if not asked:
        raise Refused(_("Nobody asks about this any more: look at the page as it is now."))
    open_duties(case.office_id, [_owed(case, "return", RETURN, at_nine(ask_on))], by=by, now=now)
    record_line(at=now, who=by, did="not back", about=case)


@transaction.atomic
def back(case: Case, *, by: Person, now: datetime) -> None:
    """The person of this case is back from hospital."""
    close_duties(duties_of(case, "return"), by=by, outcome=Outcome.KEPT, now=now)
    record_line(at=now, who=by, did="back", about=case)


def returned(programme: str, subject: UUID, *, by: Person, now: datetime) -> None:
    """The person is back from hospital: nobody needs to ask any more."""
    cases = Case.objects.filter(programme=programme, subject=subject, drill=False).values("ref")
    asked = Duty.objects.filter(about__in=cases, kind="case.return", closed_at=None)
    close_duties(list(asked), by=by, outcome=Outcome.KEPT, now=now)


@transaction.atomic
def stops_for_good(programme: str, subject: UUID, *, by: Person, now: datetime) -> None:
    """The person has died or moved away: no service is to be restarted, and nobody asks about the return."""
    cases = Case.objects.filter(programme=programme, subject=subject, drill=False).values("ref")
    referrals = Referral.objects.filter(programme=programme, subject=subject).exclude(case__drill=True).values("ref")
    asked = Q(about__in=cases, kind="case.return") | Q(about__in=referrals)
    close_duties(list(Duty.objects.filter(asked, closed_at=None)), by=by, outcome=Outcome.EXCUSED, now=now)


@transaction.atomic
def goes_along(programme: str, subjects: Collection[UUID], was: int, to: int, *, by: Person, now: datetime) -> None:
    """Another agency serves these people: what isn't over of their cases and services is for it to see and to do."""
    mine = Case.objects.filter(programme=programme, subject__in=subjects, organisation=was, drill=False)
    services = Referral.objects.filter(programme=programme, subject__in=subjects, organisation=was)
    services = services.exclude(case__drill=True).filter(restarted_at=None)
    known = Q(about__in=mine.values("ref")) | Q(about__in=services.values("ref"))
    duties = list(Duty.objects.filter(known, organisation=was, closed_at=None).select_related("ladder").order_by("pk"))
    moving = list(mine.filter(Q(closed_at=None) | Q(ref__in=[duty.about for duty in duties])))
    hand_to(duties, to, by=by, now=now)
    services.update(organisation=to)
    Case.objects.filter(pk__in=[case.pk for case in moving]).update(organisation=to)
    write(line(at=now, who=by, did="moved", about=case) for case in moving)


@transaction.atomic
def after_death(case: Case, *, by: Person, now: datetime) -> None:
    """The other services are told within working hours, so that nobody rings the door of somebody who has died."""
    if not duties_of(case, "services"):
        due_at = after_working_hours(now, SERVICES_WITHIN)
        open_duties(case.office_id, [_owed(case, "services", OF_THE_DEATH, due_at)], by=by, now=now)


@transaction.atomic
def refer(case: Case, *, agency: str, service: str, stopped_on: date | None, by: Person, now: datetime) -> Referral:
    """Refer an interrupted service to its agency: an answer is owed by a date, and unanswered it climbs."""
    if not agency.strip() or not service.strip():
        raise Refused(_("Say which service of which agency is to be restarted."))
    referral = Referral.objects.create(
        office_id=case.office_id, programme=case.programme, subject=case.subject, case=case,
        organisation_id=case.organisation_id, area_id=case.area_id, agency=agency.strip(), service=service.strip(),
        stopped_on=stopped_on, asked_at=now, asked_by=by, answer_by=now + ANSWER_WITHIN,
    )  # fmt: skip
    same = Referral.objects.filter(programme=case.programme, subject=case.subject, case__drill=case.drill)
    refused = same.filter(service=service.strip())
    for earlier in refused.filter(answer=Referral.Answer.REFUSED):
        _close(earlier, "refused", by, now, agency.strip())  # another agency was found
    _open_for(referral, case, "relink", RELINK, referral.answer_by, by, now)
    record_line(at=now, who=by, did="referred", about=referral)
    return referral


def _open_for(
    referral: Referral, case: Case, kind: str, what: str, due_at: datetime, by: Person, now: datetime
) -> None:
    values = {"agency": referral.agency, "service": referral.service, "dong": dong_of(case)}
    owed = Owed(
        kind=f"case.{kind}", what=what, due_at=due_at, ladder="office", values=values, page=case.page,
        organisation=referral.organisation_id, area=referral.area_id, about=referral.ref, drill=case.drill,
    )  # fmt: skip
    open_duties(referral.office_id, [owed], by=by, now=now)


def _close(referral: Referral, kind: str, by: Person, now: datetime, who: str = "") -> None:
    owed = Duty.objects.filter(about=referral.ref, kind=f"case.{kind}", closed_at=None)
    close_duties(list(owed), by=by, outcome=Outcome.KEPT, now=now, confirmed_by=who)


def _locked(referral: Referral) -> Referral:
    return Referral.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=referral.pk)


@transaction.atomic
def answer(
    referral: Referral,
    *,
    accepted: bool,
    who: str,
    reason: str = "",
    check_on: date | None = None,
    by: Person,
    now: datetime,
) -> Referral:
    """The agency answers. Accepted: the restart is checked after some days. Refused: the reason is kept."""
    referral = _locked(referral)
    if referral.answered_at:
        raise Refused(_("This was answered already."))
    if not who.strip():
        raise Refused(_("Say who of the agency answered."))
    if not accepted and not reason.strip():
        raise Refused(_("Say why the agency refused."))
    day = clock.local(now).date()
    referral.answered_at, referral.answered_by, referral.reason = now, who.strip(), reason.strip()
    referral.answer = Referral.Answer.ACCEPTED if accepted else Referral.Answer.REFUSED
    referral.check_on = (check_on or day + RESTART_AFTER) if accepted else None
    referral.save()
    _close(referral, "relink", by, now, who)
    if referral.check_on and referral.case:
        _open_for(referral, referral.case, "restart", RESTART, at_nine(referral.check_on), by, now)
    elif referral.case:
        _open_for(referral, referral.case, "refused", REFUSED, now + ANSWER_WITHIN, by, now)
    record_line(at=now, who=by, did=referral.answer, about=referral)
    return referral


@transaction.atomic
def restarted(referral: Referral, *, who: str, by: Person, now: datetime) -> Referral:
    """Somebody checked: the service has really restarted."""
    referral = _locked(referral)
    if referral.answer != Referral.Answer.ACCEPTED:
        raise Refused(_("The agency hasn't accepted this yet."))
    referral.restarted_at = referral.restarted_at or now
    referral.save()
    _close(referral, "restart", by, now, who)
    record_line(at=now, who=by, did="restarted", about=referral)
    return referral


@transaction.atomic
def not_restarted(referral: Referral, *, why: str, check_on: date, by: Person, now: datetime) -> Referral:
    """Somebody checked: the service hasn't restarted. The reason is kept, and it is checked again."""
    referral = _locked(referral)
    if referral.answer != Referral.Answer.ACCEPTED or referral.restarted_at:
        raise Refused(_("There is no restart to be checked."))
    if not why.strip():
        raise Refused(_("Say why it hasn't restarted."))
    _still_to_come(check_on, now)
    referral.check_on, referral.reason = check_on, why.strip()
    referral.save()
    _close(referral, "restart", by, now, why.strip()[:100])
    if referral.case:
        _open_for(referral, referral.case, "restart", RESTART, at_nine(check_on), by, now)
    record_line(at=now, who=by, did="not restarted", about=referral)
    return referral


@transaction.atomic
def give_up(referral: Referral, *, why: str, by: Person, now: datetime) -> None:
    """The service isn't sought any more, and the record says why."""
    if not why.strip():
        raise Refused(_("Say why the service isn't needed any more."))
    referral = _locked(referral)
    open_now = Duty.objects.filter(about=referral.ref, closed_at=None)
    close_duties(list(open_now), by=by, outcome=Outcome.EXCUSED, now=now, note=why.strip())
    record_line(at=now, who=by, did="gave up", about=referral)
