"""A request is received, and answered by its day."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.opening import at
from dure.care.requests.models import Request
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.people.models import Person
from dure.rules.actions import Standard, begin, rules
from dure.rules.models import Unit

KIND = "care.request"
ANSWER = gettext_noop("A request about somebody's own data has to be answered by %(day)s.")
MORNING, ONE = time(10), timedelta(days=1)
RULES = [
    Standard("request-days", gettext_noop("Request about somebody's own data: days until it is answered"), 10,
             Unit.DAYS, "개인정보 보호법 시행령 제41조·제43조(10일 이내, 확인 필요)", date(2011, 9, 30)),
]  # fmt: skip


@transaction.atomic
def receive(request: Request, *, by: Person, now: datetime) -> Request:
    """Somebody asks: from now on the answer is owed; reminded of the day before, then every day."""
    if request.received_on > clock.local(now).date():
        raise Refused(_("This day is still to come. Look at the date."))
    begin(by.office_id, RULES, now=now)
    allowed = rules(by.office_id).number("request-days", request.received_on)
    request.office_id, request.entered_at, request.entered_by = by.office_id, now, by
    request.answer_by = request.received_on + allowed * ONE
    owed = Owed(
        kind=KIND, what=ANSWER, due_at=at(request.answer_by - ONE, MORNING), ladder="paper", owner=by,
        values={"day": f"{request.answer_by:%m-%d}"}, page=request.page, about=request.ref,
    )  # fmt: skip
    [request.duty] = open_duties(by.office_id, [owed], by=by, now=now)
    request.save()
    note(at=now, who=by, did="received", about=request, why=request.kind)
    return request


@transaction.atomic
def answer(request: Request, granted: str, done: str, refused_why: str, on: date, *, by: Person, now: datetime) -> None:
    """It is answered: what was handed over, corrected or deleted, and what was refused with its reason."""
    found = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
    if found.answered_at:
        raise Refused(_("Somebody has answered this already. Load the page again."))
    if not found.received_on <= on <= clock.local(now).date():
        raise Refused(_("The answer was given between the day on which it came and today. Look at the date."))
    found.granted, found.done, found.refused_why = granted, done.strip(), refused_why.strip()
    found.answered_on, found.answered_at, found.answered_by = on, now, by
    found.save()
    close([found.duty], by=by, outcome=Outcome.KEPT, now=now)
    note(at=now, who=by, did="answered", about=found, why=granted)
