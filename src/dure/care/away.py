"""Who is away without an end isn't forgotten: somebody asks whether they are back, until they are."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.models import PROGRAMME, Absence
from dure.cases.aftermath import LONGEST, at_nine, not_back
from dure.cases.models import Case
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend, open_duties
from dure.errors import Refused
from dure.people.models import Person

KIND = "care.away_open"
ASK_WITHIN = timedelta(days=7)
IS_BACK = gettext_noop(
    "Somebody in %(dong)s is away and nobody knows until when: ask whether they are back, or say when to ask again."
)


def questions(absences: Iterable[Absence]) -> dict[int, Duty]:
    """The question about each absence without an end, with the day on which it is asked; by the absence's key.

    For a hospital stay that began in a case it is the question of that case.
    """
    open_ended = [absence for absence in absences if absence.until is None and absence.taken_back_at is None]
    mine = Duty.objects.filter(about__in=[a.ref for a in open_ended], kind=KIND, closed_at=None)
    own = {duty.about: duty for duty in mine}
    ill = [a.recipient.ref for a in open_ended if a.why == Absence.Why.HOSPITAL]
    cases = dict(Case.objects.filter(programme=PROGRAMME, subject__in=ill, drill=False).values_list("ref", "subject"))
    returns = Duty.objects.filter(about__in=cases, kind="case.return", closed_at=None)
    of_case = {cases[duty.about]: duty for duty in returns if duty.about}
    found = {
        a.pk: own.get(a.ref) or (of_case.get(a.recipient.ref) if a.why == Absence.Why.HOSPITAL else None)
        for a in open_ended
    }
    return {pk: duty for pk, duty in found.items() if duty}


def asked(absences: Iterable[Absence]) -> list[tuple[Absence, Duty | None]]:
    """Absences, each with its question if somebody asks about it."""
    known = list(absences)
    found = questions(known)
    return [(absence, found.get(absence.pk)) for absence in known]


def last_day(absence: Absence, today: date) -> date:
    """Until when the question can wait."""
    return max(absence.since, today) + ASK_WITHIN


def within_a_year(until: date, now: datetime) -> None:
    """Refuse an end so far away that who is away until then would be forgotten: nobody asks about it."""
    if until > _today(now) + LONGEST:
        raise Refused(_("This is more than a year from now. Look at the year."))


@transaction.atomic
def ask_again(absence: Absence, *, on: date | None, by: Person, now: datetime) -> None:
    """They aren't back yet: somebody asks again on a day, within a week."""
    if absence.until or absence.taken_back_at:
        raise Refused(_("It is known when this absence ends: nobody needs to ask."))
    question = questions([absence]).get(absence.pk)
    if question and question.kind != KIND:
        case = Case.objects.select_related("area").get(ref=question.about or absence.ref)
        not_back(case, ask_on=on or _today(now) + ASK_WITHIN, by=by, now=now)
        return
    last = last_day(absence, _today(now))
    if on and not _today(now) < on <= last:
        raise Refused(_("Choose a day to ask again from tomorrow until %(day)s.") % {"day": last})
    close([question] if question else [], by=by, outcome=Outcome.KEPT, now=now)
    open_duties(absence.office_id, [_owed(absence, on or last)], by=by, now=now)
    note(at=now, who=by, did="asks again", about=absence)


def nobody_asks(absences: Iterable[Absence], *, by: Person, outcome: Outcome, now: datetime) -> None:
    """They are back, or won't be: nobody asks about these absences any more."""
    mine = Duty.objects.filter(about__in=[a.ref for a in absences], kind=KIND, closed_at=None)
    close(list(mine), by=by, outcome=outcome, now=now)


@transaction.atomic
def ask_about_all(office: int, *, now: datetime) -> int:
    """Every absence without an end has its question, asked of those who answer for the person today; how many were new.

    Safe to run again at any time. Where the week is over already, it is asked tomorrow.
    """
    runs = Absence.objects.filter(office_id=office, until=None, taken_back_at=None, recipient__ended_on=None)
    absences = list(runs.select_related("recipient__place__area"))
    found = questions(absences)
    tomorrow = _today(now) + timedelta(days=1)
    missing = [a for a in absences if a.pk not in found]
    owed = [_owed(a, max(a.since + ASK_WITHIN, tomorrow)) for a in missing]
    open_duties(office, owed, by=None, now=now)
    own = [(d, a) for a in absences if (d := found.get(a.pk)) and d.kind == KIND and d.raised_at is None]
    asked_of = [(d, _owed(a, clock.local(d.due_at).date())) for d, a in own]
    moved = [(d, new) for d, new in asked_of if (d.organisation_id, d.area_id) != (new.organisation, new.area)]
    amend(moved, by=None, now=now)
    return len(missing)


def _today(now: datetime) -> date:
    return clock.local(now).date()


def _owed(absence: Absence, on: date) -> Owed:
    recipient = absence.recipient
    area = recipient.place.area
    return Owed(
        kind=KIND, what=IS_BACK, due_at=at_nine(on), ladder="followup", values={"dong": area.name if area else "—"},
        page=f"/care/recipients/{recipient.ref}/", organisation=recipient.provider_id, area=area.pk if area else None,
        about=absence.ref,
    )  # fmt: skip
