"""What the papers of a provider's day say: courses with their stops, who is away, whom to call, 119 cards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby

from django.db.models import F
from django.utils.translation import gettext as _

from dure import clock
from dure.care.card import age
from dure.care.models import Absence, Handed, Outcome, Reach, Recipient, Visit
from dure.care.network import Network, networks
from dure.care.opening import absences_on
from dure.cases.models import Tier
from dure.people.actions import Standing
from dure.people.models import Organisation, Role
from dure.places.models import Place
from dure.sheets.paper import Align, Break, Column, Line, Pairs, Paper, Part, Point, Table
from dure.sheets.tables import Value

BOX = "□"


@dataclass(frozen=True)
class Said:
    """The papers of one provider's day. `plan` names what the plan says, apart from whom to call and from when."""

    paper: Paper
    stops: int
    plan: str


def say(provider: Organisation, day: date, *, now: datetime) -> Said:
    """What a desk needs on paper to get through this day: made anew from the plan as it stands now."""
    visits = list(_visits(provider, day))
    reds = _at_high_risk([visit.recipient_id for visit in visits])
    away, planned = _away(provider, day), [*_courses(visits), *_cards(reds, day)]
    paper = Paper(
        _("Papers for a day without internet"),
        provider.office.name,
        clock.local(now).replace(tzinfo=None),
        [*_how(), *_network(provider, now), *away, *planned],
        subtitle=f"{provider} · {day:%Y-%m-%d} ({weekday(day)})",
        foot=_("Personal data: for the visits of this day only. Shred it once everything is entered."),
        landscape=True,
    )
    return Said(paper, len(visits), sha256(repr([away, planned]).encode()).hexdigest())


def together(said: Sequence[Said], office: str, day: date, *, now: datetime) -> Paper:
    """The papers of several providers in one, each beginning on a page of its own."""
    parts: list[Part] = []
    for each in said:
        parts += [Break(), Line(each.paper.subtitle, bold=True), *each.paper.parts]
    first = said[0].paper
    return Paper(
        first.title, office, clock.local(now).replace(tzinfo=None), parts[1:],
        subtitle=f"{day:%Y-%m-%d} ({weekday(day)})", foot=first.foot, landscape=True,
    )  # fmt: skip


def weekday(day: date) -> str:
    """The weekday in one word."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]


def _visits(provider: Organisation, day: date) -> Iterable[Visit]:
    owed = Visit.objects.filter(provider=provider, day=day, excused_at=None)
    with_all = owed.select_related("recipient__place__area", "course__route", "course__worker", "worker")
    first = F("course__starts_at").asc(nulls_last=True)
    return with_all.prefetch_related("recipient__contacts").order_by(
        first, "course__route__name", "course", "meal", "order", "due_at", "id"
    )


def _how() -> list[Part]:
    """How to work with these papers, and what to do before a closed door: on the first page, in a few lines."""
    return [
        Point(1, _("When there is no internet")),
        Point(2, _("Give each worker the pages of the course. Tick what became of each visit, with the time.")),
        Point(2, _("When there is internet again, enter it under 'Papers for outages' with the time on the paper.")),
        Point(1, _("When nobody answers the door")),
        Point(2, _("Lying there, a call for help, a smell of gas: call 119 first, then the desk.")),
        Point(2, _("Knock three times loudly and call the name. Look at window, letterbox, light; listen for sounds.")),
        Point(2, _("Phone twice. Then call your desk at once: it calls the contacts and sends somebody.")),
        Point(2, _("Stay for 15 minutes, or until the desk says that you may go on. Never leave the meal and go.")),
    ]  # fmt: skip


def _courses(visits: Sequence[Visit]) -> list[Part]:
    """Each on a page of its own: the worker takes it along."""
    parts: list[Part] = [] if visits else [Point(1, _("No visits are planned on this day."))]
    for (_meal, course), mine in groupby(visits, key=lambda v: (v.meal, v.course)):
        stops = list(mine)
        route = str(course.route) if course else _("Without a course")
        head = [route, stops[0].get_meal_display(), _("%(n)s visits") % {"n": len(stops)}]
        if course:
            worker = course.worker
            head.append(f"{worker} {worker.phone}".strip() if worker else _("nobody drives it yet"))
        parts += [Break(), Point(1, " · ".join(head)), _stops(stops, course.worker_id if course else None)]
    return parts


def _stops(stops: Sequence[Visit], driver: int | None) -> Table:
    columns = [
        Column("", 0.5, Align.CENTER), Column(_("By"), 0.8, Align.CENTER), Column(_("Name, address, way in"), 3.8),
        Column(_("Phone"), 3.4), Column(_("Meal, take care"), 2.2), Column(_("Outcome, how it was handed over"), 4.6),
        Column(_("Time, signature"), 1.6),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            number, clock.local(visit.due_at).time(), _who(visit, driver), _phones(visit.recipient), _care(visit),
            _boxes(), "",
        ]
        for number, visit in enumerate(stops, 1)
    ]  # fmt: skip
    return Table(columns, rows, tall=True)


def _who(visit: Visit, driver: int | None) -> str:
    """Who lives there and how to get in; and who goes, when it isn't the course's own worker."""
    recipient = visit.recipient
    years = age(recipient.born_on, visit.day)
    about = [_("%(age)s years") % {"age": years} if years is not None else "", str(Tier(recipient.tier).label)]
    name = f"{recipient.name} ({', '.join(filter(None, about))})"
    goes = _("goes: %(person)s") % {"person": visit.worker} if visit.worker and visit.worker_id != driver else ""
    return "\n".join(filter(None, [name, recipient.place.address, _way_in(recipient.place), goes]))


def _way_in(place: Place) -> str:
    slow = _("slow to the door: %(n)s min") % {"n": place.slow_minutes} if place.slow_minutes else ""
    code = f"{_('Door code')} {place.door_code}" if place.door_code else ""
    key = f"{_('Key')}: {place.key_place}" if place.key_place else ""
    floor = _("floor %(floor)s") % {"floor": place.floor} if place.floor else ""
    return " · ".join(filter(None, [place.entrance, floor, code, key, place.hazard, slow]))


def _phones(recipient: Recipient) -> str:
    own = [phone for phone in (recipient.phone, recipient.phone_2) if phone]
    reach = "" if recipient.reach == Reach.PHONE else str(recipient.get_reach_display())
    contacts = [f"{c.name} ({c.relation}) {c.phone}" for c in recipient.contacts.all() if not c.dead_at]
    return "\n".join(filter(None, [*own, reach, *contacts[:2]]))


def _care(visit: Visit) -> str:
    recipient = visit.recipient
    said = [
        _("%(n)s meals") % {"n": visit.meals} if visit.meals > 1 else "",
        recipient.diet,
        _("allergic: %(to)s") % {"to": recipient.allergies} if recipient.allergies else "",
        recipient.health,
        recipient.planned_response,
    ]
    return "\n".join(filter(None, said))


def _boxes() -> str:
    """What there is to tick: the five outcomes, and how the meal was handed over."""
    outcomes = "   ".join(f"{BOX} {label}" for label in Outcome.labels)
    handed = "   ".join(f"{BOX} {label}" for label in Handed.labels)
    return f"{outcomes}\n{_('Handed over')}: {handed}"


def _away(provider: Organisation, day: date) -> list[Part]:
    away = absences_on(provider.office_id, day).filter(recipient__provider=provider, recipient__ended_on=None)
    rows = [
        [a.recipient.name, str(a.recipient.place.area or ""), str(Absence.Why(a.why).label), a.until, a.told_by]
        for a in away.select_related("recipient__place__area").order_by("recipient__name", "id")
    ]
    if not rows:
        return []
    columns = [Column(_("Name"), 2), Column(_("Dong"), 2), Column(_("Why"), 2), Column(_("Until"), 2)]
    return [Point(1, _("Nobody goes to: known to be away")), Table([*columns, Column(_("Told by"), 2)], rows)]


def _at_high_risk(recipients: Sequence[int]) -> list[Recipient]:
    reds = Recipient.objects.filter(pk__in=recipients, tier=Tier.RED).select_related("place__area")
    return list(reds.prefetch_related("contacts").order_by("name", "id"))


def _cards(recipients: Sequence[Recipient], day: date) -> list[Part]:
    """119 cards of those at high risk only: the others' facts stand with their stop. Ten lines a person."""
    if not recipients:
        return []
    parts: list[Part] = [Break(), Point(1, _("119 cards: those at high risk"))]
    for recipient in recipients:
        parts += [Line(recipient.name, bold=True), Pairs(_card(recipient, day), across=2)]
    return parts


def _card(recipient: Recipient, day: date) -> list[tuple[str, str]]:
    years, sex = age(recipient.born_on, day), recipient.get_sex_display() if recipient.sex else ""
    contacts = [f"{c.name} ({c.relation}) {c.phone}" for c in recipient.contacts.all() if not c.dead_at][:2]
    return [
        (_("Address"), recipient.place.address),
        (_("Way in"), _way_in(recipient.place)),
        (_("Age, sex"), ", ".join(filter(None, [_("%(age)s years") % {"age": years} if years else "", str(sex)]))),
        (_("Phone"), ", ".join(filter(None, [recipient.phone, recipient.phone_2]))),
        (_("Disability, illness"), recipient.health),
        (_("Medicines, allergies"), " / ".join(filter(None, [recipient.medicines, recipient.allergies]))),
        (_("Usual hospital"), recipient.hospital),
        (_("Registered with 119 on this phone"), recipient.registered_119),
        (_("What was agreed for no answer"), recipient.planned_response),
        (_("Contacts"), "\n".join(contacts)),
    ]


def _network(provider: Organisation, now: datetime) -> list[Part]:
    """Whom to call; what stands on the page of every dong stands here once."""
    standing = Standing(provider.office_id, frozenset([Role.PROVIDER]), frozenset([provider.pk]))
    found = networks(standing, now)
    columns = [
        Column(_("Dong"), 2), Column(_("Agency"), 3), Column(_("Name"), 2), Column(_("By day"), 2),
        Column(_("At night"), 2),
    ]  # fmt: skip
    rows = _lines(found)
    if not rows:
        return []
    return [Point(1, _("Contact network")), Table(columns, rows)]


def _lines(found: Sequence[Network]) -> list[list[str]]:
    where: dict[tuple[str, str, str, str], list[str]] = {}
    for network in found:
        for line in network.lines:
            said = (str(line.agency), f"{line.name} {line.post}".strip(), line.day, line.night)
            dongs = where.setdefault(said, [])
            if str(network.area) not in dongs:
                dongs.append(str(network.area))
    everywhere = [[_("every dong"), *said] for said, dongs in where.items() if len(dongs) == len(found)]
    here = [[", ".join(dongs), *said] for said, dongs in where.items() if len(dongs) < len(found)]
    return [*everywhere, *sorted(here)]
