"""The search list of each quarter: whom a dong's centre visits or calls, and what came of each by the quarter's end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, Case, Count, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from dure.audit.actions import note
from dure.care.models import Recipient
from dure.care.opening import one_at_a_time
from dure.care.support import waiting as waits
from dure.care.support.blind_spots import FOR_EVER, Known, gone, known
from dure.care.support.models import Came, Lead, Result, Search, SearchQuerySet, Source, Waiting
from dure.care.support.owing import DAY, done, open_one, owed_by_dong, today
from dure.care.support.standard import period
from dure.errors import Refused
from dure.people.actions import Standing
from dure.people.models import Person, Role
from dure.places.models import Area

LOOK = gettext_noop(
    "Search list of the %(number)s. quarter of %(year)s for %(dong)s: visit or call everybody on it by %(day)s."
)
GONE_AWAY, SERVED = gettext_lazy("has died or moved away"), gettext_lazy("is served now")
WHO = ("name", "born_on", "phone")
ENDS_WAITING = {
    Result.REFUSED: Came.DECLINED, Result.MOVED: Came.MOVED, Result.DIED: Came.DIED, Result.REFERRED: Came.PASSED_ON,
}  # fmt: skip


def quarter_of(day: date) -> date:
    """The first day of the quarter of a day.

    >>> quarter_of(date(2026, 11, 28))
    datetime.date(2026, 10, 1)
    """
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def last_day(quarter: date) -> date:
    """The last day of a quarter.

    >>> last_day(date(2026, 10, 1))
    datetime.date(2026, 12, 31)
    """
    return (quarter + timedelta(days=95)).replace(day=1) - DAY


@transaction.atomic
def make_lists(office: int, now: datetime, *, by: Person | None = None) -> int:
    """The lists of this quarter, one a dong, where somebody is to be looked for; how many were new.

    Safe to run again: whoever has come to be known, or on a list of the office, since then joins the dong's list as
    long as it isn't done.
    """
    one_at_a_time(office)
    quarter, office_wide = quarter_of(today(now)), Standing(office, frozenset([Role.ADMIN]), None)
    lists = {s.area_id: s for s in Search.objects.filter(office=office, quarter=quarter).select_related("duty")}
    found = _not_called_off(list(_leads(office_wide, quarter, now)))
    loose = _not_called_off(list(Lead.objects.filter(office=office, search=None, result="").select_related("waiting")))
    wanted = {lead.area_id for lead in [*found, *loose]}
    areas = Area.objects.filter(pk__in=wanted - lists.keys())
    fresh = [_make(area, quarter, by, now) for area in areas]
    lists |= {search.area_id: search for search in fresh}
    open_now = {pk: search for pk, search in lists.items() if search.duty.is_open}
    for lead in [*found, *loose]:
        lead.search = open_now.get(lead.area_id)
    Lead.objects.bulk_create([lead for lead in found if lead.search])
    Lead.objects.bulk_update([lead for lead in loose if lead.search], ["search"])
    return len(fresh)


def _make(area: Area, quarter: date, by: Person | None, now: datetime) -> Search:
    search = Search(office_id=area.office_id, area=area, quarter=quarter, made_at=now, made_by=by)
    ends = last_day(quarter)
    owed = owed_by_dong(
        "search", LOOK, on=ends, page=f"/care/support/searches/{search.ref}/", about=search.ref, area=area, now=now,
        day=str(ends), **search.named,
    )  # fmt: skip
    search.duty = open_one(area.office_id, owed, by=by, now=now)
    search.save(force_insert=True)
    note(at=now, who=by, did="made a search list", about=search)
    return search


def _not_called_off(leads: list[Lead]) -> list[Lead]:
    return [lead for lead, why in zip(leads, called_off(leads), strict=True) if not why]


def _leads(standing: Standing, quarter: date, now: datetime) -> Iterable[Lead]:
    """Whom we know ourselves, and who isn't on the list yet, nor was asked within a year."""
    day = today(now)
    kept, again = Lead.objects.filter(office=standing.office), period(standing.office, "search-again", day)
    asked = kept.filter(Q(search__quarter=quarter) | Q(result="") | Q(said_at__gt=now - again))
    there: set[tuple[int | None, int | None]] = set(asked.values_list("recipient", "waiting"))
    for each in known(standing, day):
        key = (each.recipient.pk if each.recipient else None, each.waiting.pk if each.waiting else None)
        if key not in there and each.area:
            there.add(key)
            yield _lead(each, standing.office, now)


def _lead(each: Known, office: int, now: datetime) -> Lead:
    return Lead(
        office_id=office, area=each.area, name=each.name, born_on=each.born_on, phone=each.phone, address=each.address,
        why=each.why, detail=each.detail[:100], recipient=each.recipient, waiting=each.waiting, entered_at=now,
    )  # fmt: skip


def called_off(leads: Sequence[Lead]) -> list[str]:
    """Why each of these isn't to be called any more, in their order; empty: still to be called. Two queries.

    Nobody calls at the door of somebody who has died or moved away, whichever list they came from; who is served by
    now, or waits no more, isn't looked for either. The same person is who has the same name and birth, or the same
    name and phone: a widow whose phone was her husband's is called.
    """
    names = {lead.name for lead in leads}
    same = Recipient.objects.filter(Q(name__in=names) | Q(pk__in=[lead.recipient_id for lead in leads]))
    marked = same.annotate(is_gone=Case(When(gone(), then=True), default=False, output_field=BooleanField()))
    index: dict[object, set[str]] = defaultdict(set)
    for pk, ended_on, is_gone, *who in marked.values_list("pk", "ended_on", "is_gone", *WHO, "phone_2"):
        state = "gone" if is_gone else "served" if ended_on is None else "ended"
        for key in [pk, *_keys(*who)]:
            index[key].add(state)
    for who in Lead.objects.filter(name__in=names, result__in=FOR_EVER).values_list(*WHO):
        for key in _keys(*who):
            index[key].add("gone")
    return [_why_off(lead, index) for lead in leads]


def _keys(name: str, born_on: date | None, *phones: str) -> list[object]:
    born: list[object] = [(name, born_on)] if born_on else []
    return born + [(name, phone) for phone in phones if phone]


def _why_off(lead: Lead, index: Mapping[object, set[str]]) -> str:
    keys = [lead.recipient_id, *_keys(lead.name, lead.born_on, lead.phone)]
    states = set().union(*(index.get(key, set()) for key in keys))
    if "gone" in states:
        return str(GONE_AWAY)
    if lead.why != Lead.Why.STOPPED and "served" in states:
        return str(SERVED)
    if lead.waiting and lead.waiting.ended_at and not _asked_again(lead, lead.waiting):
        return str(Came(lead.waiting.came).label)
    return ""


def _asked_again(lead: Lead, waiting: Waiting) -> bool:
    """Whether somebody who waits no more is asked once more all the same."""
    return lead.why == Lead.Why.DECLINED and waiting.came in (Came.DECLINED, Came.NOT_ENTITLED)


def still_to_be_called(search: Search) -> list[Lead]:
    """Who is still to be visited or called."""
    waiting = list(search.leads.filter(result="").select_related("waiting"))
    return [lead for lead, why in zip(waiting, called_off(waiting), strict=True) if not why]


@transaction.atomic
def said(lead: Lead, result: Result, text: str, *, by: Person, now: datetime) -> Lead:
    """What came of it. Who wants meals waits from now on; who doesn't, has died or moved away waits no more.

    With the last one the list is done.
    """
    locked = Lead.objects.select_for_update(no_key=True, of=("self",)).select_related("search__duty", "waiting", "area")
    lead = locked.get(pk=lead.pk)
    if lead.result:
        raise Refused(_("%(person)s has entered already what came of it.") % {"person": lead.said_by})
    if result == Result.WANTS and lead.why == Lead.Why.STOPPED:
        raise Refused(_("This person gets meals already. Say what came of the service that has stopped."))
    if result == Result.REFERRED and not text.strip():
        raise Refused(_("Say to whom it was passed on."))
    waits_now = lead.waiting if lead.waiting and lead.waiting.ended_at is None else None
    if result == Result.WANTS and waits_now is None:
        lead.waiting = _waits_from_now_on(lead, by, now)
    elif waits_now and result in ENDS_WAITING:
        why = text.strip() or str(_("Said at the search"))
        waits.end(waits_now, ENDS_WAITING[result], why, by=by, now=now)
    lead.result, lead.note, lead.said_at, lead.said_by = result, text.strip()[:200], now, by
    lead.save(update_fields=["result", "note", "said_at", "said_by", "waiting"])
    note(at=now, who=by, did=f"looked for: {result}", about=lead)
    if lead.search:
        finish(lead.search, by=by, now=now)
    return lead


def _waits_from_now_on(lead: Lead, by: Person, now: datetime) -> Waiting:
    new = Waiting(
        office_id=lead.office_id, name=lead.name, born_on=lead.born_on, phone=lead.phone, area=lead.area,
        address=lead.address, source=Source.SEARCH, wish=lead.detail, since=today(now),
    )  # fmt: skip
    return waits.enter(new, by=by, now=now)


@transaction.atomic
def finish(search: Search, *, by: Person, now: datetime) -> bool:
    """With the last one the list of this quarter is done; whether it is, by this."""
    if not search.duty.is_open or still_to_be_called(search):
        return False
    done(search.duty, by=by, now=now)
    return True


def overview(standing: Standing) -> SearchQuerySet:
    """The lists that somebody may see, the newest quarter first, with how many were on them and how many are done."""
    mine = Search.objects.seen_by(standing).select_related("area", "duty")
    said_of = Count("leads", filter=~Q(leads__result=""))
    wants = Count("leads", filter=Q(leads__result=Result.WANTS))
    counted = mine.annotate(all=Count("leads"), said=said_of, wants=wants)
    return counted.order_by("-quarter", "area__sort_key")
