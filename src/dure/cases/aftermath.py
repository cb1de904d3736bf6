"""After the danger: the hospital stay, the services to be told, and the interrupted ones to be restarted."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note as record_line
from dure.cases.actions import dong_of, duties_of
from dure.cases.models import Case, Referral
from dure.duty.actions import close as close_duties
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.people.models import Person

SERVICES_WITHIN = timedelta(hours=4)
ANSWER_WITHIN = timedelta(days=3)
RESTART_AFTER = timedelta(days=7)
SERVICES = gettext_noop("Case %(number)s in %(dong)s: tell the other services of the hospital stay.")
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
    if back_on <= clock.local(now).date():
        raise Refused(_("The day to ask again must be in the future."))
    waiting = {duty.kind for duty in duties_of(case)}
    wanted = [
        _owed(case, "services", SERVICES, now + SERVICES_WITHIN),
        _owed(case, "return", RETURN, at_nine(back_on)),
    ]
    open_duties(case.office_id, [each for each in wanted if each.kind not in waiting], by=by, now=now)


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
