"""Meetings and training to which the providers were invited, what was agreed there, and circulars acknowledged."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from dure import clock
from dure.care.certificates.models import Counted
from dure.care.figures.training import attended
from dure.care.inspections.meant import Meant, Part, middle, number, table
from dure.care.models import PROGRAMME
from dure.gatherings.models import Agreed, Attendance, Copy, Gathering, Invitation
from dure.people.models import Person
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value


def _day(moment: object) -> date:
    return clock.local(moment).date()  # type: ignore[arg-type]


def meetings(meant: Meant) -> Part:
    """Each meeting and training of these days, with who came of the providers and what became of what was agreed."""
    held = _held(meant)
    came = _came(meant)
    agreed = [each for gathering in held for each in gathering.mine]  # type: ignore[attr-defined]
    kinds = Counter(each.get_kind_display() for each in held)
    says = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())) or _("none in these days")
    lacks = [*_unattended(meant, held, came), *_undone(meant, agreed)]
    tables = [_gatherings(meant, held, came), *([_agreed(meant, agreed)] if agreed else [])]
    return Part(
        "gatherings", _("Meetings and training"), says, lacks, [_("Who came: as entered, of these providers.")],
        tables, "gatherings:index",
    )  # fmt: skip


def _held(meant: Meant) -> list[Gathering]:
    begins, ends = meant.asked.moments
    invited = Invitation.objects.filter(organisation__in=meant.keys).values("gathering")
    mine = Gathering.objects.seen_by(meant.standing).filter(
        programme=PROGRAMME, pk__in=invited, cancelled_at=None, begins_at__gte=begins, begins_at__lt=ends,
        begins_at__lte=meant.now,
    )  # fmt: skip
    agreed = Prefetch("agreed", Agreed.objects.filter(dropped=False).select_related("owner"), "mine")
    asked = Prefetch("invitations", Invitation.objects.filter(organisation__in=meant.keys), "ours")
    return list(mine.prefetch_related(agreed, asked).order_by("begins_at", "pk"))


def _came(meant: Meant) -> dict[int, list[tuple[int, Person]]]:
    """Who of the providers came to what: by gathering, the provider and the person."""
    rows = [row for row in attended(meant.standing, meant.asked) if row[2] in meant.keys]
    people = Attendance.objects.filter(pk__in=[pk for _, pk, _ in rows]).select_related("person").in_bulk()
    found: dict[int, list[tuple[int, Person]]] = defaultdict(list)
    for gathering, pk, agency in rows:
        if agency and (person := people[pk].person):
            found[gathering].append((agency, person))
    return found


def _unattended(meant: Meant, held: Sequence[Gathering], came: dict[int, list[tuple[int, Person]]]) -> list[str]:
    names, said = {each.pk: str(each) for each in meant.providers}, []
    for each in held:
        what = {"day": _day(each.begins_at), "title": meant.written(each.title)}
        if each.minuted_at is None:
            said.append(_("%(day)s “%(title)s” has no minutes") % what)
            continue
        there = {agency for agency, _person in came[each.pk]}
        absent = [names[ask.organisation_id] for ask in each.ours if ask.organisation_id not in there]  # type: ignore[attr-defined]
        if absent:
            said.append(_("%(day)s “%(title)s”: nobody came of %(who)s") % {**what, "who": ", ".join(absent)})
    return said


def _undone(meant: Meant, agreed: Sequence[Agreed]) -> list[str]:
    late = sum(each.ended_at is None and each.due_on < meant.today for each in agreed)
    return [_("Agreed and overdue: %(n)s") % {"n": late}] if late else []


def _gatherings(meant: Meant, held: Sequence[Gathering], came: dict[int, list[tuple[int, Person]]]) -> Table:
    hours = dict(Counted.objects.filter(gathering__in=[each.pk for each in held]).values_list("gathering", "hours"))
    columns = [
        middle(_("Day"), 1.1), Column(_("Kind"), 0.8), Column(_("Title"), 2.6), number(_("How many came"), 0.8),
        Column(_("Names"), 3), number(_("Hours that count"), 0.9), middle(_("Minutes on"), 1.1),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            _day(each.begins_at), str(each.get_kind_display()), meant.written(each.title), len(came[each.pk]),
            ", ".join(sorted({person.name for _agency, person in came[each.pk]})),
            float(hours[each.pk]) if each.pk in hours else None,
            _day(each.minuted_at) if each.minuted_at else _("none"),
        ]
        for each in held
    ]  # fmt: skip
    return table(columns, rows)


def _agreed(meant: Meant, agreed: Sequence[Agreed]) -> Table:
    columns = [
        middle(_("Due on"), 1), Column(_("What was agreed"), 5), Column(_("Who does it"), 1.2), middle(_("Done on"), 1)
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [each.due_on, meant.written(each.what), str(each.owner), _day(each.ended_at) if each.ended_at else None]
        for each in agreed
    ]
    return table(columns, rows, _("What was agreed"))


def circulars(meant: Meant) -> Part:
    """Each circular sent in these days to one of the providers, and when it was acknowledged."""
    begins, ends = meant.asked.moments
    mine = Copy.objects.filter(office=meant.standing.office, organisation__in=meant.keys)
    mine = mine.filter(circular__programme=PROGRAMME, circular__sent_at__gte=begins, circular__sent_at__lt=ends)
    copies = list(
        mine.select_related("circular", "organisation", "acknowledged_by").order_by(
            "circular__sent_at", "organisation__name", "pk"
        )
    )
    known = sum(each.acknowledged_at is not None for each in copies)
    says = _("%(n)s sent, %(known)s acknowledged") % {"n": len(copies), "known": known}
    return Part(
        "circulars", _("Circulars"), says, _unread(meant, copies), (), [_circulars(meant, copies)],
        "gatherings:index",
    )  # fmt: skip


def _late(each: Copy) -> bool:
    return each.acknowledged_at is not None and _day(each.acknowledged_at) > each.circular.answer_by


def _open(each: Copy) -> bool:
    return each.acknowledged_at is None and each.excused_at is None


def _unread(meant: Meant, copies: Sequence[Copy]) -> list[str]:
    said = []
    for each in copies:
        what = {"title": meant.written(each.circular.title), "who": each.organisation, "day": each.circular.answer_by}
        if _open(each) and each.circular.answer_by < meant.today:
            said.append(_("“%(title)s” isn't acknowledged (%(who)s, by %(day)s)") % what)
    late = sum(map(_late, copies))
    return [*said, *([_("Acknowledged late: %(n)s") % {"n": late}] if late else [])]


def _circulars(meant: Meant, copies: Sequence[Copy]) -> Table:
    columns = [
        middle(_("Sent on"), 1.1), Column(_("Title"), 3.4), *meant.whose_column(), middle(_("To be read by"), 1.1),
        middle(_("Acknowledged on"), 1.1), Column(_("Acknowledged by"), 1.2), Column(_("Remark"), 1.4),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            _day(each.circular.sent_at), meant.written(each.circular.title), *meant.whose(each.organisation),
            each.circular.answer_by, _day(each.acknowledged_at) if each.acknowledged_at else None,
            str(each.acknowledged_by or ""), _remark(each),
        ]
        for each in copies
    ]  # fmt: skip
    return table(columns, rows)


def _remark(each: Copy) -> str:
    if each.excused_at:
        return _("needn't be acknowledged")
    if each.acknowledged_at is None:
        return _("not acknowledged")
    return _("late") if _late(each) else ""
