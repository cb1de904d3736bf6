"""Somebody can't be reached: opening the case of a recipient, whoever says so, and what its end means for visits."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care import calling_off, on_the_road, reviews
from dure.care.away import ask_again, nobody_asks, questions, within_a_year
from dure.care.card import card
from dure.care.models import PROGRAMME, Absence, Ended, Recipient, Visit
from dure.care.opening import ABSENT, absences_on, no_longer_planned, one_at_a_time, open_day, reopen
from dure.cases.actions import last_known, record
from dure.cases.aftermath import after_death, returned, stops_for_good
from dure.cases.models import Case, Finding, Source, Step, Tier
from dure.cases.opening import Alarm, in_hand, open_case
from dure.duty.actions import close as close_duties
from dure.duty.models import Duty, Outcome
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Person

BY_CASE = gettext_noop("cleared up by a case")
DIED = gettext_noop("died")


@transaction.atomic
def cannot_reach(
    recipient: Recipient,
    source: Source,
    *,
    by: Person | None,
    now: datetime,
    at: datetime | None = None,
    visit: Visit | None = None,
    about: UUID | None = None,
    on_site: bool = False,
    danger: bool = False,
    drill: bool = False,
    who: str = "",
    note: str = "",
    by_paper: bool = False,
) -> Case:
    """Anyone says that the recipient can't be reached, or lies there: somebody goes and looks, at once.

    A visit of today that is still owed is passed on to the case (not by silence: that duty stays with its ladder).
    When it is `about` something else, a call, visits stay owed as they are.
    """
    recipient = Recipient.objects.select_related("place__area", "centre__area").get(pk=recipient.pk)
    visit = visit or (None if about else owed_today(recipient, now))
    area = recipient.place.area or (recipient.centre.area if recipient.centre else None)
    alarm = Alarm(
        programme=PROGRAMME, subject=recipient.ref, source=source, card=card(recipient, clock.local(now).date()),
        about=visit.ref if visit and not drill else about, tier=Tier(recipient.tier),
        organisation=recipient.provider_id, area=area.pk if area else None, dong=area.name if area else "—",
        place=recipient.place_id, drill=drill, on_site=on_site, who=who, note=note,
        by_paper=by_paper,
    )  # fmt: skip
    case = open_case(recipient.office_id, alarm, by=by, at=at or now, now=now)
    if visit and by and source != Source.SILENCE and not drill:
        close_duties([visit.duty], by=by, outcome=Outcome.PASSED_ON, now=now, note=case.number)
    if danger and by:
        case = record(case, Step.DANGER, by=by, now=now, at=at, who=who, note=note, takes=source != Source.WORKER)
    return case


def owed_today(recipient: Recipient, now: datetime) -> Visit | None:
    """The visit of today that is still owed, if there is one."""
    today = Visit.objects.filter(recipient=recipient, day=clock.local(now).date(), duty__closed_at=None)
    return today.select_related("duty").order_by("due_at").first()


def on_silence(duty: Duty, now: datetime) -> None:
    """A visit wasn't reported in time. Silence is overdue: the case of the recipient is opened (hook of the watch)."""
    visit = Visit.objects.select_related("recipient", "duty").get(duty=duty)
    cannot_reach(visit.recipient, Source.SILENCE, by=None, now=now, visit=visit, drill=duty.drill)


def before_case_ends(case: Case) -> None:
    """Take all that is owed to the person in hand before the case itself: in this order the watch takes them too."""
    visits = Visit.objects.filter(recipient__ref=case.subject, duty__closed_at=None)
    in_hand([case.ref, case.subject, *visits.values_list("ref", flat=True)])


@transaction.atomic
def after_case(case: Case, *, by: Person, now: datetime) -> None:
    """A case of ours was closed: its visit, and those due before the person was last seen, are owed no more; a later
    one still is, as nobody has looked since. After a death none is.

    After a mistake nobody has seen the person: a visit that was passed on to the case is owed again.
    """
    if case.drill or case.programme != PROGRAMME:
        return
    recipient = Recipient.objects.select_for_update(no_key=True).get(ref=case.subject)
    mine = Visit.objects.filter(recipient=recipient).select_related("duty", "recipient__place__area")
    if case.finding == Finding.MISTAKE:
        passed_on = mine.filter(duty__outcome=Outcome.PASSED_ON, duty__note=case.number, excused_at=None)
        reopen(list(passed_on), now=now)
        return
    owed = mine.filter(duty__closed_at=None)
    cleared = Q(ref=case.about) | Q(due_at__lte=last_known(case) or now)
    excuse(list(owed.filter(cleared)), why=BY_CASE, by=by, now=now)
    calling_off.known_at(case.subject, last_known(case) or now, Outcome.EXCUSED, why=BY_CASE, by=by, now=now)
    if case.finding != Finding.DIED:
        away = absences_on(case.office_id, clock.local(now).date()).filter(recipient=recipient).exists()
        later = mine.filter(duty__outcome=Outcome.PASSED_ON, duty__note=case.number, due_at__gt=now, outcome="")
        reopen([] if away else list(later.filter(excused_at=None)), now=now)
    else:
        end_service(recipient, why=DIED, how=Ended.DIED, by=by, now=now)
        after_death(case, by=by, now=now)


def excuse(visits: list[Visit], *, why: str, by: Person, now: datetime) -> None:
    """These visits aren't owed any more, and the record says why. One that its day didn't owe may be owed again."""
    in_hand([v.ref for v in visits])  # duties before visits, as everybody takes them
    mine = Visit.objects.filter(pk__in=[v.pk for v in visits])
    mine.update(excused_at=now, excused_why=why[:100], unplanned=False)
    mine.filter(pk__in=[v.pk for v in no_longer_planned(visits)]).update(unplanned=True)
    close_duties([v.duty for v in visits], by=by, outcome=Outcome.EXCUSED, now=now, note=why)
    on_the_road.changed({v.course_id for v in visits}, by=by, now=now)


@transaction.atomic
def end_service(
    recipient: Recipient, *, why: str, how: str = Ended.OTHER, by: Person, now: datetime, since: date | None = None
) -> None:
    """Meals stop for good: nobody rings the door of somebody who has died or moved away.

    When they stop `since` a day because that was decided beforehand, what was owed before that day still is.
    """
    on = since or clock.local(now).date()
    Recipient.objects.filter(pk=recipient.pk).update(ended_on=on, ended_why=why[:100], ended_how=how)
    stops_for_good(PROGRAMME, recipient.ref, by=by, now=now)
    reviews.no_longer_owed(Recipient.objects.filter(pk=recipient.pk), by=by, now=now)
    nobody_asks(recipient.absences.all(), by=by, outcome=Outcome.EXCUSED, now=now)
    _nothing_more_about(recipient, since, by=by, now=now)
    with acting(recipient.office_id, by.pk):  # tomorrow's may be another provider's already
        left = Visit.objects.filter(recipient=recipient, duty__closed_at=None).select_related("duty")
        excuse(list(left.filter(day__gte=since) if since else left), why=why, by=by, now=now)
    calling_off.call_off([recipient.ref], why=why, since=since, by=by, now=now)


def _nothing_more_about(recipient: Recipient, since: date | None, *, by: Person, now: datetime) -> None:
    """Whatever else is owed about a person who isn't served any more (a plan to renew, an answer) isn't any more."""
    owed = Duty.objects.filter(about=recipient.ref, kind__startswith=f"{PROGRAMME}.", closed_at=None)
    owed = owed.exclude(kind=calling_off.KIND) if since else owed  # those of the days before still are
    close_duties(list(owed), by=by, outcome=Outcome.EXCUSED, now=now)


@transaction.atomic
def absent(absence: Absence, *, ask_on: date | None = None, now: datetime) -> Absence:
    """A recipient is known to be away: visits of those days are excused, and nobody is sent.

    When nobody knows until when, somebody asks whether they are back.
    """
    if not absence.told_by.strip():
        raise Refused(_("Say who told you."))
    if absence.until:
        within_a_year(absence.until, now)
    absence.told_at = now
    absence.save()
    with acting(absence.office_id, absence.entered_by_id):  # tomorrow's may be another provider's already
        visits = Visit.objects.filter(recipient=absence.recipient, day__gte=absence.since, duty__closed_at=None)
        if absence.until:
            visits = visits.filter(day__lt=absence.until)
        if absence.why in calling_off.NOT_AT_HOME:
            in_hand([absence.recipient.ref, *visits.values_list("ref", flat=True)])
            calling_off.call_off(
                [absence.recipient.ref], why=ABSENT[absence.why], since=absence.since, until=absence.until,
                by=absence.entered_by, now=now,
            )  # fmt: skip
        excuse(list(visits.select_related("duty")), why=ABSENT[absence.why], by=absence.entered_by, now=now)
    if absence.until is None and (ask_on or not questions([absence])):
        ask_again(absence, on=ask_on, by=absence.entered_by, now=now)
    return absence


@transaction.atomic
def back_again(absence: Absence, *, on: date, by: Person, now: datetime) -> None:
    """The recipient is back: meals come again from this day, visits that were excused for it are opened anew."""
    within_a_year(on, now)
    one_at_a_time(absence.office_id)  # before any duty, as everybody who opens days
    if on <= absence.since:
        Absence.objects.filter(pk=absence.pk).update(taken_back_at=now)
    else:
        Absence.objects.filter(pk=absence.pk).update(until=on)
    nobody_asks([absence], by=by, outcome=Outcome.KEPT, now=now)
    if absence.why == Absence.Why.HOSPITAL:
        returned(PROGRAMME, absence.recipient.ref, by=by, now=now)
    _open_days(absence.office_id, max(on, clock.local(now).date()), now)
    note(at=now, who=by, did="back", about=absence)


@transaction.atomic
def calendar_changed(office: int, since: date, *, why: str, by: Person, now: datetime) -> None:
    """A closure or a plan was entered or taken back: visits already opened follow, as of that day."""
    since = max(since, clock.local(now).date())
    one_at_a_time(office)  # before any duty, as everybody who moves what is opened
    coming = Visit.objects.filter(office_id=office, day__gte=since, duty__closed_at=None).select_related("duty")
    excuse(no_longer_planned(coming), why=why, by=by, now=now)
    _open_days(office, since, now)
    calling_off.a_meal_comes(office, since, by=by, now=now)


def _open_days(office: int, since: date, now: datetime) -> None:
    """Open what is owed on the days, as of one, that were opened before. Other days are opened when they come."""
    opened = Visit.objects.filter(office_id=office, day__gte=since).values_list("day", flat=True)
    for day in sorted(set(opened)):
        open_day(office, day, now=now)
