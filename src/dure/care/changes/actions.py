"""Planning a change: who goes where, confirming it, taking it back; on its day it is carried out."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dure import clock
from dure.audit.actions import note
from dure.care import moves
from dure.care.changes import leaving
from dure.care.changes.models import UNDONE, Change, Contract, Destination
from dure.care.models import WAITING, Ended, Move, Recipient, Route
from dure.care.opening import at
from dure.care.rosters import end_of_tomorrow
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.gatherings.telling import tell_agencies
from dure.health.actions import fault, mended
from dure.people.models import Organisation, Person
from dure.people.rota import DAY
from dure.places.models import Area
from dure.rules.actions import Standard, begin, rules
from dure.rules.models import Unit

RULES = [
    Standard("hand-back", gettext_noop("A provider that has ended: days until everything is handed back or destroyed"),
             30, Unit.DAYS, "개인정보 보호법 제21조(지체 없이), 지자체 운영 기준 (확인 필요)", date(2011, 9, 30)),
]  # fmt: skip
HAND_BACK = gettext_noop(
    "%(organisation)s has ended: have everything of the recipients handed back or destroyed, and enter the certificate."
)
COMING = gettext_noop("From %(day)s on %(n)s more recipients are yours. You see who they are from that day on.")
CALLED_OFF = gettext_noop("The change of %(day)s doesn't take place: %(n)s recipients stay where they are.")
LEFT_BEHIND = gettext_noop(
    "%(organisation)s ends on %(day)s and %(n)s of its recipients go nowhere yet. Open the plan and say where."
)
FAR = timedelta(days=366)


@transaction.atomic
def plan(
    change: Change, *, area: Area | None = None, recipient: Recipient | None = None, by: Person, now: datetime
) -> Change:
    """A change is planned: all of a provider's recipients when it ends, else those of a dong, or one."""
    _still_to_come(change.day, now)
    Organisation.objects.select_for_update(no_key=True).get(pk=change.provider_id)  # two officers at once: one plan
    if change.ends and Change.objects.filter(UNDONE, provider=change.provider, ends=True).exists():
        raise Refused(_("The end of this provider is planned already. Go on there."))
    change.office_id, change.made_at, change.made_by = by.office_id, now, by
    change.save()
    note(at=now, who=by, did="planned", about=change)
    mine = served(change.provider)
    if not change.ends:
        mine = mine.filter(place__area=area) if area else mine.filter(pk=recipient.pk if recipient else 0)
        if not mine.exists():
            raise Refused(_("Nobody whom this provider serves lives there. Look at the provider and the dong."))
    _list(change, mine)
    return change


def _still_to_come(day: date, now: datetime) -> None:
    today = clock.local(now).date()
    if not today < day <= today + FAR:
        raise Refused(_("Choose a day from tomorrow on, within a year."))


def served(provider: Organisation) -> QuerySet[Recipient]:
    """Whom a provider serves at present."""
    return Recipient.objects.filter(office=provider.office_id, provider=provider).served()


def _list(change: Change, recipients: QuerySet[Recipient]) -> None:
    known = change.destinations.values("recipient")
    listed = [
        Destination(office_id=change.office_id, change=change, recipient=each)
        for each in recipients.exclude(pk__in=known).order_by("pk")
    ]
    Destination.objects.bulk_create(listed, ignore_conflicts=True)  # two open the page at once


@transaction.atomic
def look_again(change: Change) -> None:
    """Who came to a provider that ends since it was planned stands in the list too."""
    if change.ends and change.dropped_at is None and change.done_at is None:
        _list(change, served(change.provider))


def undecided(change: Change) -> QuerySet[Destination]:
    """Who is still with the provider and goes nowhere yet."""
    there = change.destinations.filter(recipient__provider=change.provider_id, recipient__ended_on=None)
    return there.filter(to=None, why="")


def _locked(change: Change) -> Change:
    found = Change.objects.select_for_update(no_key=True, of=("self",)).select_related("provider").get(pk=change.pk)
    if found.dropped_at:
        raise Refused(_("This plan was dropped."))
    if found.done_at:
        raise Refused(_("This change is done. Plan another one if somebody is to go elsewhere."))
    return found


@transaction.atomic
def send(
    change: Change, who: Collection[Destination], *, to: Organisation | None = None, route: Route | None = None,
    why: str = "", how: str = Ended.OTHER, by: Person, now: datetime,
) -> int:  # fmt: skip
    """These recipients go to a provider and course, or their meals end with a reason; how many.

    In a plan that is confirmed only who has come since can be sent somewhere: it holds at once.
    """
    change = _locked(change)
    if to == change.provider:
        raise Refused(_("This is the provider that they leave. Choose another one."))
    if route and route.provider != to:
        raise Refused(_("This course is another provider's. Choose one of the provider to which they go."))
    if (to is None) == (not why.strip()):
        raise Refused(_("Choose the provider to which they go, or say why their meals end."))
    if to and Change.objects.filter(UNDONE, provider=to, ends=True, day__lte=change.day + FAR).exists():
        raise Refused(_("%(provider)s is to end itself. Choose another one.") % {"provider": to})
    if to and has_ended(to):
        said = _("%(provider)s has ended. Enter its new contract first, or choose another one.")
        raise Refused(said % {"provider": to})
    mine = change.destinations.filter(pk__in=[each.pk for each in who], move=None)
    n = mine.update(to=to, route=route, why=why.strip()[:100], how="" if to else how)
    note(at=now, who=by, did="sent", about=change, why=str(n))
    if change.confirmed_at:
        _hold(change, by, now)
    return n


def has_ended(provider: Organisation) -> bool:
    """Whether a provider has ended and no contract was entered for it since."""
    last = Change.objects.filter(provider=provider, ends=True, left_at__isnull=False).order_by("-day").first()
    if last is None:
        return False
    new = Q(entered_at__gt=last.left_at) | Q(since__gte=last.day)
    return not Contract.objects.filter(new, provider=provider).exists()


@transaction.atomic
def confirm(change: Change, *, by: Person, now: datetime) -> None:
    """From now on it holds: on its day everybody goes where it says, and of a provider that ends nobody has access."""
    look_again(change)
    change = _locked(change)
    if change.confirmed_at:
        raise Refused(_("This is confirmed already."))
    _still_to_come(change.day, now)
    left = undecided(change).count()
    if left:
        said = ngettext("%(n)s recipient goes nowhere yet.", "%(n)s recipients go nowhere yet.", left) % {"n": left}
        raise Refused(said + " " + _("Say of everybody where they go, or why their meals end."))
    change.confirmed_at, change.confirmed_by = now, by
    _hold(change, by, now)
    if change.ends:
        leaving.announce(change)
        [change.owed] = open_duties(change.office_id, [_hand_back(change)], by=by, now=now)
    change.save(update_fields=["confirmed_at", "confirmed_by", "owed"])
    note(at=now, who=by, did="confirmed", about=change)
    _tell(change, COMING, by, now)


def _hold(change: Change, by: Person, now: datetime) -> None:
    """Who is said to go somewhere goes, as of the day of the plan."""
    there = change.destinations.filter(move=None, recipient__provider=change.provider_id, recipient__ended_on=None)
    going = list(
        there.exclude(to=None, why="").select_related("recipient").order_by("route_id", "recipient__route_order")
    )
    places = _places(going)
    made = [
        Move(office_id=change.office_id, recipient=d.recipient, day=change.day, provider_id=d.to_id,
             route_id=d.route_id, order=place, why=d.why, how=d.how)
        for d, place in zip(going, places, strict=True)
    ]  # fmt: skip
    moves.decide(made, by=by, now=now)
    for destination, move in zip(going, made, strict=True):
        destination.move = move
    Destination.objects.bulk_update(going, ["move"])


def _places(going: Sequence[Destination]) -> list[int]:
    """On each course behind those who are on it already, in the order in which they are visited now."""
    there = Recipient.objects.filter(route__in={d.route_id for d in going if d.route_id}).served()
    last = dict(there.values_list("route").annotate(last=Max("route_order")))
    places = []
    for each in going:
        last[each.route_id] = last.get(each.route_id, 0) + 1
        places.append(last[each.route_id] if each.route_id else 0)
    return places


def _tell(change: Change, what: str, by: Person, now: datetime) -> None:
    """The providers to which somebody goes hear how many and when; who they are, on the day."""
    going = change.destinations.exclude(to=None).values_list("to").annotate(n=Count("pk"))
    many = dict(going.order_by("to"))
    for provider in Organisation.objects.filter(pk__in=many).order_by("pk"):
        said = {"day": f"{change.day:%m-%d}", "n": str(many[provider.pk])}
        tell_agencies([provider], what, said, "/care/recipients/", by, now)


def _hand_back(change: Change) -> Owed:
    day = change.day + timedelta(days=rules(change.office_id, RULES).number("hand-back", change.day))
    return Owed(
        kind="care.hand_back", what=HAND_BACK, due_at=at(day, leaving.MORNING), ladder="paper",
        values={"organisation": change.provider.name}, page=f"{change.page}return/", about=change.ref,
    )  # fmt: skip


@transaction.atomic
def reopen(change: Change, *, by: Person, now: datetime) -> None:
    """Before its day a confirmed plan becomes a draft again: nothing of it holds, and all may be changed."""
    change = _locked(change)
    if change.confirmed_at is None:
        raise Refused(_("This isn't confirmed yet. Change it as it stands."))
    if change.day <= clock.local(now).date():
        raise Refused(_("Its day has come. Plan another change if somebody is to go elsewhere."))
    moves.take_back([d.move for d in change.destinations.select_related("move") if d.move], by=by, now=now)
    change.destinations.update(move=None)
    leaving.call_off(change)
    if change.owed:
        close([change.owed], by=by, outcome=Outcome.VOID, now=now)
    mended(f"change {change.ref}", now=now, office=change.office_id)
    _tell(change, CALLED_OFF, by, now)
    change.confirmed_at = change.confirmed_by = change.owed = None
    change.save(update_fields=["confirmed_at", "confirmed_by", "owed"])
    note(at=now, who=by, did="took back", about=change)


@transaction.atomic
def another_day(change: Change, day: date, *, by: Person, now: datetime) -> None:
    """A draft is for another day."""
    change = _locked(change)
    if not change.is_draft:
        raise Refused(_("This is confirmed. Take the confirmation back first."))
    _still_to_come(day, now)
    Change.objects.filter(pk=change.pk).update(day=day)
    note(at=now, who=by, did="changed", about=change)


@transaction.atomic
def drop(change: Change, *, by: Person, now: datetime) -> None:
    """A draft isn't needed any more."""
    change = _locked(change)
    if not change.is_draft:
        raise Refused(_("This is confirmed. Take the confirmation back first."))
    Change.objects.filter(pk=change.pk).update(dropped_at=now, dropped_by=by)
    note(at=now, who=by, did="dropped", about=change)


@transaction.atomic
def carry_out(office: int, now: datetime) -> int:
    """Every change whose day has come; how many are done by this. Safe to run at any time and again.

    A provider that ends is left as of its day by its people, whoever else is still to be moved; the change is done
    when nobody is with it any more. Until then somebody is asked where they go.
    """
    begin(office, RULES, now=now)
    today = clock.local(now).date()
    waiting = Change.objects.filter(UNDONE, office_id=office, confirmed_at__isnull=False, day__lte=today)
    ready = waiting.select_for_update(no_key=True, of=("self",)).select_related("provider", "confirmed_by")
    moves.carry_out(office, now)
    done = 0
    for change in ready.order_by("day", "pk"):
        if change.ends and change.left_at is None:
            leaving.leave(change, now)
        look_again(change)
        held = Move.objects.filter(WAITING, pk__in=change.destinations.exclude(move=None).values("move"))
        if not held.exists() and not (change.ends and served(change.provider).exists()):
            Change.objects.filter(pk=change.pk).update(done_at=now)
            note(at=now, who=change.confirmed_by, did="carried out", about=change)
            mended(f"change {change.ref}", now=now, office=office)
            done += 1
    _warn(office, now)
    return done


def _warn(office: int, now: datetime) -> None:
    """Nobody is left behind unsaid: a fault names every provider that ends soon and whom nobody has sent anywhere."""
    by = end_of_tomorrow(now).date() + 5 * DAY
    ends = Change.objects.filter(UNDONE, office_id=office, ends=True, confirmed_at__isnull=False, day__lte=by)
    for change in ends.select_related("provider"):
        look_again(change)
        left, key = undecided(change).count(), f"change {change.ref}"
        if left:
            said = {"organisation": change.provider.name, "day": f"{change.day:%m-%d}", "n": left}
            fault(key, LEFT_BEHIND, said, now=now, office=office)
        else:
            mended(key, now=now, office=office)
