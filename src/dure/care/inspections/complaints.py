"""Complaints that came in these days about the providers, and by when they were answered. Nobody is named."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from dure.care.complaints.models import Complaint
from dure.care.inspections.meant import Meant, Part, middle, number, table
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value


def part(meant: Meant) -> Part:
    """Each complaint by its number: when it came, when its answer was due, when it was given."""
    found = _found(meant)
    open_ = [each for each in found if each.ended_at is None]
    says = _("%(n)s received, %(answered)s answered or passed on, %(open)s open") % {
        "n": len(found), "answered": len(found) - len(open_), "open": len(open_),
    }  # fmt: skip
    notes = [_("Without who complained and what it says.")]
    if meant.standing.organisations is not None:
        notes.append(_("Only those about which the office asked this provider."))
    return Part(
        "complaints", _("Complaints"), says, _lacks(meant, found), notes, [_by_day(found), _table(meant, found)],
        "care:complaints:index",
    )  # fmt: skip


def _found(meant: Meant) -> list[Complaint]:
    mine = Complaint.objects.seen_by(meant.standing).filter(received_on__range=(meant.asked.first, meant.last))
    if meant.asked.provider:
        asked = Q(pk__in=Complaint.objects.filter(statements__organisation=meant.asked.provider).values("pk"))
        mine = mine.filter(Q(provider=meant.asked.provider) | asked)
    return list(mine.select_related("provider").order_by("received_on", "pk"))


def _late(each: Complaint) -> bool:
    return each.answered_on is not None and each.answered_on > each.answer_by


def _lacks(meant: Meant, found: Sequence[Complaint]) -> list[str]:
    said = [
        _("%(number)s: the answer was due on %(day)s") % {"number": each.number, "day": each.answer_by}
        for each in found
        if each.is_late(meant.today)
    ]
    late = sum(map(_late, found))
    return [*said, *([_("Answered late: %(n)s") % {"n": late}] if late else [])]


def _by_day(found: Sequence[Complaint]) -> Table:
    came = Counter(each.received_on for each in found)
    answered = Counter(each.answered_on for each in found if each.answered_on)
    columns = [middle(_("Day"), 2), number(_("Received")), number(_("Answers given"))]
    rows: list[list[Value]] = [[day, came[day], answered[day]] for day in sorted({*came, *answered})]
    whole: list[Value] = [_("In all"), came.total(), answered.total()]
    return table(columns, [*rows, whole] if rows else [], _("Complaints by day"), totals=1)


def _table(meant: Meant, found: Sequence[Complaint]) -> Table:
    columns = [
        middle(_("Number"), 1.1), middle(_("Received on"), 1.1), Column(_("How it came"), 1), Column(_("Kind"), 1.2),
        *meant.whose_column(), middle(_("Answer due"), 1.1), Column(_("Answer extended"), 0.9),
        middle(_("Answered on"), 1.1), Column(_("State"), 1.2),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            each.number, each.received_on, str(each.get_way_display()), str(each.get_kind_display()),
            *meant.whose(each.provider or ""), each.answer_by, _("yes") if each.extended_at else "",
            each.answered_on, _state(meant, each),
        ]
        for each in found
    ]  # fmt: skip
    return table(columns, rows, _("Each complaint"))


def _state(meant: Meant, each: Complaint) -> str:
    if each.passed_to:
        return _("passed on")
    if each.answered_on:
        return _("answered late") if _late(each) else _("answered")
    return _("overdue") if each.is_late(meant.today) else _("being answered")
