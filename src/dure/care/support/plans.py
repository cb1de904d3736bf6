"""Support plans: deciding, renewing, changing and ending one, and looking regularly at whether it still fits.

The meals never depend on the plan's period. They neither stop silently when it is over, nor does it go on silently:
its renewal is owed before, and is told until a person has decided.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.care.alarms import end_service
from dure.care.models import Ended, MealPlan, Recipient
from dure.care.opening import one_at_a_time
from dure.care.shown import week_sentences
from dure.care.support.models import Check, Over, Plan
from dure.care.support.owing import DAY, owed_by_dong, today
from dure.care.support.standard import period
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend, open_duties
from dure.errors import Refused
from dure.gatherings.telling import tell_agencies
from dure.people.models import Person

LONGEST = timedelta(days=366 * 2)
RENEW, CHECK = "renew", "check"
KINDS = {RENEW: f"care.support_{RENEW}", CHECK: f"care.support_{CHECK}"}
TO_RENEW = gettext_noop(
    "A support plan in %(dong)s ends on %(day)s: renew it, change it, or end it with the reason. The meals go on until"
    " that is decided."
)
TO_CHECK = gettext_noop(
    "A support plan in %(dong)s is to be looked at by %(day)s: is it given as decided, and has the person's state"
    " changed?"
)
DECIDED = gettext_noop("A support plan for a recipient of yours in %(dong)s was decided or changed, from %(day)s.")
ENDED = gettext_noop("The support plan of a recipient of yours in %(dong)s has ended.")


def page(recipient: Recipient) -> str:
    """Where a recipient's plan stands."""
    return f"/care/support/recipients/{recipient.ref}/"


def suggested(recipient: Recipient, day: date, before: Plan | None) -> Plan:
    """A new plan as it would follow from the one before, or else from the meals of the week; for half a year."""
    runs = MealPlan.objects.filter(recipient=recipient, until=None).aggregate(n=Count("pk"))["n"]
    begins = before.ends_on + DAY if before else max(day, recipient.started_on)
    often = period(recipient.office_id, "plan-check", day)
    new = Plan(
        office_id=recipient.office_id, recipient=recipient, scheme=recipient.scheme, provider=recipient.provider,
        meals_a_week=runs or 5, when=", ".join(week_sentences(recipient))[:200], begins_on=begins,
        ends_on=begins + timedelta(days=181), decided_on=day, next_check_on=max(begins, day) + often,
    )  # fmt: skip
    if before:
        new.what, new.how = before.what, before.how
    return new


@transaction.atomic
def decide(plan: Plan, *, by: Person, now: datetime) -> Plan:
    """A plan was decided. One before it is settled by this: renewed, or changed when it still ran.

    The provider is told, and what was owed about the one before is done.
    """
    one_at_a_time(plan.office_id)  # before any row, as everybody who opens days
    recipient = Recipient.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.recipient_id)
    if recipient.ended_on:
        raise Refused(_("Meals have ended here: no plan is made any more."))
    if plan.ends_on < today(now):
        raise Refused(_("This plan would be over already. Look at the last day."))
    before = Plan.objects.select_for_update(no_key=True).filter(recipient=recipient, over_at=None).first()
    if before:
        _follows(before, plan, by, now)
    plan.made_at, plan.made_by = now, by
    plan.save(force_insert=True)
    _close(recipient, Outcome.KEPT, by, now)
    owe(recipient.office_id, now, [recipient.pk])
    note(at=now, who=by, did="decided a plan", about=plan)
    _tell(plan, DECIDED, by, now)
    return plan


def _follows(before: Plan, plan: Plan, by: Person, now: datetime) -> None:
    if plan.begins_on <= before.begins_on:
        raise Refused(_("The plan before began on %(day)s. Let this one begin later.") % {"day": before.begins_on})
    if plan.begins_on > before.ends_on + DAY:
        raise Refused(
            _("Let it begin on %(day)s at the latest, so that no day is without a plan.")
            % {"day": before.ends_on + DAY}
        )
    why = Over.RENEWED if plan.begins_on > before.ends_on else Over.CHANGED
    _over(before, why, plan.begins_on, "", by, now)


def _over(plan: Plan, why: Over, on: date, said: str, by: Person, now: datetime) -> None:
    plan.over_why, plan.over_on, plan.over_note, plan.over_at, plan.over_by = why, on, said.strip()[:200], now, by
    plan.save(update_fields=["over_why", "over_on", "over_note", "over_at", "over_by"])


@transaction.atomic
def end(plan: Plan, why: Over, said: str, *, how: str = Ended.OTHER, by: Person, now: datetime) -> None:
    """A person decides that the support ends, and the meals with it; or that the plan was entered by mistake."""
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("recipient").get(pk=plan.pk)
    if plan.over_at:
        raise Refused(_("Somebody has decided about this plan already: look at it as it is now."))
    if not said.strip():
        raise Refused(_("Say why."))
    _over(plan, why, today(now), said, by, now)
    _close(plan.recipient, Outcome.EXCUSED, by, now)
    if why == Over.ENDED and plan.recipient.ended_on is None:
        end_service(plan.recipient, why=said.strip(), how=how, by=by, now=now)
    note(at=now, who=by, did=f"plan {why}", about=plan)
    if why == Over.ENDED:
        _tell(plan, ENDED, by, now)


@transaction.atomic
def checked(plan: Plan, *, as_decided: bool, said: str, next_on: date, by: Person, now: datetime) -> Check:
    """Somebody looked whether the service is given as decided and what has changed; the next look is on a day."""
    one_at_a_time(plan.office_id)
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("recipient").get(pk=plan.pk)
    day = today(now)
    if plan.over_at:
        raise Refused(_("Somebody has decided about this plan already: look at it as it is now."))
    if not day < next_on <= day + LONGEST:
        raise Refused(_("The next look has to be on a day to come, within two years."))
    if not as_decided and not said.strip():
        raise Refused(_("Say what isn't as decided."))
    made = Check.objects.create(
        office_id=plan.office_id, plan=plan, on=day, as_decided=as_decided, said=said.strip()[:300], at=now, by=by
    )
    Plan.objects.filter(pk=plan.pk).update(next_check_on=next_on)
    close(_open(plan.recipient, CHECK), by=by, outcome=Outcome.KEPT, now=now)
    owe(plan.office_id, now, [plan.recipient_id])
    note(at=now, who=by, did="looked at a plan", about=plan, why="as decided" if as_decided else "differs")
    return made


def _open(recipient: Recipient, *kinds: str) -> list[Duty]:
    wanted = [KINDS[kind] for kind in kinds or KINDS]
    return list(Duty.objects.filter(about=recipient.ref, kind__in=wanted, closed_at=None))


def _close(recipient: Recipient, outcome: Outcome, by: Person, now: datetime) -> None:
    close(_open(recipient), by=by, outcome=outcome, now=now)


def _tell(plan: Plan, what: str, by: Person, now: datetime) -> None:
    area = plan.recipient.place.area
    values = {"dong": area.name if area else "—", "day": str(plan.begins_on)}
    tell_agencies([plan.provider], what, values, page(plan.recipient), by, now)


@transaction.atomic
def owe(office: int, now: datetime, recipients: Collection[int] | None = None) -> int:
    """Renewals and looks that come due are owed from now on, of the dong's centre; how many. Safe to run again.

    Who lives in another dong by now is looked after by the centre there.
    """
    one_at_a_time(office)
    held = Plan.objects.filter(office_id=office, over_at=None, recipient__ended_on=None)
    if recipients is not None:
        held = held.filter(recipient__in=recipients)
    day = today(now)
    renew, ahead = period(office, "plan-renew", day), period(office, "plan-check-ahead", day)
    decided = period(office, "plan-decide", day)
    plans = list(held.select_related("recipient__place__area").order_by("ends_on", "id"))
    wanted = [(p, RENEW, _renewal(p, decided, now)) for p in plans if p.ends_on - renew <= day]
    wanted += [(p, CHECK, _look(p, now)) for p in plans if p.next_check_on - ahead <= day <= p.ends_on]
    known = {(duty.about, duty.kind): duty for duty in _all_open([p.recipient for p, _, _ in wanted])}
    fresh = [owed for p, kind, owed in wanted if (p.recipient.ref, KINDS[kind]) not in known]
    pairs = [(known.get((p.recipient.ref, KINDS[kind])), owed) for p, kind, owed in wanted]
    amend([(duty, owed) for duty, owed in pairs if duty and duty.area_id != owed.area], by=None, now=now)
    return len(open_duties(office, fresh, by=None, now=now))


def _all_open(recipients: Sequence[Recipient]) -> list[Duty]:
    return list(Duty.objects.filter(about__in=[r.ref for r in recipients], kind__in=KINDS.values(), closed_at=None))


def _renewal(plan: Plan, decided: timedelta, now: datetime) -> Owed:
    return owed_by_dong(
        RENEW, TO_RENEW, on=plan.ends_on - decided, page=page(plan.recipient), about=plan.recipient.ref,
        area=plan.recipient.place.area, now=now, day=str(plan.ends_on),
    )  # fmt: skip


def _look(plan: Plan, now: datetime) -> Owed:
    return owed_by_dong(
        CHECK, TO_CHECK, on=plan.next_check_on, page=page(plan.recipient), about=plan.recipient.ref,
        area=plan.recipient.place.area, now=now, day=str(plan.next_check_on),
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A recipient with the plan that holds."""

    recipient: Recipient
    plan: Plan | None


def with_plans(recipients: Sequence[Recipient]) -> list[Line]:
    """Recipients, each with the plan that holds, if there is one. One query."""
    held = Plan.objects.filter(recipient__in=[r.pk for r in recipients], over_at=None).select_related("scheme")
    of = {plan.recipient_id: plan for plan in held}
    return [Line(recipient, of.get(recipient.pk)) for recipient in recipients]
